"""What all devices compute alike, and C without its library does not: magnitude, whole numbers, square root."""

import math
from collections.abc import Sequence

from xdsl.ir import SSAValue

from iree.compiler.kernels.expansions.exponentials import with_sign_of
from iree.compiler.kernels.expansions.float_format import format_of
from iree.compiler.kernels.scalar import Scalar, where


def absf(x: Scalar) -> Scalar:
    """Without the sign bit."""
    return (x.bits() & format_of(x).magnitude).as_float()


def trunc(x: Scalar) -> Scalar:
    """The whole number towards zero; beyond those that have a fraction, the number itself."""
    has_fraction, whole = _whole(x, absf(x))
    return where(has_fraction, with_sign_of(whole.to_float(), x), x)


def floor(x: Scalar) -> Scalar:
    """The greatest whole number that is not greater."""
    whole = trunc(x)
    return where(whole > x, whole - 1.0, whole)


def ceil(x: Scalar) -> Scalar:
    """The least whole number that is not less; from above -1 that is -0."""
    whole = trunc(x)
    return where(whole < x, whole + 1.0, whole)


def roundeven(x: Scalar) -> Scalar:
    """The nearest whole number, halves to the even one."""
    magnitude = absf(x)
    has_fraction, whole = _whole(magnitude, magnitude)
    rest = magnitude - whole.to_float()
    goes_up = (rest > 0.5) | (rest.equals(0.5) & (whole & 1).equals(1))
    nearest = where(goes_up, whole + 1, whole)
    return where(has_fraction, with_sign_of(nearest.to_float(), x), x)


def sqrt(x: Scalar) -> Scalar:
    """The square root, rounded to nearest: bit by bit, from the highest."""
    format_ = format_of(x)
    shift = (format_.mantissa + 1) // 2  # what it takes to make any number normal
    is_subnormal = x < _power(1 - format_.bias)
    bits = where(is_subnormal, x * _power(2 * shift), x).bits()
    exponent = (bits >> format_.mantissa) - format_.bias
    significand = bits & format_.fraction | format_.least_normal
    root, rest = _bits_of_root(
        where((exponent & 1).equals(1), significand + significand, significand), format_.mantissa
    )
    rounded = (root + where(rest.equals(0), 0, root & 1)) >> 1  # the last bit of the root is a half of its unit
    found = (rounded + (((exponent >> 1) + (format_.bias - 1)) << format_.mantissa)).as_float()
    found = where(is_subnormal, found * _power(-shift), found)
    regular = where(x < 0.0, x.like(math.nan), x)
    return where((x > 0.0) & (x < math.inf), found, regular)


def _whole(x: Scalar, magnitude: Scalar) -> tuple[Scalar, Scalar]:
    """Whether a number is so small that it may have a fraction, and then the whole number towards zero."""
    has_fraction = magnitude < _power(format_of(x).mantissa)
    return has_fraction, where(has_fraction, x, 0.0).to_integer()


def _bits_of_root(square: Scalar, mantissa: int) -> tuple[Scalar, Scalar]:
    """With a bit more than the mantissa has, the root of a number from 1 to 4; and what its square leaves."""
    emitter, index = square.emitter, square.emitter.index

    def step(_: SSAValue, carried: Sequence[SSAValue]) -> list[SSAValue]:
        rest, root, bit = (Scalar(emitter, value) for value in carried)
        tried = root + root + bit
        fits = tried <= rest
        rest = where(fits, rest - tried, rest)
        return [each.value for each in (rest + rest, where(fits, root + bit, root), bit >> 1)]

    start = [square + square, square.like(0), square.like(1 << (mantissa + 1))]
    rest, root, _ = emitter.loop(index(0), index(mantissa + 2), index(1), [each.value for each in start], step)
    return Scalar(emitter, root), Scalar(emitter, rest)


def _power(exponent: int) -> float:
    return 2.0**exponent
