"""How often a command buffer is submitted."""

import enum


class CommandBufferMode(enum.IntFlag):
    """Zero or one of these."""

    REUSABLE = 0  # any number of times, once it is no longer in flight
    ONE_SHOT = 1

    def __str__(self) -> str:
        return self.name or str(int(self))
