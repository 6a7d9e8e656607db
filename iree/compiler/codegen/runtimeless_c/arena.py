"""The arena: where each buffer of a function lies while it is needed, in memory that buffers share.

    frame = Frame()
    frame.add(Slot(name, bytes, first use, last use))
    frame.place()       sets offsets; frame.size is what the function needs

Two slots overlap only where one was used for the last time before the other is used first. A function that is called
lies behind the frames of all that call it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from iree.compiler.codegen.runtimeless_c.constants import ALIGNMENT


@dataclass
class Slot:
    """A buffer, and the ops, by number, from the first to the last that use it."""

    bytes: int
    first: int
    last: int
    offset: int = 0


@dataclass
class Frame:
    """The slots of one function. `alignment`: of each, in bytes."""

    slots: list[Slot] = field(default_factory=list)
    size: int = 0
    alignment: int = ALIGNMENT

    def add(self, bytes_: int, first: int) -> Slot:
        """A slot that is used once so far."""
        self.slots.append(Slot(-(-bytes_ // self.alignment) * self.alignment, first, first))
        return self.slots[-1]

    def place(self) -> None:
        """Gives each slot the lowest offset that is free for as long as it is used; the largest first."""
        placed: list[Slot] = []
        for slot in sorted(self.slots, key=lambda slot: (-slot.bytes, slot.first)):
            beside = [other for other in placed if other.first <= slot.last and slot.first <= other.last]
            slot.offset = 0
            for other in sorted(beside, key=lambda other: other.offset):
                if slot.offset + slot.bytes <= other.offset:
                    break
                slot.offset = max(slot.offset, other.offset + other.bytes)
            placed.append(slot)
        self.size = max((slot.offset + slot.bytes for slot in placed), default=0)


def bases(frames: Mapping[str, Frame], calls: Mapping[str, Sequence[str]], roots: Sequence[str]) -> dict[str, int]:
    """Where each function's frame begins."""
    found = dict.fromkeys(frames, 0)
    pending = [(root, 0) for root in roots]
    while pending:
        name, base = pending.pop()
        found[name] = max(found[name], base)
        pending += [(callee, found[name] + frames[name].size) for callee in calls[name]]
    return found
