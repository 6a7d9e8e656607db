"""Numbers of 64 and 128 bits as words of 32: lists of ui32 expressions, the lowest first."""

from collections.abc import Sequence
from typing import TypeAlias

from xdsl.dialects.builtin import IntegerType, Signedness

from iree.compiler.transforms.common.expression import Expression, where

Words: TypeAlias = list[Expression]

UI32 = IntegerType(32, Signedness.UNSIGNED)
UI64 = IntegerType(64, Signedness.UNSIGNED)
_LOW = 2**32 - 1


def words_of(value: Expression) -> Words:
    """The words of a ui64."""
    return [(value & _LOW).convert(UI32), (value >> 32).convert(UI32)]


def joined(words: Sequence[Expression]) -> Expression:
    """The ui64 of two words."""
    low, high = (word.convert(UI64) for word in words)
    return low | (high << 32)


def plus(number: Words, word: Expression) -> Words:
    """A number and a word added up; what overflows is lost."""
    result, carry = [], word
    for each in number:
        total = each + carry
        result.append(total)
        carry = where(total < carry, total.like(1), 0)
    return result


def spread(words: Words, shape: Sequence[int]) -> Words:
    """Words without dimensions, in each place of a shape."""
    return [word.broadcast(shape, ()) for word in words]


def counted(number: Words, shape: Sequence[int]) -> Words:
    """number + 0, number + 1, .. along the places of a shape, the last dimension first."""
    size = 1
    for each in shape:
        size *= each
    count = number[0].emitter.iota(UI32, (size,), 0).reshape(shape)
    return plus(spread(number, shape), count)
