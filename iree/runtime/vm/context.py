"""Context: modules on one device. What a module needs there is made ready once, when it is first needed.

Calls that read or write variables of a module come one after the other, whatever thread they are made from.
"""

import threading
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from iree.hal.buffer import Buffer
from iree.hal.device import Device
from iree.hal.executable import Executable, ExecutableSpec
from iree.hal.executable_cache import ExecutableCache
from iree.hal.status import AlreadyExists, FailedPrecondition
from iree.runtime.vm.custom_call import CustomCalls, HostFunction, resolve_imports
from iree.runtime.vm.module import VmModule
from iree.runtime.vm.module_file import MultiArchExecutable
from iree.schemas.file_format import ExecutableFormat, fourcc_text

# What the user types to get a format, and to run it: for errors.
_TARGET_BACKENDS: dict[int, str] = {
    ExecutableFormat.INTERP: "interpreter-bytecode",
    ExecutableFormat.SPIRV: "vulkan-spirv",
}
_DRIVERS: dict[int, str] = {ExecutableFormat.INTERP: "interpreter", ExecutableFormat.SPIRV: "vulkan"}


class Context:
    """A device and the modules on it, by name. Any thread may use it."""

    def __init__(self, device: Device):
        self.device = device
        self.modules: dict[str, ContextModule] = {}
        self._cache = device.create_executable_cache()

    def add(self, module: VmModule, custom_calls: CustomCalls = MappingProxyType({})) -> "ContextModule":
        """Puts `module` on the device. `custom_calls`: functions of the host that it may call, by name.

        AlreadyExists: one of its name is here. FailedPrecondition: the device cannot run one of its executables.
        NotFound: it calls functions that are not among `custom_calls`.
        """
        if module.name in self.modules:
            raise AlreadyExists(f'a module named "{module.name}" is in this context already: use another context')
        imports = resolve_imports(module.name, module.file.imports, custom_calls)
        added = ContextModule(module, self.device, self._cache, imports)
        self.modules[module.name] = added
        return added


class ContextModule:
    """A module on a device: executables in the translation that the device runs, constants and variables as buffers."""

    def __init__(
        self, module: VmModule, device: Device, cache: ExecutableCache, imports: tuple[HostFunction, ...] = ()
    ):
        self.module = module
        self.imports = imports
        self.device = device
        self._cache = cache
        self._specs = _choose_variants(module, device, cache)
        self._executables: dict[int, Executable] = {}
        self._constants: dict[int, Buffer] = {}
        self._lock = threading.Lock()
        self._variables: dict[int, Buffer] = {}
        self.state_lock = threading.RLock()  # of whoever reads or writes variables
        self.state_version = 0  # grows when a variable moves out of its constant

    def executable(self, ordinal: int) -> Executable:
        """The executable, prepared. DataLoss: malformed."""
        with self._lock:
            executable = self._executables.get(ordinal)
            if executable is None:
                executable = self._executables[ordinal] = self._cache.prepare_executable(self._specs[ordinal])
            return executable

    def variable(self, ordinal: int, to_write: bool) -> Buffer:
        """Where a variable lies: in the constant that it starts with, until it is to be written. Hold state_lock."""
        buffer = self._variables.get(ordinal)
        if buffer is None:
            initial = self.module.file.variables[ordinal].initial
            if not to_write:
                return self.constant(initial)
            data = self.module.file.constants[initial].contents.use()
            buffer = self._variables[ordinal] = self.device.allocator.allocate(len(data))
            buffer.write(data)
            self.state_version += 1
        return buffer

    def constant(self, ordinal: int) -> Buffer:
        """The constant: part of one buffer over all of them, where possible in the file's own memory."""
        with self._lock:
            buffer = self._constants.get(ordinal)
            if buffer is None:
                constant = self.module.file.constants[ordinal]
                data = constant.contents.use()
                if self._all_constants is None:
                    buffer = self.device.allocator.allocate_constant(data)
                else:
                    buffer = self._all_constants.subspan(constant.offset, len(data))
                self._constants[ordinal] = buffer
            return buffer

    @cached_property
    def _all_constants(self) -> Buffer | None:
        return self.device.allocator.allocate_constants(self.module.file.constant_segment)


def _choose_variants(module: VmModule, device: Device, cache: ExecutableCache) -> tuple[ExecutableSpec, ...]:
    """For each executable the first translation that the device can run. FailedPrecondition: for one there is none."""
    specs = []
    for executable in module.file.executables:
        reasons: dict[int, str] = {}
        for variant in executable.variants:
            spec = ExecutableSpec(variant.format, variant.contents.use(), executable.name)
            reason = cache.why_unsuitable(spec)
            if reason is None:
                specs.append(spec)
                break
            reasons[variant.format] = reason
        else:
            raise FailedPrecondition(_no_variant(module, executable, device, cache, reasons))
    return tuple(specs)


def _no_variant(
    module: VmModule,
    executable: MultiArchExecutable,
    device: Device,
    cache: ExecutableCache,
    reasons: Mapping[int, str],
) -> str:
    driver = device.info.driver
    lines = [f'module "{module.name}" cannot run on driver "{driver}": of executable "{executable.name}" it holds']
    for fourcc, reason in reasons.items():
        lines.append(f"  {_format_text(fourcc)}: {reason}")
    if not reasons:
        lines.append("  no translation at all")
    backends = [name for fourcc, name in _TARGET_BACKENDS.items() if cache.can_prepare_format(fourcc)]
    for backend in backends:
        lines.append(f'compile it with target_backends=["{backend}"]')
    drivers = [_DRIVERS[f] for f in reasons if f in _DRIVERS and not cache.can_prepare_format(f)]
    if drivers:
        lines.append(f'{"or " * bool(backends)}load it with driver="{drivers[0]}"')
    return "\n".join(lines)


def _format_text(fourcc: int) -> str:
    backend = _TARGET_BACKENDS.get(fourcc)
    return fourcc_text(fourcc) + (f" ({backend})" if backend else "")
