"""The remainder of f32, exact: what is left of x after taking y away as often as it fits, with the sign of x.

x = M 2^E and y = N 2^F with whole M, N. If E >= F the remainder is (M 2^(E-F) mod N) 2^F; the power of two is worked
in by 8 bits a step, each step a 32-bit remainder.
"""

import math

from iree.compiler.kernels.expansions.exponentials import with_sign_of
from iree.compiler.kernels.scalar import Scalar, where

_INFINITY_BITS = 0x7F800000
_MOST_STEPS = 253 // 8


def remf(x: Scalar, y: Scalar) -> Scalar:
    """x - y trunc(x / y) without rounding; NaN for an infinite x or y = 0, x for an infinite y."""
    x_bits, y_bits = x.bits() & 0x7FFFFFFF, y.bits() & 0x7FFFFFFF
    is_small = x_bits < y_bits
    is_invalid = (x_bits >= _INFINITY_BITS) | (y_bits > _INFINITY_BITS) | y_bits.equals(0)
    (m, e), (n, f) = _whole(x_bits), _whole(y_bits)
    use_ones = is_small | is_invalid
    n = where(use_ones, n.like(1), n)
    shift = where(use_ones, e.like(0), e - f)
    rest = _power_remainder(m.pure("arith.remui", n), n, shift)
    result = with_sign_of(_from_whole(rest, f), x)
    return where(is_invalid, result.like(math.nan), where(is_small, x, result))


def _whole(bits: Scalar) -> tuple[Scalar, Scalar]:
    """M and E + 149 of a float without sign."""
    exponent = bits.shift_right_logical(23)
    is_subnormal = exponent.equals(0)
    mantissa = where(is_subnormal, bits, bits & 0x007FFFFF | 0x00800000)
    return mantissa, where(is_subnormal, exponent, exponent - 1)


def _power_remainder(rest: Scalar, n: Scalar, shift: Scalar) -> Scalar:
    """rest 2^shift mod n, for rest < n < 2^24."""
    emitter = rest.emitter
    odd = (rest << (shift & 7)).pure("arith.remui", n)
    steps = shift.shift_right_logical(3).to_index().pure("arith.minsi", _MOST_STEPS)
    (result,) = emitter.loop(
        emitter.index(0),
        steps.value,
        emitter.index(1),
        [odd.value],
        lambda _, carried: [(Scalar(emitter, carried[0]) << 8).pure("arith.remui", n).value],
    )
    return Scalar(emitter, result)


def _from_whole(m: Scalar, f: Scalar) -> Scalar:
    """m 2^(f - 149) for m < 2^24, put together by bits: the result may be subnormal."""
    high_bit = m.to_f32().bits().shift_right_logical(23) - 127  # of m, -127 for 0
    room = 23 - high_bit
    shift = where(room > f, f, room)
    shifted = m << (shift & 31)
    is_normal = shifted >= 0x00800000
    bits = where(is_normal, (shifted & 0x007FFFFF) | ((f - shift + 1) << 23), shifted)
    return where(m.equals(0), bits.like(0), bits).as_float()
