"""What decides how loops are cut: where the inputs of a tensor are read, and how that changes from place to place."""

from collections.abc import Iterator, Sequence

from xdsl.dialects import arith, tensor
from xdsl.dialects.builtin import IndexType, IntegerType, MemRefType
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import SSAValue
from xdsl.ir.affine import AffineDimExpr, AffineExpr

from iree.compiler.dialects import iree
from iree.compiler.kernels import index_maps, nests
from iree.compiler.kernels.axes import Axes, Place, divisions, stride
from iree.compiler.kernels.folding import constant_int


def reads_of(axes: Axes, value: SSAValue, place: Place) -> Iterator[AffineExpr]:
    """The position of each element that one element is computed from, and each loop position that is used as data."""
    match value.owner:
        case iree.LoadInput():
            yield axes.linear(place, nests.shape_of(value))
        case linalg.GenericOp() as nest:
            sizes = nests.sizes_of(nest)[len(place) :]
            yield from reads_of_nest(axes, nest, (*place, *(axes.add(size) for size in sizes)))
            if not nests.is_parallel(nest):
                for out in nest.outputs:
                    yield from reads_of(axes, out, place)


def reads_of_nest(axes: Axes, nest: linalg.GenericOp, place: Place) -> Iterator[AffineExpr]:
    """The same of one iteration of a nest."""
    for argument, operand, attribute in zip(nest.body.block.args, nest.inputs, nest.indexing_maps, strict=False):
        if argument.first_use is not None:
            yield from reads_of(axes, operand, axes.through(attribute.data, place))
    for op in nest.body.walk():
        if isinstance(op, linalg.IndexOp):
            yield axes.simplify(place[op.dim.value.data])


def reductions_of(axes: Axes, value: SSAValue, place: Place) -> Iterator[tuple[linalg.GenericOp, Place]]:
    """The reductions that an element is computed from, through parallel nests, and where."""
    nest = value.owner
    if not isinstance(nest, linalg.GenericOp):
        return
    if not nests.is_parallel(nest):
        yield nest, place
        return
    for argument, operand, attribute in zip(nest.body.block.args, nest.inputs, nest.indexing_maps, strict=False):
        if argument.first_use is not None:
            yield from reductions_of(axes, operand, axes.through(attribute.data, place))


def position_of(value: SSAValue, place: Place) -> AffineExpr | None:
    """What a body computes from the positions of its loops, if that is a sum of multiples of them."""
    number, op = constant_int(value), value.owner
    if number is not None:
        return AffineExpr.constant(number)
    if isinstance(op, linalg.IndexOp):
        return place[op.dim.value.data]
    if not isinstance(op, arith.AddiOp | arith.SubiOp | arith.MuliOp):
        return None
    left, right, factor = position_of(op.lhs, place), position_of(op.rhs, place), constant_int(op.rhs)
    if left is None or right is None:
        return None
    if isinstance(op, arith.MuliOp):
        return None if factor is None else left * factor
    return left + (right if isinstance(op, arith.AddiOp) else right * -1)


def shares(axes: Axes, nest: linalg.GenericOp, place: Place, axis: AffineDimExpr) -> bool:
    """Whether neighbours along an axis read anything in common in one iteration of a nest."""
    for argument, operand, attribute in zip(nest.body.block.args, nest.inputs, nest.indexing_maps, strict=False):
        if argument.first_use is not None:
            read = reads_of(axes, operand, axes.through(attribute.data, place))
            if any(stride(position, axis) == 0 for position in read):
                return True
    picks = [op for op in nest.body.walk() if isinstance(op, tensor.ExtractOp)]
    positions = [[position_of(index, place) for index in op.indices] for op in picks]
    return any(all(each is None or stride(each, axis) == 0 for each in pick) for pick in positions)


def work_of(nest: linalg.GenericOp) -> int:
    """How many operations on elements an iteration has; those on positions mostly go where it is written out."""
    positions = (IndexType(), IntegerType(1))
    ops = [op for op in nest.body.walk() if not isinstance(op, arith.ConstantOp)]
    return sum(any(result.type not in positions for result in op.results) for op in ops)


def side_by_side(reads: Sequence[AffineExpr], axis: AffineDimExpr) -> bool:
    """Whether neighbours along an axis read the same elements or neighbouring ones."""
    return all(stride(read, axis) in (0, 1) for read in reads)


def runs_along(axes: Axes, nest: linalg.GenericOp, place: Place) -> bool:
    """Whether the innermost dimension of a reduction reads what lies side by side, or nothing but numbers."""
    sizes = nests.sizes_of(nest)[len(place) :]
    loops = tuple(axes.add(size) for size in sizes)
    picks = any(isinstance(op, tensor.ExtractOp) for op in nest.body.walk())
    return bool(loops) and not picks and side_by_side(list(reads_of_nest(axes, nest, (*place, *loops))), loops[-1])


def written(axes: Axes, store: iree.StoreOutput, place: Place) -> AffineExpr:
    """Where in its buffer a store puts the element at a place of its value."""
    assert isinstance(store.target.type, MemRefType)
    target = place if store.places is None else axes.through(store.places.data, place)
    return axes.linear(target, store.target.type.get_shape())


def merged(axes: Axes, stores: Sequence[iree.StoreOutput], shape: Sequence[int]) -> list[list[int]]:
    """The dimensions of results, in groups that one loop each runs over: those that are read as one are one."""
    groups = [[size] for size in shape]

    def cost() -> int:
        place = places_of(tuple(axes.add(_product(group)) for group in groups), groups, axes)
        reads = [read for store in stores for read in reads_of(axes, store.value, place)]
        return sum(divisions(position) for position in (*reads, *(written(axes, store, place) for store in stores)))

    best, dim = cost(), len(groups) - 1
    while dim > 0:
        before = groups
        groups = [*before[: dim - 1], [*before[dim - 1], *before[dim]], *before[dim + 1 :]]
        if cost() > best:
            groups = before
        dim -= 1
    return groups


def places_of(loops: Sequence[AffineExpr], groups: Sequence[Sequence[int]], axes: Axes) -> Place:
    """The place in a result for positions along the groups of its dimensions."""
    parts = [part for loop, group in zip(loops, groups, strict=True) for part in index_maps.delinearize(loop, group)]
    return tuple(axes.simplify(part) for part in parts)


def _product(sizes: Sequence[int]) -> int:
    total = 1
    for size in sizes:
        total *= size
    return total
