"""exp, expm1, tanh and the logistic function of f32.

e^x = 2^n e^r with n whole and |r| <= ln(2)/2; on that interval e^r = 1 + r + r^2 q(r), q of degree 4 (error 3e-9)
"""

import math

from iree.compiler.kernels.scalar import Scalar, polynomial, where

_LOG2_E = 1.4426950408889634
_LN2_HIGH = 0.693359375  # so few bits that its products with n are exact
_LN2_LOW = -2.12194440054690583e-4
_Q = (0.5, 0.16666513681411743, 0.0416661873459816, 0.008369592018425465, 0.001395170227624476)


def power_of_two(n: Scalar) -> Scalar:
    """2^n for a whole number -126 <= n <= 127."""
    return ((n + 127) << 23).as_float()


def scale(x: Scalar, n: Scalar) -> Scalar:
    """x 2^n for a whole number |n| <= 252, rounded once even where the result is subnormal or overflows."""
    half = n >> 1
    return x * power_of_two(half) * power_of_two(n - half)


def exp(x: Scalar) -> Scalar:
    """e^x."""
    n, r, r2q = _reduced(_between(x, -104.0, 89.0))
    result = scale(1.0 + (r + r2q), n)
    return where(x.is_nan(), x, result)


def expm1(x: Scalar) -> Scalar:
    """e^x - 1, relatively exact near 0: 2^n ((e^r - 1) + (1 - 2^-n))."""
    n, r, r2q = _reduced(_between(x, -20.0, 89.0))
    raised = (r + r2q) + (1.0 - scale(x.like(1.0), 0 - n))
    result = scale(raised, n)
    is_tiny = abs(x) < 1e-10
    return where(is_tiny, x, where(x.is_nan(), x, result))


def tanh(x: Scalar) -> Scalar:
    """With t = e^(2|x|) - 1: t / (t + 2), or 1 - 2 / (t + 2) where that is closer; and the sign of x."""
    t = expm1(2.0 * abs(x))
    magnitude = where(abs(x) > 0.55, 1.0 - 2.0 / (t + 2.0), t / (t + 2.0))
    magnitude = where(t.equals(math.inf), magnitude.like(1.0), magnitude)
    return with_sign_of(magnitude, x)


def logistic(x: Scalar) -> Scalar:
    """1 / (1 + e^-x), with an exponential that cannot overflow: for a negative x as e^x / (1 + e^x)."""
    e = exp(-abs(x))
    return where(x < 0.0, e, e.like(1.0)) / (1.0 + e)


def with_sign_of(magnitude: Scalar, sign: Scalar) -> Scalar:
    """A float that is not negative, with the sign bit of another."""
    highest = 2 ** (sign.width - 1)
    return (magnitude.bits() & (highest - 1) | sign.bits() & -highest).as_float()


def _between(x: Scalar, low: float, high: float) -> Scalar:
    """x within the limits beyond which the result no longer changes; low for NaN."""
    x = where(x > low, x, low)
    return where(x < high, x, high)


def _reduced(x: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    """n, r and r^2 q(r)."""
    n = (x * _LOG2_E).pure("math.roundeven")
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    return n.to_i32(), r, r * r * polynomial(r, _Q)
