"""Ops that put each element of their operand at one place of the result, and fill the other places with one value.

At the end of a dispatch such an op need not be a step: whoever computes the elements writes them where they belong.
"""

from xdsl.ir import Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.sizes import are_known


def placed_operand(op: Operation | object) -> SSAValue | None:
    """What the op puts into place: of a pad without gaps or cuts, a transpose or a reshape. None: it does more.

    Where only a call knows the sizes, or there are no elements, nothing is said.
    """
    if not isinstance(op, mhlo.Pad | mhlo.Transpose | mhlo.Reshape):
        return None
    shape = (*mhlo.shape_of(op.operand), *mhlo.shape_of(op.result))
    if not are_known(shape) or 0 in shape:
        return None
    if isinstance(op, mhlo.Pad):
        edges = (*mhlo.ints(op.edge_padding_low), *mhlo.ints(op.edge_padding_high))
        if min(edges, default=0) < 0 or any(mhlo.ints(op.interior_padding)):
            return None
    return op.operand
