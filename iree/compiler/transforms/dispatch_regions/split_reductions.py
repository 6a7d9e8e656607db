"""split-reductions: few results of very many elements are reduced in two steps, the first of them by many at once.

    %1 = mhlo.reduce(%0 init: %i) applies mhlo.add across dimensions = [0] : (tensor<1000000xf32>, ..) -> tensor<f32>
  becomes
    %2 = mhlo.reshape %0 : (tensor<1000000xf32>) -> tensor<1000x1000xf32>
    %3 = mhlo.reduce(%2 init: %zero) applies mhlo.add across dimensions = [0] : .. -> tensor<1000xf32>
    %1 = mhlo.reduce(%3 init: %i) applies mhlo.add across dimensions = [0] : .. -> tensor<f32>

One result is the work of one invocation of a kernel: a device would have nothing else to do, and some leave loops that
take too long. A size without a good divisor is padded, with what changes no result. The same for the sums of a
contraction: its groups become a batch. Sums of small floats are made in f32, so that they are rounded once. What only a
call knows the size of stays as it is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from xdsl.dialects.builtin import AnyFloat, IntegerType, ModuleOp, Signedness, TensorType, f32, i1
from xdsl.ir import Attribute, Operation, Region, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.mhlo.reduction import body_of
from iree.compiler.ir import sizes
from iree.compiler.ir.constants import dtype_of, splat
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import insert_before, ops_of
from iree.compiler.ir.rewriting import replace as replace_op
from iree.compiler.ir.sizes import are_known

LONGEST = 2**16  # elements of one result, where there are few results
FEW = 256  # results
LONGEST_OF_MANY = 2**20  # elements of one result, however many results there are
GROUPS = 1024  # about as many partial results
_KINDS = ("add", "multiply", "maximum", "minimum", "and", "or")


class SplitReductions(Pass):
    name = "split-reductions"
    reads = ("builtin", "func", "mhlo")
    leaves = ("builtin", "func", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for reduce in ops_of(module, mhlo.Reduce):
            _split_reduce(reduce)
        for dot in ops_of(module, mhlo.DotGeneral):
            _split_dot(dot)


def _is_long(steps: int, results: int) -> bool:
    """Of sizes that only a call knows it cannot be said."""
    if not sizes.are_known((steps, results)):
        return False
    return steps > LONGEST_OF_MANY or (steps > LONGEST and results < FEW)


def groups_of(size: int) -> int:
    """Into how many groups of equal size to cut, after padding where it does not divide the size."""
    divisors = [count for count in range(GROUPS // 4, GROUPS * 4 + 1) if size % count == 0]
    return min(divisors, key=lambda count: abs(math.log(count / GROUPS)), default=GROUPS)


@dataclass(frozen=True)
class _Run:
    """Neighbouring dimensions of a shape that are all reduced: from `first` on, `count` of them, `size` elements."""

    first: int
    count: int
    size: int


def _split_reduce(op: mhlo.Reduce) -> None:
    shape, dimensions = mhlo.shape_of(op.inputs[0]), mhlo.ints(op.dimensions)
    if not are_known(shape):
        return
    steps = math.prod(shape[dim] for dim in dimensions)
    run = max(_runs(shape, dimensions), key=lambda run: run.size, default=None)
    if run is None or 0 in shape or not _is_long(steps, math.prod(shape) // steps) or run.size < 4 * GROUPS:
        return
    new = _Before(op)
    values, inits = new.widened(op.inputs), new.widened(op.init_values)
    neutral = new.neutral(op, inits)
    cut = [new.cut(value, run, filler) for value, filler in zip(values, neutral, strict=True)]
    moved = [dim if dim < run.first else dim + 2 - run.count for dim in dimensions if not _inside(run, dim)]
    firsts = new.add(mhlo.Reduce(cut, neutral, [*moved, run.first], _body(op, values)))
    group = run.first - sum(dim < run.first for dim in moved)  # the dimension of the groups in what is left
    new.finish(mhlo.Reduce(firsts, inits, [group], _body(op, values)))


def _runs(shape: Sequence[int], dimensions: Sequence[int]) -> list[_Run]:
    runs: list[_Run] = []
    for dim in sorted(dimensions):
        if runs and runs[-1].first + runs[-1].count == dim:
            runs[-1] = replace(runs[-1], count=runs[-1].count + 1, size=runs[-1].size * shape[dim])
        else:
            runs.append(_Run(dim, 1, shape[dim]))
    return runs


def _inside(run: _Run, dim: int) -> bool:
    return run.first <= dim < run.first + run.count


def _body(op: mhlo.Reduce, values: Sequence[SSAValue]) -> Region:
    """The op's body; for wider values, which only the known kinds have, one of the same op."""
    element = mhlo.element_of(values[0])
    if element == mhlo.element_of(op.inputs[0]):
        return op.body.clone()
    inner = mhlo.only_op(op.body)
    assert isinstance(inner, mhlo.Add | mhlo.Multiply)
    return body_of(type(inner), element)


def _split_dot(op: mhlo.DotGeneral) -> None:
    numbers, lhs_shape = op.numbers, mhlo.shape_of(op.lhs)
    if not are_known((*lhs_shape, *mhlo.shape_of(op.rhs))):
        return
    steps = math.prod(lhs_shape[dim] for dim in numbers.lhs_contracting_dimensions)
    summed_sizes = [lhs_shape[dim] for dim in numbers.lhs_contracting_dimensions]
    if not steps or not _is_long(steps, math.prod(mhlo.shape_of(op.result))) or max(summed_sizes) < 4 * GROUPS:
        return
    number = summed_sizes.index(max(summed_sizes))
    new = _Before(op)
    sides = []
    for value, batch, summed in (
        (op.lhs, numbers.lhs_batching_dimensions, numbers.lhs_contracting_dimensions),
        (op.rhs, numbers.rhs_batching_dimensions, numbers.rhs_contracting_dimensions),
    ):
        (wide,), dim = new.widened([value]), summed[number]
        cut = new.cut(wide, _Run(dim, 1, summed_sizes[number]), new.zero(wide), groups_first=True)
        moved = [[other + (other > dim) for other in dims] for dims in (batch, summed)]
        moved[1][number] = dim + 1
        sides.append((cut, (*moved[0], dim), tuple(moved[1])))
    (lhs, lhs_batch, lhs_summed), (rhs, rhs_batch, rhs_summed) = sides
    partial = mhlo.DotGeneral(lhs, rhs, mhlo.DotNumbers(lhs_batch, rhs_batch, lhs_summed, rhs_summed))
    (sums,) = new.add(partial)
    element = mhlo.element_of(sums)
    kind = mhlo.Or if element == i1 else mhlo.Add
    new.finish(mhlo.Reduce([sums], [new.zero(sums)], [len(lhs_batch) - 1], body_of(kind, element)))


class _Before:
    """Adds ops in front of one that they will replace."""

    def __init__(self, op: Operation) -> None:
        self.op = op

    def add(self, op: Operation) -> Sequence[SSAValue]:
        insert_before(self.op, op)
        return op.results

    def finish(self, last: Operation) -> None:
        """Replaces the op by what this computes, as the old elements."""
        results = self.add(last)
        cast = [self._converted(new, mhlo.element_of(old)) for new, old in zip(results, self.op.results, strict=True)]
        replace_op(self.op, [], cast)

    def widened(self, values: Sequence[SSAValue]) -> list[SSAValue]:
        """Small floats that are added or multiplied as f32; other values as they are."""
        if isinstance(self.op, mhlo.Reduce) and _kind(self.op) not in ("add", "multiply"):
            return list(values)
        return [self._converted(value, _sum_type(mhlo.element_of(value))) for value in values]

    def _converted(self, value: SSAValue, element: Attribute) -> SSAValue:
        return value if mhlo.element_of(value) == element else self.add(mhlo.Convert(value, element))[0]

    def neutral(self, op: mhlo.Reduce, inits: Sequence[SSAValue]) -> list[SSAValue]:
        """What changes no result. Of a body that is not known it is what the program says: any order may start so."""
        kind = _kind(op)
        return [self._neutral(init, kind) if kind else init for init in inits]

    def _neutral(self, init: SSAValue, kind: str) -> SSAValue:
        element = mhlo.element_of(init)
        return self.add(mhlo.Constant(splat(_identity(kind, element), TensorType(element, ()))))[0]

    def zero(self, value: SSAValue) -> SSAValue:
        element = mhlo.element_of(value)
        return self.add(mhlo.Constant(splat(dtype_of(element).type(0), TensorType(element, ()))))[0]

    def cut(self, value: SSAValue, run: _Run, filler: SSAValue, *, groups_first: bool = False) -> SSAValue:
        """The run as two dimensions: the elements of a group, then the groups, whose neighbours lie side by side."""
        shape, groups = mhlo.shape_of(value), groups_of(run.size)
        before, after = shape[: run.first], shape[run.first + run.count :]
        missing = -run.size % groups
        if missing:
            flat = value if run.count == 1 else self.add(mhlo.Reshape(value, [*before, run.size, *after]))[0]
            none, high = [0] * (len(before) + 1 + len(after)), [*[0] * len(before), missing, *[0] * len(after)]
            value = self.add(mhlo.Pad(flat, filler, none, high, none))[0]
        pair = [(run.size + missing) // groups, groups]
        return self.add(mhlo.Reshape(value, [*before, *(pair[::-1] if groups_first else pair), *after]))[0]


def _kind(op: mhlo.Reduce) -> str | None:
    """What a reduce by one op that has a neutral element computes."""
    inner = mhlo.only_op(op.body)
    kind = "" if inner is None else inner.name.removeprefix("mhlo.")
    return kind if kind in _KINDS else None


def _sum_type(element: Attribute) -> Attribute:
    return f32 if isinstance(element, AnyFloat) and element.bitwidth < 32 else element


def _identity(kind: str, element: Attribute) -> Any:
    """What combining with changes nothing; -0.0 is that of floats' sums, and infinities that of their extremes."""
    low, high, ones, zero = -np.inf, np.inf, 0.0, -0.0
    if isinstance(element, IntegerType):
        unsigned = element.signedness.data is Signedness.UNSIGNED or element == i1
        low = 0 if unsigned else -(1 << (element.bitwidth - 1))
        high = low + (1 << element.bitwidth) - 1
        ones, zero = high if unsigned else -1, 0
    numbers = {"add": zero, "multiply": 1, "maximum": low, "minimum": high, "and": ones, "or": 0}
    return dtype_of(element).type(numbers[kind])
