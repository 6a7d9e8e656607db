"""fold-trivial-ops: drop operations that change nothing.

    reshape or convert to the type that is there, transpose in the order that is there, slice of everything,
    pad by nothing, reverse of no dimension, concatenate of one operand, broadcast_in_dim to the same shape  -> operand
    reshape of a reshape                                                                                     -> reshape

What is left of a chain is one op or none.
"""

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of, replace


class FoldTrivialOps(Pass):
    name = "fold-trivial-ops"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for op in ops_of(module, mhlo.HloOp):
            if changes_nothing(op):
                replace(op, [], [op.operands[0]])
            elif isinstance(op, mhlo.Reshape) and isinstance(op.operand.owner, mhlo.Reshape):
                source = op.operand.owner.operand
                if source.type == op.result.type:
                    replace(op, [], [source])
                else:
                    replace(op, mhlo.Reshape(source, mhlo.shape_of(op.result)))


def changes_nothing(op: Operation) -> bool:
    """Whether the result is the first operand, value by value."""
    if not op.operands or [op.operands[0].type] != [result.type for result in op.results]:
        return False
    match op:
        case mhlo.Reshape() | mhlo.Convert() | mhlo.Slice():
            return True
        case mhlo.Transpose():
            return _ascending(mhlo.ints(op.permutation))
        case mhlo.BroadcastInDim():
            return _ascending(mhlo.ints(op.broadcast_dimensions))
        case mhlo.Reverse():
            return not op.dimensions
        case mhlo.Concatenate():
            return len(op.inputs) == 1
        case mhlo.Pad():
            lists = (op.edge_padding_low, op.edge_padding_high, op.interior_padding)
            return not any(any(mhlo.ints(each)) for each in lists)
        case _:
            return False


def _ascending(dimensions: tuple[int, ...]) -> bool:
    return dimensions == tuple(range(len(dimensions)))
