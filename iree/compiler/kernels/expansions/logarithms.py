"""log and log1p of f32 and f64.

x = 2^k m with m in [sqrt(1/2), sqrt(2)), f = m - 1, s = f / (2 + f), z = s^2
log(m) = f - (f^2/2 - s (f^2/2 + z r(z)))  with r of degree 3 (error 1e-11) for f32, 6 (error 2e-18) for f64
"""

import math

from iree.compiler.kernels.expansions.float_format import format_of
from iree.compiler.kernels.scalar import Scalar, polynomial, where

# ln(2) in two parts, the first of so few bits that its products with k are exact.
_LN2 = {32: (0.693138122558593750, 9.05800061445916e-06), 64: (6.93147180369123816490e-01, 1.90821492927058770002e-10)}
_R = {
    32: (0.6666666269302368, 0.4000035524368286, 0.28535881638526917, 0.23610667884349823),
    64: (
        6.666666666666735130e-01,
        3.999999999940941908e-01,
        2.857142874366239149e-01,
        2.222219843214978396e-01,
        1.818357216161805012e-01,
        1.531383769920937332e-01,
        1.479819860511658591e-01,
    ),
}
_SQRT_HALF_BITS = {32: 0x3F3504F3, 64: 0x3FE6A09E667F3BCD}


def split(x: Scalar) -> tuple[Scalar, Scalar]:
    """The whole number k and the m in [sqrt(1/2), sqrt(2)) of a positive x. Subnormal numbers are read as integers."""
    bits, format_, sqrt_half = x.bits(), format_of(x), _SQRT_HALF_BITS[x.width]
    is_subnormal = bits < format_.least_normal
    bits = where(is_subnormal, bits.to_float().bits(), bits)
    offset = bits - sqrt_half
    k = (offset >> format_.mantissa) - where(is_subnormal, bits.like(format_.bias + format_.mantissa - 1), 0)
    return k, ((offset & format_.fraction) + sqrt_half).as_float()


def log(x: Scalar) -> Scalar:
    """The natural logarithm; -inf for 0, NaN for what is negative."""
    k, m = split(x)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    half = 0.5 * f * f
    exponent = k.to_float()
    high, low = _LN2[x.width]
    correction = s * (half + z * polynomial(z, _R[x.width])) + exponent * low
    result = exponent * high - ((half - correction) - f)
    return _special(x, result)


def log1p(x: Scalar) -> Scalar:
    """log(1 + x), relatively exact near 0: what rounding 1 + x to u lost is made up for by x / (u - 1)."""
    u = 1.0 + x
    lost = u - 1.0
    is_one, is_infinite = lost.equals(0.0), u.equals(math.inf)
    scaled = log(u) * (x / where(is_one, lost.like(1.0), lost))
    return where(is_one, x, where(is_infinite, x, scaled))


def _special(x: Scalar, result: Scalar) -> Scalar:
    bits, format_ = x.bits(), format_of(x)
    result = where(bits < format_.infinity, result, x)
    result = where(bits < 0, result.like(math.nan), result)
    return where((bits & format_.magnitude).equals(0), result.like(-math.inf), result)
