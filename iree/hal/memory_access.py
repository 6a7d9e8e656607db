"""What may be done, or is about to be done, to the contents of a buffer."""

import enum


class MemoryAccess(enum.IntFlag):
    """Combine with |."""

    NONE = 0
    READ = 1
    WRITE = 2
    DISCARD = 4  # the old contents are not needed
    DISCARD_WRITE = 6
    ALL = 7

    def __str__(self) -> str:
        return self.name or str(int(self))
