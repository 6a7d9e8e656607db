"""Buffer types, as generated code speaks of them whatever its language."""

from collections.abc import Sequence
from typing import Any

from xdsl.dialects.builtin import MemRefType
from xdsl.ir import Attribute

from iree.compiler.ir import sizes
from iree.compiler.ir.constants import element_type_of


def memref(type_: Attribute) -> MemRefType[Any]:
    """A buffer's type as one."""
    assert isinstance(type_, MemRefType)
    return type_


def people_text(type_: Attribute) -> str:
    """The type for a docstring: 4xf32, [d0]x784xf32; f32 of rank 0."""
    shape = memref(type_).get_shape()
    return "x".join([*map(sizes.text, shape), element_type_of(memref(type_)).name])


def listed(values: Sequence[tuple[str, Attribute]], none: str = "no arguments") -> str:
    """Names and types, for people."""
    return ", ".join(f"{name}: {people_text(type_)}" for name, type_ in values) or none
