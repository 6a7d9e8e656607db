"""fuse-producers: parallel nests are computed where they are read, so that no tensor between nests is ever in memory.

    %1 = linalg.generic ins(%0) { exp }                         %2 = linalg.generic ins(%0, %0) {
    %2 = linalg.generic ins(%1, %1) {                             ^bb0(%x: f32, %y: f32, ..):
      maps d0 -> d0, d0 -> 3 - d0                       ->          exp(%x) + exp(%y)
      ^bb0(%x: f32, %y: f32, ..): %x + %y                         maps d0 -> d0, d0 -> 3 - d0

What is left: nests whose results are stored, and reductions, which are never computed twice. A nest after a reduction
keeps it as an operand; the two are scheduled into one invocation. Index maps are composed; where a body picks elements
itself (tensor.extract), the producer's body is copied to the pick. CompileError: a nest would read one tensor at very
many places.
"""

from collections.abc import Iterable, Iterator, Sequence

from xdsl.dialects import func, tensor
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Operation, OpResult, SSAValue
from xdsl.ir.affine import AffineMap

from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import erase, ops_of, replace
from iree.compiler.kernels import index_maps, nests
from iree.compiler.kernels.body_cloning import BodyCloner
from iree.compiler.kernels.emitter import Emitter
from iree.compiler.kernels.nests import Body, Nest, Read
from iree.compiler.kernels.scalar import Scalar

# More would take too long to compile.
MOST_PLACES = 256  # at which one nest may read one tensor
MOST_PICKED = 10_000  # ops copied into one nest for the elements that it picks


class FuseProducers(Pass):
    name = "fuse-producers"
    reads = ("func", "iree", "arith", "math", "complex", "scf", "linalg", "tensor")
    leaves = ("func", "iree", "arith", "math", "complex", "scf", "linalg", "tensor")

    def run(self, module: ModuleOp) -> None:
        for function in ops_of(module, func.FuncOp):
            for nest in ops_of(function, linalg.GenericOp):
                if _stays(nest):
                    _fuse(nest)
            _drop_unread(function)


def _stays(nest: linalg.GenericOp) -> bool:
    """Whether a nest is fused into: a reduction, what one starts from, what is stored or read by picking elements."""
    if not nests.is_parallel(nest):
        return True
    return any(not (_is_operand(use.operation, use.index)) for result in nest.results for use in result.uses)


def _is_operand(op: Operation, index: int) -> bool:
    return isinstance(op, linalg.GenericOp) and index < len(op.inputs)


def _fuse(nest: linalg.GenericOp) -> None:
    fusion = _Fusion(nest)
    if fusion.is_needed():
        replace(nest, fusion.build())


class _Fusion:
    """A nest with all parallel nests that it reads, as one nest."""

    def __init__(self, nest: linalg.GenericOp) -> None:
        self.nest = nest
        self.sizes = nests.sizes_of(nest)
        self.needed: dict[Operation, dict[Read, None]] = {}  # tensors through maps, by what makes them
        self.picked = 0  # ops copied
        self.values: dict[Read, SSAValue] = {}  # their elements in the new body

    def is_needed(self) -> bool:
        """Whether it reads a parallel nest at all."""
        extracted = (op.tensor for op in self.nest.body.walk() if isinstance(op, tensor.ExtractOp))
        return any(nests.is_parallel(value.owner) for value in (*self.nest.inputs, *extracted))

    def build(self) -> list[Operation]:
        """The new nest."""
        self._collect()
        sources = [read for owner, reads in self.needed.items() if not nests.is_parallel(owner) for read in reads]
        is_reduction = not nests.is_parallel(self.nest)
        rank = len(nests.shape_of(self.nest.results[0]))
        new = Nest(
            self.sizes[:rank],
            self.sizes[rank:],
            sources,
            [nests.element_of(result) for result in self.nest.results],
            lambda body: self._fill(body, sources),
            list(self.nest.outputs) if is_reduction else (),
            self.nest.location,
        )
        return new.build()

    def _reads(self, nest: linalg.GenericOp, outer: AffineMap) -> list[Read]:
        """What a nest reads in an iteration that `outer` gives the place of."""
        maps = [attribute.data for attribute in nest.indexing_maps]
        return [
            Read(operand, index_maps.compose(map_, outer, self.sizes))
            for operand, map_, argument in zip(nest.inputs, maps, nest.body.block.args, strict=False)
            if argument.first_use is not None
        ]

    def _collect(self) -> None:
        """Fills `needed` with all that is read, directly or by what is read; producers from the last to the first."""
        self._need(self._reads(self.nest, nests.identity(len(self.sizes))))
        for producer in _before(self.nest):
            if producer in self.needed and nests.is_parallel(producer):
                assert isinstance(producer, linalg.GenericOp)
                for read in self.needed[producer]:
                    self._need(self._reads(producer, read.map))

    def _need(self, reads: Iterable[Read]) -> None:
        for read in reads:
            places = self.needed.setdefault(_owner(read.value), {})
            places[read] = None
            if len(places) > MOST_PLACES:
                fail(
                    self.nest,
                    f"reads {read.value.type} at more than {MOST_PLACES} places; run it in several dispatches",
                )

    def _fill(self, body: Body, sources: Sequence[Read]) -> list[Scalar]:
        self.values = {read: scalar.value for read, scalar in zip(sources, body.values, strict=True)}
        loops = [body.index(dim).value for dim in range(len(self.sizes))]
        for producer in reversed(list(_before(self.nest))):
            if producer not in self.needed or not nests.is_parallel(producer):
                continue
            assert isinstance(producer, linalg.GenericOp)
            for read in self.needed[producer]:
                place = index_maps.apply_map(body.emitter, read.map, loops)
                self.values[read] = self._copy(body.emitter, producer, read.map, place)[_number(read.value)]
        copied = self._copy(body.emitter, self.nest, nests.identity(len(self.sizes)), loops, body.accumulators)
        return [Scalar(body.emitter, value) for value in copied]

    def _copy(
        self,
        emitter: Emitter,
        nest: linalg.GenericOp,
        outer: AffineMap,
        place: Sequence[SSAValue],
        accumulators: Sequence[Scalar] = (),
    ) -> list[SSAValue]:
        """A nest's body in the iteration that `outer` gives the place of, and `place` as values."""
        reads = iter(self._reads(nest, outer))
        block = nest.body.block
        operands = [
            operand if argument.first_use is None else self.values[next(reads)]
            for operand, argument in zip(nest.inputs, block.args, strict=False)
        ]
        started = [scalar.value for scalar in accumulators] if not nests.is_parallel(nest) else nest.outputs
        return self._cloner(emitter, place).clone(block, [*operands, *started])

    def _cloner(self, emitter: Emitter, place: Sequence[SSAValue]) -> BodyCloner:
        return BodyCloner(emitter, place.__getitem__, lambda source, indices: self._pick(emitter, source, indices))

    def _pick(self, emitter: Emitter, source: SSAValue, indices: Sequence[SSAValue]) -> SSAValue:
        """One element of a tensor; of a parallel nest by copying its body."""
        nest = source.owner
        if not isinstance(nest, linalg.GenericOp) or not nests.is_parallel(nest):
            return emitter.extract(source, indices)
        maps = [attribute.data for attribute in nest.indexing_maps]
        block = nest.body.block
        self.picked += len(block.ops)
        if self.picked > MOST_PICKED:
            fail(self.nest, f"copies more than {MOST_PICKED} ops to pick elements; run it in several dispatches")
        operands = [
            operand
            if argument.first_use is None
            else self._pick(emitter, operand, index_maps.apply_map(emitter, map_, indices))
            for operand, map_, argument in zip(nest.inputs, maps, block.args, strict=False)
        ]
        return self._cloner(emitter, indices).clone(block, [*operands, *nest.outputs])[_number(source)]


def _owner(value: SSAValue) -> Operation:
    assert isinstance(value.owner, Operation)
    return value.owner


def _number(value: SSAValue) -> int:
    assert isinstance(value, OpResult)
    return value.index


def _before(nest: Operation) -> Iterator[Operation]:
    """The ops above, the nearest first."""
    op = nest.prev_op
    while op is not None:
        yield op
        op = op.prev_op


def _drop_unread(function: func.FuncOp) -> None:
    for op in reversed(list(function.body.block.ops)):
        if isinstance(op, linalg.GenericOp | tensor.EmptyOp) and all(result.first_use is None for result in op.results):
            erase(op)
