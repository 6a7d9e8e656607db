"""The smallest executable of each driver: entry point 0, "simple_mul", multiplies two 4xf32 into a third."""

from iree.hal.cts import spirv_executables
from iree.hal.cts.interp_executables import encode, executable, function, tensor
from iree.hal.executable import ExecutableSpec
from iree.schemas.file_format import ExecutableFormat

_NAME = "simple_mul"


def simple_mul(driver_name: str) -> ExecutableSpec:
    """The executable for this driver."""
    return SIMPLE_MUL[driver_name]()


def _null() -> ExecutableSpec:
    return ExecutableSpec(int.from_bytes(b"NULL", "big"), memoryview(b"anything at all"), _NAME)


def _interpreter() -> ExecutableSpec:
    kind = tensor("4xf32")
    return executable(function(_NAME, [kind, kind, kind], 3, encode("mul_f", 0, 1, 2)))


def _vulkan() -> ExecutableSpec:
    return ExecutableSpec(ExecutableFormat.SPIRV, memoryview(spirv_executables.simple_mul(_NAME)), _NAME)


SIMPLE_MUL = {"null": _null, "interpreter": _interpreter, "vulkan": _vulkan}
