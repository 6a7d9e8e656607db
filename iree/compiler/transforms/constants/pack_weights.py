"""pack-weights: constant weights lie in the order in which kernels read them.

    %0 = mhlo.constant dense<..> : tensor<3x2xf32>
    %1 = mhlo.dot_general %x, %0, contracting_dims = [1] x [1] : (tensor<4x2xf32>, tensor<3x2xf32>) -> tensor<4x3xf32>
  becomes
    %0 = mhlo.constant dense<..> : tensor<2x3xf32>
    %1 = mhlo.dot_general %x, %0, contracting_dims = [1] x [0] : (tensor<4x2xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>

Neighbours in a result read neighbours: the last dimension of weights is the features that come out. Where the other
operand is one row, each result is the product of two rows: what is summed over comes last. A convolution's kernel has
its places first, then input and output features, none of them backwards: the matrix that BLAS multiplies by. This is as
fast or faster on every target, and no run copies weights to turn them. Weights that something else reads too stay as
they are.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import Array, dense
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import insert_before, ops_of
from iree.compiler.transforms.common.expression import Emitter, Expression
from iree.compiler.transforms.constants.evaluator import evaluate


class PackWeights(Pass):
    name = "pack-weights"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        emitter = Emitter()
        packed = []
        for op in ops_of(module, mhlo.HloOp):
            match op:
                case mhlo.Convolution() if _is_weight(op.rhs):
                    packed.append(_packed_kernel(op, emitter))
                case mhlo.DotGeneral() if _is_weight(op.rhs) or _is_weight(op.lhs):
                    packed.append(_packed_matrix(op, 1 if _is_weight(op.rhs) else 0, emitter))
        packed = [each for each in packed if each.values.value is not each.op.operands[each.operand]]
        for each, array in zip(packed, evaluate([each.values.value for each in packed]), strict=True):
            each.put(array)
        for made in reversed(emitter.ops):
            made.erase()


class _Packed(NamedTuple):
    """An op with what its weights are to be, and its properties then."""

    op: mhlo.Convolution | mhlo.DotGeneral
    operand: int
    values: Expression
    properties: dict[str, mhlo.ConvDimensionNumbers | mhlo.DotDimensionNumbers | None]

    def put(self, array: Array) -> None:
        """Puts the weights, now known, in the place of the old ones."""
        constant = mhlo.Constant(dense(array, self.values.type))
        insert_before(self.op, constant)
        self.op.operands[self.operand] = constant.result
        for name, value in self.properties.items():
            if value is None:
                self.op.properties.pop(name, None)
            else:
                self.op.properties[name] = value


def _is_weight(value: SSAValue) -> bool:
    return isinstance(value.owner, mhlo.Constant) and value.has_one_use()


def _packed_kernel(op: mhlo.Convolution, emitter: Emitter) -> _Packed:
    numbers, kernel = op.numbers, op.numbers.kernel
    backwards = [dim for dim, window in zip(kernel.spatial, op.window, strict=True) if window.is_reversed]
    values = Expression(emitter, op.rhs)
    if backwards:
        values = values.reverse(*backwards)
    count = len(kernel.spatial)
    ordered = mhlo.OperandDims(count, count + 1, tuple(range(count)))
    dims = mhlo.ConvDimensionNumbers(mhlo.ConvNumbers(numbers.input, ordered, numbers.output))
    return _Packed(
        op,
        1,
        values.transpose([*kernel.spatial, kernel.first, kernel.second]),
        {"dimension_numbers": dims, "window_reversal": None},
    )


def _packed_matrix(op: mhlo.DotGeneral, operand: int, emitter: Emitter) -> _Packed:
    numbers, other = op.numbers, op.operands[1 - operand]
    sides = (
        (numbers.lhs_batching_dimensions, numbers.lhs_contracting_dimensions),
        (numbers.rhs_batching_dimensions, numbers.rhs_contracting_dimensions),
    )
    batch, summed = sides[operand]
    free = [dim for dim in range(len(mhlo.shape_of(op.operands[operand]))) if dim not in (*batch, *summed)]
    is_left = operand == 0
    last_is_summed = is_left or _rows(other, sides[1 - operand]) == 1
    order = [*batch, *free, *summed] if last_is_summed else [*batch, *summed, *free]
    own = tuple(order.index(dim) for dim in batch), tuple(order.index(dim) for dim in summed)
    (left_batch, left), (right_batch, right) = (own, sides[1]) if is_left else (sides[0], own)
    dims = mhlo.DotDimensionNumbers(mhlo.DotNumbers(left_batch, right_batch, left, right))
    values = Expression(emitter, op.operands[operand]).transpose(order)
    return _Packed(op, operand, values, {"dot_dimension_numbers": dims})


def _rows(value: SSAValue, taken: Sequence[Sequence[int]]) -> int:
    """How many rows an operand has for each product of matrices."""
    return math.prod(size for dim, size in enumerate(mhlo.shape_of(value)) if all(dim not in dims for dims in taken))
