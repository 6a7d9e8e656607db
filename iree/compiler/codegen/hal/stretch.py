"""Stretch: commands that nothing of the host stands between; they are recorded by one method, and submitted as one.

A barrier stands where the IR has one, before a command that needs one of the same stretch, and first where commands
submitted before may still work on memory that this stretch works on.
"""

from collections.abc import Sequence

from iree.compiler.codegen.hal.places import Place
from iree.compiler.codegen.hal.statements import Barrier, Command, Copy, Dispatch


class Stretch:
    """The commands of one, in the making."""

    def __init__(self, starts_with_barrier: bool):
        self.chosen: dict[str, None] = {}  # buffers that each call chooses
        self.commands: list[Command] = []
        self._read: list[Place] = []  # since the last barrier
        self._written: list[Place] = []
        self._has_to_wait = starts_with_barrier

    @property
    def is_empty(self) -> bool:
        """Whether it has no command."""
        return not self.commands

    def barrier(self) -> None:
        """What follows comes after all before it."""
        self._has_to_wait |= not self.is_empty

    def add(self, command: Dispatch | Copy) -> None:
        """Adds a command."""
        match command:
            case Dispatch():
                self._order(command.read, command.written)
            case Copy():
                self._order([command.source], [command.target])
        self.commands.append(command)

    def _order(self, read: Sequence[Place], written: Sequence[Place]) -> None:
        if self._has_to_wait or self._depends(read, written):
            self.commands.append(Barrier())
            self._read, self._written, self._has_to_wait = [], [], False
        self._read += read
        self._written += written
        self.chosen |= dict.fromkeys(place.buffer for place in (*read, *written) if not place.is_fixed)

    def _depends(self, read: Sequence[Place], written: Sequence[Place]) -> bool:
        return any(old.meets(new) for old in self._written for new in (*read, *written)) or any(
            old.meets(new) for old in self._read for new in written
        )
