"""Evaluation in loops: emits what tensors' elements are at places along a lane, the loop that a C compiler vectorises.

Places are symbols (axes.py). Parallel nests are computed where they are read. A reduction whose place differs along
the lane is accumulated for all lanes at once, in a local array, before the loop that reads it:

    for x { acc[x] = 0 }    for k { a = A[k]    for x { acc[x] += a * B[k][x] } }    for x { C[x] = max(acc[x], 0) }

Any other is one number, computed outside of the loops that it does not depend on.
"""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Operation, OpResult, SSAValue
from xdsl.ir.affine import AffineDimExpr, AffineExpr

from iree.compiler.dialects import iree
from iree.compiler.ir.diagnostics import fail
from iree.compiler.kernels import loop_shapes, nests
from iree.compiler.kernels.axes import Axes, Place, uses
from iree.compiler.kernels.body_cloning import BodyCloner
from iree.compiler.kernels.emitter import Emitter
from iree.compiler.kernels.loop_parameters import LoopParameters


@dataclass(frozen=True)
class Lanes:
    """The loop along which neighbours are computed side by side."""

    axis: AffineDimExpr
    count: int


Reduce = Callable[["LoopEvaluation", linalg.GenericOp, Sequence[Place], Lanes | None], list[list[SSAValue]]]


class LoopEvaluation:
    """Emits values of tensors into a kernel. `buffers`: the kernel's argument for each of those of the nests.

    `reduce` emits a reduction at some places: one local array for each and each result if there are lanes, one number
    otherwise.
    """

    def __init__(
        self,
        emitter: Emitter,
        parameters: LoopParameters,
        buffers: Mapping[SSAValue, SSAValue],
        axes: Axes,
        reduce: Reduce,
    ) -> None:
        self.emitter = emitter
        self.parameters = parameters
        self.axes = axes
        self._buffers = buffers
        self._reduce = reduce
        self._arrays: dict[tuple[Operation, Place], tuple[AffineDimExpr, list[SSAValue]]] = {}
        self._short: set[tuple[Operation, Place]] = set()
        self._numbers: dict[tuple[Operation, tuple[SSAValue, ...]], list[SSAValue]] = {}

    def each_lane(self, lanes: Lanes | None, body: Callable[[], None]) -> None:
        """Runs `body` for every lane, or once where there are none."""
        if lanes is None:
            body()
            return
        index = self.emitter.index

        def step(counter: SSAValue, carried: Sequence[SSAValue]) -> Sequence[SSAValue]:
            counter.name_hint = "x"
            self.axes[lanes.axis] = counter
            body()
            return ()

        if lanes.count == 1:
            self.axes[lanes.axis] = index(0)
            body()
        else:
            self.emitter.loop(index(0), index(lanes.count), index(1), (), step)

    def prepare(self, value: SSAValue, places: Sequence[Place], lanes: Lanes | None) -> None:
        """Accumulates the reductions that a tensor is computed from at `places`, for a loop over the lanes to read."""
        nest = value.owner
        if not isinstance(nest, linalg.GenericOp):
            return
        if nests.is_parallel(nest):
            self.prepare_operands(nest, places, lanes)
            return
        distinct = list(dict.fromkeys(places))
        along = [place for place in distinct if lanes is not None and uses(place, lanes.axis)]
        across = [place for place in distinct if place not in along]
        if along and lanes is not None and self._is_short(nest, along[0], lanes):
            self._short |= {(nest, place) for place in along}
            along = []
        missing = [place for place in along if (nest, place) not in self._arrays]
        if missing:
            assert lanes is not None
            for place, arrays in zip(missing, self._reduce(self, nest, missing, lanes), strict=True):
                self._arrays[nest, place] = (lanes.axis, arrays)
        if across:
            self._reduce_numbers(nest, across)

    def prepare_operands(self, nest: linalg.GenericOp, places: Sequence[Place], lanes: Lanes | None) -> None:
        """`prepare` for what a nest reads in some iterations."""
        for argument, operand, attribute in zip(nest.body.block.args, nest.inputs, nest.indexing_maps, strict=False):
            if argument.first_use is not None:
                self.prepare(operand, [self.axes.through(attribute.data, place) for place in places], lanes)

    def element(self, value: SSAValue, place: Place) -> SSAValue:
        """The element of a tensor at a place."""
        match value.owner:
            case iree.LoadInput() as load:
                position = self.axes.linear(place, nests.shape_of(value))
                return self.emitter.load(self._buffers[load.source], [self.axes.emit(self.emitter, position)])
            case linalg.GenericOp() as nest if nests.is_parallel(nest):
                return self.iteration(nest, place, list(nest.outputs))[_number(value)]
            case linalg.GenericOp() as nest if (nest, place) in self._short:
                return self._unrolled(nest, place)[_number(value)]
            case linalg.GenericOp() as nest if (nest, place) in self._arrays:
                axis, arrays = self._arrays[nest, place]
                return self.emitter.load(arrays[_number(value)], [self.axes.emit(self.emitter, axis)])
            case linalg.GenericOp() as nest:
                return self._reduce_numbers(nest, [place])[0][_number(value)]
            case Operation() as op:
                fail(op, "is no input and no nest: a kernel cannot evaluate it")
        raise AssertionError("a tensor that no op defines")

    def iteration(self, nest: linalg.GenericOp, place: Place, accumulators: Sequence[SSAValue]) -> list[SSAValue]:
        """What a nest's body gives in one iteration."""
        block = nest.body.block
        operands = [
            operand if argument.first_use is None else self.element(operand, self.axes.through(attribute.data, place))
            for argument, operand, attribute in zip(block.args, nest.inputs, nest.indexing_maps, strict=False)
        ]
        cloner = BodyCloner(self.emitter, lambda dim: self.axes.emit(self.emitter, place[dim]), self._pick)
        return cloner.clone(block, [*operands, *accumulators])

    def _is_short(self, nest: linalg.GenericOp, place: Place, lanes: Lanes) -> bool:
        """Whether a reduction has few steps, in which lanes have nothing in common that could be read once for all."""
        sizes, parameters = nests.sizes_of(nest)[len(place) :], self.parameters
        steps = math.prod(sizes)
        if steps > parameters.unrolled or steps * loop_shapes.work_of(nest) > parameters.most_code:
            return False
        return not loop_shapes.shares(self.axes, nest, (*place, *map(self.axes.add, sizes)), lanes.axis)

    def _unrolled(self, nest: linalg.GenericOp, place: Place) -> list[SSAValue]:
        """All results of a short reduction at a place, one step after the other."""
        found = [self.element(out, place) for out in nest.outputs]
        for step in itertools.product(*map(range, nests.sizes_of(nest)[len(place) :])):
            found = self.iteration(nest, (*place, *map(AffineExpr.constant, step)), found)
        return found

    def _pick(self, value: SSAValue, indices: Sequence[SSAValue]) -> SSAValue:
        """The element that a body picks itself."""
        shape = nests.shape_of(value)
        return self.element(
            value, tuple(self.axes.add(size, index) for size, index in zip(shape, indices, strict=True))
        )

    def _reduce_numbers(self, nest: linalg.GenericOp, places: Sequence[Place]) -> list[list[SSAValue]]:
        """All results of a reduction at each place, computed once for each."""
        points = [tuple(self.axes.emit_all(self.emitter, place)) for place in places]
        missing = {
            point: place for point, place in zip(points, places, strict=True) if (nest, point) not in self._numbers
        }
        if missing:
            used = [index for point in missing for index in point]
            found = self.emitter.at_outermost(used, lambda: self._reduce(self, nest, list(missing.values()), None))
            self._numbers |= {(nest, point): results for point, results in zip(missing, found, strict=True)}
        return [self._numbers[nest, point] for point in points]


def _number(value: SSAValue) -> int:
    assert isinstance(value, OpResult)
    return value.index
