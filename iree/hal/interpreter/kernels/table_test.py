"""Every instruction of the bytecode table has a kernel, but for those that the decoder and the layout take."""

from iree.hal.interpreter.kernels.table import BUILDERS
from iree.schemas.interpreter_bytecode import INTERPRETER


def test_every_instruction_has_a_kernel() -> None:
    structure = {"constant", "return", "alloc_heap", "reshape", "sizes"}
    assert set(BUILDERS) == set(INTERPRETER.by_name) - structure
