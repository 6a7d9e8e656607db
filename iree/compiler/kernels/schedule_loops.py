"""schedule-loops: nests become loops over whole results, in the order and the blocks that suit a processor.

    %2 = linalg.generic ins(%a, %b) outs(%0) { %c + %x * %y }     (d0, d2), (d2, d1) -> (d0, d1)
    iree.store_output(%2 : tensor<8x64xf32>, %arg2 : memref<8x64xf32>)
  becomes, with 4 rows of 32 results at a time,
    scf.for %i = %c0 to %c8 step %c4 { scf.for %j = %c0 to %c64 step %c32 {
      %acc = memref.alloca() : memref<32xf32>      and three more
      scf.for %x = %c0 to %c32 step %c1 { store 0.0 in each }
      scf.for %k = %c0 to %c16 step %c1 {
        load %arg0 for 4 rows
        scf.for %x = %c0 to %c32 step %c1 { load %arg1 once; add a product to each }
      }
      scf.for %x = %c0 to %c32 step %c1 { store each in %arg2 }
    } }

Where windows reach over an edge, the first and last positions have loops of their own, and between them nothing is
asked. The loop over blocks is the outermost one where that keeps weights near that all rows read.

Buffers lose their shape: the position of an element is computed from the loops' counters and simplified. Dimensions
that are read and written as one are one loop. Every loop over neighbours has a trip count that is known, no carried
values and no branches, so that any C compiler makes vector instructions of it. CompileError: a size that only a call
knows.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from xdsl.dialects import func
from xdsl.dialects.builtin import FunctionType, MemRefType, ModuleOp
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Attribute, Block, Region, SSAValue
from xdsl.ir.affine import AffineDimExpr, AffineExpr

from iree.compiler.dialects import iree
from iree.compiler.ir import sizes as sizes_
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.kernels import loop_shapes, nests
from iree.compiler.kernels.axes import Axes, Place, stride, uses
from iree.compiler.kernels.emitter import Emitter
from iree.compiler.kernels.loop_borders import borders
from iree.compiler.kernels.loop_evaluation import Lanes, LoopEvaluation
from iree.compiler.kernels.loop_parameters import LoopParameters
from iree.compiler.kernels.loop_reductions import can_be_parted, reduce


@dataclass
class ScheduleLoops(Pass):
    name = "schedule-loops"
    reads = ("func", "iree", "arith", "math", "complex", "scf", "linalg", "tensor")
    leaves = ("func", "iree", "arith", "math", "complex", "scf", "memref")

    parameters: LoopParameters = field(default_factory=LoopParameters)

    def run(self, module: ModuleOp) -> None:
        for function in ops_of(module, func.FuncOp):
            _Kernel(function, self.parameters).schedule()


_Cut = tuple[
    int, int, int
]  # of a dimension: positions at its start, and at its end, that have loops of their own; width


@dataclass(frozen=True)
class _Tiling:
    """How each dimension is cut into tiles of neighbours that are computed together; the last in lanes, if any.

    `order`: the dimensions from the outermost loop to the innermost, if that is not theirs.
    """

    cuts: Sequence[_Cut]
    has_lanes: bool
    order: Sequence[int] = ()


class _Kernel:
    """One function being scheduled."""

    def __init__(self, function: func.FuncOp, parameters: LoopParameters) -> None:
        self.function = function
        self.parameters = parameters
        old = function.body.block
        for argument in old.args:
            shape = _shape(argument.type)
            if not sizes_.are_known(shape) or any(size < 0 for size in shape):
                fail(function, f"{argument.type} has a size that only a call knows; give the arguments known sizes")
        self.stores = [op for op in old.ops if isinstance(op, iree.StoreOutput)]
        self.block = Block(arg_types=[_flat(argument.type) for argument in old.args])
        self.buffers: dict[SSAValue, SSAValue] = dict(zip(old.args, self.block.args, strict=True))
        for op in old.ops:
            if isinstance(op, iree.LoadInput):
                self.buffers[op.source].name_hint = op.value.name_hint
        self.axes = Axes()
        self.emitter = Emitter(self.block, function.location)
        self.evaluation = LoopEvaluation(self.emitter, parameters, self.buffers, self.axes, reduce)

    def schedule(self) -> None:
        """Puts the loops in place of the function's body."""
        groups: dict[tuple[int, ...], list[iree.StoreOutput]] = {}
        for store in self.stores:
            groups.setdefault(nests.shape_of(store.value), []).append(store)
        for shape, stores in groups.items():
            if 0 not in shape:
                self._store_all(stores, shape)
        self.emitter.append(iree.Return())
        self.emitter.drop_unused()
        self.function.detach_region(self.function.body)
        self.function.add_region(Region(self.block))
        types = [argument.type for argument in self.block.args]
        self.function.properties["function_type"] = FunctionType.from_lists(types, [])

    def _store_all(self, stores: Sequence[iree.StoreOutput], shape: Sequence[int]) -> None:
        """Results of one shape, which share their loops."""
        values = [store.value for store in stores]
        groups = loop_shapes.merged(self.axes, stores, shape)
        sizes = [math.prod(group) for group in groups]
        tiling = self._tiling(values, groups, sizes)

        def tile(starts: Sequence[AffineExpr], widths: Sequence[int]) -> None:
            lanes = None
            if tiling.has_lanes:
                lanes = Lanes(self.axes.add(widths[-1]), widths[-1])
                starts, widths = [*starts[:-1], starts[-1] + lanes.axis], [*widths[:-1], 1]
            tiles = [loop_shapes.places_of(loops, groups, self.axes) for loops in _corners(starts, widths)]
            self._store_tile(stores, tiles, lanes)

        self._along(sizes, tiling.cuts, tiling.order or range(len(sizes)), {}, tile)

    def _along(
        self,
        sizes: Sequence[int],
        cuts: Sequence[_Cut],
        order: Sequence[int],
        done: Mapping[int, tuple[AffineExpr, int]],
        tile: Callable[[Sequence[AffineExpr], Sequence[int]], None],
    ) -> None:
        """Runs `tile` for every tile: where it starts, and how wide it is. `done`: the same of dimensions so far."""
        if not order:
            tile([done[dim][0] for dim in range(len(sizes))], [done[dim][1] for dim in range(len(sizes))])
            return
        dim, *others = order
        size, (low, high, width) = sizes[dim], cuts[dim]

        def at(start: AffineExpr, count: int) -> None:
            self._along(sizes, cuts, others, {**done, dim: (start, count)}, tile)

        name = "ijlmnopq"[min(dim, 7)]
        for first, last in ((0, low), (low, size - high), (size - high, size)):
            if first < last:
                self._tiles(first, last, width, name, at)

    def _tiles(self, first: int, last: int, width: int, name: str, tile: Callable[[AffineExpr, int], None]) -> None:
        """Runs `tile` for every tile of the positions from `first` to before `last`."""
        end = first + (last - first) // width * width

        def body(counter: SSAValue, carried: Sequence[SSAValue]) -> Sequence[SSAValue]:
            counter.name_hint = name
            tile(self.axes.add(end - width + 1, counter), width)
            return ()

        index = self.emitter.index
        if end - first == width:
            tile(AffineExpr.constant(first), width)
        elif end > first:
            self.emitter.loop(index(first), index(end), index(width), (), body)
        if last > end:
            tile(AffineExpr.constant(end), last - end)

    def _store_tile(self, stores: Sequence[iree.StoreOutput], places: Sequence[Place], lanes: Lanes | None) -> None:
        for store in stores:
            self.evaluation.prepare(store.value, places, lanes)

        def body() -> None:
            pairs = [(store, place) for place in places for store in stores]
            values = [self.evaluation.element(store.value, place) for store, place in pairs]
            for (store, place), value in zip(pairs, values, strict=True):
                self.emitter.location = store.location
                position = loop_shapes.written(self.axes, store, place)
                self.emitter.store(value, self.buffers[store.target], [self.axes.emit(self.emitter, position)])

        self.evaluation.each_lane(lanes, body)

    # How results are cut.

    def _tiling(self, values: Sequence[SSAValue], groups: Sequence[Sequence[int]], sizes: Sequence[int]) -> _Tiling:
        if not sizes:
            return _Tiling((), False)
        loops = tuple(self.axes.add(size) for size in sizes)
        place = loop_shapes.places_of(loops, groups, self.axes)
        found = [pair for value in values for pair in loop_shapes.reductions_of(self.axes, value, place)]
        along = [(nest, at) for nest, at in found if uses(at, loops[-1])]
        ones = [(0, 0, 1)] * (len(sizes) - 1)
        if not along:
            return _Tiling((*ones, (0, 0, sizes[-1])), True)
        reads = [self._reads(nest, at) for nest, at in along]
        edges = [self._borders(values, place, axis, size) for axis, size in zip(loops[:-1], sizes, strict=False)]
        inside = [size - low - high for size, (low, high) in zip(sizes, [*edges, (0, 0)], strict=True)]
        rows = [self._rows(reads, axis, size) for axis, size in zip(loops, inside, strict=True)]
        if not all(loop_shapes.side_by_side(read, loops[-1]) for read in reads) and all(
            can_be_parted(nest) and loop_shapes.runs_along(self.axes, nest, at) for nest, at in along
        ):
            return _Tiling((*ones, (0, 0, rows[-1])), False)
        cuts = [(low, high, 1) for low, high in edges]
        if len(sizes) > 1 and rows[-2] > 1:
            block = _width(sizes[-1], self.parameters.block, self.parameters.lanes)
            cuts = [*cuts[:-1], (*edges[-1], rows[-2]), (0, 0, block)]
            first = [len(sizes) - 1] if self._is_lane_outermost(along, sizes, rows[-2], block) else []
            return _Tiling(cuts, True, [*first, *range(len(sizes) - len(first))])
        return _Tiling((*cuts, (0, 0, _width(sizes[-1], self.parameters.long_block, self.parameters.lanes))), True)

    def _is_lane_outermost(
        self, along: Sequence[tuple[linalg.GenericOp, Place]], sizes: Sequence[int], rows: int, block: int
    ) -> bool:
        """Whether what all rows read is better kept near, block by block, than what all blocks read, row by row."""
        *others, lanes = sizes
        steps = sum(math.prod(nests.sizes_of(nest)[len(place) :]) for nest, place in along)
        of_lanes, of_rows = lanes * steps, math.prod(others) * steps
        farther = of_lanes * -(-math.prod(others) // rows), of_rows * -(-lanes // block)
        return of_lanes > self.parameters.near and farther[1] < farther[0]

    def _borders(self, values: Sequence[SSAValue], place: Place, axis: AffineDimExpr, size: int) -> tuple[int, int]:
        """What is cut off a dimension so that nothing between asks for edges; nothing where that leaves little."""
        found = [borders(self.axes, value, place, axis, size) for value in values]
        low, high = (max(each) for each in zip(*found, strict=True))
        return (low, high) if 2 * (low + high) < size else (0, 0)

    def _reads(self, nest: linalg.GenericOp, place: Place) -> list[AffineExpr]:
        loops = (self.axes.add(size) for size in nests.sizes_of(nest)[len(place) :])
        return list(loop_shapes.reads_of_nest(self.axes, nest, (*place, *loops)))

    def _rows(self, reads: Sequence[Sequence[AffineExpr]], axis: AffineDimExpr, size: int) -> int:
        """How many results along an axis are computed together: several where they read the same elements."""
        shared = any(stride(read, axis) == 0 for nest in reads for read in nest)
        rows = min(self.parameters.rows, size)
        if not shared:
            return 1
        return next((count for count in range(rows, rows // 2, -1) if size % count == 0), rows)


def _corners(starts: Sequence[AffineExpr], widths: Sequence[int]) -> list[list[AffineExpr]]:
    """Every place of a tile."""
    places: list[list[AffineExpr]] = [[]]
    for start, width in zip(starts, widths, strict=True):
        places = [[*place, start + step] for place in places for step in range(width)]
    return places


def _width(size: int, most: int, lanes: int) -> int:
    """How to cut a dimension into blocks: evenly, into whole vectors, if that is possible."""
    if size <= most:
        return size
    even = [width for width in range(most, most // 2, -1) if size % width == 0 and width % lanes == 0]
    return even[0] if even else most


def _shape(type_: Attribute) -> Sequence[int]:
    assert isinstance(type_, MemRefType)
    return type_.get_shape()


def _flat(type_: Attribute) -> MemRefType:
    assert isinstance(type_, MemRefType)
    return MemRefType(type_.element_type, [math.prod(type_.get_shape())])
