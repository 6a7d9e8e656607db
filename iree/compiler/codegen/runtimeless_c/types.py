"""How C99 holds the elements of buffers and the scalars that kernels compute with."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xdsl.dialects.builtin import AnyFloat, ComplexType, IndexType, IntegerType, Signedness, f32, f64, i1
from xdsl.ir import Attribute

from iree.compiler.codegen.runtimeless_c.expressions import UNARY, Expr, cast

INDEX = "int32_t"
_LONG = 1e16  # where NumPy begins to write 1e+16


def scalar_type(type_: Attribute) -> str | None:
    """What a variable for one value of the type is declared as. None: C99 has no such numbers."""
    if isinstance(type_, IndexType):
        return INDEX
    if type_ == i1:
        return "_Bool"
    return memory_type(type_)


def memory_type(type_: Attribute) -> str | None:
    """What an array of the type holds: a byte for a truth value, the bits of a small float. None: C99 has no such.

    A complex number is two of its parts, an integer of less than a byte has one for itself.
    """
    if isinstance(type_, ComplexType):
        return memory_type(type_.element_type)
    if type_ == f32:
        return "float"
    if type_ == f64:
        return "double"
    if isinstance(type_, AnyFloat) and type_.bitwidth <= 16:
        return "uint8_t" if type_.bitwidth <= 8 else "uint16_t"
    if isinstance(type_, IntegerType) and type_.bitwidth <= 64:
        is_unsigned = type_.signedness.data is Signedness.UNSIGNED or type_ == i1
        width = next(width for width in (8, 16, 32, 64) if type_.bitwidth <= width)
        return f"{'u' if is_unsigned else ''}int{width}_t"
    return None


def literal(value: float, type_: Attribute) -> Expr:
    """A number as C spells it, exactly."""
    if type_ == i1:
        return Expr(str(int(value != 0)))
    if isinstance(type_, AnyFloat):
        return _float(np.float32(value) if type_ == f32 else np.float64(value), "f" if type_ == f32 else "")
    number, width = int(value), type_.bitwidth if isinstance(type_, IntegerType) else 32
    if width >= 32 and number == -(2 ** (width - 1)):
        return Expr(f"INT{width}_MIN")
    text = f"INT64_C({abs(number)})" if width == 64 and abs(number) >= 2**31 else str(abs(number))
    return Expr(f"-{text}", UNARY) if number < 0 else Expr(text)


def _float(number: np.floating[Any], suffix: str) -> Expr:
    if np.isnan(number):
        return Expr("NAN") if suffix else cast("double", Expr("NAN"))
    if np.isinf(number):
        infinity = Expr("INFINITY") if suffix else cast("double", Expr("INFINITY"))
        return infinity if number > 0 else Expr(f"-{infinity.text}", UNARY)
    text = str(abs(number)).replace("e+", "e")
    if not any(letter in text for letter in ".e"):
        text += ".0"
    return Expr(f"-{text}{suffix}", UNARY) if math.copysign(1, number) < 0 else Expr(text + suffix)


def elements(array: NDArray[Any], type_: Attribute) -> list[str]:
    """The elements of a constant as an array's initializer lists them."""
    if isinstance(type_, ComplexType):
        return elements(
            array.reshape(-1).view(np.float32 if type_.element_type == f32 else np.float64), type_.element_type
        )
    if array.dtype in (np.float32, np.float64):
        suffix = "f" if array.dtype == np.float32 else ""
        if (abs(array) < _LONG).all():  # nearly always, and there may be millions
            return [f"{number}{suffix}" for number in map(str, array.reshape(-1))]
        return [_float(number, suffix).text for number in array.reshape(-1)]
    if isinstance(type_, AnyFloat):
        return [str(number) for number in array.reshape(-1).view(f"u{array.dtype.itemsize}")]
    if type_ == i1:
        return [str(int(number)) for number in array.reshape(-1)]
    is_unsigned = isinstance(type_, IntegerType) and type_.signedness.data is Signedness.UNSIGNED
    return [_integer(int(number), array.dtype.itemsize * 8, is_unsigned) for number in array.reshape(-1)]


def _integer(number: int, width: int, is_unsigned: bool) -> str:
    if is_unsigned:
        return f"UINT64_C({number})" if width == 64 else f"{number}u" if number >= 2**31 else str(number)
    return literal(number, IntegerType(width)).text
