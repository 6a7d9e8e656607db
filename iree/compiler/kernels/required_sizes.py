"""What a kernel needs of the sizes of a call, beyond what the program needs: the driver checks it before each dispatch.

    func.func @f(..) attributes {iree.executable.requirements = [[#iree.size_list<[[d0-1]]>, "[d0] may not be 0"]]}

Each row is a size that must not be negative, and what is wrong where it is.
"""

from xdsl.dialects.builtin import ArrayAttr, StringAttr, TensorType
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.size_lists import SizeList
from iree.compiler.ir import sizes

REQUIREMENTS = "iree.executable.requirements"

# Kernels of these read the operand's nearest element where there is none, so there has to be one.
_READS_THE_NEAREST = (
    mhlo.Concatenate.name,
    mhlo.Pad.name,
    mhlo.DynamicUpdateSlice.name,
    mhlo.Scatter.name,
    mhlo.Convolution.name,
    mhlo.ReduceWindow.name,
)


def require(function: FuncOp, size: int, text: str) -> None:
    """Has the driver check that a size is not negative."""
    rows = function.attributes.get(REQUIREMENTS, ArrayAttr([]))
    assert isinstance(rows, ArrayAttr)
    row = ArrayAttr([SizeList((size,)), StringAttr(text)])
    if row not in rows.data:
        function.attributes[REQUIREMENTS] = ArrayAttr([*rows.data, row])


def requirements_of(function: FuncOp) -> list[tuple[int, str]]:
    """All that was required."""
    rows = function.attributes.get(REQUIREMENTS, ArrayAttr([]))
    assert isinstance(rows, ArrayAttr)
    found = []
    for row in rows.data:
        assert isinstance(row, ArrayAttr)
        size, text = row.data
        assert isinstance(size, SizeList)
        assert isinstance(text, StringAttr)
        found.append((size.data[0], text.data))
    return found


def require_elements(function: FuncOp, op: Operation) -> None:
    """Has the driver check that there is something to read for an op that always reads something.

    Where the result has a size too, that size is no matter: without elements of the result nothing runs.
    """
    if op.name not in _READS_THE_NEAREST:
        return
    given = {size for result in op.results for size in _unknown(result)}
    for operand in op.operands:
        for size in _unknown(operand):
            if size not in given and not sizes.is_at_most(1, size):
                require(function, size - 1, f"{op.name} of {operand.type} may not be of nothing on this target")


def _unknown(value: SSAValue) -> list[int]:
    shape = value.type.get_shape() if isinstance(value.type, TensorType) else ()
    return [size for size in shape if not sizes.is_known(size)]
