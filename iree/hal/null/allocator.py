"""NullAllocator: buffers without memory."""

from iree.hal.allocator import DEFAULT_MEMORY_TYPE, Allocator
from iree.hal.buffer import Buffer, BytesLike, as_bytes
from iree.hal.buffer_usage import BufferUsage
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.null.buffer import NullBuffer


class NullAllocator(Allocator):
    """Never runs out."""

    def allocate_memory(self, byte_length: int, usage: BufferUsage, memory_type: MemoryType) -> Buffer:
        return NullBuffer(self, memory_type, MemoryAccess.ALL, usage, byte_length)

    def wrap_memory(self, data: BytesLike, usage: BufferUsage, access: MemoryAccess) -> Buffer:
        return NullBuffer(self, DEFAULT_MEMORY_TYPE, access, usage, len(as_bytes(data)))
