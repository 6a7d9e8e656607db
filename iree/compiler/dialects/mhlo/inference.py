"""The shapes that mhlo ops give, computed from their operands' shapes and attributes."""

from collections.abc import Sequence

from iree.compiler.dialects.mhlo.attributes import DotNumbers, GatherNumbers
from iree.compiler.dialects.mhlo.types import DYNAMIC, Shape


def transposed(shape: Shape, permutation: Sequence[int]) -> Shape:
    """Result dimension i is operand dimension permutation[i]."""
    return tuple(shape[dim] for dim in permutation)


def sliced(start: Sequence[int], limit: Sequence[int], strides: Sequence[int]) -> Shape:
    """Every stride-th element from start up to, not including, limit."""
    return tuple(-(-(last - first) // step) for first, last, step in zip(start, limit, strides, strict=True))


def concatenated(shapes: Sequence[Shape], dimension: int) -> Shape:
    """Sizes along the dimension add up; each other one is the known size among the operands'."""
    result = [next((size for size in sizes if size != DYNAMIC), DYNAMIC) for sizes in zip(*shapes, strict=True)]
    along = [shape[dimension] for shape in shapes]
    result[dimension] = DYNAMIC if DYNAMIC in along else sum(along)
    return tuple(result)


def padded(shape: Shape, low: Sequence[int], high: Sequence[int], interior: Sequence[int]) -> Shape:
    """Padding before, after and between the elements; a negative size before or after cuts off."""
    sizes = zip(shape, low, high, interior, strict=True)
    return tuple(
        DYNAMIC if size == DYNAMIC else size + before + after + max(size - 1, 0) * between
        for size, before, after, between in sizes
    )


def without(shape: Shape, dimensions: Sequence[int]) -> Shape:
    """The dimensions that are not in the list."""
    return tuple(size for dim, size in enumerate(shape) if dim not in dimensions)


def dot_general(lhs: Shape, rhs: Shape, numbers: DotNumbers) -> Shape:
    """Batch dimensions, then what is left of lhs, then what is left of rhs."""
    batch = tuple(lhs[dim] for dim in numbers.lhs_batching_dimensions)
    lhs_left = without(lhs, numbers.lhs_batching_dimensions + numbers.lhs_contracting_dimensions)
    rhs_left = without(rhs, numbers.rhs_batching_dimensions + numbers.rhs_contracting_dimensions)
    return batch + lhs_left + rhs_left


def gathered(starts: Shape, sizes: Sequence[int], numbers: GatherNumbers) -> Shape:
    """The sizes of a slice at the offset dimensions, those of the start indices but index_vector_dim at the others."""
    offsets = iter(without(tuple(sizes), numbers.collapsed_slice_dims + numbers.operand_batching_dims))
    batches = iter(without(starts, (numbers.index_vector_dim,)))
    left = len(starts) - (numbers.index_vector_dim < len(starts))
    rank = len(numbers.offset_dims) + left
    return tuple(next(offsets if dim in numbers.offset_dims else batches) for dim in range(rank))


def aligned(shape: Shape, dimensions: Sequence[int], rank: int) -> Shape:
    """The shape at this rank: its sizes at the dimensions, 1 elsewhere."""
    sizes = dict(zip(dimensions, shape, strict=True))
    return tuple(sizes.get(dim, 1) for dim in range(rank))


def broadcast_together(shapes: Sequence[Shape]) -> Shape | None:
    """The shape that shapes of one rank have when sizes of 1 are repeated. None: other sizes differ."""
    result = []
    for sizes in zip(*shapes, strict=True):
        others = {size for size in sizes if size not in (1, DYNAMIC)}
        if len(others) > 1:
            return None
        result.append(others.pop() if others else (DYNAMIC if DYNAMIC in sizes else 1))
    return tuple(result)
