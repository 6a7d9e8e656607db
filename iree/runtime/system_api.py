"""What a user needs to run a module: load it, look up a function, call it.

  m = load_vm_flatbuffer_file("math.emod", driver="vulkan")
  m.simple_mul(a, b)

is short for

  context = SystemContext([VmModule.mmap("math.emod")], Config("vulkan"))
  context.modules.math.simple_mul(a, b)
"""

import difflib
import os
import threading
from collections.abc import Iterable, Iterator
from types import MappingProxyType

from iree.hal.device import Device
from iree.hal.registry import create_driver
from iree.hal.status import DeadlineExceeded, HalError, NotFound
from iree.runtime.checks import CHECKS
from iree.runtime.vm.context import Context, ContextModule
from iree.runtime.vm.custom_call import CustomCalls
from iree.runtime.vm.function import Function
from iree.runtime.vm.module import VmModule
from iree.runtime.vm.variables import Variables

DEFAULT_DRIVER = "interpreter"


class UnknownNameError(NotFound, AttributeError):
    """A function that the module does not export, or a module that the context does not have."""


_devices: dict[str, Device] = {}
_devices_lock = threading.Lock()


def get_device(driver_name: str) -> Device:
    """The driver's default device, the same one for every caller in this process; a new one once that has failed.

    NotFound: no such driver; the text lists all. Unavailable: it cannot run on this machine, and why.
    """
    with _devices_lock:
        device = _devices.get(driver_name)
        if device is None or _has_failed(device):
            device = _devices[driver_name] = create_driver(driver_name).create_device()
        return device


def _has_failed(device: Device) -> bool:
    try:
        device.wait_idle(0)
    except DeadlineExceeded:
        return False  # at work
    except HalError:
        return True
    return False


class Config:
    """Where to run. NotFound, Unavailable: as get_device."""

    def __init__(self, driver_name: str = DEFAULT_DRIVER, *, device: Device | None = None):
        """`device`: one of your own instead of the driver's default."""
        self.driver_name = driver_name if device is None else device.info.driver
        self.device = get_device(driver_name) if device is None else device

    def __repr__(self) -> str:
        return f'Config("{self.driver_name}")'


class BoundModule:
    """A module on a device. Its functions are its attributes, and its items: m.simple_mul, m["simple_mul"].

    What its functions keep from call to call are its `variables`.
    """

    def __init__(self, module: ContextModule):
        self.vm_module = module.module
        self.variables = Variables(module)
        self._context_module = module

    def lookup_function(self, name: str) -> Function:
        """The exported function. UnknownNameError: there is none; the text lists what there is."""
        function = self.__dict__.get(name)
        if isinstance(function, Function):
            return function
        ordinal = self.vm_module.exports.get(name)
        if ordinal is None:
            raise UnknownNameError(self._no_function(name))
        function = Function(self._context_module, ordinal)
        self.__dict__.setdefault(name, function)  # so that the next access finds a plain attribute
        return function

    def __getattr__(self, name: str) -> Function:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.lookup_function(name)

    def __getitem__(self, name: str) -> Function:
        return self.lookup_function(name)

    def __contains__(self, name: object) -> bool:
        return name in self.vm_module.exports

    def __iter__(self) -> Iterator[str]:
        return iter(self.vm_module.exports)

    def __dir__(self) -> Iterable[str]:
        return sorted({*super().__dir__(), *self.vm_module.exports})

    def __repr__(self) -> str:
        return f"<BoundModule {self.vm_module.name}: {', '.join(self) or 'no exports'}>"

    def _no_function(self, name: str) -> str:
        signatures = [f"{export}{self.lookup_function(export).__signature__}" for export in self]
        text = f'module "{self.vm_module.name}" exports no function "{name}"'
        near = difflib.get_close_matches(name, list(self), 1)
        if near:
            text += f'; did you mean "{near[0]}"?'
        return f"{text}; it exports {', '.join(signatures) or 'none'}"


class BoundModules:
    """The modules of a context, by name: context.modules.math, context.modules["math"]."""

    def __init__(self, modules: dict[str, BoundModule]):
        self._modules = modules

    def __getitem__(self, name: str) -> BoundModule:
        if name not in self._modules:
            raise UnknownNameError(
                f'no module "{name}" in this context: there are {", ".join(self._modules) or "none"}'
            )
        return self._modules[name]

    def __getattr__(self, name: str) -> BoundModule:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)

    def __dir__(self) -> Iterable[str]:
        return sorted({*super().__dir__(), *self._modules})


class SystemContext:
    """Modules that share a device. `custom_calls`: functions of yours that they may call, by name."""

    def __init__(
        self,
        vm_modules: Iterable[VmModule] = (),
        config: Config | None = None,
        custom_calls: CustomCalls = MappingProxyType({}),
    ):
        self._custom_calls = {**CHECKS, **custom_calls}
        self.config = config or Config()
        self._context = Context(self.config.device)
        self._bound: dict[str, BoundModule] = {}
        self.modules = BoundModules(self._bound)
        for module in vm_modules:
            self.add_vm_module(module)

    @property
    def device(self) -> Device:
        """The device that all modules run on."""
        return self.config.device

    def add_vm_module(self, vm_module: VmModule) -> BoundModule:
        """Puts a module on the device.

        AlreadyExists: one of its name is there. FailedPrecondition: the device cannot run it, and why.
        NotFound: it calls functions that are not among the custom calls.
        """
        bound = self._bound[vm_module.name] = BoundModule(self._context.add(vm_module, self._custom_calls))
        return bound


def load_vm_module(
    vm_module: VmModule, config: Config | None = None, custom_calls: CustomCalls = MappingProxyType({})
) -> BoundModule:
    """The module in a context of its own."""
    return SystemContext(config=config, custom_calls=custom_calls).add_vm_module(vm_module)


def load_vm_flatbuffer(
    data: bytes | bytearray | memoryview,
    *,
    driver: str = DEFAULT_DRIVER,
    custom_calls: CustomCalls = MappingProxyType({}),
) -> BoundModule:
    """The module in these bytes, which must not change while it lives, on the default device of `driver`.

    `custom_calls`: the functions that its custom calls call, by name: see vm/custom_call.py.

    InvalidArgument, DataLoss, FailedPrecondition: not a module, damaged, or not for this device or version.
    NotFound, Unavailable: no such driver, or not on this machine; the module calls a function that is not given.
    """
    return load_vm_module(VmModule.from_flatbuffer(data), Config(driver), custom_calls)


def load_vm_flatbuffer_file(
    path: str | os.PathLike[str], *, driver: str = DEFAULT_DRIVER, custom_calls: CustomCalls = MappingProxyType({})
) -> BoundModule:
    """The module in this file, mapped instead of read. NotFound: no such file. Otherwise as load_vm_flatbuffer."""
    return load_vm_module(VmModule.mmap(path), Config(driver), custom_calls)
