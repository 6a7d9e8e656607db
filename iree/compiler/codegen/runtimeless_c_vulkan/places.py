"""Places: where values lie while a program runs, and which commands therefore have to wait for which."""

from collections.abc import Sequence
from dataclasses import dataclass, field

MODEL = "model->buffer"
STAGE = "model->stage_buffer"


@dataclass(frozen=True)
class Place:
    """Bytes of a buffer; `start` is a number, after `base`, which may be the name of another.

    Dispatches know one buffer, that of the model. All others are of the host or of the caller.
    """

    buffer: str
    start: int
    bytes: int
    base: str = ""

    @property
    def at(self) -> str:
        """The first byte, as C says it."""
        return self.base or str(self.start)

    def part(self, offset: int, bytes_: int) -> "Place":
        """Some of the bytes."""
        return Place(self.buffer, self.start + offset, bytes_, self.base)

    def meets(self, other: "Place") -> bool:
        """Whether a byte is in both."""
        if (self.buffer, self.base) != (other.buffer, other.base):
            return False
        return self.start < other.start + other.bytes and other.start < self.start + self.bytes


@dataclass
class Order:
    """What commands read and wrote since the last barrier."""

    read: list[Place] = field(default_factory=list)
    written: list[Place] = field(default_factory=list)

    def has_to_wait(self, read: Sequence[Place], written: Sequence[Place]) -> bool:
        """Whether a command that reads and writes this needs a barrier before it."""
        return _meet(self.written, [*read, *written]) or _meet(self.read, written)

    def add(self, read: Sequence[Place], written: Sequence[Place]) -> None:
        """Notes a command."""
        self.read += read
        self.written += written


def _meet(some: Sequence[Place], others: Sequence[Place]) -> bool:
    return any(one.meets(other) for one in some for other in others)
