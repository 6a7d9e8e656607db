"""Evaluation: emits what a tensor's elements are, at given places, in terms of loads from the kernel's arguments.

Parallel nests are computed where they are read. Reductions become loops around their operands' evaluation; several
elements of one reduction share its loops, and so its loads. A reduction that another one reads is evaluated outside of
that one's loops if it does not depend on them, and again in each step if it does.
"""

from collections.abc import Callable, Mapping, Sequence

from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Operation, OpResult, SSAValue

from iree.compiler.dialects import iree
from iree.compiler.ir import sizes as sizes_
from iree.compiler.ir.diagnostics import fail
from iree.compiler.kernels import index_maps, nests
from iree.compiler.kernels.body_cloning import BodyCloner
from iree.compiler.kernels.emitter import Emitter
from iree.compiler.kernels.parameters import KernelParameters

Point = tuple[SSAValue, ...]
_State = list[SSAValue]  # accumulators: all results of the first point, then of the second, ...

_BITS_OF_MINUS_ZERO = -0.0  # what adding changes no float, not even -0


class Evaluation:
    """Emits values of tensors into a kernel. `buffers`: the kernel's argument for each of those of the nests."""

    def __init__(self, emitter: Emitter, parameters: KernelParameters, buffers: Mapping[SSAValue, SSAValue]) -> None:
        self.emitter = emitter
        self.parameters = parameters
        self.buffers = buffers

    def elements(self, value: SSAValue, points: Sequence[Point]) -> list[SSAValue]:
        """The elements of a tensor at `points`. Points that are the same are computed once."""
        distinct = list(dict.fromkeys(points))
        found = dict(zip(distinct, self._distinct_elements(value, distinct), strict=True))
        return [found[point] for point in points]

    def _distinct_elements(self, value: SSAValue, points: Sequence[Point]) -> list[SSAValue]:
        match value.owner:
            case iree.LoadInput() as load:
                return [self.emitter.load(self.buffers[load.source], point) for point in points]
            case linalg.GenericOp() as nest if nests.is_parallel(nest):
                return [results[_number(value)] for results in self.iterations(nest, points, [()] * len(points))]
            case linalg.GenericOp() as nest:
                return self._reduction(nest, points)[_number(value) :: len(nest.results)]
            case Operation() as op:
                fail(op, "is no input and no nest: a kernel cannot evaluate it")
        raise AssertionError("a tensor that no op defines")

    def iterations(
        self, nest: linalg.GenericOp, places: Sequence[Point], accumulators: Sequence[Sequence[SSAValue]]
    ) -> list[list[SSAValue]]:
        """What a nest's body gives in several iterations, with the accumulators of each where it combines anything."""
        block = nest.body.block
        columns: list[Sequence[SSAValue]] = []
        for argument, operand, attribute in zip(block.args, nest.inputs, nest.indexing_maps, strict=False):
            if argument.first_use is None:  # an operand that only shows sizes
                columns.append([operand] * len(places))
            else:
                points = [index_maps.apply_map(self.emitter, attribute.data, place) for place in places]
                columns.append(self.elements(operand, points))
        return [
            self._cloner(place).clone(block, [*(column[row] for column in columns), *(carried or nest.outputs)])
            for row, (place, carried) in enumerate(zip(places, accumulators, strict=True))
        ]

    def _cloner(self, place: Point) -> BodyCloner:
        return BodyCloner(
            self.emitter, place.__getitem__, lambda tensor, indices: self.elements(tensor, [tuple(indices)])[0]
        )

    def _reduction(self, nest: linalg.GenericOp, points: Sequence[Point]) -> _State:
        """All results of a reduction at all points, computed once for each set of points."""
        used = [index for point in points for index in point]
        key = (nest, tuple(points))
        return self.emitter.shared(key, used, lambda: self._reduce(nest, points))

    def _reduce(self, nest: linalg.GenericOp, points: Sequence[Point]) -> _State:
        self.emitter.location = nest.location
        columns = [self.elements(out, points) for out in nest.outputs]
        initial = [column[row] for row in range(len(points)) for column in columns]
        sizes = nests.sizes_of(nest)[len(points[0]) :]
        loops = _ReductionLoops(self, nest, points, is_float_sum(nest))
        return loops.run(sizes, (), initial)


class _ReductionLoops:
    """The loops of one reduction over some points at once."""

    def __init__(self, evaluation: Evaluation, nest: linalg.GenericOp, points: Sequence[Point], is_sum: bool) -> None:
        self.evaluation = evaluation
        self.emitter = evaluation.emitter
        self.parameters = evaluation.parameters
        self.nest = nest
        self.points = points
        self.is_sum = is_sum

    def run(self, sizes: Sequence[int], outer: Point, state: _State) -> _State:
        """Combines everything of the dimensions `sizes`, inside loops with counters `outer`, into the state."""
        if not sizes:
            return self._step(outer, state)
        size, *inner = sizes
        total = size
        for other in inner:
            total *= other
        if not sizes_.is_known(size):
            return self._run_unknown(size, inner, outer, state)
        if self.is_sum and total > self.parameters.sum_block:
            return self._run_blocks(size, inner, outer, state)
        return self._run_range(self.emitter.index(0), size, inner, outer, state)

    def _run_unknown(self, size: int, inner: Sequence[int], outer: Point, state: _State) -> _State:
        """One dimension of which only a call knows the size; a sum, by blocks."""
        index, block = self.emitter.index, self.parameters.sum_block

        def step(place: SSAValue, values: _State) -> _State:
            if inner and self.is_sum:
                return self._added(values, self.run(inner, (*outer, place), self._zeros(values)))
            return self.run(inner, (*outer, place), values)

        def one_block(start: SSAValue, sums: _State) -> _State:
            end = self.emitter.pure(
                "arith.minsi", [self.emitter.pure("arith.addi", [start, index(block)]), index(size)]
            )
            zeros = self._zeros(sums)
            part = self.emitter.loop(start, end, index(1), zeros, lambda i, values: step(i, list(values)), trips=block)
            return self._added(sums, part)

        if self.is_sum and not inner:
            return self.emitter.loop(
                index(0), index(size), index(block), state, lambda i, values: one_block(i, list(values))
            )
        return self.emitter.loop(index(0), index(size), index(1), state, lambda i, values: step(i, list(values)))

    def _run_blocks(self, size: int, inner: Sequence[int], outer: Point, state: _State) -> _State:
        """A long sum as a sum of shorter ones: of rows, and rows of blocks."""
        if inner:
            return self._run_range(self.emitter.index(0), size, inner, outer, state, partial=True)
        block = self.parameters.sum_block
        while -(-size // block) > self.parameters.sum_block:
            block *= self.parameters.sum_block
        return self._sum_blocks(self.emitter.index(0), size, block, outer, state)

    def _sum_blocks(self, start: SSAValue, size: int, block: int, outer: Point, state: _State) -> _State:
        """Sums `size` elements from `start` on, block by block."""
        if block < self.parameters.sum_block:
            return self._run_range(start, size, (), outer, state)
        whole = size // block * block

        def add_block(offset: SSAValue, length: int, sums: _State) -> _State:
            begin = self.emitter.pure("arith.addi", [start, offset])
            part = self._sum_blocks(begin, length, block // self.parameters.sum_block, outer, self._zeros(sums))
            return self._added(sums, part)

        state = self._counted(whole, block, state, lambda offset, sums: add_block(offset, block, sums))
        return add_block(self.emitter.index(whole), size - whole, state) if size > whole else state

    def _run_range(
        self, start: SSAValue, size: int, inner: Sequence[int], outer: Point, state: _State, partial: bool = False
    ) -> _State:
        """`size` steps of one dimension, some of them in each round of the loop."""
        unroll = 1 if inner else self._unroll()
        whole = size // unroll * unroll if size > unroll else 0

        def step(offset: SSAValue, values: _State) -> _State:
            index = self.emitter.pure("arith.addi", [start, offset])
            if not partial:
                return self.run(inner, (*outer, index), values)
            return self._added(values, self.run(inner, (*outer, index), self._zeros(values)))

        def steps(offset: SSAValue, count: int, values: _State) -> _State:
            for n in range(count):
                values = step(self.emitter.pure("arith.addi", [offset, self.emitter.index(n)]), values)
            return values

        if inner and size > 1:
            return self._counted(size, 1, state, step)
        state = self._counted(whole, unroll, state, lambda offset, values: steps(offset, unroll, values))
        return steps(self.emitter.index(whole), size - whole, state)

    def _unroll(self) -> int:
        """Steps in one round of an innermost loop."""
        return max(1, min(self.parameters.unroll, self.parameters.max_unrolled // len(self.points)))

    def _counted(self, size: int, step: int, state: _State, body: Callable[[SSAValue, _State], _State]) -> _State:
        """A loop from 0 to size; no loop where that is one round or none."""
        index = self.emitter.index
        if size == 0:
            return state
        if size == step:
            return body(index(0), state)
        return self.emitter.loop(index(0), index(size), index(step), state, lambda i, values: body(i, list(values)))

    def _step(self, loops: Point, state: _State) -> _State:
        count = len(self.nest.results)
        places = [(*point, *loops) for point in self.points]
        carried = [state[number * count : (number + 1) * count] for number in range(len(places))]
        return [value for results in self.evaluation.iterations(self.nest, places, carried) for value in results]

    def _zeros(self, like: _State) -> _State:
        return [self.emitter.constant(_BITS_OF_MINUS_ZERO, value.type) for value in like]

    def _added(self, sums: _State, parts: _State) -> _State:
        return [self.emitter.pure("arith.addf", pair) for pair in zip(sums, parts, strict=True)]


def _number(value: SSAValue) -> int:
    assert isinstance(value, OpResult)
    return value.index


def is_float_sum(nest: linalg.GenericOp) -> bool:
    """Whether a reduction adds floats to one accumulator, so that it may be done in parts."""
    block = nest.body.block
    if len(nest.results) != 1 or not nests.is_float(block.args[-1].type):
        return False
    accumulator = block.args[-1]
    use = accumulator.get_user_of_unique_use()
    return use is not None and use.name == "arith.addf" and list(block.ops)[-1].operands[0] is use.results[0]
