"""Kinds of memory access that a barrier makes visible to each other."""

import enum


class AccessScope(enum.IntFlag):
    """Combine with |."""

    NONE = 0
    INDIRECT_COMMAND_READ = 1
    CONSTANT_READ = 2
    DISPATCH_READ = 4
    DISPATCH_WRITE = 8
    TRANSFER_READ = 16
    TRANSFER_WRITE = 32
    HOST_READ = 64
    HOST_WRITE = 128
    MEMORY_READ = 256
    MEMORY_WRITE = 512

    def __str__(self) -> str:
        return self.name or str(int(self))
