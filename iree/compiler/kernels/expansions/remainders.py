"""The remainder of f32 and f64, exact: what is left of x after taking y away as often as it fits, with the sign of x.

x = M 2^E and y = N 2^F with whole M, N. If E >= F the remainder is (M 2^(E-F) mod N) 2^F; the power of two is worked
in by 8 bits a step, each step a remainder of integers.
"""

import math

from iree.compiler.kernels.expansions.exponentials import with_sign_of
from iree.compiler.kernels.expansions.float_format import format_of
from iree.compiler.kernels.scalar import Scalar, where


def remf(x: Scalar, y: Scalar) -> Scalar:
    """x - y trunc(x / y) without rounding; NaN for an infinite x or y = 0, x for an infinite y."""
    format_ = format_of(x)
    x_bits, y_bits = x.bits() & format_.magnitude, y.bits() & format_.magnitude
    is_small = x_bits < y_bits
    is_invalid = (x_bits >= format_.infinity) | (y_bits > format_.infinity) | y_bits.equals(0)
    (m, e), (n, f) = _whole(x_bits), _whole(y_bits)
    use_ones = is_small | is_invalid
    n = where(use_ones, n.like(1), n)
    shift = where(use_ones, e.like(0), e - f)
    rest = _power_remainder(m.pure("arith.remui", n), n, shift)
    result = with_sign_of(_from_whole(rest, f), x)
    return where(is_invalid, result.like(math.nan), where(is_small, x, result))


def _whole(bits: Scalar) -> tuple[Scalar, Scalar]:
    """M, and E with 0 for the least, of a float without sign."""
    format_ = format_of(bits)
    exponent = bits.shift_right_logical(format_.mantissa)
    is_subnormal = exponent.equals(0)
    mantissa = where(is_subnormal, bits, bits & format_.fraction | format_.least_normal)
    return mantissa, where(is_subnormal, exponent, exponent - 1)


def _power_remainder(rest: Scalar, n: Scalar, shift: Scalar) -> Scalar:
    """rest 2^shift mod n, for rest < n, which leaves at least 8 bits free."""
    emitter, most_steps = rest.emitter, 2 * format_of(rest).bias // 8
    odd = (rest << (shift & 7)).pure("arith.remui", n)
    steps = shift.shift_right_logical(3).to_index().pure("arith.minsi", most_steps)
    (result,) = emitter.loop(
        emitter.index(0),
        steps.value,
        emitter.index(1),
        [odd.value],
        lambda _, carried: [(Scalar(emitter, carried[0]) << 8).pure("arith.remui", n).value],
    )
    return Scalar(emitter, result)


def _from_whole(m: Scalar, f: Scalar) -> Scalar:
    """m 2^f times the least number, put together by bits: the result may be subnormal."""
    format_ = format_of(m)
    high_bit = m.to_float().bits().shift_right_logical(format_.mantissa) - format_.bias  # of m, negative for 0
    room = format_.mantissa - high_bit
    shift = where(room > f, f, room)
    shifted = m << (shift & (format_.width - 1))
    is_normal = shifted >= format_.least_normal
    bits = where(is_normal, (shifted & format_.fraction) | ((f - shift + 1) << format_.mantissa), shifted)
    return where(m.equals(0), bits.like(0), bits).as_float()
