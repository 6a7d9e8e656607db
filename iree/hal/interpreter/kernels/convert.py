"""convert: from any element type to any other."""

from functools import partial

import numpy as np

from iree.hal.interpreter.kernels.kernel import (
    BOOL,
    HALF_FLOATS,
    Action,
    Array,
    Builder,
    Kernel,
    Operation,
    copy_into,
    in_order,
    is_bits,
    is_float,
    require,
)


def _to_bool(x: Array, out: Array) -> Action:
    return partial(np.not_equal, x, x.dtype.type(0), out)


def _to_integer(x: Array, out: Array) -> Action:
    """Truncates toward zero, saturates, and makes 0 of NaN. Works in a float that holds the limits' powers of two."""
    if x.dtype in HALF_FLOATS:
        wide = np.empty(x.shape, np.float32)
        return in_order(copy_into(wide, x), _to_integer(wide, out))
    limits = np.iinfo(out.dtype)
    below = x.dtype.type(limits.min)  # 0 or a power of two: exact
    above = x.dtype.type(2.0 ** (limits.bits - (limits.min < 0)))  # one more than the greatest
    mask, inside = np.empty(x.shape, np.bool_), np.empty(x.shape, np.bool_)

    def run() -> None:
        np.greater(x, below, inside)
        np.less(x, above, mask)
        np.logical_and(inside, mask, inside)
        np.copyto(out, 0)
        np.copyto(out, x, "unsafe", inside)
        np.less_equal(x, below, mask)
        np.copyto(out, limits.min, where=mask)
        np.greater_equal(x, above, mask)
        np.copyto(out, limits.max, where=mask)

    return run


def _convert(op: Operation) -> Kernel:
    (value,) = op.inputs
    for each in (value, op.output):
        require(is_float(each.dtype) or is_bits(each.dtype), f"is for numbers that are not complex, not {each}")
    require(value.shape == op.output.shape, f"keeps the shape, {value} cannot become {op.output}")
    if op.output.dtype == BOOL:
        return Kernel(_to_bool)
    if is_float(value.dtype) and not is_float(op.output.dtype):
        return Kernel(_to_integer)
    return Kernel(lambda x, out: copy_into(out, x))


CONVERT: dict[str, Builder] = {"convert": _convert}
