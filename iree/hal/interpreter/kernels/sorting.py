"""sort_order: where the elements are that belong to each place along a dimension, by several keys, stable.

A key is sorted as integers of its order. One of up to 32 bits is sorted together with its place, as a u64, which NumPy
does many times faster than it finds an order.
"""

from functools import partial

import numpy as np

from iree.hal.interpreter.kernels.kernel import (
    BOOL,
    Action,
    Array,
    Builder,
    Kernel,
    Operation,
    in_order,
    is_bits,
    require,
    signed,
)

PLACE_BITS = 32
_PLACES = np.uint64(2**PLACE_BITS - 1)


def _sort_order(op: Operation) -> Kernel:
    dimension, descending = op.integers(0), op.integers(1)
    shape = op.inputs[0].shape
    require(all(key.shape == shape for key in op.inputs), f"takes keys of one shape, not {op.inputs}")
    require(op.output.shape == shape and op.output.dtype == np.int32, f"of {shape} gives i32s, not {op.output}")
    require(all(key.dtype.kind in "biufV" for key in op.inputs), f"is for what has an order, not {op.inputs}")
    require(len(dimension) == 1 and 0 <= dimension[0] < len(shape), f"of {len(shape)} dimensions is along {dimension}")
    require(len(descending) == len(op.inputs), f"of {len(op.inputs)} keys has directions {descending}")
    return Kernel(partial(_bind, dimension[0], descending))


def _bind(axis: int, descending: tuple[int, ...], *arrays: Array) -> Action:
    *keys, out = arrays
    if not out.size:
        return in_order()
    target = np.moveaxis(out, axis, -1)
    sources = [np.moveaxis(key, axis, -1) for key in keys]
    places = np.arange(out.shape[axis], dtype=np.uint64)
    if len(keys) == 1 and keys[0].itemsize * 8 <= PLACE_BITS:
        (source,), (is_descending,) = sources, descending

        def sort() -> None:
            numbers = _unsigned(_ordered(source, is_descending)).astype(np.uint64)
            numbers <<= np.uint64(PLACE_BITS)
            numbers |= places
            numbers.sort(-1)
            numbers &= _PLACES
            np.copyto(target, numbers, "unsafe")

        return sort

    def sort_by_each() -> None:
        ordered = [_ordered(source, flag) for source, flag in zip(sources, descending, strict=True)]
        np.copyto(target, np.lexsort(ordered[::-1], -1), "unsafe")

    return sort_by_each


def _ordered(key: Array, is_descending: int) -> Array:
    """Integers in the order of a key's elements; floats in total order."""
    if key.dtype == BOOL:
        key = key.view(np.uint8)
        return 1 - key if is_descending else key
    if not is_bits(key.dtype):
        bits = signed(key)
        key = bits ^ ((bits >> (bits.itemsize * 8 - 1)) & np.iinfo(bits.dtype).max)
    return ~key if is_descending else key


def _unsigned(numbers: Array) -> Array:
    """The same order without sign."""
    if numbers.dtype.kind == "u":
        return numbers
    flipped: Array = numbers.view(f"u{numbers.itemsize}") ^ np.iinfo(numbers.dtype).min.__abs__()
    return flipped


SORTING: dict[str, Builder] = {"sort_order": _sort_order}
