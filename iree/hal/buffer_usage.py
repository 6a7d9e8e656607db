"""What a buffer is for."""

import enum


class BufferUsage(enum.IntFlag):
    """Combine with |. ALL leaves out CONSTANT: who promises never to change a buffer says so."""

    NONE = 0
    CONSTANT = 1  # never changed once it is defined
    TRANSFER = 2  # fill, update and copy commands
    MAPPING = 4  # the host reads, writes and maps it
    DISPATCH = 8  # bound to executables
    ALL = 14

    def __str__(self) -> str:
        return self.name or str(int(self))
