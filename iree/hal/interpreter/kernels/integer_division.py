"""Integer division, remainder and power, with a result for every operand.

| x / 0           | -1, all bits set     | x rem 0         | x      | x ** -n where x is not 1 or -1 | 0
| INT_MIN / -1    | INT_MIN              | INT_MIN rem -1  | 0      |                                |
Division rounds toward zero and a remainder has the sign of the dividend; NumPy's round down, and some trap.
"""

from functools import partial

import numpy as np

from iree.hal.interpreter.kernels.kernel import (
    Action,
    Array,
    Bind,
    Builder,
    Kernel,
    Operation,
    View,
    is_integer,
    require_all,
    signed,
    unsigned,
)


def _remainder(a: Array, b: Array, out: Array) -> Action:
    """fmod by 1 where the divisor is 0 or -1: it gives 0, right for -1. Where it is 0, the dividend."""
    zero, divisor = np.empty(b.shape, np.bool_), np.empty(b.shape, b.dtype)
    is_signed = b.dtype.kind == "i"
    minus_one = np.empty(b.shape, np.bool_)

    def run() -> None:
        np.equal(b, 0, zero)
        np.copyto(divisor, b)
        np.copyto(divisor, 1, where=zero)
        if is_signed:
            np.equal(b, -1, minus_one)
            np.copyto(divisor, 1, where=minus_one)
        np.fmod(a, divisor, divisor)
        np.copyto(divisor, a, where=zero)
        np.copyto(out, divisor)

    return run


def _divide(a: Array, b: Array, out: Array) -> Action:
    """(a - a rem b) / b, which is exact; by -1 it is -a, and by 0 all bits are set."""
    remainder, divisor = np.empty(a.shape, a.dtype), np.empty(b.shape, b.dtype)
    mask = np.empty(b.shape, np.bool_)
    find_remainder = _remainder(a, b, remainder)
    is_signed = b.dtype.kind == "i"
    all_ones = ~b.dtype.type(0)

    def run() -> None:
        find_remainder()
        np.subtract(a, remainder, remainder)
        np.copyto(divisor, b)
        np.equal(b, 0, mask)
        np.copyto(divisor, 1, where=mask)
        if is_signed:
            np.equal(b, -1, mask)
            np.copyto(divisor, 1, where=mask)
            np.negative(remainder, remainder, where=mask)
        np.floor_divide(remainder, divisor, remainder)
        np.equal(b, 0, mask)
        np.copyto(remainder, all_ones, where=mask)
        np.copyto(out, remainder)

    return run


def _power(a: Array, b: Array, out: Array) -> Action:
    """Of a negative exponent only 1 and -1 have a power that is not 0: theirs for the exponent's lowest bit."""
    if b.dtype.kind == "u":
        return partial(np.power, a, b, out)
    exponent, result = np.empty(b.shape, b.dtype), np.empty(a.shape, a.dtype)
    negative, unit = np.empty(b.shape, np.bool_), np.empty(a.shape, np.bool_)

    def run() -> None:
        np.less(b, 0, negative)
        np.copyto(exponent, b)
        np.bitwise_and(b, 1, exponent, where=negative)
        np.power(a, exponent, result)
        np.absolute(a, exponent)
        np.not_equal(exponent, 1, unit)
        np.logical_and(unit, negative, unit)
        np.copyto(result, 0, where=unit)
        np.copyto(out, result)

    return run


def _with(bind: Bind, cast: View) -> Builder:
    def build(op: Operation) -> Kernel:
        require_all(op, is_integer, "integers")
        return Kernel(lambda a, b, out: bind(cast(a), cast(b), cast(out)))

    return build


INTEGER_DIVISION: dict[str, Builder] = {
    "div_i_s": _with(_divide, signed),
    "div_i_u": _with(_divide, unsigned),
    "rem_i_s": _with(_remainder, signed),
    "rem_i_u": _with(_remainder, unsigned),
    "pow_i": _with(_power, lambda array: array),
}
