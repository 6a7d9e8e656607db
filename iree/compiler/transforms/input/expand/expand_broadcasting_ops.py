"""expand-broadcasting-ops: say CHLO's ops with the ops they stand for.

    %2 = mhlo.broadcast_add %0, %1 : (tensor<4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  becomes
    %b = mhlo.broadcast_in_dim %0, dims = [1] : (tensor<4xf32>) -> tensor<3x4xf32>
    %2 = mhlo.add %b, %1 : tensor<3x4xf32>

An operand that has the result's shape already is used as it is.
"""

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import insert_before, ops_of, replace


class ExpandBroadcastingOps(Pass):
    name = "expand-broadcasting-ops"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for square in ops_of(module, mhlo.Square):
            replace(square, mhlo.Multiply(square.operand, square.operand))
        for op in ops_of(module, mhlo.Broadcasting):
            replace(op, _expanded(op, [_brought_to_shape(op, operand) for operand in op.operands]))


def _brought_to_shape(op: mhlo.Broadcasting, operand: SSAValue) -> SSAValue:
    shape = mhlo.shape_of(op.result)
    if mhlo.shape_of(operand) == shape:
        return operand
    type_ = mhlo.with_shape(mhlo.tensor(operand), shape)
    broadcast = mhlo.BroadcastInDim(operand, op.dimensions_of(operand), type_)
    insert_before(op, broadcast)
    return broadcast.result


def _expanded(op: mhlo.Broadcasting, operands: list[SSAValue]) -> Operation:
    match op:
        case mhlo.BroadcastingBinary():
            return op.APPLIES(*operands)
        case mhlo.BroadcastCompare(compare_type=written):
            lhs, rhs = operands
            return mhlo.Compare(lhs, rhs, op.comparison_direction.data, written.data if written is not None else None)
        case _:
            return mhlo.Select(*operands)
