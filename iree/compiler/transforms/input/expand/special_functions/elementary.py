"""Inverse trigonometric functions and hyperbolic ones, with the functions that targets compute closely."""

import math

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import dtype_of
from iree.compiler.transforms.common.expression import Expression, where

_LN2 = math.log(2.0)


def acos(x: Expression) -> Expression:
    """The angle of (x, sqrt((1 - x)(1 + x)))."""
    return ((1.0 - x) * (1.0 + x)).apply(mhlo.Sqrt).apply(mhlo.Atan2, x)


def asin(x: Expression) -> Expression:
    """The angle of (sqrt((1 - x)(1 + x)), x)."""
    return x.apply(mhlo.Atan2, ((1.0 - x) * (1.0 + x)).apply(mhlo.Sqrt))


def atan(x: Expression) -> Expression:
    """The angle of (1, x)."""
    return x.apply(mhlo.Atan2, 1.0)


def acosh(x: Expression) -> Expression:
    """log(x + sqrt(x^2 - 1)), as log1p of what is more than 1; log(2) + log(x) where squares would overflow."""
    root = (x - 1.0).apply(mhlo.Sqrt)
    near = (root * ((x + 1.0).apply(mhlo.Sqrt) + root)).apply(mhlo.LogPlusOne)
    return where(x >= largest(x) / 2, x.apply(mhlo.Log) + _LN2, near)


def asinh(x: Expression) -> Expression:
    """log(|x| + sqrt(x^2 + 1)), as log1p of what is more than 1, with the sign of x."""
    size = abs(x)
    square = size * size
    near = (size + square / (1.0 + (1.0 + square).apply(mhlo.Sqrt))).apply(mhlo.LogPlusOne)
    far = size.apply(mhlo.Log) + _LN2
    return x.apply(mhlo.Sign) * where(size >= math.sqrt(largest(x)), far, near)


def atanh(x: Expression) -> Expression:
    """(log(1 + x) - log(1 - x)) / 2; NaN beyond 1."""
    return (x.apply(mhlo.LogPlusOne) - (-x).apply(mhlo.LogPlusOne)) * 0.5


def cosh(x: Expression) -> Expression:
    """(e^x + e^-x) / 2, with e^(|x|/2) squared: e^|x| may be infinite where its half is not."""
    root = (abs(x) * 0.5).apply(mhlo.Exponential)
    return (root * 0.5) * root + (0.5 / root) / root


def sinh(x: Expression) -> Expression:
    """(e^x - e^-x) / 2, with e^(|x|/2) squared; of t = e^x - 1 near 0: (t + t / (t + 1)) / 2."""
    root = (abs(x) * 0.5).apply(mhlo.Exponential)
    far = x.apply(mhlo.Sign) * ((root * 0.5) * root - (0.5 / root) / root)
    t = x.apply(mhlo.ExponentialMinusOne)
    return where(abs(x) < 1.0, (t + t / (t + 1.0)) * 0.5, far)


def is_inf(x: Expression) -> Expression:
    """Whether |x| is infinite."""
    return abs(x).equals(math.inf)


def is_pos_inf(x: Expression) -> Expression:
    """Whether x is infinite."""
    return x.equals(math.inf)


def is_neg_inf(x: Expression) -> Expression:
    """Whether x is -infinity."""
    return x.equals(-math.inf)


def largest(x: Expression) -> float:
    """The largest finite number of a type."""
    bits = dtype_of(x.element).itemsize * 8
    return {32: (2 - 2.0**-23) * 2.0**127, 64: (2 - 2.0**-52) * 2.0**1023}[bits]
