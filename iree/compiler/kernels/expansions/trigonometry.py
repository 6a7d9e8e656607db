"""sin, cos, tan and atan2 of f32, with an argument reduction that is exact however large the argument is.

|x| = M 2^E with a whole M of 24 bits. The 96 bits of 2/pi that matter for |x| 2/pi mod 4 are multiplied with M in
integers: two bits of quadrant, 94 bits of fraction (Payne and Hanek).
"""

import itertools
import math

from iree.compiler.kernels.expansions.double_float import DoubleFloat, multiply, quick_sum
from iree.compiler.kernels.expansions.exponentials import with_sign_of
from iree.compiler.kernels.scalar import Scalar, polynomial, where

# Fraction bits of 2/pi after 32 zeros, so that a window can begin before the point.
_TWO_OVER_PI = (0, 0xA2F9836E, 0x4E441529, 0xFC2757D1, 0xF534DDC0, 0xDB629599, 0x3C439041, 0xFE5163AB)
_SIN = (-0.16666655242443085, 0.008332173340022564, -0.00019516654720064253)
_COS = (0.04166664555668831, -0.001388736185617745, 2.4437727915938012e-05)
_ATAN = (-0.3333331346511841, 0.1999843418598175, -0.14242741465568542, 0.10587361454963684, -0.060605239123106)
_HALF_PI = (1.5707963705062866, -4.371139000186241e-08)
_INFINITY_BITS = 0x7F800000


def sin(x: Scalar) -> Scalar:
    """The sine; NaN for infinities."""
    quadrant, s, c = _sin_and_cos(x)
    return _signed(x, where((quadrant & 1).equals(0), s, c), quadrant, x)


def cos(x: Scalar) -> Scalar:
    """The cosine; NaN for infinities."""
    quadrant, s, c = _sin_and_cos(x)
    return _signed(x, where((quadrant & 1).equals(0), c, s), quadrant + 1, x.like(1.0))


def tan(x: Scalar) -> Scalar:
    """The tangent; NaN for infinities."""
    quadrant, s, c = _sin_and_cos(x)
    is_even = (quadrant & 1).equals(0)
    ratio = where(is_even, s, -c) / where(is_even, c, s)
    result = where(x.bits() < 0, -ratio, ratio)
    return where((x.bits() & 0x7FFFFFFF) < _INFINITY_BITS, result, result.like(math.nan))


def atan2(y: Scalar, x: Scalar) -> Scalar:
    """The angle of (x, y) in -pi..pi, signs of zeros and infinities as in IEEE 754."""
    ax, ay = abs(x), abs(y)
    is_steep = ay > ax
    low, high = where(is_steep, ax, ay), where(is_steep, ay, ax)
    both_infinite = low.equals(math.inf)
    ratio = where(both_infinite, low.like(1.0), low / where(high.equals(0.0), high.like(1.0), high))
    angle = _atan(ratio)
    angle = where(is_steep, (math.pi / 2 - angle) + -4.371139e-8, angle)
    angle = where(x.bits() < 0, (math.pi - angle) + -8.742278e-8, angle)
    angle = where(ax.is_nan(), ax, where(ay.is_nan(), ay, angle))
    return with_sign_of(angle, y)


def _atan(t: Scalar) -> Scalar:
    """atan of 0 <= t <= 1: beyond tan(pi/8) as pi/4 + atan((t - 1) / (t + 1))."""
    is_large = t > math.tan(math.pi / 8)
    u = where(is_large, (t - 1.0) / (t + 1.0), t)
    z = u * u
    result = u + u * z * polynomial(z, _ATAN)
    return where(is_large, math.pi / 4 + (result + -2.185570e-8), result)


def _signed(x: Scalar, magnitude: Scalar, quadrant: Scalar, sign: Scalar) -> Scalar:
    """Negated in quadrants 2 and 3, and where `sign` is negative; NaN where x is not finite."""
    flip = ((quadrant & 2) << 30) ^ (sign.bits() & -(2**31))
    result = (magnitude.bits() ^ flip).as_float()
    return where((x.bits() & 0x7FFFFFFF) < _INFINITY_BITS, result, result.like(math.nan))


def _sin_and_cos(x: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    """Of |x|: its quadrant, and sine and cosine of what it is away from the quadrant's middle."""
    quadrant, (r, rest) = _reduced(x)
    z = r * r
    s = r + (r * z * polynomial(z, _SIN) + rest)
    c = 1.0 - (0.5 * z - (z * z * polynomial(z, _COS) - r * rest))
    return quadrant, s, c


def _reduced(x: Scalar) -> tuple[Scalar, DoubleFloat]:
    """q and r with |x| = q pi/2 + r, |r| <= pi/4, q modulo 4."""
    magnitude = x.bits() & 0x7FFFFFFF
    is_small = magnitude < 0x3F490FDB  # below pi/4
    exponent = magnitude.shift_right_logical(23)
    mantissa = magnitude & 0x007FFFFF | 0x00800000
    first = where(is_small, exponent.like(32), exponent - 120)  # the bit of the table where the window begins
    high, middle, low = _product(mantissa, _window(first))
    quadrant = (high.shift_right_logical(29) + 1).shift_right_logical(1) & 3
    fraction_high = (high << 2) | middle.shift_right_logical(30)
    fraction_low = (middle << 2) | low.shift_right_logical(30)
    half_pi = DoubleFloat(x.like(_HALF_PI[0]), x.like(_HALF_PI[1]))
    high_r, low_r = multiply(_to_float(fraction_high, fraction_low), half_pi)
    r = DoubleFloat(where(is_small, abs(x), high_r), where(is_small, x.like(0.0), low_r))
    return where(is_small, quadrant.like(0), quadrant), r


def _window(first: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    """96 bits of the table from bit `first` on."""
    word, shift = first.shift_right_logical(5), first & 31
    words = [_chosen(word, _TWO_OVER_PI[i : i + 5]) for i in range(4)]
    is_aligned = shift.equals(0)
    rest = where(is_aligned, shift, 32 - shift)
    parts = [
        where(is_aligned, high, (high << shift) | low.shift_right_logical(rest))
        for high, low in itertools.pairwise(words)
    ]
    return parts[0], parts[1], parts[2]


def _chosen(number: Scalar, words: tuple[int, ...]) -> Scalar:
    result = number.like(words[0])
    for i, word in enumerate(words[1:], 1):
        result = where(number.equals(i), result.like(word), result)
    return result


def _product(mantissa: Scalar, window: tuple[Scalar, Scalar, Scalar]) -> tuple[Scalar, Scalar, Scalar]:
    """The low 96 bits of a product with 96 bits."""
    high, middle, low = window
    product_low = mantissa * low
    middle_low = mantissa * middle
    sum_middle = middle_low + high_half(mantissa, low)
    carry = where(sum_middle.below(middle_low), mantissa.like(1), 0)
    return mantissa * high + high_half(mantissa, middle) + carry, sum_middle, product_low


def high_half(a: Scalar, b: Scalar) -> Scalar:
    """The upper 32 bits of the product of two unsigned 32-bit integers."""
    a_low, a_high, b_low, b_high = a & 0xFFFF, a.shift_right_logical(16), b & 0xFFFF, b.shift_right_logical(16)
    middle = a_high * b_low + (a_low * b_low).shift_right_logical(16)
    other = a_low * b_high + (middle & 0xFFFF)
    return a_high * b_high + middle.shift_right_logical(16) + other.shift_right_logical(16)


def _to_float(high: Scalar, low: Scalar) -> DoubleFloat:
    """A signed 64-bit fraction -1/2 <= f < 1/2, its upper 24 bits and the rest."""
    sign = high >> 31
    magnitude_low = (low ^ sign) - sign
    carry = where(magnitude_low.equals(0), sign & 1, 0)
    magnitude_high = (high ^ sign) + carry
    upper = (magnitude_high & -128).to_f32() * 2.0**-32
    lower = (magnitude_high & 127).to_f32() * 2.0**-32 + magnitude_low.shift_right_logical(1).to_f32() * 2.0**-63
    total, rest = quick_sum(upper, lower)
    return DoubleFloat(where(sign < 0, -total, total), where(sign < 0, -rest, rest))
