"""Reductions over windows, one dimension after the other: a window of 3x3 takes 2 + 2 operations, not 8.

Padding holds the initial value, which takes part once more: what it is combined with does not change.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from iree.hal.interpreter.kernels.extremes import exact_extreme
from iree.hal.interpreter.kernels.kernel import (
    BOOL,
    Action,
    Array,
    Builder,
    Kernel,
    Operation,
    View,
    in_order,
    is_bits,
    is_float,
    is_number,
    require,
    signed,
    through_f32,
    unsigned,
)
from iree.hal.interpreter.kernels.reduce import OF_BOOL
from iree.hal.interpreter.kernels.windows import Window, make_windows, pad

_Combine = Callable[[Array, Array, Array], Action]  # left, right, output


def _windows(op: Operation) -> list[Window]:
    value, initial = op.inputs
    sizes, *lists = (op.integers(index) for index in range(6))
    windows = make_windows(value.shape, sizes, tuple(lists))
    same = value.element_type == op.output.element_type
    stops = tuple(window.positions for window in windows)
    require(same and op.output.shape == stops, f"of {value} is {list(stops)}, not {op.output}")
    starts = not initial.shape and initial.element_type == value.element_type
    require(starts, f"of {value} starts with one element, not {initial}")
    return windows


def _bind(combine: _Combine, windows: list[Window], x: Array, initial: Array, out: Array) -> Action:
    if not out.size:
        return in_order()
    current, actions = pad(x, windows, initial)
    for axis, window in enumerate(windows):
        if window.size == window.stride == 1:
            continue
        before = (slice(None),) * axis
        seen = [current[(*before, window.seen(offset))] for offset in range(window.size)]
        current = np.empty(seen[0].shape, out.dtype) if window.size > 1 else seen[0]
        actions += [
            combine(seen[0] if number == 0 else current, other, current) for number, other in enumerate(seen[1:])
        ]
    return in_order(*actions, combine(current, initial, out))


def _ufunc(ufunc: np.ufunc) -> _Combine:
    return lambda left, right, out: partial(ufunc, left, right, out=out)


def _float(combine: _Combine, allowed: Callable[[np.dtype], bool] = is_float) -> Builder:
    def build(op: Operation) -> Kernel:
        windows = _windows(op)
        require(allowed(op.output.dtype), f"is for floats, not {op.output}")
        return Kernel(through_f32(partial(_bind, combine, windows)))

    return build


def _integer(ufunc: np.ufunc, cast: View) -> Builder:
    def build(op: Operation) -> Kernel:
        windows = _windows(op)
        require(is_bits(op.output.dtype), f"is for integers and i1, not {op.output}")
        combine = _ufunc(OF_BOOL[ufunc] if op.output.dtype == BOOL else ufunc)
        return Kernel(lambda x, initial, out: _bind(combine, windows, cast(x), cast(initial), cast(out)))

    return build


REDUCE_WINDOW: dict[str, Builder] = {
    "window_sum_f": _float(_ufunc(np.add), is_number),
    "window_sum_i": _integer(np.add, unsigned),
    "window_prod_f": _float(_ufunc(np.multiply), is_number),
    "window_prod_i": _integer(np.multiply, unsigned),
    "window_min_f": _float(partial(exact_extreme, np.minimum)),
    "window_min_i_s": _integer(np.minimum, signed),
    "window_min_i_u": _integer(np.minimum, unsigned),
    "window_max_f": _float(partial(exact_extreme, np.maximum)),
    "window_max_i_s": _integer(np.maximum, signed),
    "window_max_i_u": _integer(np.maximum, unsigned),
    "window_and": _integer(np.bitwise_and, unsigned),
    "window_or": _integer(np.bitwise_or, unsigned),
    "window_xor": _integer(np.bitwise_xor, unsigned),
}
