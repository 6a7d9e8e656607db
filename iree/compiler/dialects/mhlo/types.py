"""What mhlo's rules say about types: groups of element types, and shapes that agree.

A dimension that is not known is DYNAMIC here, and agrees with every size: whether dynamic sizes are supported at all is
for transforms/input to say, not for the dialect.
"""

import enum
from collections.abc import Sequence
from typing import TypeAlias

from xdsl.dialects.builtin import DYNAMIC_INDEX, AnyFloat, ComplexType, IntegerType, Signedness, TensorType
from xdsl.ir import Attribute, SSAValue
from xdsl.utils.hints import isa

from iree.compiler.ir import sizes

Shape: TypeAlias = tuple[int, ...]
Tensor: TypeAlias = TensorType[Attribute]

DYNAMIC = DYNAMIC_INDEX


class Elements(enum.Flag):
    """Groups of element types. As in StableHLO, a signless integer is a signed one and i1 is a boolean."""

    BOOLEAN = enum.auto()
    SIGNED = enum.auto()
    UNSIGNED = enum.auto()
    FLOAT = enum.auto()
    COMPLEX = enum.auto()
    NONE = 0
    INTEGER = SIGNED | UNSIGNED
    LOGICAL = BOOLEAN | INTEGER
    FRACTIONAL = FLOAT | COMPLEX
    NUMBER = INTEGER | FRACTIONAL
    ANY = BOOLEAN | NUMBER

    def describe(self) -> str:
        """The group in words: "signed or float"."""
        return " or ".join(member.name.lower() for member in Elements if member in self and member.name)


def elements_of(element_type: Attribute) -> Elements:
    """The one group that a type is in. NONE: mhlo has no such elements."""
    if isinstance(element_type, IntegerType):
        if element_type.width.data == 1:
            return Elements.BOOLEAN
        unsigned = element_type.signedness.data is Signedness.UNSIGNED
        return Elements.UNSIGNED if unsigned else Elements.SIGNED
    if isinstance(element_type, ComplexType):
        return Elements.COMPLEX
    return Elements.FLOAT if isa(element_type, AnyFloat) else Elements.NONE


def tensor(value: SSAValue) -> Tensor:
    """The type of a value that the op's own definition says is a tensor."""
    assert isinstance(value.type, TensorType)
    return value.type


def shape_of(value: SSAValue) -> Shape:
    """The sizes of a tensor value; DYNAMIC where one is not known."""
    return tensor(value).get_shape()


def element_of(value: SSAValue) -> Attribute:
    """The element type of a tensor value."""
    return tensor(value).element_type


def sizes_agree(*sizes: int) -> bool:
    """Whether all known sizes are the same."""
    return len({size for size in sizes if size != DYNAMIC}) <= 1


def shapes_agree(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether two shapes could be the same when the program runs."""
    return len(one) == len(other) and all(map(sizes_agree, one, other))


def types_agree(one: Tensor, other: Tensor) -> bool:
    """Whether two tensor types have the same elements and agreeing shapes."""
    return one.element_type == other.element_type and shapes_agree(one.get_shape(), other.get_shape())


def is_promotable(from_: Attribute, to: Attribute) -> bool:
    """Whether a body may combine elements of the first type as the second: the same kind, as wide or wider."""
    if from_ == to:
        return True
    same = elements_of(from_) is elements_of(to) and elements_of(from_) in Elements.NUMBER
    return same and _width(from_) <= _width(to)


def _width(element: Attribute) -> int:
    inner = element.element_type if isinstance(element, ComplexType) else element
    assert isinstance(inner, IntegerType | AnyFloat)
    return inner.bitwidth


def spell(shape: Sequence[int]) -> str:
    """A shape for an error: "[4, ?]"."""
    return sizes.shape_text(shape)


def with_elements(type_: Tensor, element_type: Attribute) -> Tensor:
    """A tensor type of the same shape with other elements."""
    return TensorType(element_type, type_.get_shape(), type_.encoding)


def with_shape(type_: Tensor, shape: Sequence[int]) -> Tensor:
    """A tensor type of the same elements with another shape."""
    return TensorType(type_.element_type, shape)
