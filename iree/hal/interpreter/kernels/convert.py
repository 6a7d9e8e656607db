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

    def run() -> None:
        if x.min(initial=0) >= below and x.max(initial=0) < above:  # neither holds where there is a NaN
            np.copyto(out, x, "unsafe")
        else:
            _saturate(x, below, above, limits, out)

    return run


def _saturate(x: Array, below: np.generic, above: np.generic, limits: np.iinfo, out: Array) -> None:
    inside = np.logical_and(np.greater(x, below), np.less(x, above))
    np.copyto(out, 0)
    np.copyto(out, x, "unsafe", inside)
    np.copyto(out, limits.min, where=np.less_equal(x, below))
    np.copyto(out, limits.max, where=np.greater_equal(x, above))


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
