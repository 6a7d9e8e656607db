"""exp, expm1 and tanh of f32 and f64.

e^x = 2^n e^r with n whole and |r| <= ln(2)/2; on that interval e^r = 1 + r + r^2 q(r), where q is of degree 4 for f32
(error 3e-9), of degree 11 for f64 (error 4e-18)
"""

import math

from iree.compiler.kernels.expansions.float_format import format_of
from iree.compiler.kernels.scalar import Scalar, polynomial, where

_LOG2_E = 1.4426950408889634
# ln(2) in two parts, the first of so few bits that its products with n are exact.
_LN2 = {32: (0.693359375, -2.12194440054690583e-4), 64: (6.93147180369123816490e-01, 1.90821492927058770002e-10)}
_Q = {
    32: (0.5, 0.16666513681411743, 0.0416661873459816, 0.008369592018425465, 0.001395170227624476),
    64: tuple(1 / math.factorial(k) for k in range(2, 14)),
}
_RANGE = {32: (-104.0, 89.0), 64: (-746.0, 710.0)}  # beyond it e^x is 0 or infinite
_LOWEST = {32: -20.0, 64: -40.0}  # below it e^x - 1 is -1
_TINY = {32: 1e-10, 64: 1e-17}  # below it e^x - 1 is x


def power_of_two(n: Scalar) -> Scalar:
    """2^n for a whole number that is the exponent of a normal number, held in an integer of the float's width."""
    format_ = format_of(n)
    return ((n + format_.bias) << format_.mantissa).as_float()


def scale(x: Scalar, n: Scalar) -> Scalar:
    """x 2^n for a whole number, rounded once even where the result is subnormal or overflows: by two halves of n."""
    half = n >> 1
    return x * power_of_two(half) * power_of_two(n - half)


def exp(x: Scalar) -> Scalar:
    """e^x."""
    n, r, r2q = _reduced(_between(x, *_RANGE[x.width]))
    result = scale(1.0 + (r + r2q), n)
    return where(x.is_nan(), x, result)


def expm1(x: Scalar) -> Scalar:
    """e^x - 1, relatively exact near 0: 2^n ((e^r - 1) + (1 - 2^-n))."""
    n, r, r2q = _reduced(_between(x, _LOWEST[x.width], _RANGE[x.width][1]))
    raised = (r + r2q) + (1.0 - scale(x.like(1.0), 0 - n))
    result = scale(raised, n)
    is_tiny = abs(x) < _TINY[x.width]
    return where(is_tiny, x, where(x.is_nan(), x, result))


def tanh(x: Scalar) -> Scalar:
    """With t = e^(2|x|) - 1: t / (t + 2), or 1 - 2 / (t + 2) where that is closer; and the sign of x."""
    t = expm1(2.0 * abs(x))
    magnitude = where(abs(x) > 0.55, 1.0 - 2.0 / (t + 2.0), t / (t + 2.0))
    magnitude = where(t.equals(math.inf), magnitude.like(1.0), magnitude)
    return with_sign_of(magnitude, x)


def with_sign_of(magnitude: Scalar, sign: Scalar) -> Scalar:
    """A float that is not negative, with the sign bit of another."""
    mask = format_of(sign).magnitude
    return (magnitude.bits() & mask | sign.bits() & ~mask).as_float()


def _between(x: Scalar, low: float, high: float) -> Scalar:
    """x within the limits beyond which the result no longer changes; low for NaN."""
    x = where(x > low, x, low)
    return where(x < high, x, high)


def _reduced(x: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    """n, r and r^2 q(r)."""
    n = (x * _LOG2_E).pure("math.roundeven")
    high, low = _LN2[x.width]
    r = (x - n * high) - n * low
    return n.to_integer(), r, r * r * polynomial(r, _Q[x.width])
