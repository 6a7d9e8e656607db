"""Convolution: a kernel that moves over its input, as products of matrices.

What the kernel sees at each position is laid out as a row of a matrix, some megabytes of rows at a time, and each chunk
is one call of BLAS; where rows lie in memory already (a kernel of one element) nothing is copied. A kernel that keeps
features apart (depthwise) is no product of matrices: there each place of the kernel is one multiplication and one
addition of whole tensors.
"""

import math
from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from iree.hal.interpreter.kernels.dot import multiply, product_type, require_kind, suits_blas
from iree.hal.interpreter.kernels.kernel import (
    Action,
    Array,
    Builder,
    Kernel,
    Operation,
    copy_into,
    in_order,
    is_complex,
    is_float,
    is_integer,
    require,
)
from iree.hal.interpreter.kernels.movement import check_dimensions
from iree.hal.interpreter.kernels.windows import Window, make_windows, pad, plain

_CHUNK_BYTES = 1 << 23


class _Convolution(NamedTuple):
    """`input`, `kernel`, `output`: dimension orders. batch, feature, spatial; input and output feature, spatial."""

    windows: list[Window]
    reversal: tuple[int, ...]
    input: tuple[int, ...]
    kernel: tuple[int, ...]
    output: tuple[int, ...]
    feature_groups: int
    batch_groups: int

    @property
    def groups(self) -> int:
        """Runs that meet each other only."""
        return self.feature_groups * self.batch_groups


def _read(op: Operation) -> _Convolution:
    """The convolution that an instruction asks for, checked against its types."""
    value, weights = op.inputs
    lists = [op.integers(index) for index in range(10)]
    orders, groups = lists[6:9], lists[9]
    for order, type_ in zip(orders, (value, weights, op.output), strict=True):
        check_dimensions(order, len(type_.shape))
        require(len(order) == len(type_.shape) >= 2, f"names {list(order)} of {type_}")
    require(len(groups) == 2 and min(groups) == 1, f"has feature and batch groups, not {list(groups)}")
    input_, kernel, output = orders
    sizes = [tuple(t.shape[d] for d in o) for t, o in zip((value, weights, op.output), orders, strict=True)]
    (batch, features, *space), (taken, given, *window) = sizes[0], sizes[1]
    windows = make_windows(tuple(space), tuple(window), tuple(lists[index] for index in range(5)))
    require(
        len(lists[5]) == len(windows), f"over {len(windows)} dimensions says of {len(lists[5])} what runs backwards"
    )
    divided = features == taken * groups[0] and batch % groups[1] == 0 and given % max(groups) == 0
    require(divided, f"of {value} and {weights} cannot have {groups[0]} feature and {groups[1]} batch groups")
    expected = (batch // groups[1], given, *(w.positions for w in windows))
    require(sizes[2] == expected, f"of {value} and {weights} is not {op.output}")
    return _Convolution(windows, lists[5], input_, kernel, output, *groups)


def _bind(what: _Convolution, x: Array, weights: Array, out: Array) -> Action:
    if not out.size:
        return in_order()
    if not x.size or not weights.size:
        return partial(np.copyto, out, out.dtype.type(0))
    x, actions = _grouped_input(what, x)
    weights = _grouped_kernel(what, weights)
    out = _last(what.output, out)  # batch, spatial, feature
    out = out.reshape(*out.shape[:-1], what.groups, -1, copy=False)
    bind = _depthwise if weights.shape[-2] == 1 and what.groups > 1 else _as_matrices
    return in_order(*actions, *bind(what.windows, x, weights, out))


def _last(order: tuple[int, ...], array: Array, *, kernel: bool = False) -> Array:
    """batch, spatial, feature of an input or output; spatial, input feature, output feature of a kernel."""
    first, second, *spatial = order
    return array.transpose([*spatial, first, second] if kernel else [first, *spatial, second])


def _grouped_input(what: _Convolution, x: Array) -> tuple[Array, list[Action]]:
    """group, batch, spatial with padding, feature."""
    turned = _last(what.input, x)
    around = [plain(turned.shape[0]), *what.windows, plain(turned.shape[-1])]
    padded, actions = pad(turned, around, 0)
    if what.batch_groups > 1:
        return padded.reshape(what.batch_groups, -1, *padded.shape[1:], copy=False), actions
    split = padded.reshape(*padded.shape[:-1], what.feature_groups, -1, copy=False)
    return np.moveaxis(split, -2, 0), actions


def _grouped_kernel(what: _Convolution, weights: Array) -> Array:
    """group, spatial, input feature, output feature; a view."""
    turned = _last(what.kernel, weights, kernel=True)
    turned = turned[tuple(slice(None, None, -1 if backwards else 1) for backwards in what.reversal)]
    return np.moveaxis(turned.reshape(*turned.shape[:-1], what.groups, -1, copy=False), -2, 0)


def _as_matrices(windows: list[Window], x: Array, weights: Array, out: Array) -> Iterator[Action]:
    """For each group: [positions, kernel x input features] times [kernel x input features, output features]."""
    groups, taken = weights.shape[0], math.prod(weights.shape[1:-1])
    matrix, load = _flat(weights, (groups, taken, weights.shape[-1]))
    yield from load
    rows = _seen(windows, x)
    for places in _chunks(rows, len(windows)):
        left, load = _flat(rows[(slice(None), *places)], (groups, -1, taken))
        yield from load
        yield from _multiply(left, matrix, out[places])


def _multiply(left: Array, right: Array, out: Array) -> Iterator[Action]:
    """Stacks of matrices to batch, spatial, group, feature."""
    shape = (*left.shape[:-1], right.shape[-1])
    if left.shape[0] == 1:
        left, right, shape = left[0], right[0], shape[1:]
        try:
            target = out.reshape(shape, copy=False)
        except ValueError:
            pass
        else:
            if target.flags.carray:
                yield multiply(left, right, target)
                return
    result = np.empty(shape, out.dtype)
    yield multiply(left, right, result)
    groups = result.reshape(out.shape[-2], *out.shape[:-2], out.shape[-1])
    yield copy_into(out, np.moveaxis(groups, 0, -2))


def _seen(windows: list[Window], x: Array) -> Array:
    """group, batch, positions, kernel, input feature: what the kernel sees at each position, as a view."""
    group, batch, *spatial, feature = x.strides
    steps = [stride * window.stride for stride, window in zip(spatial, windows, strict=True)]
    inner = [stride * window.dilation for stride, window in zip(spatial, windows, strict=True)]
    shape = (*x.shape[:2], *(w.positions for w in windows), *(w.size for w in windows), x.shape[-1])
    return as_strided(x, shape, (group, batch, *steps, *inner, feature))


def _chunks(rows: Array, spatial: int) -> Iterator[tuple[slice, ...]]:
    """Batch and first positions so that a chunk's rows take no more than some megabytes."""
    batch, first = rows.shape[1], rows.shape[2] if spatial else 1
    size = rows.size // (batch * first) * rows.itemsize
    if batch * first * size <= _CHUNK_BYTES or not spatial:
        yield (slice(None),)
        return
    step = max(1, _CHUNK_BYTES // size)
    for number, start in product(range(batch), range(0, first, step)):
        yield slice(number, number + 1), slice(start, min(start + step, first))


def _flat(array: Array, shape: tuple[int, ...]) -> tuple[Array, list[Action]]:
    """A stack of matrices, and what copies them there if they are not in `array` itself."""
    try:
        matrices = array.reshape(shape, copy=False)
    except ValueError:
        pass
    else:
        if suits_blas(matrices):
            return matrices, []
    copy = np.empty(array.shape, array.dtype)
    return copy.reshape(shape), [copy_into(copy, array)]


def _depthwise(windows: list[Window], x: Array, weights: Array, out: Array) -> Iterator[Action]:
    """Adds up what each place of the kernel contributes to all results."""
    spread_out = np.moveaxis(x, 0, -2)  # batch, spatial, group, 1
    by_place = np.moveaxis(weights, 0, -3)[..., 0, :]  # kernel, group, output feature
    total = np.empty(out.shape, out.dtype)
    term = np.empty(out.shape, out.dtype)
    for number, place in enumerate(product(*(range(window.size) for window in windows))):
        seen = spread_out[(slice(None), *(w.seen(at) for w, at in zip(windows, place, strict=True)))]
        yield partial(np.multiply, seen, by_place[place], term if number else total)
        if number:
            yield partial(np.add, total, term, total)
    yield copy_into(out, total)


def _bind_through(what: _Convolution, dtype: np.dtype, *arrays: Array) -> Action:
    """Multiplies as another type and rounds or wraps once."""
    wide = [np.empty(array.shape, dtype) for array in arrays]
    loads = [copy_into(w, a) for w, a in zip(wide[:-1], arrays[:-1], strict=True)]
    return in_order(*loads, _bind(what, *wide), copy_into(arrays[-1], wide[-1]))


def _float(op: Operation) -> Kernel:
    require_kind(op, "floats", is_float, is_complex)
    return _through(op, product_type(op))


def _integer(op: Operation) -> Kernel:
    require_kind(op, "integers", is_integer)
    return _through(op, op.output.dtype)


def _through(op: Operation, dtype: np.dtype) -> Kernel:
    what = _read(op)
    is_same = all(type_.dtype == dtype for type_ in (*op.inputs, op.output))
    return Kernel(partial(_bind, what) if is_same else partial(_bind_through, what, dtype))


CONVOLUTION: dict[str, Builder] = {"convolution_f": _float, "convolution_i": _integer}
