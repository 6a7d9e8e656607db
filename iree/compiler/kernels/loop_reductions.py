"""Reductions as loops: of several places at once, which share what they read, and of all lanes of each.

Accumulators are local arrays, one element for each lane, or numbers that a loop carries. Long sums are made of shorter
ones, for accuracy. Where a reduction that may be done in parts runs along what lies side by side in memory, and its
results do not, it makes as many partial results as there are lanes and combines them at the end.
"""

import math
from collections.abc import Callable, Sequence

from xdsl.dialects import arith
from xdsl.dialects.builtin import IntegerType, MemRefType
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Attribute, Operation, SSAValue
from xdsl.ir.affine import AffineExpr

from iree.compiler.kernels import nests
from iree.compiler.kernels.axes import Place
from iree.compiler.kernels.evaluation import is_float_sum
from iree.compiler.kernels.folding import constant_int
from iree.compiler.kernels.loop_evaluation import Lanes, LoopEvaluation
from iree.compiler.kernels.loop_shapes import runs_along

_State = list[SSAValue]  # of all results of the first place, then of the second, ...; numbers, or local arrays
_BITS_OF_MINUS_ZERO = -0.0  # what adding changes no float, not even -0

# Ops that combine in any order, and what they leave as it is.
_NEUTRAL: dict[type[Operation], Callable[[Attribute], float]] = {
    arith.AddfOp: lambda type_: -0.0,
    arith.MulfOp: lambda type_: 1.0,
    arith.MaximumfOp: lambda type_: -math.inf,
    arith.MinimumfOp: lambda type_: math.inf,
    arith.AddiOp: lambda type_: 0,
    arith.MuliOp: lambda type_: 1,
    arith.AndIOp: lambda type_: -1,
    arith.OrIOp: lambda type_: 0,
    arith.XOrIOp: lambda type_: 0,
    arith.MaxSIOp: lambda type_: -(2 ** (_width(type_) - 1)),
    arith.MinSIOp: lambda type_: 2 ** (_width(type_) - 1) - 1,
    arith.MaxUIOp: lambda type_: 0,
    arith.MinUIOp: lambda type_: -1,
}


def reduce(
    evaluation: LoopEvaluation, nest: linalg.GenericOp, places: Sequence[Place], lanes: Lanes | None
) -> list[list[SSAValue]]:
    """All results of a reduction at each place: local arrays if there are lanes, numbers otherwise."""
    emitter, count = evaluation.emitter, len(nest.results)
    emitter.location = nest.location
    rank = len(nests.shape_of(nest.results[0]))
    sizes = list(nests.sizes_of(nest)[rank:])
    if lanes is None and _can_be_partial(evaluation, nest, places[0], sizes):
        found = _Partial(evaluation, nest, places).run(sizes)
    else:
        accumulation = _Accumulation(evaluation, nest, places, lanes)
        found = accumulation.run(sizes, (), accumulation.start())
    return [found[number * count : (number + 1) * count] for number in range(len(places))]


class _Accumulation:
    """The loops of one reduction."""

    def __init__(
        self, evaluation: LoopEvaluation, nest: linalg.GenericOp, places: Sequence[Place], lanes: Lanes | None
    ) -> None:
        self.evaluation = evaluation
        self.emitter = evaluation.emitter
        self.nest = nest
        self.places = places
        self.lanes = lanes
        self.types = [nests.element_of(result) for result in nest.results]
        self.is_sum = is_float_sum(nest)

    def start(self) -> _State:
        """What the reduction starts from."""
        for out in self.nest.outputs:
            self.evaluation.prepare(out, self.places, self.lanes)
        return self._filled(
            [
                lambda out=out, place=place: self.evaluation.element(out, place)  # type: ignore[misc]
                for place in self.places
                for out in self.nest.outputs
            ]
        )

    def run(self, sizes: Sequence[int], outer: Place, total: _State) -> _State:
        """Combines all of the dimensions `sizes`, inside loops at `outer`, into the total."""
        if not sizes:
            return self._step([outer], total)
        size, *inner = sizes
        chunk = self._chunk(size, inner)
        if chunk >= size:
            return self._span(self.emitter.index(0), self.emitter.index(size), size, inner, outer, total)

        def one_chunk(start: SSAValue, sums: _State) -> _State:
            end = self.emitter.pure("arith.addi", [start, self.emitter.index(chunk)])
            end = self.emitter.pure("arith.minsi", [end, self.emitter.index(size)])
            return self._added(sums, self._span(start, end, size, inner, outer, self._zeros()))

        return self._loop(self.emitter.index(0), self.emitter.index(size), chunk, total, one_chunk)

    def _chunk(self, size: int, inner: Sequence[int]) -> int:
        """How many steps along a dimension are summed before they are added to the rest."""
        longest, within = self.evaluation.parameters.sum_block, math.prod(inner)
        if not self.is_sum or size * within <= longest:
            return size
        chunk = max(1, longest // within)
        while -(-size // chunk) > longest:
            chunk *= longest
        return chunk

    def _span(
        self, start: SSAValue, end: SSAValue, size: int, inner: Sequence[int], outer: Place, total: _State
    ) -> _State:
        """The steps from `start` to before `end` of a dimension of `size`."""
        axes = self.evaluation.axes

        def at(counter: SSAValue, sums: _State) -> _State:
            return self.run(inner, (*outer, axes.add(size, counter)), sums)

        is_whole = constant_int(start) == 0 and constant_int(end) == size
        steps = self._steps(size) if is_whole and not inner else 1
        if steps == 1:
            return self._loop(start, end, 1, total, at)
        whole = size // steps * steps

        def several(counter: SSAValue, sums: _State) -> _State:
            axis = axes.add(whole - steps + 1, counter)
            return self._step([(*outer, axis + n) for n in range(steps)], sums)

        total = self._loop(start, self.emitter.index(whole), steps, total, several)
        rest = [(*outer, AffineExpr.constant(n)) for n in range(whole, size)]
        return self._step(rest, total) if rest else total

    def _steps(self, size: int) -> int:
        """Steps between a load and a store of the accumulators. They are in registers where there are several rows."""
        parameters = self.evaluation.parameters
        if self.lanes is None or len(self.places) > 1 or self.lanes.count <= parameters.block:
            return 1
        most = parameters.most_code // max(1, len(list(self.nest.body.block.ops)))
        return max(1, min(parameters.steps, most, size))

    def _loop(
        self, start: SSAValue, end: SSAValue, step: int, total: _State, body: Callable[[SSAValue, _State], _State]
    ) -> _State:
        def named(counter: SSAValue, values: Sequence[SSAValue]) -> _State:
            counter.name_hint = "k"
            if self.lanes is not None:
                body(counter, total)
                return []
            return body(counter, list(values))

        first, last = constant_int(start), constant_int(end)
        if first is not None and last is not None and last - first <= step:
            return body(start, total) if last > first else total
        carried = total if self.lanes is None else []
        found = self.emitter.loop(start, end, self.emitter.index(step), carried, named)
        return found if self.lanes is None else total

    def _step(self, loops: Sequence[Place], total: _State) -> _State:
        """Some iterations of the nest for each place, one after the other."""
        rows = [[(*place, *at) for at in loops] for place in self.places]
        self.evaluation.prepare_operands(self.nest, [place for row in rows for place in row], self.lanes)
        count, found = len(self.types), list(total)

        def body() -> None:
            values = self._read(total)
            for number in range(len(loops)):
                for row, places in enumerate(rows):
                    part = slice(row * count, (row + 1) * count)
                    values[part] = self.evaluation.iteration(self.nest, places[number], values[part])
            found[:] = self._written(total, values)

        self.evaluation.each_lane(self.lanes, body)
        return found

    # Accumulators.

    def _filled(self, values: Sequence[Callable[[], SSAValue]]) -> _State:
        if self.lanes is None:
            return [value() for value in values]
        types = [type_ for _ in self.places for type_ in self.types]
        arrays = [self.emitter.array(MemRefType(type_, [self.lanes.count])) for type_ in types]
        for array in arrays:
            array.name_hint = "acc"
        self.evaluation.each_lane(self.lanes, lambda: self._store(arrays, [value() for value in values]))
        return arrays

    def _zeros(self) -> _State:
        return self._filled(
            [
                lambda type_=type_: self.emitter.constant(_BITS_OF_MINUS_ZERO, type_)  # type: ignore[misc]
                for _ in self.places
                for type_ in self.types
            ]
        )

    def _added(self, sums: _State, parts: _State) -> _State:
        found = list(sums)

        def body() -> None:
            pairs = zip(self._read(sums), self._read(parts), strict=True)
            found[:] = self._written(sums, [self.emitter.pure("arith.addf", pair) for pair in pairs])

        self.evaluation.each_lane(self.lanes, body)
        return found

    def _lane(self) -> list[SSAValue]:
        assert self.lanes is not None
        return [self.evaluation.axes.emit(self.emitter, self.lanes.axis)]

    def _read(self, state: _State) -> _State:
        return list(state) if self.lanes is None else [self.emitter.load(array, self._lane()) for array in state]

    def _written(self, state: _State, values: Sequence[SSAValue]) -> _State:
        if self.lanes is None:
            return list(values)
        self._store(state, values)
        return state

    def _store(self, arrays: _State, values: Sequence[SSAValue]) -> None:
        for array, value in zip(arrays, values, strict=True):
            self.emitter.store(value, array, self._lane())


class _Partial(_Accumulation):
    """A reduction along its innermost dimension in as many parts as there are lanes."""

    def __init__(self, evaluation: LoopEvaluation, nest: linalg.GenericOp, places: Sequence[Place]) -> None:
        parameters, last = evaluation.parameters, nests.sizes_of(nest)[-1]
        wide = max(parameters.lanes, parameters.block // len(places) // parameters.lanes * parameters.lanes)
        count = wide if last >= 2 * wide else parameters.lanes
        super().__init__(evaluation, nest, places, Lanes(evaluation.axes.add(count), count))
        combining = _combining(nest)
        assert combining is not None
        self.name = combining.name
        self.neutral = _NEUTRAL[type(combining)](self.types[0])

    def run(self, sizes: Sequence[int], outer: Place = (), total: _State | None = None) -> _State:
        """All results, as numbers."""
        if total is not None:
            return super().run(sizes, outer, total)
        assert self.lanes is not None
        *others, last = sizes
        neutral = [lambda: self.emitter.constant(self.neutral, self.types[0])] * len(self.places)
        parts = super().run([*others, last // self.lanes.count], (), self._filled(neutral))
        numbers = _Accumulation(self.evaluation, self.nest, self.places, None)
        found = self._combined(numbers.start(), parts)
        whole = last // self.lanes.count * self.lanes.count
        return _Rest(self.evaluation, self.nest, self.places, whole).run([*others, last - whole], (), found)

    def _combined(self, start: _State, parts: _State) -> _State:
        assert self.lanes is not None
        index = self.emitter.index

        def body(lane: SSAValue, values: Sequence[SSAValue]) -> _State:
            lane.name_hint = "x"
            loaded = [self.emitter.load(array, [lane]) for array in parts]
            return [self.emitter.pure(self.name, pair) for pair in zip(values, loaded, strict=True)]

        return self.emitter.loop(index(0), index(self.lanes.count), index(1), start, body)

    def _step(self, loops: Sequence[Place], total: _State) -> _State:
        assert self.lanes is not None
        count, lane = self.lanes.count, self.lanes.axis
        return super()._step([(*outer, block * count + lane) for *outer, block in loops], total)


class _Rest(_Accumulation):
    """What the parts leave at the end of the innermost dimension."""

    def __init__(self, evaluation: LoopEvaluation, nest: linalg.GenericOp, places: Sequence[Place], first: int) -> None:
        super().__init__(evaluation, nest, places, None)
        self.first = first

    def run(self, sizes: Sequence[int], outer: Place, total: _State) -> _State:
        return total if 0 in sizes else super().run(sizes, outer, total)

    def _step(self, loops: Sequence[Place], total: _State) -> _State:
        return super()._step([(*outer, last + self.first) for *outer, last in loops], total)


def _can_be_partial(evaluation: LoopEvaluation, nest: linalg.GenericOp, place: Place, sizes: Sequence[int]) -> bool:
    """Whether parts are worth it: enough steps lie side by side in memory."""
    enough = bool(sizes) and sizes[-1] >= 2 * evaluation.parameters.lanes
    return enough and _combining(nest) is not None and runs_along(evaluation.axes, nest, place)


def can_be_parted(nest: linalg.GenericOp) -> bool:
    """Whether a reduction may be done in any order."""
    return _combining(nest) is not None


def _combining(nest: linalg.GenericOp) -> Operation | None:
    """The op that combines the one accumulator with something, if it may do so in any order."""
    block = nest.body.block
    if len(nest.results) != 1 or block.last_op is None:
        return None
    use = block.args[-1].get_user_of_unique_use()
    if use is None or type(use) not in _NEUTRAL or block.last_op.operands[0].owner is not use:
        return None
    both = list(use.operands).count(block.args[-1]) > 1
    return None if both or any(op.regions for op in block.ops) else use


def _width(type_: Attribute) -> int:
    assert isinstance(type_, IntegerType)
    return type_.bitwidth
