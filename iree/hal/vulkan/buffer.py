"""VulkanBuffer: a range of a memory block, or host memory that the device uses where it is."""

from typing import Any

from iree.hal.allocator import Allocator
from iree.hal.buffer import Buffer
from iree.hal.buffer_usage import BufferUsage
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.vulkan.memory_pool import MemoryRange


class VulkanBuffer(Buffer):
    """Starts `start` bytes into the VkBuffer `handle`, whose integer is `number`."""

    __slots__ = ("_guard", "_view", "handle", "number", "start")

    handle: Any
    number: int
    start: int

    def __init__(
        self,
        allocator: Allocator,
        memory_type: MemoryType,
        access: MemoryAccess,
        usage: BufferUsage,
        byte_length: int,
        memory: MemoryRange,
    ) -> None:
        super().__init__(allocator, memory_type, access, usage, byte_length)
        self.handle, self.number, self.start, self._view, self._guard = memory

    def map_memory(self, access: MemoryAccess, offset: int, length: int) -> memoryview:
        assert self._view is not None, "memory that the host cannot see is never HOST_VISIBLE"
        return self._view[offset : offset + length]


def place_of(buffer: Buffer) -> tuple[VulkanBuffer, int]:
    """The VulkanBuffer that holds `buffer`'s bytes, and where they start in its VkBuffer."""
    home = buffer.allocated_buffer
    assert isinstance(home, VulkanBuffer)
    return home, home.start + buffer.byte_offset
