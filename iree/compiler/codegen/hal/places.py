"""Places: where the values of a function lie, as generated code says it."""

from dataclasses import dataclass

from xdsl.ir import Attribute

from iree.compiler.dialects.buffers import byte_length
from iree.compiler.ir import sizes


@dataclass(frozen=True)
class Place:
    """Bytes of a buffer, from `offset` on. `buffer` is an expression; `is_fixed`: an attribute, the same in all calls.

    `text`: the expression of a buffer that is these bytes and no more.
    """

    buffer: str
    type: Attribute
    text: str
    offset: int = 0
    is_fixed: bool = False

    @property
    def end(self) -> int | None:
        """The byte after the last; None where only a call knows it."""
        length = byte_length(self.type)
        return self.offset + length if sizes.is_known(length) else None

    def meets(self, other: "Place") -> bool:
        """Whether a byte may be in both."""
        if self.buffer != other.buffer or 0 in (byte_length(self.type), byte_length(other.type)):
            return False
        if self.end is None or other.end is None:
            return True
        return self.offset < other.end and other.offset < self.end


def whole(buffer: str, type_: Attribute, *, is_fixed: bool = False) -> Place:
    """All of a buffer."""
    return Place(buffer, type_, buffer, is_fixed=is_fixed)
