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

Buffers lose their shape: the position of an element is computed from the loops' counters and simplified. Dimensions
that are read and written as one are one loop. Every loop over neighbours has a trip count that is known, no carried
values and no branches, so that any C compiler makes vector instructions of it. CompileError: a size that only a call
knows.
"""

import math
from collections.abc import Callable, Sequence
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


@dataclass(frozen=True)
class _Tiling:
    """How many neighbours along each dimension are computed together; the last ones in a lane, if there is one."""

    widths: Sequence[int]
    has_lanes: bool


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

        self._along(sizes, tiling.widths, (), (), tile)

    def _along(
        self,
        sizes: Sequence[int],
        widths: Sequence[int],
        starts: Sequence[AffineExpr],
        counts: Sequence[int],
        tile: Callable[[Sequence[AffineExpr], Sequence[int]], None],
    ) -> None:
        """Runs `tile` for every tile: where it starts, and how wide it is."""
        if not sizes:
            tile(starts, counts)
            return
        size, width = sizes[0], widths[0]
        whole = size // width * width

        def at(start: AffineExpr, count: int) -> None:
            self._along(sizes[1:], widths[1:], (*starts, start), (*counts, count), tile)

        def body(counter: SSAValue, carried: Sequence[SSAValue]) -> Sequence[SSAValue]:
            counter.name_hint = "ijlmnopq"[min(len(starts), 7)]
            at(self.axes.add(whole - width + 1, counter), width)
            return ()

        index = self.emitter.index
        if whole == width:
            at(AffineExpr.constant(0), width)
        else:
            self.emitter.loop(index(0), index(whole), index(width), (), body)
        if size > whole:
            at(AffineExpr.constant(whole), size - whole)

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
        ones = [1] * (len(sizes) - 1)
        if not along:
            return _Tiling((*ones, sizes[-1]), True)
        reads = [self._reads(nest, at) for nest, at in along]
        rows = [self._rows(reads, axis, size) for axis, size in zip(loops, sizes, strict=True)]
        if not all(loop_shapes.side_by_side(read, loops[-1]) for read in reads) and all(
            can_be_parted(nest) and loop_shapes.runs_along(self.axes, nest, at) for nest, at in along
        ):
            return _Tiling((*ones, rows[-1]), False)
        if len(sizes) > 1 and rows[-2] > 1:
            block = _width(sizes[-1], self.parameters.block, self.parameters.lanes)
            return _Tiling((*ones[:-1], rows[-2], block), True)
        return _Tiling((*ones, _width(sizes[-1], self.parameters.long_block, self.parameters.lanes)), True)

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
