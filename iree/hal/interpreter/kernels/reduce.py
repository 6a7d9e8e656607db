"""Reductions over any dimensions. The initial value takes part exactly once, whatever is reduced."""

from functools import partial

import numpy as np

from iree.hal.interpreter.kernels.extremes import exact_extreme
from iree.hal.interpreter.kernels.kernel import (
    BOOL,
    HALF_FLOATS,
    Action,
    Array,
    Builder,
    Kernel,
    Operation,
    View,
    copy_into,
    is_bits,
    is_float,
    is_number,
    require,
    signed,
    unsigned,
)
from iree.hal.interpreter.kernels.movement import check_dimensions

OF_BOOL: dict[np.ufunc, np.ufunc] = {
    np.add: np.logical_or,
    np.maximum: np.logical_or,
    np.bitwise_or: np.logical_or,
    np.multiply: np.logical_and,
    np.minimum: np.logical_and,
    np.bitwise_and: np.logical_and,
    np.bitwise_xor: np.logical_xor,
}


def _check(op: Operation) -> tuple[int, ...]:
    """The dimensions, in order."""
    value, initial = op.inputs
    dimensions = op.integers(0)
    check_dimensions(dimensions, len(value.shape))
    kept = tuple(size for d, size in enumerate(value.shape) if d not in dimensions)
    right = op.output.shape == kept and op.output.element_type == value.element_type
    require(right, f"of {value} over {list(dimensions)} is not {op.output}")
    require(
        not initial.shape and initial.element_type == value.element_type,
        f"of {value} starts with one element, not {initial}",
    )
    return tuple(sorted(dimensions))


def _bind_half(ufunc: np.ufunc, dimensions: tuple[int, ...], x: Array, initial: Array, out: Array) -> Action:
    """Half floats add up in f32 and are rounded once."""

    def run() -> None:
        wide = ufunc.reduce(x, dimensions, np.float32)
        np.copyto(out, ufunc(wide, initial.astype(np.float32)), "unsafe")

    return run


def _bind(ufunc: np.ufunc, dimensions: tuple[int, ...], x: Array, initial: Array, out: Array) -> Action:
    """Starts from the initial value, not from NumPy's: 0.0 + -0.0 is not the -0.0 that -0.0 + -0.0 is."""
    if _is_empty(x, dimensions):
        return copy_into(out, initial)
    return lambda: ufunc.reduce(x, dimensions, x.dtype, out, initial=initial[()])


def _bind_float_extreme(ufunc: np.ufunc, dimensions: tuple[int, ...], x: Array, initial: Array, out: Array) -> Action:
    """Which zero is right is looked for only where a result is one."""
    if _is_empty(x, dimensions):
        return copy_into(out, initial)
    is_maximum = ufunc is np.maximum
    include_initial = exact_extreme(ufunc, out, initial, out)

    def run() -> None:
        ufunc.reduce(x, dimensions, None, out)
        zeros = np.equal(out, 0)
        if zeros.any():
            wanted = np.logical_and(np.equal(x, 0), np.signbit(x) != is_maximum)
            found = np.logical_or.reduce(wanted, dimensions)
            np.copyto(out, 0, where=zeros)
            np.negative(out, out, where=np.logical_and(zeros, found != is_maximum))
        include_initial()

    return run


def _is_empty(x: Array, dimensions: tuple[int, ...]) -> bool:
    return any(x.shape[d] == 0 for d in dimensions)


def _float(ufunc: np.ufunc) -> Builder:
    def build(op: Operation) -> Kernel:
        dimensions = _check(op)
        require(is_number(op.output.dtype), f"is for numbers, not {op.output}")
        bind = _bind_half if op.output.dtype in HALF_FLOATS else _bind
        return Kernel(partial(bind, ufunc, dimensions))

    return build


def _float_extreme(ufunc: np.ufunc) -> Builder:
    def build(op: Operation) -> Kernel:
        dimensions = _check(op)
        require(is_float(op.output.dtype), f"is for floats, not {op.output}")
        return Kernel(partial(_bind_float_extreme, ufunc, dimensions))

    return build


def _integer(ufunc: np.ufunc, cast: View) -> Builder:
    def build(op: Operation) -> Kernel:
        dimensions = _check(op)
        require(is_bits(op.output.dtype), f"is for integers and i1, not {op.output}")
        chosen = OF_BOOL[ufunc] if op.output.dtype == BOOL else ufunc
        return Kernel(lambda x, initial, out: _bind(chosen, dimensions, cast(x), cast(initial), cast(out)))

    return build


REDUCE: dict[str, Builder] = {
    "reduce_sum_f": _float(np.add),
    "reduce_sum_i": _integer(np.add, unsigned),
    "reduce_prod_f": _float(np.multiply),
    "reduce_prod_i": _integer(np.multiply, unsigned),
    "reduce_min_f": _float_extreme(np.minimum),
    "reduce_min_i_s": _integer(np.minimum, signed),
    "reduce_min_i_u": _integer(np.minimum, unsigned),
    "reduce_max_f": _float_extreme(np.maximum),
    "reduce_max_i_s": _integer(np.maximum, signed),
    "reduce_max_i_u": _integer(np.maximum, unsigned),
    "reduce_and": _integer(np.bitwise_and, unsigned),
    "reduce_or": _integer(np.bitwise_or, unsigned),
    "reduce_xor": _integer(np.bitwise_xor, unsigned),
}
