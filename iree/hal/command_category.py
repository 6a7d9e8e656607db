"""What kinds of command a command buffer holds and a queue runs."""

import enum


class CommandCategory(enum.IntFlag):
    """Combine with |."""

    NONE = 0
    TRANSFER = 1
    DISPATCH = 2
    ALL = 3

    def __str__(self) -> str:
        return self.name or str(int(self))
