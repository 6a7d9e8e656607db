"""Builds linalg.generic nests: loops over all elements of a result, with a scalar body.

A source is a tensor read through an index map, or a number that is the same everywhere. Loop sizes are always those of
the operands: a map has no bare dimension where the operand is larger than the loop (it has `d0 mod size` then), and a
loop that no operand shows gets an operand of its own that holds nothing (tensor.empty : tensor<sizes x i1>).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from xdsl.dialects import tensor
from xdsl.dialects.builtin import AffineMapAttr, AnyFloat, LocationAttr, TensorType
from xdsl.dialects.linalg import ops as linalg
from xdsl.dialects.linalg.attrs import IteratorTypeAttr
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue
from xdsl.ir.affine import AffineDimExpr, AffineExpr, AffineMap

from iree.compiler.kernels import index_maps
from iree.compiler.kernels.emitter import I1, Emitter, Number
from iree.compiler.kernels.scalar import Scalar

PARALLEL = IteratorTypeAttr.parallel()
REDUCTION = IteratorTypeAttr.reduction()


@dataclass(frozen=True)
class Read:
    """A tensor, and which of its elements each iteration reads."""

    value: SSAValue
    map: AffineMap


Source = Read | Number


class Body:
    """The scalar body of a nest being built: one value for each source, then the accumulators."""

    def __init__(self, emitter: Emitter, values: Sequence[Scalar], accumulators: Sequence[Scalar]) -> None:
        self.emitter = emitter
        self.values = list(values)
        self.accumulators = list(accumulators)

    def index(self, dim: int) -> Scalar:
        """The iteration's position along a loop."""
        return Scalar(self.emitter, self.emitter.linalg_index(linalg.IndexOp(dim)))

    def constant(self, number: int) -> Scalar:
        """An index."""
        return Scalar(self.emitter, self.emitter.index(number))


Fill = Callable[[Body], Sequence[Scalar]]


@dataclass
class Nest:
    """What a linalg.generic is made of. `outs`: the tensors that reductions start from, none for a parallel nest."""

    parallel: Sequence[int]
    reduction: Sequence[int]
    sources: Sequence[Source]
    elements: Sequence[Attribute]
    fill: Fill
    outs: Sequence[SSAValue] = ()
    location: LocationAttr | None = None
    made: list[Operation] = field(default_factory=list)

    @property
    def sizes(self) -> list[int]:
        """Of all loops, parallel ones first."""
        return [*self.parallel, *self.reduction]

    def build(self) -> list[Operation]:
        """The generic and, before it, the empty tensors that it needs. Its results are the last op's."""
        reads = self._reads()
        outs = list(self.outs) or [self._empty(element, self.parallel) for element in self.elements]
        maps = [self._fitted(read) for read in reads]
        out_map = index_maps.make_map(len(self.sizes), index_maps.dims(len(self.parallel)))
        hidden = self._hidden_loops([*maps, out_map])
        inputs = [read.value for read in reads]
        if hidden:
            inputs.append(self._empty(I1, [self.sizes[dim] for dim in hidden]))
            maps.append(index_maps.make_map(len(self.sizes), [AffineExpr.dimension(dim) for dim in hidden]))
        block = Block(arg_types=[element_of(value) for value in (*inputs, *outs)])
        self._fill(block, reads, len(inputs))
        generic = linalg.GenericOp(
            inputs,
            outs,
            Region(block),
            [AffineMapAttr(map_) for map_ in (*maps, *[out_map] * len(outs))],
            [PARALLEL] * len(self.parallel) + [REDUCTION] * len(self.reduction),
            [TensorType(element, self.parallel) for element in self.elements],
        )
        return [*self.made, self._located(generic)]

    def _reads(self) -> list[Read]:
        """Each tensor once for each map; none at all where there is no element to compute."""
        if 0 in self.sizes:
            return []
        return list(dict.fromkeys(source for source in self.sources if isinstance(source, Read)))

    def _fill(self, block: Block, reads: list[Read], inputs: int) -> None:
        emitter = Emitter(block, self.location)
        results: list[SSAValue]
        if 0 in self.sizes:
            results = [emitter.constant(0, element) for element in self.elements]
        else:
            arguments = dict(zip(reads, block.args, strict=False))
            values = [
                Scalar(emitter, arguments[source] if isinstance(source, Read) else emitter.constant_of(source))
                for source in self.sources
            ]
            accumulators = [Scalar(emitter, argument) for argument in block.args[inputs:]]
            results = [scalar.value for scalar in self.fill(Body(emitter, values, accumulators))]
        emitter.append(linalg.YieldOp(*results))
        emitter.drop_unused()

    def _fitted(self, read: Read) -> AffineMap:
        shape, sizes = shape_of(read.value), self.sizes
        results = [
            expr % size if isinstance(expr, AffineDimExpr) and sizes[expr.position] != size else expr
            for expr, size in zip(read.map.results, shape, strict=True)
        ]
        return AffineMap(len(sizes), 0, tuple(results))

    def _hidden_loops(self, maps: Sequence[AffineMap]) -> list[int]:
        shown = {expr.position for map_ in maps for expr in map_.results if isinstance(expr, AffineDimExpr)}
        return [dim for dim in range(len(self.sizes)) if dim not in shown]

    def _empty(self, element: Attribute, shape: Sequence[int]) -> SSAValue:
        op = self._located(tensor.EmptyOp([], TensorType(element, shape)))
        self.made.append(op)
        return op.results[0]

    def _located(self, op: Operation) -> Operation:
        if self.location is not None:
            op.location = self.location
        return op


def element_of(value: SSAValue) -> Attribute:
    """The element type of a tensor."""
    assert isinstance(value.type, TensorType)
    element: Attribute = value.type.element_type
    return element


def shape_of(value: SSAValue) -> tuple[int, ...]:
    """The sizes of a tensor."""
    assert isinstance(value.type, TensorType)
    return tuple(value.type.get_shape())


def identity(rank: int) -> AffineMap:
    """Reads the element at the iteration's own place."""
    return AffineMap.identity(rank)


def everywhere(rank: int) -> AffineMap:
    """Reads the one element of a tensor without dimensions in a nest of `rank` loops."""
    return AffineMap(rank, 0, ())


def is_parallel(op: Operation | object) -> bool:
    """Whether an op is a nest whose iterations depend on nothing but operands: it combines nothing with its outs."""
    if not isinstance(op, linalg.GenericOp):
        return False
    accumulators = op.body.block.args[len(op.inputs) :]
    return all(kind == PARALLEL for kind in op.iterator_types) and all(arg.first_use is None for arg in accumulators)


def sizes_of(generic: linalg.GenericOp) -> tuple[int, ...]:
    """The trip counts of a nest's loops."""
    return generic.get_static_loop_ranges()


def is_float(type_: Attribute) -> bool:
    """Whether arithmetic on the type is floating-point."""
    return isinstance(type_, AnyFloat)
