"""fold-scales: constants that scale and shift what a convolution or a dot gives go into its weights and into one sum.

    %0 = mhlo.convolution(%x, %weights) ..
    %1 = mhlo.subtract %0, %mean          // each broadcast along the features
    %2 = mhlo.multiply %1, %scale
    %3 = mhlo.add %2, %offset
  becomes
    %0 = mhlo.convolution(%x, %weights * %scale) ..
    %1 = mhlo.add %0, (%offset - %mean * %scale)

as every batch normalization of a trained model does. The new constants are computed by the interpreter. Results differ
in rounding only, by no more than the products and sums of the convolution do anyway: floats of 32 and 64 bits are
folded, if no number overflows or loses digits by it. Weights that something else reads too, or that are no constants,
as in training, stay as they are.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from xdsl.dialects.builtin import ModuleOp, f32, f64
from xdsl.ir import Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import Array, array_of, dense, is_splat
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import erase, insert_before, ops_of, replace
from iree.compiler.transforms.common.expression import Emitter, Expression
from iree.compiler.transforms.constants.evaluator import evaluate

_Contraction: TypeAlias = mhlo.Convolution | mhlo.DotGeneral
_Arithmetic: TypeAlias = Callable[[Expression, Expression], Expression]

_ARITHMETIC: dict[type[Operation], _Arithmetic] = {
    mhlo.Add: operator.add,
    mhlo.Subtract: operator.sub,
    mhlo.Multiply: operator.mul,
    mhlo.Divide: operator.truediv,
}


class FoldScales(Pass):
    name = "fold-scales"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        emitter = Emitter()
        contractions = [op for op in ops_of(module, mhlo.HloOp) if isinstance(op, _Contraction)]
        chains = [_Chain(op, weights, emitter) for op in contractions if (weights := _weights_of(op)) is not None]
        chains = [chain for chain in chains if chain.is_worth_folding]
        arrays = iter(evaluate([part.value for chain in chains for part in chain.parts()]))
        for chain, *parts in list(zip(chains, arrays, arrays, arrays, strict=False)):
            chain.fold(*parts)
        for op in reversed(emitter.ops):
            op.erase()


class _Weights(NamedTuple):
    """The constant operand of a contraction, and which of its dimensions become which of the result's."""

    operand: int
    constant: mhlo.Constant
    dimensions: Mapping[int, int]  # the result's -> its own


def _weights_of(op: _Contraction) -> _Weights | None:
    """None where no operand is a constant of the result's elements that nothing else reads."""
    for number, dimensions in enumerate(_free_dimensions(op)):
        constant = op.operands[number].owner
        if isinstance(constant, mhlo.Constant) and constant.result.has_one_use():
            elements = {mhlo.element_of(value) for value in (constant.result, op.result)}
            return _Weights(number, constant, dimensions) if elements in ({f32}, {f64}) else None
    return None


def _free_dimensions(op: _Contraction) -> tuple[dict[int, int], dict[int, int]]:
    """For each operand which dimension of the result is which of its own."""
    if isinstance(op, mhlo.Convolution):
        return {}, {op.numbers.output.second: op.numbers.kernel.second}
    numbers = op.numbers
    batch = len(numbers.lhs_batching_dimensions)
    lhs = _left(op.lhs, (*numbers.lhs_batching_dimensions, *numbers.lhs_contracting_dimensions))
    rhs = _left(op.rhs, (*numbers.rhs_batching_dimensions, *numbers.rhs_contracting_dimensions))
    return (
        dict(enumerate((*numbers.lhs_batching_dimensions, *lhs))),
        {**dict(enumerate(numbers.rhs_batching_dimensions)), **dict(enumerate(rhs, batch + len(lhs)))},
    )


def _left(operand: SSAValue, taken: Sequence[int]) -> list[int]:
    return [dim for dim in range(len(mhlo.shape_of(operand))) if dim not in taken]


class _Along(NamedTuple):
    """Numbers for some dimensions of the result, the same along all others."""

    numbers: Expression
    dimensions: tuple[int, ...]


class _Chain:
    """A contraction and the ops after it that only scale and shift its result: contraction * scale + offset."""

    def __init__(self, contraction: _Contraction, weights: _Weights, emitter: Emitter) -> None:
        self.contraction, self.weights, self.emitter = contraction, weights, emitter
        self.type = mhlo.tensor(contraction.result)
        self.ops: list[Operation] = []
        self.scale, self.offset = self._number(1.0), self._number(0.0)
        while (found := self._next()) is not None:
            self._apply(*found)
            self.ops.append(found[0])
        self.scales = any(not isinstance(op, mhlo.Add | mhlo.Subtract) for op in self.ops)
        self.shifts = any(isinstance(op, mhlo.Add | mhlo.Subtract) for op in self.ops)
        self.is_worth_folding = self.scales or len(self.ops) > 1

    def parts(self) -> list[Expression]:
        """What is to be known of it: the weights, scaled, the scale and the offset."""
        weights = Expression(self.emitter, self.weights.constant.result)
        if self.scales:
            own = [self.weights.dimensions[dim] for dim in self.scale.dimensions]
            weights = weights * self.scale.numbers.broadcast(weights.shape, own)
        return [weights, self.scale.numbers, self.offset.numbers]

    def fold(self, weights: Array, scale: Array, offset: Array) -> None:
        """Puts the parts, as they have become known, in the place of the chain; nothing where that is not safe."""
        own = [self.weights.dimensions[dim] for dim in self.scale.dimensions]
        spread = np.expand_dims(scale.transpose(np.argsort(own)), [d for d in range(weights.ndim) if d not in own])
        if not (np.isfinite(offset).all() and _keeps_digits(array_of(self.weights.constant.value), weights, spread)):
            return
        result: SSAValue = self.contraction.result
        if self.scales:
            constant = mhlo.Constant(dense(weights))
            insert_before(self.contraction, constant)
            self.contraction.operands[self.weights.operand] = constant.result
        added: list[Operation] = []
        if self.shifts:
            constant = mhlo.Constant(dense(offset))
            along = mhlo.BroadcastInDim(constant.result, self.offset.dimensions, self.type)
            added = [constant, along, mhlo.Add(result, along.result)]
            result = added[-1].results[0]
        replace(self.ops[-1], added, [result])
        for op in reversed(self.ops[:-1]):
            erase(op)

    def _next(self) -> tuple[Operation, _Along] | None:
        """The next op, and what it scales or shifts by."""
        value = self.ops[-1].results[0] if self.ops else self.contraction.result
        op = value.get_user_of_unique_use()
        if op is None or type(op) not in _ARITHMETIC:
            return None
        is_left = op.operands[0] is value
        if not is_left and isinstance(op, mhlo.Subtract | mhlo.Divide):
            return None
        other = self._along(op.operands[1 if is_left else 0])
        return None if other is None else (op, other)

    def _apply(self, op: Operation, other: _Along) -> None:
        arithmetic = _ARITHMETIC[type(op)]
        self.offset = self._joined(arithmetic, self.offset, other)
        if isinstance(op, mhlo.Multiply | mhlo.Divide):
            self.scale = self._joined(arithmetic, self.scale, other)

    def _joined(self, arithmetic: _Arithmetic, left: _Along, right: _Along) -> _Along:
        dimensions = tuple(sorted({*left.dimensions, *right.dimensions}))
        shape = [self.type.get_shape()[dim] for dim in dimensions]
        sides = [
            side.numbers.broadcast(shape, [dimensions.index(dim) for dim in side.dimensions]) for side in (left, right)
        ]
        return _Along(arithmetic(*sides), dimensions)

    def _number(self, number: float) -> _Along:
        return _Along(self.emitter.number(number, mhlo.with_shape(self.type, ())), ())

    def _along(self, value: SSAValue) -> _Along | None:
        """A value that is constant but for dimensions that the weights have too; None: it is another value."""
        dimensions = tuple(range(self.type.get_num_dims()))
        if isinstance(value.owner, mhlo.BroadcastInDim):
            dimensions, value = mhlo.ints(value.owner.broadcast_dimensions), value.owner.operand
        if not isinstance(value.owner, mhlo.Constant):
            return None
        shape = mhlo.shape_of(value)
        if is_splat(value.owner.value):
            return _Along(self.emitter.constant(array_of(value.owner.value).flat[0], self.type.element_type), ())
        kept = [dim for dim, size in enumerate(shape) if size != 1]
        if not self.weights.dimensions.keys() >= {dimensions[dim] for dim in kept}:
            return None
        numbers = Expression(self.emitter, value).reshape([shape[dim] for dim in kept])
        return _Along(numbers, tuple(dimensions[dim] for dim in kept))


def _keeps_digits(before: Array, after: Array, factors: Array) -> bool:
    """Whether scaled weights are as exact as they were: none overflows, and none becomes a subnormal number."""
    least = np.finfo(before.dtype).tiny
    lost = (np.abs(after) < least) & (np.abs(before) >= least) & (factors != 0)
    return bool(np.isfinite(after).all() and not lost.any())
