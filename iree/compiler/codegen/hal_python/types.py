"""Buffer types in Python source: shapes, element types, byte lengths; sizes that a call knows are self.d0 and so on."""

from collections.abc import Sequence

import numpy as np
from xdsl.ir import Attribute

from iree.compiler.codegen.hal.types import memref
from iree.compiler.codegen.hal_python.source import Group, tuple_of
from iree.compiler.dialects.buffers import byte_length
from iree.compiler.ir import sizes
from iree.compiler.ir.constants import element_type_of
from iree.schemas.element_types import ElementType


def size_text(size: int, prefix: str = "self.") -> str:
    """A size as an expression; symbols are called `prefix`d0 and so on."""
    if sizes.is_known(size):
        return str(size)
    parts: list[str] = []
    for symbols, factor in sorted(sizes.terms(size).items(), key=lambda item: (-len(item[0]), item[0])):
        factors = [str(abs(factor))] * (abs(factor) != 1 or not symbols) + [f"{prefix}d{symbol}" for symbol in symbols]
        sign = "-" if factor < 0 else "+"
        parts += [sign, " * ".join(factors)] if parts else ["-" * (factor < 0) + " * ".join(factors)]
    return " ".join(parts)


def sizes_text(values: Sequence[int], prefix: str = "self.") -> Group:
    """Sizes as a tuple."""
    return tuple_of([size_text(value, prefix) for value in values])


def length_text(type_: Attribute) -> str:
    """The bytes of a buffer."""
    return size_text(byte_length(type_))


def shape_text(type_: Attribute) -> str:
    """The shape of a buffer."""
    return sizes_text(memref(type_).get_shape()).flat


def element_name(type_: Attribute) -> str:
    """What generated code calls an element type: F32, COMPLEX_F32."""
    return constant_name(element_type_of(memref(type_)))


def constant_name(of: ElementType) -> str:
    """F32 for f32."""
    return of.name.replace("<", "_").replace(">", "").upper()


def array_hint(type_: Attribute) -> str:
    """The type hint of an array that holds such a buffer's elements."""
    dtype = element_type_of(memref(type_)).dtype
    if dtype.type.__module__ != "numpy":
        return "npt.NDArray[Any]"
    return f"npt.NDArray[np.{np.dtype(dtype).type.__name__}]"
