"""SmallFloat: a float type of 8 or 16 bits as its bits, read and rounded with the arithmetic of f32 and i32.

    f16 = SmallFloat(width=16, mantissa=10, bias=15)
    f16.decode(bits)        the f32 that the 16 bits stand for, exactly
    f16.rounded(value)      the nearest f16, ties to even, as an f32
    f16.encode(rounded)     its bits

Bits are an i32 with the sign in all bits above the width. No device needs to know the type, and every one rounds alike.
"""

import math
from dataclasses import dataclass

from xdsl.dialects.builtin import (
    BFloat16Type,
    Float8E3M4Type,
    Float8E4M3B11FNUZType,
    Float8E4M3FNType,
    Float8E4M3FNUZType,
    Float8E4M3Type,
    Float8E5M2FNUZType,
    Float8E5M2Type,
    Float16Type,
)
from xdsl.ir import Attribute

from iree.compiler.kernels.scalar import Scalar, where

_MANTISSA, _BIAS = 23, 127  # of f32
_INFINITY, _QUIET = 0x7F800000, 0x7FC00000
_MAGNITUDE = 0x7FFFFFFF


@dataclass(frozen=True)
class SmallFloat:
    """`finite`: there is no infinity, NaN is all ones; `unsigned_zero`: NaN is what would be -0, and nothing else."""

    width: int
    mantissa: int
    bias: int
    finite: bool = False
    unsigned_zero: bool = False

    @property
    def _dropped(self) -> int:
        """Bits of the mantissa that f32 has beyond these."""
        return _MANTISSA - self.mantissa

    @property
    def _rebias(self) -> int:
        return _BIAS - self.bias

    @property
    def _least(self) -> float:
        """The least subnormal number."""
        return math.ldexp(1.0, 1 - self.bias - self.mantissa)

    @property
    def _largest(self) -> int:
        """The bits of the largest number, as f32."""
        top = (1 << (self.width - 1)) - 1
        if self.finite:
            top -= 1
        elif not self.unsigned_zero:
            top = (top >> self.mantissa << self.mantissa) - 1
        return (top << self._dropped) + (self._rebias << _MANTISSA)

    def decode(self, bits: Scalar) -> Scalar:
        """What the bits stand for. The bits of a NaN stay as they are, above zeros."""
        magnitude = bits & (1 << (self.width - 1)) - 1
        sign = bits & -(2**31)
        number = (magnitude << self._dropped) + (self._rebias << _MANTISSA)
        if self._rebias:
            subnormal = (magnitude.to_float() * self._least).bits()
            number = where(magnitude < 1 << self.mantissa, subnormal, number)
        else:
            number = magnitude << self._dropped
        if self.unsigned_zero:
            return where(bits.equals(-(2 ** (self.width - 1))), bits.like(_QUIET), number | sign).as_float()
        if self.finite:
            number = where(magnitude.equals((1 << (self.width - 1)) - 1), bits.like(_QUIET), number)
        elif self._rebias:
            special = (magnitude << self._dropped) | _INFINITY
            top = (1 << (self.width - 1)) - (1 << self.mantissa)
            number = where(magnitude >= top, special, number)
        return (number | sign).as_float()

    def rounded(self, value: Scalar) -> Scalar:
        """The nearest number of the type; what is too large becomes infinity, or NaN where there is none."""
        bits = value.bits()
        magnitude, sign = bits & _MAGNITUDE, bits & -(2**31)
        even = magnitude.shift_right_logical(self._dropped) & 1
        number = (magnitude + ((1 << (self._dropped - 1)) - 1) + even) & -(1 << self._dropped)
        if self._rebias:
            shift = self._least * 2.0**_MANTISSA  # f32 numbers of this size are `_least` apart
            subnormal = ((magnitude.as_float() + shift) - shift).bits()
            number = where(magnitude < (self._rebias + 1) << _MANTISSA, subnormal, number)
        above = _QUIET if self.finite or self.unsigned_zero else _INFINITY
        number = where(number > self._largest, number.like(above), number)
        number = where(magnitude > _INFINITY, magnitude | _QUIET, number)
        result = number | sign
        if self.unsigned_zero:
            result = where(number.equals(0), number, result)
        return result.as_float()

    def encode(self, rounded: Scalar) -> Scalar:
        """The bits of a number of the type."""
        bits = rounded.bits()
        magnitude = bits & _MAGNITUDE
        if not self._rebias:
            return bits >> self._dropped
        number = magnitude.shift_right_logical(self._dropped) - (self._rebias << self.mantissa)
        is_subnormal = magnitude < (self._rebias + 1) << _MANTISSA
        scaled = where(is_subnormal, magnitude.as_float(), 0.0) * (1.0 / self._least)
        number = where(is_subnormal, scaled.to_integer(), number)
        sign = bits >> 31 << (self.width - 1)
        if self.unsigned_zero:
            return where(magnitude > _INFINITY, bits.like(-(2 ** (self.width - 1))), number | sign)
        top = (1 << (self.width - 1)) - (1 << self.mantissa)
        if self.finite:
            return where(magnitude > _INFINITY, number.like((1 << (self.width - 1)) - 1), number) | sign
        special = (magnitude.shift_right_logical(self._dropped) & (1 << self.mantissa) - 1) | top
        return where(magnitude >= _INFINITY, special, number) | sign


SMALL_FLOATS: dict[type[Attribute], SmallFloat] = {
    Float16Type: SmallFloat(16, 10, 15),
    BFloat16Type: SmallFloat(16, 7, 127),
    Float8E3M4Type: SmallFloat(8, 4, 3),
    Float8E4M3Type: SmallFloat(8, 3, 7),
    Float8E4M3FNType: SmallFloat(8, 3, 7, finite=True),
    Float8E5M2Type: SmallFloat(8, 2, 15),
    Float8E4M3FNUZType: SmallFloat(8, 3, 8, unsigned_zero=True),
    Float8E4M3B11FNUZType: SmallFloat(8, 3, 11, unsigned_zero=True),
    Float8E5M2FNUZType: SmallFloat(8, 2, 16, unsigned_zero=True),
}
