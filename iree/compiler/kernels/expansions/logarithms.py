"""log and log1p of f32.

x = 2^k m with m in [sqrt(1/2), sqrt(2)), f = m - 1, s = f / (2 + f), z = s^2
log(m) = f - (f^2/2 - s (f^2/2 + z r(z)))  with r of degree 3 (error 1e-11)
"""

import math

from iree.compiler.kernels.scalar import Scalar, polynomial, where

_LN2_HIGH = 0.693138122558593750  # so few bits that its products with k are exact
_LN2_LOW = 9.05800061445916e-06
_R = (0.6666666269302368, 0.4000035524368286, 0.28535881638526917, 0.23610667884349823)
_SQRT_HALF_BITS = 0x3F3504F3
_LEAST_NORMAL_BITS = 0x00800000
_INFINITY_BITS = 0x7F800000


def split(x: Scalar) -> tuple[Scalar, Scalar]:
    """The whole number k and the m in [sqrt(1/2), sqrt(2)) of a positive x. Subnormal numbers are read as integers."""
    bits = x.bits()
    is_subnormal = bits < _LEAST_NORMAL_BITS
    bits = where(is_subnormal, bits.to_f32().bits(), bits)
    offset = bits - _SQRT_HALF_BITS
    k = (offset >> 23) - where(is_subnormal, bits.like(149), 0)
    return k, ((offset & 0x007FFFFF) + _SQRT_HALF_BITS).as_float()


def log(x: Scalar) -> Scalar:
    """The natural logarithm; -inf for 0, NaN for what is negative."""
    k, m = split(x)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    half = 0.5 * f * f
    exponent = k.to_f32()
    correction = s * (half + z * polynomial(z, _R)) + exponent * _LN2_LOW
    result = exponent * _LN2_HIGH - ((half - correction) - f)
    return _special(x, result)


def log1p(x: Scalar) -> Scalar:
    """log(1 + x), relatively exact near 0: what rounding 1 + x to u lost is made up for by x / (u - 1)."""
    u = 1.0 + x
    lost = u - 1.0
    is_one, is_infinite = lost.equals(0.0), u.equals(math.inf)
    scaled = log(u) * (x / where(is_one, lost.like(1.0), lost))
    return where(is_one, x, where(is_infinite, x, scaled))


def _special(x: Scalar, result: Scalar) -> Scalar:
    bits = x.bits()
    result = where(bits < _INFINITY_BITS, result, x)
    result = where(bits < 0, result.like(math.nan), result)
    return where((bits & 0x7FFFFFFF).equals(0), result.like(-math.inf), result)
