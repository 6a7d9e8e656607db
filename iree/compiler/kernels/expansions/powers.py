"""Powers: of f32 and f64 by 2^(y log2 x), of integers by squaring; the cube root.

log2(x) = k + log2(m), and log2(m) = 2/ln(2) (s + s^3/3 + s^5 t(s^2)/2) with s = (m-1)/(m+1), kept in two floats
"""

import math

from iree.compiler.kernels.expansions.double_float import (
    DoubleFloat,
    add,
    divide,
    exact_product,
    exact_sum,
    multiply,
    quick_sum,
)
from iree.compiler.kernels.expansions.exponentials import power_of_two, scale, with_sign_of
from iree.compiler.kernels.expansions.float_format import format_of
from iree.compiler.kernels.expansions.logarithms import split
from iree.compiler.kernels.scalar import Scalar, polynomial, where

_ONE_OVER_LN2 = {32: (1.4426950216293335, 1.925963033500012e-08), 64: (1.4426950408889634, 2.0355273740931033e-17)}
_TWO_THIRDS = {32: (0.6666666865348816, -1.9868215517249155e-08), 64: (2 / 3, 3.700743415417188e-17)}
_LOG_TAIL = {
    32: (0.4000016152858734, 0.2854612171649933, 0.2344358116388321),
    64: tuple(2 / k for k in range(5, 31, 2)),
}
_EXP2 = {
    32: (
        0.6931471824645996,
        0.24022650718688965,
        0.0555032454431057,
        0.009618000127375126,
        0.0013401590986177325,
        0.00015477347187697887,
    ),
    64: tuple(math.log(2) ** k / math.factorial(k) for k in range(1, 15)),
}
_EXP2_RANGE = {32: (-160.0, 140.0), 64: (-1090.0, 1040.0)}  # beyond it 2^x is 0 or infinite
_HUGE = {32: 1e30, 64: 1e300}  # a power that is always 0, 1 or infinite
_CUBE_ROOT_STEPS = {32: 2, 64: 3}


def powf(x: Scalar, y: Scalar) -> Scalar:
    """x^y as IEEE 754 has it: 1 for y = 0 or x = 1, NaN for a negative x and a y that is not whole."""
    magnitude = _power_of_magnitude(abs(x), y)
    is_whole, is_odd = _parity(y)
    is_negative = x.bits() < 0
    result = where(is_negative & is_odd, -magnitude, magnitude)
    invalid = is_negative & (x < 0.0) & (x > -math.inf) & _not(is_whole)
    result = where(invalid, result.like(math.nan), result)
    result = where(x.is_nan(), x, where(y.is_nan(), y, result))
    return where(y.equals(0.0), result.like(1.0), where(x.equals(1.0), result.like(1.0), result))


def cbrt(x: Scalar) -> Scalar:
    """The cube root, of negative numbers too: that of v = m 2^(k mod 3) by Halley's rule, times 2^(k div 3)."""
    magnitude = abs(x)
    bits = magnitude.bits()
    is_regular = (bits > 0) & (bits < format_of(x).infinity)
    k, m = split(where(is_regular, magnitude, magnitude.like(1.0)))
    third = (k + 1200).pure("arith.divui", 3) - 400
    v = m * power_of_two(k - third * 3)
    root = _cube_root(v) * power_of_two(third)
    return with_sign_of(where(is_regular, root, magnitude), x)


def _cube_root(v: Scalar) -> Scalar:
    """Of 0.7 < v < 5.7."""
    root = polynomial(v, (0.5874, 0.4754, -0.0545, 0.0031))
    for _ in range(_CUBE_ROOT_STEPS[v.width]):
        cube = root * root * root
        root = root * ((cube + (v + v)) / ((cube + cube) + v))
    square = exact_product(root, root)
    cube_parts = exact_product(square.high, root)
    rest = ((v - cube_parts.high) - cube_parts.low) - square.low * root
    return root + rest / (3.0 * square.high)


def powi(x: Scalar, y: Scalar, *, signed: bool) -> Scalar:
    """x^y modulo 2^width, by squaring. A negative y gives 0, except for x = 1 and x = -1."""
    result, square, rest = x.like(1), x, y
    for _ in range(x.width):
        result = where((rest & 1).differs(0), result * square, result)
        square = square * square
        rest = rest.shift_right_logical(1) if x.width > 1 else rest.like(0)
    if not signed:
        return result
    odd_power = where((y & 1).differs(0), x, x.like(1))
    inverse = where(x.equals(1) | x.equals(-1), odd_power, 0)
    return where(y < 0, inverse, result)


def _not(condition: Scalar) -> Scalar:
    return condition ^ 1


def _parity(y: Scalar) -> tuple[Scalar, Scalar]:
    """Whether y is a whole number, and whether an odd one. Infinities count as even."""
    size = abs(y)
    is_large = _not(size < 2.0 ** (format_of(y).mantissa + 1))
    whole = where(is_large, size.like(0.0), size)
    floor = whole.pure("math.floor")
    is_whole = is_large | whole.equals(floor)
    is_odd = is_whole & (floor.to_integer() & 1).differs(0)
    return is_whole, is_odd


def _power_of_magnitude(x: Scalar, y: Scalar) -> Scalar:
    """x^y for x >= 0. What overflows or is infinite comes out of the scale; NaN is the caller's."""
    bits = x.bits()
    is_regular = (bits > 0) & (bits < format_of(x).infinity)
    logarithm = _log2(where(is_regular, x, x.like(1.0)))
    huge = _HUGE[y.width]
    limited = where((abs(y) > huge) | y.is_nan(), with_sign_of(y.like(huge), y), y)
    result = _exp2_of_product(limited, logarithm)
    grows = where(bits.equals(0), y < 0.0, y > 0.0)  # what an infinite logarithm leads to
    return where(is_regular, result, where(grows, result.like(math.inf), 0.0))


def _log2(x: Scalar) -> DoubleFloat:
    k, m = split(x)
    f = m - 1.0
    s = divide(f, exact_sum(m.like(1.0), m))
    z = multiply(s, s)
    tail = z.high * z.high * polynomial(z.high, _LOG_TAIL[x.width])
    third = multiply(z, _constant(x, _TWO_THIRDS[x.width]))
    series = add(DoubleFloat(x.like(2.0), x.like(0.0)), quick_sum(third.high, third.low + tail))
    logarithm = multiply(multiply(s, series), _constant(x, _ONE_OVER_LN2[x.width]))
    whole = exact_sum(k.to_float(), logarithm.high)
    return quick_sum(whole.high, whole.low + logarithm.low)


def _exp2_of_product(y: Scalar, logarithm: DoubleFloat) -> Scalar:
    rough = y * logarithm.high
    lowest, highest = _EXP2_RANGE[y.width]
    is_low, is_high = rough < lowest, rough > highest
    safe = where(is_low | is_high, y.like(0.0), y)
    product = exact_product(safe, logarithm.high)
    low = product.low + safe * logarithm.low
    n = product.high.pure("math.roundeven")
    r = (product.high - n) + low
    result = scale(1.0 + r * polynomial(r, _EXP2[y.width]), n.to_integer())
    return where(is_low, result.like(0.0), where(is_high, result.like(math.inf), result))


def _constant(like: Scalar, parts: tuple[float, float]) -> DoubleFloat:
    return DoubleFloat(like.like(parts[0]), like.like(parts[1]))
