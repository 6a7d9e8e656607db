"""Instructions that read or write at places that are data: dynamic_slice, dynamic_update_slice, gather.

A start from which the slice would stick out is moved inside: clamp(0, start, size - slice size).
"""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from iree.hal.interpreter.kernels.kernel import (
    Action,
    Array,
    Builder,
    Index,
    Kernel,
    Operation,
    copy_into,
    in_order,
    is_integer,
    require,
)
from iree.hal.interpreter.kernels.movement import check_dimensions
from iree.hal.interpreter.tensor_type import TensorType


def _dynamic_slice(op: Operation) -> Kernel:
    require(bool(op.inputs), "takes an operand and starts")
    operand, *starts = op.inputs
    _check_part(op.output, operand)
    _check_starts(starts, len(operand.shape))
    return Kernel(partial(_bind_dynamic_slice, _limits(operand.shape, op.output.shape)))


def _bind_dynamic_slice(limits: Sequence[int], operand: Array, *arrays: Array) -> Action:
    *starts, out = arrays

    def run() -> None:
        np.copyto(out, operand[_place(starts, limits, out.shape)])

    return run


def _dynamic_update_slice(op: Operation) -> Kernel:
    require(len(op.inputs) >= 2, "takes an operand, an update and starts")
    operand, update, *starts = op.inputs
    require(operand == op.output, f"keeps the type, {operand} cannot become {op.output}")
    _check_part(update, operand)
    _check_starts(starts, len(operand.shape))
    return Kernel(partial(_bind_dynamic_update_slice, _limits(operand.shape, update.shape)))


def _bind_dynamic_update_slice(limits: Sequence[int], operand: Array, update: Array, *arrays: Array) -> Action:
    *starts, out = arrays

    def write() -> None:
        out[_place(starts, limits, update.shape)] = update

    return in_order(copy_into(out, operand), write)


def _check_part(part: TensorType, whole: TensorType) -> None:
    same = part.element_type == whole.element_type and len(part.shape) == len(whole.shape)
    fits = same and all(size <= available for size, available in zip(part.shape, whole.shape, strict=True))
    require(fits, f"a {part} is no part of a {whole}")


def _check_starts(starts: Sequence[TensorType], rank: int) -> None:
    right = len(starts) == rank and all(not start.shape and is_integer(start.dtype) for start in starts)
    require(right, f"takes a start for each of {rank} dimensions, not {', '.join(map(str, starts))}")


def _limits(shape: Sequence[int], sizes: Sequence[int]) -> tuple[int, ...]:
    """The last start that leaves room for a slice, in each dimension."""
    return tuple(available - size for available, size in zip(shape, sizes, strict=True))


def _place(starts: Sequence[Array], limits: Sequence[int], sizes: Sequence[int]) -> Index:
    first = [max(0, min(int(start), limit)) for start, limit in zip(starts, limits, strict=True)]
    return (..., *[slice(start, start + size) for start, size in zip(first, sizes, strict=True)])


class _Numbers(NamedTuple):
    """Which dimensions of a gather belong together; the integer lists of the instruction in their order."""

    offset_dims: tuple[int, ...]
    collapsed: tuple[int, ...]
    operand_batching: tuple[int, ...]
    starts_batching: tuple[int, ...]
    start_index_map: tuple[int, ...]
    vector: tuple[int, ...]
    sizes: tuple[int, ...]


def _gather(op: Operation) -> Kernel:
    operand, starts = op.inputs
    numbers = _Numbers(*(op.integers(index) for index in range(7)))
    require(operand.element_type == op.output.element_type, f"keeps the element type, not {operand} to {op.output}")
    require(is_integer(starts.dtype), f"takes integers for starts, not {starts}")
    _check_operand(operand, numbers)
    vector_dim = _check_starts_of_gather(operand, starts, numbers)
    check_dimensions(numbers.offset_dims, len(op.output.shape))
    lost = (*numbers.collapsed, *numbers.operand_batching)
    kept = [dim for dim in range(len(operand.shape)) if dim not in lost]
    batch_dims = [dim for dim in range(len(op.output.shape)) if dim not in numbers.offset_dims]
    batch = tuple(size for dim, size in enumerate(starts.shape) if dim != vector_dim)
    order = (*batch_dims, *numbers.offset_dims)
    expected = (*batch, *(numbers.sizes[dim] for dim in kept))
    given = tuple(op.output.shape[dim] for dim in order)
    require(expected == given, f"of {operand} at {starts} has sizes {list(expected)}, not {list(given)}")
    require(0 in op.output.shape or 0 not in operand.shape, f"of {operand}, which is empty, to {op.output}")
    fixed: list[Array | None] = [np.zeros((), np.intp)] * len(operand.shape)
    for dim, place in zip(numbers.operand_batching, numbers.starts_batching, strict=True):
        along = place - (place > vector_dim)
        fixed[dim] = np.arange(operand.shape[dim]).reshape([-1 if d == along else 1 for d in range(len(batch))])
    for dim in numbers.start_index_map:
        fixed[dim] = None
    layout = _Layout(
        _limits(operand.shape, numbers.sizes), tuple(numbers.sizes[dim] for dim in kept), tuple(kept), batch
    )
    return Kernel(partial(_bind_gather, layout, vector_dim, numbers.start_index_map, fixed, order))


def _check_operand(operand: TensorType, numbers: _Numbers) -> None:
    shape, sizes, rank = operand.shape, numbers.sizes, len(operand.shape)
    lost = (*numbers.collapsed, *numbers.operand_batching)
    check_dimensions(lost, rank)
    check_dimensions((*numbers.start_index_map, *numbers.operand_batching), rank)
    require(len(lost) + len(numbers.offset_dims) == rank, f"of {operand} has {len(numbers.offset_dims)} offset dims")
    fits = len(sizes) == rank and all(0 <= size <= available for size, available in zip(sizes, shape, strict=True))
    require(fits and all(sizes[dim] <= 1 for dim in lost), f"of {operand} has slices of {list(sizes)}")


def _check_starts_of_gather(operand: TensorType, starts: TensorType, numbers: _Numbers) -> int:
    """The dimension of `starts` along which an index vector lies; its rank where vectors are single indices."""
    rank = len(starts.shape)
    require(len(numbers.vector) == 1 and 0 <= numbers.vector[0] <= rank, f"has index vectors along {numbers.vector}")
    (vector_dim,) = numbers.vector
    length = (*starts.shape, 1)[vector_dim]
    require(length == len(numbers.start_index_map), f"has index vectors of {length} for {numbers.start_index_map}")
    check_dimensions(numbers.starts_batching, rank)
    pairs = len(numbers.starts_batching) == len(numbers.operand_batching) and all(
        place != vector_dim and starts.shape[place] == operand.shape[dim]
        for place, dim in zip(numbers.starts_batching, numbers.operand_batching, strict=True)
    )
    require(pairs, f"of {operand} at {starts} has batching dimensions of different sizes")
    return vector_dim


class _Layout(NamedTuple):
    """`limits`: the last start in each operand dimension. `kept`: the operand dimensions of a slice, of `sizes`."""

    limits: tuple[int, ...]
    sizes: tuple[int, ...]
    kept: tuple[int, ...]
    batch: tuple[int, ...]


def _bind_gather(
    layout: _Layout,
    vector_dim: int,
    start_index_map: Sequence[int],
    fixed: Sequence[Array | None],
    order: Sequence[int],
    operand: Array,
    starts: Array,
    out: Array,
) -> Action:
    """Every slice is an element of a view of all slices: dimensions of starts, then those of a slice."""
    if 0 in out.shape:
        return in_order()
    strides = (*operand.strides, *(operand.strides[dim] for dim in layout.kept))
    shape = (*(limit + 1 for limit in layout.limits), *layout.sizes)
    slices = as_strided(operand, shape, strides, writeable=False)
    vectors = np.moveaxis(starts if vector_dim < starts.ndim else starts[..., np.newaxis], vector_dim, 0)
    target = out.transpose(order)

    def run() -> None:
        places = list(fixed)
        for dim, indices in zip(start_index_map, vectors, strict=True):
            places[dim] = _clamped(indices, layout.limits[dim])
        if places:
            np.copyto(target, slices[tuple(places)])
        else:
            np.copyto(target, operand)

    return run


def _clamped(indices: Array, limit: int) -> Array:
    """Compared in their own type, where a limit that it cannot hold is no limit."""
    low = np.minimum(indices, min(limit, int(np.iinfo(indices.dtype).max)))
    clamped: Array = np.maximum(low, 0).astype(np.intp)
    return clamped


INDEXING: dict[str, Builder] = {
    "dynamic_slice": _dynamic_slice,
    "dynamic_update_slice": _dynamic_update_slice,
    "gather": _gather,
}
