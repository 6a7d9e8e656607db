"""Rules of lower-to-linalg: the order of elements, each place for itself.

sort_order counts, for each element, the elements of its run that come before it; a place has the element of its count.
merge_order looks for the place where a run's first elements and the next run's first ones make the elements before it:
a search by halves. No load is out of bounds, whatever the comparator says.
"""

from collections.abc import Callable, Sequence

from xdsl.dialects.builtin import i32
from xdsl.ir import Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.kernels.contractions import region_results
from iree.compiler.kernels.data_movement import clamped
from iree.compiler.kernels.lowering import Lowering
from iree.compiler.kernels.nests import Body, Nest
from iree.compiler.kernels.scalar import Scalar, where

Before = Callable[[Body, Scalar, Scalar], Scalar]  # whether the element at one place comes before that at another


def lower_sort_order(lowering: Lowering, op: Operation) -> None:
    """A place has the element before which as many come as places."""
    assert isinstance(op, mhlo.SortOrder)
    shape, axis = mhlo.shape_of(op.result), op.axis
    size, run = shape[axis], min(op.length, shape[axis])
    before = _comparison(lowering, op, op.keys)

    def count(body: Body) -> list[Scalar]:
        place = body.index(axis)
        other = _begin(place, run) + body.index(len(shape))
        is_there = (other < size) & (other.equals(place) ^ -1)
        at = clamped(other, size)
        is_first = other < place
        # Of two, the later one is asked for: it comes first only if it has to.
        later = before(body, where(is_first, place, at), where(is_first, at, place))
        comes_first = where(is_first, later ^ -1, later)
        (counted,) = body.accumulators
        return [where(is_there & comes_first, counted + 1, counted)]

    (rank,) = _reduction(lowering, op, shape, run, [0], count)

    def find(body: Body) -> list[Scalar]:
        place = body.index(axis)
        begin = _begin(place, run)
        candidate = begin + body.index(len(shape))
        at = clamped(candidate, size)
        indices = [body.index(dim) for dim in range(len(shape))]
        indices[axis] = at
        counted = Scalar(body.emitter, body.emitter.extract(rank, [index.value for index in indices]))
        is_it = (candidate < size) & counted.equals(_number(place - begin))
        return [where(is_it, _number(at), body.accumulators[0])]

    lowering.alias(op, _reduction(lowering, op, shape, run, [0], find))


def lower_merge_order(lowering: Lowering, op: Operation) -> None:
    """The elements before a place are the first of one run and of the next one: how many of each is searched for."""
    assert isinstance(op, mhlo.MergeOrder)
    shape, axis, run = mhlo.shape_of(op.result), op.axis, op.length
    size = shape[axis]
    before = _comparison(lowering, op, op.keys)

    def element(body: Body, place: Scalar) -> Scalar:
        indices = [body.index(dim) for dim in range(len(shape))]
        indices[axis] = clamped(place, size)
        return clamped(lowering.element(body, op.order, indices).to_index(), size)

    def bounds(body: Body) -> tuple[Scalar, Scalar, Scalar, Scalar]:
        """Where the two runs begin, how many elements the second has, how many places come before this one."""
        place = body.index(axis)
        first = _begin(place, 2 * run)
        second = first + run
        left = (body.constant(size) - second).pure("arith.maxsi", 0).pure("arith.minsi", run)
        return first, second, left, place - first

    def low(body: Body) -> list[Scalar]:
        _, _, left, before_it = bounds(body)
        return [_number((before_it - left).pure("arith.maxsi", 0))]

    def high(body: Body) -> list[Scalar]:
        return [_number(bounds(body)[3].pure("arith.minsi", run))]

    def halve(body: Body) -> list[Scalar]:
        lowest, highest = body.accumulators
        first, second, _, before_it = bounds(body)
        middle = (lowest + highest).pure("arith.shrui", 1)
        ours, theirs = first + middle.to_index(), second + before_it - 1 - middle.to_index()
        is_taken = before(body, element(body, theirs), element(body, ours)) ^ -1
        is_open = lowest < highest
        return [where(is_open & is_taken, middle + 1, lowest), where(is_open & (is_taken ^ -1), middle, highest)]

    starts = [lowering.temporary(op, i32, shape, [], fill) for fill in (low, high)]
    found, _ = _reduction(lowering, op, shape, run.bit_length(), starts, halve)

    def choose(body: Body) -> list[Scalar]:
        first, second, left, before_it = bounds(body)
        indices = [body.index(dim).value for dim in range(len(shape))]
        taken = Scalar(body.emitter, body.emitter.extract(found, indices)).to_index()
        others = before_it - taken
        ours, theirs = element(body, first + taken), element(body, second + others)
        is_ours = (taken < run) & ((others >= left) | (before(body, theirs, ours) ^ -1))
        return [_number(where(is_ours, ours, theirs))]

    lowering.nest(op, shape, [], choose)


def _comparison(lowering: Lowering, op: mhlo.SortOrder | mhlo.MergeOrder, keys: Sequence[SSAValue]) -> Before:
    """The comparator on the elements at two places along the dimension."""
    rank = len(mhlo.shape_of(op.result))

    def before(body: Body, left: Scalar, right: Scalar) -> Scalar:
        arguments = []
        for key in keys:
            for place in (left, right):
                indices = [body.index(dim) for dim in range(rank)]
                indices[op.axis] = place
                arguments.append(lowering.element(body, key, indices))
        (result,) = region_results(op.comparator.block, arguments)
        return result

    return before


def _reduction(
    lowering: Lowering,
    op: Operation,
    shape: Sequence[int],
    steps: int,
    starts: Sequence[SSAValue | int],
    fill: Callable[[Body], list[Scalar]],
) -> list[SSAValue]:
    """`steps` of a loop for each place, with i32 that go from step to step."""

    def number(start: int) -> Callable[[Body], list[Scalar]]:
        return lambda body: [Scalar(body.emitter, body.emitter.constant(start, i32))]

    outs = [
        lowering.temporary(op, i32, shape, [], number(start)) if isinstance(start, int) else start for start in starts
    ]
    if 0 in shape:
        return outs
    # The inner loop of one step keeps the outer one from being unrolled: the code of a step is long.
    ops = Nest(shape, [steps, 1], [], [i32] * len(outs), fill, outs, op.location).build()
    lowering.append(op, *ops)
    return list(ops[-1].results)


def _begin(place: Scalar, run: int) -> Scalar:
    """Where the run begins that a place is in."""
    return place.pure("arith.divui", run) * run


def _number(index: Scalar) -> Scalar:
    return index.pure("arith.index_cast", type_=i32)
