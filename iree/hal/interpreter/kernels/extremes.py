"""Minimum, maximum and clamp: NaN wins, and -0 is less than +0.

NumPy leaves the sign of a zero to the machine, so it is put right afterwards. A maximum is negative if both sides are,
a minimum if one is: their sign bits and-ed, or or-ed, are the result's. Less is needed where one side is a constant
from which it follows which zero comes out, or that none does.
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
    distinct,
    in_order,
    is_bits,
    is_float,
    require,
    require_all,
    signed,
    unsigned,
)


def exact_extreme(ufunc: np.ufunc, a: Array, b: Array, out: Array) -> Action:
    """np.minimum or np.maximum of floats with the right sign of zero; out may be a or b."""
    bits = np.dtype(f"u{out.dtype.itemsize}")
    sign = bits.type(1 << (8 * bits.itemsize - 1))
    merge, rest, put = (
        (np.bitwise_and, ~sign, np.bitwise_or) if ufunc is np.maximum else (np.bitwise_or, sign, np.bitwise_and)
    )
    signs = np.empty(np.broadcast_shapes(a.shape, b.shape), bits)
    out_bits = unsigned(out)
    return in_order(
        partial(merge, unsigned(a), unsigned(b), signs),
        partial(put, signs, rest, signs),
        partial(ufunc, a, b, out=out),
        partial(merge, out_bits, signs, out_bits),
    )


def _positive_zero_extreme(ufunc: np.ufunc, a: Array, b: Array, out: Array) -> Action:
    """A maximum with a constant of no negative: its zeros are +0. Adding +0 makes them so and changes nothing else."""
    return in_order(partial(ufunc, a, b, out=out), partial(np.add, out, out.dtype.type(0), out))


def float_extreme(ufunc: np.ufunc, constant: Array | None) -> Kernel:
    """np.minimum or np.maximum of floats; `constant` is the operand that is known, if one is."""
    if constant is not None and distinct(constant).all():  # no zero comes of two equal numbers
        return Kernel(lambda a, b, out: partial(ufunc, a, b, out=out), elementwise=True)
    if constant is not None and ufunc is np.maximum and not np.signbit(distinct(constant)).any():
        return Kernel(partial(_positive_zero_extreme, ufunc), elementwise=True)
    return Kernel(partial(exact_extreme, ufunc), elementwise=True)


def _float(ufunc: np.ufunc) -> Builder:
    def build(op: Operation) -> Kernel:
        require_all(op, is_float, "floats")
        return float_extreme(ufunc, next((c for c in op.constants if c is not None), None))

    return build


def _integer_bind(ufunc: np.ufunc, cast: View) -> Bind:
    return lambda a, b, out: partial(ufunc, cast(a), cast(b), out=cast(out))


def _integer(ufunc: np.ufunc, cast: View) -> Builder:
    def build(op: Operation) -> Kernel:
        require_all(op, is_bits, "integers and i1")
        return Kernel(_integer_bind(ufunc, cast), elementwise=True)

    return build


def _clamp(op: Operation) -> None:
    low, value, high = op.inputs
    require(value == op.output, f"gives the type of its operand {value}, not {op.output}")
    for bound in (low, high):
        fits = bound.element_type == value.element_type and bound.shape in ((), value.shape)
        require(fits, f"of {value} takes bounds of that type or of rank 0, not {bound}")


def _clamp_float(op: Operation) -> Kernel:
    """max(operand, low), then min with high. The first result is no constant, but a bound may be."""
    _clamp(op)
    require(is_float(op.output.dtype), f"is for floats, not {op.output}")
    raised = float_extreme(np.maximum, op.constants[0])
    lowered = float_extreme(np.minimum, op.constants[2])
    return Kernel(lambda low, x, high, out: in_order(raised.bind(x, low, out), lowered.bind(out, high, out)))


def _clamp_integer(cast: View) -> Builder:
    at_least, at_most = _integer_bind(np.maximum, cast), _integer_bind(np.minimum, cast)

    def build(op: Operation) -> Kernel:
        _clamp(op)
        require(is_bits(op.output.dtype), f"is for integers and i1, not {op.output}")
        return Kernel(lambda low, x, high, out: in_order(at_least(x, low, out), at_most(out, high, out)))

    return build


EXTREMES: dict[str, Builder] = {
    "min_f": _float(np.minimum),
    "min_i_s": _integer(np.minimum, signed),
    "min_i_u": _integer(np.minimum, unsigned),
    "max_f": _float(np.maximum),
    "max_i_s": _integer(np.maximum, signed),
    "max_i_u": _integer(np.maximum, unsigned),
    "clamp_f": _clamp_float,
    "clamp_i_s": _clamp_integer(signed),
    "clamp_i_u": _clamp_integer(unsigned),
}
