"""NullBuffer: reads as zeros, forgets what is written."""

from iree.hal.buffer import Buffer
from iree.hal.memory_access import MemoryAccess


class NullBuffer(Buffer):
    """Each mapping is new memory that nobody reads."""

    def map_memory(self, access: MemoryAccess, offset: int, length: int) -> memoryview:
        return memoryview(bytearray(length))
