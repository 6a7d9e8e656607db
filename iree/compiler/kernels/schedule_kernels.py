"""schedule-kernels: nests become the code of one invocation, and the launch is planned.

    func.func @f(%arg0: memref<4xf32>, ..) attributes {iree.executable.workload = dense<[4, 1, 1]> : tensor<3xi32>}
  of one nest that multiplies becomes
    %x = gpu.global_id x  (and y, z)
    %a = memref.load %arg0[%x] : memref<4xf32>
    %b = memref.load %arg1[%x] : memref<4xf32>
    %c = arith.mulf %a, %b : f32
    memref.store %c, %arg2[%x] : memref<4xf32>
    iree.return
  with attributes iree.executable.workgroup_size (invocations) and iree.executable.workgroup_tile (elements of a group)

An invocation computes one element, several a launch apart, or, where a contraction reads its operands again for
neighbouring results, a tile of them at once. Where the workload is that of rows, whose elements need the same
reductions, as in a softmax, an invocation computes those and then the row, element after element. CompileError: the
workload is missing, or empty while a result is not; one result takes longer than an invocation may run.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Attribute, Block, Region, SSAValue

from iree.compiler.dialects import iree
from iree.compiler.dialects.size_lists import SizeList
from iree.compiler.dialects.workload import workload_of
from iree.compiler.ir import sizes
from iree.compiler.ir.constants import array_of, dense
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.kernels import index_maps, nests, required_sizes, tiling
from iree.compiler.kernels.emitter import INDEX, Emitter
from iree.compiler.kernels.evaluation import Evaluation, Point
from iree.compiler.kernels.launch import Launch, Triple, plan_launch, plan_row_launch, plan_tiled_launch
from iree.compiler.kernels.parameters import KernelParameters

WORKGROUP_SIZE = "iree.executable.workgroup_size"
WORKGROUP_TILE = "iree.executable.workgroup_tile"
LONGEST_ROUND = 64  # steps: more make code that takes long to compile


@dataclass
class ScheduleKernels(Pass):
    name = "schedule-kernels"
    reads = ("func", "iree", "arith", "math", "complex", "scf", "linalg", "tensor")
    leaves = ("func", "iree", "arith", "math", "complex", "scf", "memref", "gpu")

    parameters: KernelParameters = field(default_factory=KernelParameters)

    def run(self, module: ModuleOp) -> None:
        for function in ops_of(module, func.FuncOp):
            _schedule(function, self.parameters)


def _schedule(function: func.FuncOp, parameters: KernelParameters) -> None:
    """Schedules a function, with as many steps in a round of a loop as it takes not to need too many rounds."""
    kernel = _Kernel(function, parameters)
    kernel.schedule()
    unroll = parameters.unroll
    while sizes.is_known(int(kernel.emitter.rounds)) and kernel.emitter.rounds > parameters.max_rounds:
        unroll *= 2
        if unroll > LONGEST_ROUND:
            nest = tiling.slowest_reduction(kernel.stores)
            text = f"takes {kernel.emitter.rounds} rounds of loops for one result, of {parameters.max_rounds} at most"
            fail(nest or function, f"{text}; reduce in several steps; interpreter-bytecode runs it as it is")
        kernel = _Kernel(
            function, replace(parameters, unroll=unroll, max_unrolled=max(unroll, parameters.max_unrolled))
        )
        kernel.schedule()
    kernel.finish()


class _Kernel:
    """One function being scheduled."""

    def __init__(self, function: func.FuncOp, parameters: KernelParameters) -> None:
        self.function = function
        self.parameters = parameters
        old = function.body.block
        self.stores = [op for op in old.ops if isinstance(op, iree.StoreOutput)]
        self.block = Block(arg_types=[argument.type for argument in old.args])
        for argument, replacement in zip(old.args, self.block.args, strict=True):
            replacement.name_hint = argument.name_hint
        self.buffers: dict[SSAValue, SSAValue] = dict(zip(old.args, self.block.args, strict=True))
        self.emitter = Emitter(self.block, function.location)
        self.evaluation = Evaluation(self.emitter, parameters, self.buffers)
        self.workload = self._workload()
        self.launch = Launch(self.workload, (1, 1, 1), (1, 1, 1))

    def schedule(self) -> None:
        """Fills the block."""
        if 0 in self.workload:
            self._require_nothing_to_do()
        else:
            direct = [store for store in self.stores if workload_of(nests.shape_of(store.value)) == self.workload]
            tile = tiling.largest_tile([store.value for store in direct], self.parameters)
            is_tiled = math.prod(tile) > 1
            plan = plan_tiled_launch(self.workload, tile, self.parameters) if is_tiled else None
            rows = [] if direct else self._stores_of_rows()
            launch = self.launch = plan or (plan_row_launch if rows else plan_launch)(self.workload, self.parameters)
            ids = self._ids(launch)
            (self._store_tile if is_tiled else self._store_each)(direct, ids, launch)
            if rows:
                self._for_each(3, (), ids, launch, lambda place: self._store_rows(rows, place))
            for store in self.stores:
                if store not in direct and store not in rows and 0 not in nests.shape_of(store.value):
                    self._store_linear(store, ids, launch)
        self.emitter.append(iree.Return())
        self.emitter.drop_unused()

    def finish(self) -> None:
        """Puts the block and the launch in place of the function's body."""
        self.function.detach_region(self.function.body)
        self.function.add_region(Region(self.block))
        self.function.attributes[WORKGROUP_SIZE] = _triple_attribute(self.launch.size)
        self.function.attributes[WORKGROUP_TILE] = _triple_attribute(self.launch.tile)
        rounds = Fraction(self.emitter.rounds)
        if not sizes.is_known(int(rounds)):
            left = self.parameters.max_rounds * rounds.denominator - rounds.numerator
            if not sizes.is_size(left):
                fail(
                    tiling.slowest_reduction(self.stores) or self.function,
                    "takes rounds of loops for one result that grow with more than three sizes of the caller's choice; "
                    "reduce in several steps; interpreter-bytecode runs it as it is",
                )
            text = f"one result would take more than {self.parameters.max_rounds} rounds of loops"
            required_sizes.require(self.function, left, text)

    def _workload(self) -> Triple:
        attribute = self.function.attributes.get(iree.WORKLOAD)
        if attribute is None:
            fail(
                self.function,
                f"@{self.function.sym_name.data} has no {iree.WORKLOAD}; assign-executable-workloads sets it",
            )
        x, y, z = attribute.data if isinstance(attribute, SizeList) else map(int, array_of(attribute))
        return x, y, z

    def _require_nothing_to_do(self) -> None:
        for store in self.stores:
            if 0 not in nests.shape_of(store.value):
                fail(
                    store, f"{store.value.type} is a result of a dispatch whose workload {list(self.workload)} is empty"
                )

    def _ids(self, launch: Launch) -> Point:
        ids = [self.emitter.global_id(dimension) for dimension in "xyz"]
        return tuple(self.emitter.bound(id_, 0, span - 1) for id_, span in zip(ids, launch.span, strict=True))

    def _store_each(self, stores: Sequence[iree.StoreOutput], ids: Point, launch: Launch) -> None:
        """Element after element: those of an invocation have nothing in common."""

        def store_one(place: Point) -> None:
            for store in stores:
                self._store(store, tiling.element_at(self.emitter, place, nests.shape_of(store.value)))

        self._for_each(3, (), ids, launch, store_one)

    def _for_each(self, dims: int, chosen: Point, ids: Point, launch: Launch, body: Callable[[Point], None]) -> None:
        """Runs `body` for every place of an invocation inside the workload: z outermost, x innermost."""
        if dims == 0:
            body(chosen)
            return
        dim = dims - 1
        count, span = launch.elements[dim], self.emitter.index(launch.span[dim])

        def visit(step: SSAValue) -> None:
            offset = self.emitter.pure("arith.muli", [step, span], INDEX)
            place = self.emitter.pure("arith.addi", [ids[dim], offset], INDEX)
            inside = self.emitter.compare("slt", place, self.emitter.index(launch.workload[dim]))
            self.emitter.guard(inside, lambda: self._for_each(dim, (place, *chosen), ids, launch, body))

        if count <= self.parameters.unroll:
            for step in range(count):
                visit(self.emitter.index(step))
            return

        def loop_body(step: SSAValue, carried: Sequence[SSAValue]) -> Sequence[SSAValue]:
            visit(step)
            return ()

        self.emitter.loop(self.emitter.index(0), self.emitter.index(count), self.emitter.index(1), (), loop_body)

    def _store_tile(self, stores: Sequence[iree.StoreOutput], ids: Point, launch: Launch) -> None:
        """All elements of an invocation at once; those beyond the workload repeat the last and are not stored."""
        places = self._places(ids, launch)
        for store in stores:
            shape = nests.shape_of(store.value)
            points = [tiling.element_at(self.emitter, self._clamped(place, launch), shape) for place in places]
            values = self.evaluation.elements(store.value, points)
            for place, point, value in zip(places, points, values, strict=True):
                self._store_if_inside(store, place, point, value, launch)

    def _places(self, ids: Point, launch: Launch) -> list[Point]:
        """Every combination of the invocation's positions in x, y and z."""
        along = [
            [self.emitter.pure("arith.addi", [id_, self.emitter.index(step * span)], INDEX) for step in range(count)]
            for id_, count, span in zip(ids, launch.elements, launch.span, strict=True)
        ]
        return [(x, y, z) for z in along[2] for y in along[1] for x in along[0]]

    def _clamped(self, place: Point, launch: Launch) -> Point:
        index = self.emitter.index
        limits = zip(place, launch.workload, strict=True)
        return tuple(self.emitter.pure("arith.minsi", [position, index(size - 1)], INDEX) for position, size in limits)

    def _store_if_inside(
        self, store: iree.StoreOutput, place: Point, point: Point, value: SSAValue, launch: Launch
    ) -> None:
        conditions = [
            self.emitter.compare("slt", position, self.emitter.index(size))
            for position, size in zip(place, launch.workload, strict=True)
        ]
        first, *others = conditions
        for other in others:
            first = self.emitter.pure("arith.andi", [first, other])
        self.emitter.guard(first, lambda: self._write(store, value, point))

    def _stores_of_rows(self) -> list[iree.StoreOutput]:
        """The stores whose rows the workload describes: the last one's, and those that are staged for it."""
        of_rows = [store for store in self.stores if tiling.is_of_rows(self.function, store)]
        shapes = {nests.shape_of(store.value) for store in of_rows}
        return [store for store in self.stores if len(shapes) == 1 and nests.shape_of(store.value) in shapes]

    def _store_rows(self, stores: Sequence[iree.StoreOutput], place: Point) -> None:
        """One row of each result, with what all of its elements need computed before."""
        shape, dims = nests.shape_of(stores[-1].value), tiling.row_dims(stores[-1].value)
        row = dict(zip(dims, tiling.element_at(self.emitter, place, [shape[dim] for dim in dims]), strict=True))
        inner = [dim for dim in range(len(shape)) if dim not in row]
        for store in stores:
            self._store_row(store, row, inner, [shape[dim] for dim in inner])

    def _store_row(
        self, store: iree.StoreOutput, row: Mapping[int, SSAValue], inner: Sequence[int], sizes: Sequence[int]
    ) -> None:
        def store_one(position: SSAValue) -> None:
            exprs = index_maps.delinearize(index_maps.dims(1)[0], sizes)
            exprs = [index_maps.simplify(expr, [math.prod(sizes)]) for expr in exprs]
            along = [index_maps.apply(self.emitter, expr, [position]) for expr in exprs]
            places = {**row, **dict(zip(inner, along, strict=True))}
            self._store(store, tuple(places[dim] for dim in sorted(places)))

        index, count, steps = self.emitter.index, math.prod(sizes), self.parameters.unroll
        whole = count // steps * steps

        def body(start: SSAValue, carried: Sequence[SSAValue]) -> Sequence[SSAValue]:
            for step in range(steps):
                store_one(self.emitter.pure("arith.addi", [start, index(step)], INDEX))
            return ()

        if whole:
            self.emitter.loop(index(0), index(whole), index(steps), (), body)
        for position in range(whole, count):
            store_one(index(position))

    def _store_linear(self, store: iree.StoreOutput, ids: Point, launch: Launch) -> None:
        """A result that the workload does not describe: invocations take turns, one element each."""
        if not sizes.are_known(launch.span):
            text = "goes along with a workload that only a call knows; compute it in a dispatch of its own"
            fail(store, f"{store.value.type} {text}")
        shape = nests.shape_of(store.value)
        position, stride = ids[0], launch.span[0]
        for id_, span in zip(ids[1:], launch.span[1:], strict=True):
            offset = self.emitter.pure("arith.muli", [id_, self.emitter.index(stride)], INDEX)
            position = self.emitter.pure("arith.addi", [position, offset], INDEX)
            stride *= span

        def body(counter: SSAValue, carried: Sequence[SSAValue]) -> Sequence[SSAValue]:
            place = index_maps.delinearize(index_maps.dims(1)[0], shape)
            self._store(store, tuple(index_maps.apply(self.emitter, expr, [counter]) for expr in place))
            return ()

        size, step = self.emitter.index(math.prod(shape)), self.emitter.index(stride)
        self.emitter.loop(position, size, step, (), body)

    def _store(self, store: iree.StoreOutput, point: Point) -> None:
        (value,) = self.evaluation.elements(store.value, [point])
        self.emitter.location = store.location
        self._write(store, value, point)

    def _write(self, store: iree.StoreOutput, value: SSAValue, point: Point) -> None:
        place = point if store.places is None else index_maps.apply_map(self.emitter, store.places.data, point)
        self.emitter.store(value, self.buffers[store.target], place)


def _triple_attribute(values: Triple) -> Attribute:
    return dense(np.array(values, np.int32))
