"""ExecutableDef: a SpirvExecutableDef table as plain values, checked against the code that it describes."""

import dataclasses
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from iree.hal.status import DataLoss, InvalidArgument, ResourceExhausted
from iree.hal.vulkan.device_properties import DeviceProperties
from iree.hal.vulkan.spirv_module import SpirvModule, read_spirv
from iree.schemas import sizes, spirv_executable_def_generated
from iree.schemas.flatbuffer_verifier import SPIRV_TABLES, FlatBufferError, verify

_GENERATED: Final[Any] = spirv_executable_def_generated  # which has no types
_IDENTIFIER: Final = b"SPVE"

Triple = tuple[int, int, int]


@dataclasses.dataclass(frozen=True)
class KernelDef:
    """One entry point. `tile` is how many elements of the workload one workgroup does."""

    name: str
    binding_count: int
    workgroup_size: Triple
    tile: Triple
    shared_memory: int
    symbol_count: int = 0  # sizes that each dispatch says
    requirements: tuple[tuple[sizes.Polynomial, str], ...] = ()  # what must not be negative, and what is wrong if so

    @property
    def layout(self) -> tuple[int, int]:
        """How many bindings it has, and how many sizes it has to know."""
        return self.binding_count, self.symbol_count

    def check_sizes(self, symbols: tuple[int, ...]) -> None:
        """InvalidArgument: a dispatch says too few sizes. ResourceExhausted: the kernel is not for these."""
        if len(symbols) < self.symbol_count:
            raise InvalidArgument(
                f"{self.name} has to know {self.symbol_count} sizes of a call, {len(symbols)} are given"
            )
        for needed, text in self.requirements:
            if sizes.evaluate(needed, symbols) < 0:
                given = ", ".join(f"d{number} is {size}" for number, size in enumerate(symbols))
                raise ResourceExhausted(f"{self.name}: {text}; here {given}: interpreter-bytecode runs it")

    def why_unsuitable(self, device: DeviceProperties) -> str | None:
        """The limit of the device that this kernel is past; None where it fits."""
        size, largest = self.workgroup_size, device.max_workgroup_size
        invocations = size[0] * size[1] * size[2]
        if self.binding_count > device.max_bindings:
            return f"{self.name} binds {self.binding_count} buffers, the device {device.max_bindings} at most"
        if any(asked > limit for asked, limit in zip(size, largest, strict=True)):
            return f"{self.name} has workgroups of {size}, the device of {largest} at most"
        if invocations > device.max_workgroup_invocations:
            limit = device.max_workgroup_invocations
            return f"{self.name} has workgroups of {invocations} invocations, the device of {limit} at most"
        if self.shared_memory > device.max_shared_memory:
            limit = device.max_shared_memory
            return f"{self.name} shares {self.shared_memory} bytes in a workgroup, the device {limit} at most"
        return None


@dataclasses.dataclass(frozen=True)
class ExecutableDef:
    """What a SPIR-V executable holds and what it needs."""

    kernels: tuple[KernelDef, ...]
    code: npt.NDArray[np.uint32]
    version: tuple[int, int]
    capabilities: frozenset[str]
    extensions: frozenset[str]
    subgroup_size: int  # 0: any

    def why_unsuitable(self, device: DeviceProperties) -> str | None:
        """What the device lacks, all of it; None where it can run this."""
        reasons = []
        if missing := sorted(self.capabilities - device.capabilities):
            reasons.append(f"it lacks {', '.join(missing)}")
        if missing := sorted(self.extensions - device.extensions):
            reasons.append(f"it lacks {', '.join(missing)}")
        if self.version > device.spirv_version:
            asked, newest = ("{}.{}".format(*version) for version in (self.version, device.spirv_version))
            reasons.append(f"it reads SPIR-V up to {newest}, not {asked}")
        smallest, largest = device.subgroup_sizes
        if self.subgroup_size and not smallest <= self.subgroup_size <= largest:
            found = str(smallest) if smallest == largest else f"{smallest} to {largest}"
            reasons.append(f"its subgroups have {found} invocations, not {self.subgroup_size}")
        reasons += [reason for kernel in self.kernels if (reason := kernel.why_unsuitable(device))]
        return f"not for {device.name}: {'; '.join(reasons)}" if reasons else None

    def check_code(self) -> None:
        """DataLoss: the code is damaged, or is not what the table says."""
        module = read_spirv(self.code.tolist())
        if (module.version >> 16, module.version >> 8 & 0xFF) != self.version:
            raise DataLoss(f"the code has version word {module.version:#010x}, the table says {self.version}")
        for kind, found, stated in (
            ("capabilities", module.capabilities, self.capabilities),
            ("extensions", module.extensions, self.extensions),
        ):
            if not found <= stated:
                raise DataLoss(f"the code declares {kind} that the table does not state: {', '.join(found - stated)}")
        for kernel in self.kernels:
            _check_kernel(kernel, module)
        shared = sum(kernel.shared_memory for kernel in self.kernels)
        if module.shared_memory > shared:
            raise DataLoss(f"the code shares {module.shared_memory} bytes in a workgroup, the table says {shared}")
        most = max((kernel.binding_count for kernel in self.kernels), default=0)
        for descriptor_set, binding in sorted(module.bindings):
            if descriptor_set or binding >= most:
                raise DataLoss(
                    f"the code uses binding {binding} of set {descriptor_set}, the table has {most} in set 0"
                )


def _check_kernel(kernel: KernelDef, module: SpirvModule) -> None:
    size = module.local_sizes.get(kernel.name)
    if size is None:
        listed = ", ".join(module.local_sizes) or "none"
        raise DataLoss(f'the code has no entry point "{kernel.name}": it has {listed}')
    if size != kernel.workgroup_size:
        raise DataLoss(f"{kernel.name} has LocalSize {size} in the code and {kernel.workgroup_size} in the table")


def read_executable_def(contents: memoryview) -> ExecutableDef:
    """Decodes the table. DataLoss: it is none, or has values that cannot be."""
    try:
        verify(contents, SPIRV_TABLES, "SpirvExecutableDef", _IDENTIFIER)
    except FlatBufferError as error:
        raise DataLoss(f"no SPIR-V executable: {error}") from error
    table = _GENERATED.SpirvExecutableDefT.InitFromObj(_GENERATED.SpirvExecutableDef.GetRootAs(contents))
    return ExecutableDef(
        kernels=tuple(_kernel(entry) for entry in table.entryPoints or ()),
        code=np.array(() if table.code is None else table.code, np.uint32),
        version=(table.version >> 16, table.version >> 8 & 0xFF),
        capabilities=_names(table.capabilities),
        extensions=_names(table.extensions),
        subgroup_size=table.subgroupSize,
    )


def _kernel(entry: Any) -> KernelDef:
    name = _text(entry.name)
    size, tile = _triple(name, entry.workgroupSize), _triple(name, entry.workgroupTile)
    rows = tuple(_requirement(name, row, entry.symbolCount) for row in entry.requirements or ())
    if entry.symbolCount > sizes.MAX_SYMBOLS:
        raise DataLoss(f"{name} has to know {entry.symbolCount} sizes, of {sizes.MAX_SYMBOLS} that there can be")
    return KernelDef(name, entry.bindingCount, size, tile, entry.sharedMemoryBytes, entry.symbolCount, rows)


def _requirement(name: str, row: Any, symbol_count: int) -> tuple[sizes.Polynomial, str]:
    try:
        return sizes.decode([] if row.terms is None else [int(n) for n in row.terms], symbol_count), _text(
            row.text or ""
        )
    except ValueError as error:
        raise DataLoss(f"{name}: {error}") from None


def _triple(name: str, numbers: Any) -> Triple:
    sizes = [] if numbers is None else [int(number) for number in numbers]
    if len(sizes) != 3 or min(sizes) < 1:
        raise DataLoss(f"{name} has a workgroup or a tile of {sizes}: there must be three sizes of 1 or more")
    return sizes[0], sizes[1], sizes[2]


def _names(strings: Any) -> frozenset[str]:
    return frozenset(_text(string) for string in strings or ())


def _text(string: Any) -> str:
    return string.decode() if isinstance(string, bytes) else str(string)
