"""Buffer types in C++ source: shapes, element types, byte lengths, and the arrays that callers have."""

from collections.abc import Sequence

from xdsl.ir import Attribute

from iree.compiler.codegen.hal.types import memref
from iree.compiler.codegen.runtimeless_c.types import memory_type
from iree.compiler.dialects.buffers import byte_length
from iree.compiler.ir.constants import element_type_of
from iree.schemas.element_types import ElementType


def braces(values: Sequence[object]) -> str:
    """{4, 8}"""
    return f"{{{', '.join(map(str, values))}}}"


def length_text(type_: Attribute) -> str:
    """The bytes of a buffer."""
    return str(byte_length(type_))


def shape_text(type_: Attribute) -> str:
    """The shape of a buffer."""
    return braces(memref(type_).get_shape())


def element_name(type_: Attribute) -> str:
    """What hal.h calls the type of a buffer's elements."""
    return constant_name(element_type_of(memref(type_)))


def constant_name(of: ElementType) -> str:
    """kF32 for f32, kComplexF32 for complex<f32>."""
    return f"k{''.join(part[0].upper() + part[1:] for part in of.name.rstrip('>').split('<'))}"


def array_type(type_: Attribute) -> str:
    """What the array of a caller holds: the parts of complex numbers, the bits of small floats."""
    name = memory_type(memref(type_).element_type)
    assert name is not None, "check_buffers refuses what C does not have"
    return name
