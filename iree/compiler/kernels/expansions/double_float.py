"""Unevaluated sums of two f32 or f64, about 48 or 106 bits: what a power needs of a logarithm.

Products are made exact by cutting factors into halves of 12 or 26 bits, not by fused multiply-adds.
"""

from typing import NamedTuple

from iree.compiler.kernels.scalar import Scalar

_LOWER_HALF = {32: 12, 64: 27}  # bits of the mantissa


class DoubleFloat(NamedTuple):
    """high + low, where low is at most half a unit in the last place of high."""

    high: Scalar
    low: Scalar


def quick_sum(a: Scalar, b: Scalar) -> DoubleFloat:
    """a + b exactly, where |a| >= |b| or a = 0."""
    total = a + b
    return DoubleFloat(total, b - (total - a))


def exact_sum(a: Scalar, b: Scalar) -> DoubleFloat:
    """a + b exactly."""
    total = a + b
    part = total - a
    return DoubleFloat(total, (a - (total - part)) + (b - part))


def exact_product(a: Scalar, b: Scalar) -> DoubleFloat:
    """a b exactly, unless a part of it is subnormal."""
    (a_high, a_low), (b_high, b_low) = _halves(a), _halves(b)
    product = a * b
    error = (((a_high * b_high - product) + a_high * b_low) + a_low * b_high) + a_low * b_low
    return DoubleFloat(product, error)


def add(a: DoubleFloat, b: DoubleFloat) -> DoubleFloat:
    """a + b."""
    total = exact_sum(a.high, b.high)
    return quick_sum(total.high, total.low + (a.low + b.low))


def multiply(a: DoubleFloat, b: DoubleFloat) -> DoubleFloat:
    """a b."""
    product = exact_product(a.high, b.high)
    return quick_sum(product.high, product.low + (a.high * b.low + a.low * b.high))


def divide(a: Scalar, b: DoubleFloat) -> DoubleFloat:
    """a / b: the quotient and what its remainder adds."""
    quotient = a / b.high
    back = exact_product(quotient, b.high)
    remainder = ((a - back.high) - back.low) - quotient * b.low
    return quick_sum(quotient, remainder / b.high)


def _halves(x: Scalar) -> tuple[Scalar, Scalar]:
    high = (x.bits() & -(1 << _LOWER_HALF[x.width])).as_float()
    return high, x - high
