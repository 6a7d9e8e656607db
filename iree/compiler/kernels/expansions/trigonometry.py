"""sin, cos, tan and atan2 of f32 and f64, with an argument reduction that is exact however large the argument is.

|x| = M 2^E with a whole M of 24 or 53 bits. The bits of 2/pi that matter for |x| 2/pi mod 4, three words as wide as x,
are multiplied with M in integers: two bits of quadrant, all others of fraction (Payne and Hanek).
"""

import itertools
import math

from iree.compiler.kernels.expansions.double_float import DoubleFloat, multiply, quick_sum
from iree.compiler.kernels.expansions.exponentials import with_sign_of
from iree.compiler.kernels.expansions.float_format import format_of
from iree.compiler.kernels.scalar import Scalar, polynomial, where


def _inverse_tangent(n: int, bits: int) -> int:
    """atan(1/n) with `bits` bits of fraction."""
    power = (1 << bits) // n
    total, divisor = power, 1
    while power:
        power //= -n * n
        divisor += 2
        total += power // divisor
    return total


def _two_over_pi(width: int, words: int) -> tuple[int, ...]:
    """Words of the fraction of 2/pi, after one of zeros, so that a window can begin before the point."""
    bits = width * words + 64
    pi = 4 * (4 * _inverse_tangent(5, bits) - _inverse_tangent(239, bits))
    fraction = (2 << 2 * bits) // pi >> 64
    return (0, *(fraction >> width * number & (1 << width) - 1 for number in reversed(range(words))))


_TWO_OVER_PI = {32: _two_over_pi(32, 7), 64: _two_over_pi(64, 19)}
_SIN = {
    32: (-0.16666655242443085, 0.008332173340022564, -0.00019516654720064253),
    64: (
        -1.66666666666666324348e-01,
        8.33333333332248946124e-03,
        -1.98412698298579493134e-04,
        2.75573137070700676789e-06,
        -2.50507602534068634195e-08,
        1.58969099521155010221e-10,
    ),
}
_COS = {
    32: (0.04166664555668831, -0.001388736185617745, 2.4437727915938012e-05),
    64: (
        4.16666666666666019037e-02,
        -1.38888888888741095749e-03,
        2.48015872894767294178e-05,
        -2.75573143513906633035e-07,
        2.08757232129817482790e-09,
        -1.13596475577881948265e-11,
    ),
}
_ATAN = {
    32: (-0.3333331346511841, 0.1999843418598175, -0.14242741465568542, 0.10587361454963684, -0.060605239123106),
    64: (
        -3.33333333333329318027e-01,
        1.99999999998764832476e-01,
        -1.42857142725034663711e-01,
        1.11111104054623557880e-01,
        -9.09088713343650656196e-02,
        7.69187620504482999495e-02,
        -6.66107313738753120669e-02,
        5.83357013379057348645e-02,
        -4.97687799461593236017e-02,
        3.65315727442169155270e-02,
        -1.62858201153657823623e-02,
    ),
}
_PI_REST = {32: -8.742278e-8, 64: 1.2246467991473532e-16}  # what pi is more than the float nearest to it
_HALF_PI = {32: (1.5707963705062866, -4.371139000186241e-08), 64: (1.5707963267948966, 6.123233995736766e-17)}
_QUARTER_PI_BITS = {32: 0x3F490FDB, 64: 0x3FE921FB54442D18}


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
    return where(_is_finite(x), result, result.like(math.nan))


def atan2(y: Scalar, x: Scalar) -> Scalar:
    """The angle of (x, y) in -pi..pi, signs of zeros and infinities as in IEEE 754."""
    ax, ay = abs(x), abs(y)
    is_steep = ay > ax
    low, high = where(is_steep, ax, ay), where(is_steep, ay, ax)
    both_infinite = low.equals(math.inf)
    ratio = where(both_infinite, low.like(1.0), low / where(high.equals(0.0), high.like(1.0), high))
    angle = _atan(ratio)
    rest = _PI_REST[x.width]
    angle = where(is_steep, (math.pi / 2 - angle) + rest / 2, angle)
    angle = where(x.bits() < 0, (math.pi - angle) + rest, angle)
    angle = where(ax.is_nan(), ax, where(ay.is_nan(), ay, angle))
    return with_sign_of(angle, y)


def _atan(t: Scalar) -> Scalar:
    """atan of 0 <= t <= 1: beyond tan(pi/8) as pi/4 + atan((t - 1) / (t + 1))."""
    is_large = t > math.tan(math.pi / 8)
    u = where(is_large, (t - 1.0) / (t + 1.0), t)
    z = u * u
    result = u + u * z * polynomial(z, _ATAN[t.width])
    return where(is_large, math.pi / 4 + (result + _PI_REST[t.width] / 4), result)


def _signed(x: Scalar, magnitude: Scalar, quadrant: Scalar, sign: Scalar) -> Scalar:
    """Negated in quadrants 2 and 3, and where `sign` is negative; NaN where x is not finite."""
    flip = ((quadrant & 2) << (x.width - 2)) ^ (sign.bits() & ~format_of(x).magnitude)
    result = (magnitude.bits() ^ flip).as_float()
    return where(_is_finite(x), result, result.like(math.nan))


def _is_finite(x: Scalar) -> Scalar:
    format_ = format_of(x)
    return (x.bits() & format_.magnitude) < format_.infinity


def _sin_and_cos(x: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    """Of |x|: its quadrant, and sine and cosine of what it is away from the quadrant's middle."""
    quadrant, (r, rest) = _reduced(x)
    z = r * r
    s = r + (r * z * polynomial(z, _SIN[x.width]) + rest)
    c = 1.0 - (0.5 * z - (z * z * polynomial(z, _COS[x.width]) - r * rest))
    return quadrant, s, c


def _reduced(x: Scalar) -> tuple[Scalar, DoubleFloat]:
    """q and r with |x| = q pi/2 + r, |r| <= pi/4, q modulo 4."""
    format_, width = format_of(x), x.width
    magnitude = x.bits() & format_.magnitude
    is_small = magnitude < _QUARTER_PI_BITS[width]
    exponent = magnitude.shift_right_logical(format_.mantissa)
    mantissa = magnitude & format_.fraction | format_.least_normal
    # The bit of the table where the window begins: its product with the mantissa has two bits above the point.
    first = where(is_small, exponent.like(width), exponent - (format_.bias + format_.mantissa + 2 - width))
    high, middle, low = _product(mantissa, _window(first))
    quadrant = (high.shift_right_logical(width - 3) + 1).shift_right_logical(1) & 3
    fraction_high = (high << 2) | middle.shift_right_logical(width - 2)
    fraction_low = (middle << 2) | low.shift_right_logical(width - 2)
    half_pi = DoubleFloat(*(x.like(part) for part in _HALF_PI[width]))
    high_r, low_r = multiply(_to_float(fraction_high, fraction_low), half_pi)
    r = DoubleFloat(where(is_small, abs(x), high_r), where(is_small, x.like(0.0), low_r))
    return where(is_small, quadrant.like(0), quadrant), r


def _window(first: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    """Three words of the table from bit `first` on."""
    width, table = first.width, _TWO_OVER_PI[first.width]
    word, shift = first.shift_right_logical(width.bit_length() - 1), first & (width - 1)
    words = [_chosen(word, table[i : len(table) - 3 + i]) for i in range(4)]
    is_aligned = shift.equals(0)
    rest = where(is_aligned, shift, width - shift)
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
    """The low three words of a product with three words."""
    high, middle, low = window
    product_low = mantissa * low
    middle_low = mantissa * middle
    sum_middle = middle_low + high_half(mantissa, low)
    carry = where(sum_middle.below(middle_low), mantissa.like(1), 0)
    return mantissa * high + high_half(mantissa, middle) + carry, sum_middle, product_low


def high_half(a: Scalar, b: Scalar) -> Scalar:
    """The upper half of the product of two unsigned integers."""
    half = a.width // 2
    mask = (1 << half) - 1
    a_low, a_high, b_low, b_high = a & mask, a.shift_right_logical(half), b & mask, b.shift_right_logical(half)
    middle = a_high * b_low + (a_low * b_low).shift_right_logical(half)
    other = a_low * b_high + (middle & mask)
    return a_high * b_high + middle.shift_right_logical(half) + other.shift_right_logical(half)


def _to_float(high: Scalar, low: Scalar) -> DoubleFloat:
    """A signed fraction -1/2 <= f < 1/2 of two words, the bits that a float has and the rest."""
    width = high.width
    below = (1 << (width - 2 - format_of(high).mantissa)) - 1
    sign = high >> (width - 1)
    magnitude_low = (low ^ sign) - sign
    carry = where(magnitude_low.equals(0), sign & 1, 0)
    magnitude_high = (high ^ sign) + carry
    upper = (magnitude_high & ~below).to_float() * 2.0**-width
    lower = (magnitude_high & below).to_float() * 2.0**-width
    lower = lower + magnitude_low.shift_right_logical(1).to_float() * 2.0 ** (1 - 2 * width)
    total, rest = quick_sum(upper, lower)
    return DoubleFloat(where(sign < 0, -total, total), where(sign < 0, -rest, rest))
