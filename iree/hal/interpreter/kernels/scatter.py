"""Instructions that combine updates into places that are data; what is outside is skipped."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from iree.hal.interpreter.kernels.compare import order_key
from iree.hal.interpreter.kernels.kernel import (
    Action,
    Array,
    Builder,
    Kernel,
    Operation,
    is_float,
    is_integer,
    require,
)
from iree.hal.interpreter.kernels.movement import check_dimensions

Combine = Callable[[Array, Array, Array], None]  # elements, places, updates: combined in order, in place


class _Numbers(NamedTuple):
    """The integer lists of the instruction, in their order."""

    windows: tuple[int, ...]
    inserted: tuple[int, ...]
    batching: tuple[int, ...]
    indices_batching: tuple[int, ...]
    mapped: tuple[int, ...]
    vector: tuple[int, ...]


class _Layout(NamedTuple):
    """How updates lie in the input. `order`: dimensions of the updates, those of a window last.

    `fixed`: for each input dimension what is known of the places, shaped to broadcast over the ordered updates.
    """

    vector_dim: int
    mapped: tuple[int, ...]
    order: tuple[int, ...]
    windows: int
    fixed: tuple[Array, ...]
    strides: tuple[int, ...]


def _scatter(combine: Combine, op: Operation) -> Kernel:
    value, indices, updates = op.inputs
    numbers = _Numbers(*(op.integers(index) for index in range(6)))
    require(value == op.output, f"keeps the type, {value} cannot become {op.output}")
    require(updates.element_type == value.element_type, f"takes updates like {value}, not {updates}")
    require(is_integer(indices.dtype), f"takes integers for places, not {indices}")
    rank = len(value.shape)
    lost = (*numbers.inserted, *numbers.batching)
    check_dimensions(lost, rank)
    check_dimensions((*numbers.mapped, *numbers.batching), rank)
    check_dimensions(numbers.windows, len(updates.shape))
    require(len(lost) + len(numbers.windows) == rank, f"of {value} has {len(numbers.windows)} window dimensions")
    vector_dim = _check_indices(value.shape, indices.shape, numbers)
    batch = [size for dim, size in enumerate(indices.shape) if dim != vector_dim]
    batch_dims = [dim for dim in range(len(updates.shape)) if dim not in numbers.windows]
    given = [updates.shape[dim] for dim in batch_dims]
    require(batch == given, f"has updates {updates} at {indices}")
    kept = [dim for dim in range(rank) if dim not in lost]
    fixed = [np.zeros((), np.int64)] * rank
    count = len(updates.shape)
    for number, (dim, window) in enumerate(zip(kept, numbers.windows, strict=True)):
        fixed[dim] = _along(updates.shape[window], len(batch) + number, count)
    for dim, place in zip(numbers.batching, numbers.indices_batching, strict=True):
        fixed[dim] = _along(value.shape[dim], place - (place > vector_dim), count)
    strides = tuple(int(np.prod(value.shape[dim + 1 :], dtype=np.int64)) for dim in range(rank))
    order = (*batch_dims, *numbers.windows)
    layout = _Layout(vector_dim, numbers.mapped, order, len(kept), tuple(fixed), strides)
    return Kernel(partial(_bind, combine, layout))


def _check_indices(shape: tuple[int, ...], indices: tuple[int, ...], numbers: _Numbers) -> int:
    """The dimension of the indices along which an index vector lies; their rank where vectors are single indices."""
    rank = len(indices)
    require(len(numbers.vector) == 1 and 0 <= numbers.vector[0] <= rank, f"has index vectors along {numbers.vector}")
    (vector_dim,) = numbers.vector
    length = (*indices, 1)[vector_dim]
    require(length == len(numbers.mapped), f"has index vectors of {length} for {numbers.mapped}")
    check_dimensions(numbers.indices_batching, rank)
    pairs = len(numbers.indices_batching) == len(numbers.batching) and all(
        place != vector_dim and indices[place] == shape[dim]
        for place, dim in zip(numbers.indices_batching, numbers.batching, strict=True)
    )
    require(pairs, f"of {list(shape)} at {list(indices)} has batching dimensions of different sizes")
    return vector_dim


def _along(size: int, dim: int, rank: int) -> Array:
    return np.arange(size, dtype=np.int64).reshape([-1 if d == dim else 1 for d in range(rank)])


def _bind(combine: Combine, layout: _Layout, value: Array, indices: Array, updates: Array, out: Array) -> Action:
    expanded = indices if layout.vector_dim < indices.ndim else indices[..., np.newaxis]
    vectors = np.moveaxis(expanded, layout.vector_dim, 0)
    ordered = updates.transpose(layout.order)
    result = np.empty(value.shape, value.dtype)

    def run() -> None:
        np.copyto(result, value)
        places = list(layout.fixed)
        for dim, starts in zip(layout.mapped, vectors, strict=True):
            window = (...,) + (np.newaxis,) * layout.windows
            places[dim] = places[dim] + _as_places(starts, value.shape[dim])[window]
        inside, flat = np.ones(ordered.shape, np.bool_), np.zeros(ordered.shape, np.int64)
        for place, size, stride in zip(places, value.shape, layout.strides, strict=True):
            inside &= (place >= 0) & (place < size)
            flat += place * stride
        combine(result.reshape(-1), flat[inside], ordered[inside])
        np.copyto(out, result)

    return run


def _as_places(starts: Array, size: int) -> Array:
    """Numbers that do not overflow when offsets are added; all outside stays outside."""
    if starts.dtype.kind == "u":
        starts = np.minimum(starts, min(size, int(np.iinfo(starts.dtype).max)))
    places: Array = np.clip(starts.astype(np.int64), -(2**31), 2**31)
    return places


def _replace(elements: Array, places: Array, updates: Array) -> None:
    last = np.full(elements.shape, -1)
    np.maximum.at(last, places, np.arange(places.size))
    written = last >= 0
    elements[written] = updates[last[written]]


def _by(function: np.ufunc) -> Combine:
    def combine(elements: Array, places: Array, updates: Array) -> None:
        function.at(elements, places, updates)

    return combine


def _by_order(function: np.ufunc) -> Combine:
    """The least or greatest, where -0 < +0 and NaN wins."""

    def combine(elements: Array, places: Array, updates: Array) -> None:
        if not is_float(elements.dtype):
            function.at(elements, places, updates)
            return
        nan = np.array(np.nan if function is np.maximum else -np.nan, elements.dtype)
        keys = order_key(np.where(np.isnan(elements), nan, elements))
        function.at(keys, places, order_key(np.where(np.isnan(updates), nan, updates)))
        elements[...] = order_key(keys.view(elements.dtype)).view(elements.dtype)

    return combine


SCATTER: dict[str, Builder] = {
    "scatter_replace": partial(_scatter, _replace),
    "scatter_add": partial(_scatter, _by(np.add)),
    "scatter_multiply": partial(_scatter, _by(np.multiply)),
    "scatter_minimum": partial(_scatter, _by_order(np.minimum)),
    "scatter_maximum": partial(_scatter, _by_order(np.maximum)),
    "scatter_and": partial(_scatter, _by(np.bitwise_and)),
    "scatter_or": partial(_scatter, _by(np.bitwise_or)),
}
