"""lgamma and digamma by Lanczos' approximation (g = 7, 9 terms), zeta by Euler's and Maclaurin's, and polygamma."""

import math
from fractions import Fraction

from iree.compiler.dialects import mhlo
from iree.compiler.transforms.common.expression import Expression, where

_LANCZOS_G = 7.0
_LANCZOS_BASE = 0.99999999999980993227684700473478
_LANCZOS = (
    676.520368121885098567009190444019, -1259.13921672240287047156078755283, 771.3234287776530788486528258894,
    -176.61502916214059906584551354, 12.507343278686904814458936853, -0.13857109526572011689554707,
    9.984369578019570859563e-6, 1.50563273514931155834e-7,
)  # fmt: skip

# B(2k) / (2k)! for k = 1, 2, ..: the terms of Euler's and Maclaurin's formula.
_BERNOULLI = (
    Fraction(1, 12), Fraction(-1, 720), Fraction(1, 30240), Fraction(-1, 1209600), Fraction(1, 47900160),
    Fraction(-691, 1307674368000), Fraction(1, 74724249600), Fraction(-3617, 10670622842880000),
    Fraction(43867, 5109094217170944000), Fraction(-174611, 802857662698291200000),
    Fraction(77683, 14101100039391805440000), Fraction(-236364091, 1693824136731743669452800000),
)  # fmt: skip
_SUMMED = 10  # terms of zeta that are added up one by one, before the formula for all others


def lgamma(x: Expression) -> Expression:
    """log|gamma(x)|; for x < 1/2 by log(pi / |sin(pi x)|) - lgamma(1 - x)."""
    reflects = x < 0.5
    z = where(reflects, -x, x - 1.0)
    series, _ = _lanczos(z)
    t, log_t = _shifted(z)
    direct = ((z + 0.5 - t / log_t) * log_t + math.log(2 * math.pi) / 2) + series.apply(mhlo.Log)
    size = abs(x)
    part = size - size.apply(mhlo.Floor)
    part = where(part > 0.5, 1.0 - part, part)
    log_sine = (part * math.pi).apply(mhlo.Sine).apply(mhlo.Log)
    is_pole = log_sine.equals(-math.inf)
    reflected = where(is_pole, -log_sine, math.log(math.pi) - log_sine - direct)
    result = where(reflects, reflected, direct)
    return where(size.equals(math.inf), size, result)


def digamma(x: Expression) -> Expression:
    """The derivative of lgamma; for x < 1/2 by digamma(1 - x) - pi / tan(pi x)."""
    reflects = x < 0.5
    z = where(reflects, -x, x - 1.0)
    series, derivative = _lanczos(z)
    t, log_t = _shifted(z)
    direct = log_t + derivative / series - _LANCZOS_G / t
    angle = (x + abs((x + 0.5).apply(mhlo.Floor))) * math.pi
    result = where(reflects, direct - angle.apply(mhlo.Cosine) * math.pi / angle.apply(mhlo.Sine), direct)
    is_pole = (x <= 0.0) & x.equals(x.apply(mhlo.Floor))
    return where(is_pole, x.like(math.nan), result)


def zeta(x: Expression, q: Expression) -> Expression:
    """The sum of (q + k)^-x: ten terms, then the integral of all others and its corrections."""
    total = _first_terms(x, q)
    a = q + float(_SUMMED)
    power = a**-x
    inverse_square = 1.0 / (a * a)
    correction = x.like(0.0)
    for k in range(len(_BERNOULLI) - 1, 0, -1):
        rising = (x + float(2 * k)) * (x + float(2 * k - 1))
        correction = rising * (inverse_square * (correction + float(_BERNOULLI[k])))
    tail = power * (0.5 + x / a * (correction + float(_BERNOULLI[0])))
    result = where(power.equals(0.0), total, total + power * a / (x - 1.0) + tail)
    return _special_zeta(x, q, result)


def polygamma(n: Expression, x: Expression) -> Expression:
    """(-1)^(n + 1) n! zeta(n + 1, x); digamma(x) for n = 0; NaN where n is no whole number >= 0."""
    sign = (n % 2.0) * 2.0 - 1.0
    derivative = sign * lgamma(n + 1.0).apply(mhlo.Exponential) * zeta(n + 1.0, x)
    result = where(n.equals(0.0), digamma(x), derivative)
    is_legal = n.equals(n.apply(mhlo.Floor)) & (n >= 0.0)
    return where(is_legal, result, n.like(math.nan))


def _lanczos(z: Expression) -> tuple[Expression, Expression]:
    """The sum of coefficients over z + 1, z + 2, .., and its derivative."""
    series, derivative = z.like(_LANCZOS_BASE), z.like(0.0)
    for k, coefficient in enumerate(_LANCZOS, 1):
        place = z + float(k)
        series = series + coefficient / place
        derivative = derivative - coefficient / (place * place)
    return series, derivative


def _shifted(z: Expression) -> tuple[Expression, Expression]:
    """t = z + g + 1/2 and log(t)."""
    base = _LANCZOS_G + 0.5
    return z + base, (z / base).apply(mhlo.LogPlusOne) + math.log(base)


def _first_terms(x: Expression, q: Expression) -> Expression:
    """q^-x + (q + 1)^-x + .., as a sum over a new first dimension: one power, not ten."""
    shape, dimensions = (_SUMMED, *q.shape), range(1, len(q.shape) + 1)
    places = q.broadcast(shape, dimensions) + q.emitter.iota(q.element, shape, 0)
    return (places ** (-x).broadcast(shape, dimensions)).sum(0)


def _special_zeta(x: Expression, q: Expression, result: Expression) -> Expression:
    """NaN for x < 1, infinite at x = 1; for q <= 0 at most whole x have a value, and even ones a pole at whole q."""
    x_is_whole, q_is_whole = (each.equals(each.apply(mhlo.Floor)) for each in (x, q))
    result = where((x < 1.0) | ((q <= 0.0) & ~x_is_whole), x.like(math.nan), result)
    is_even = x_is_whole & (x % 2.0).equals(0.0)
    at_pole = where(is_even, x.like(math.inf), math.nan)
    result = where((q <= 0.0) & q_is_whole, at_pole, result)
    return where(x.equals(1.0), x.like(math.inf), result)
