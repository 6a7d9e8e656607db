"""VulkanAllocator: buffers from pools, one for each of the device's memory types in use, and imported host memory."""

import ctypes
import threading
from typing import Any

from iree.hal.allocator import CONSTANT_USAGE, DEFAULT_MEMORY_TYPE, Allocator
from iree.hal.allocator_statistics import AllocatorStatistics
from iree.hal.buffer import Buffer, BytesLike, as_bytes
from iree.hal.buffer_usage import BufferUsage
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.status import Unimplemented
from iree.hal.vulkan import raw
from iree.hal.vulkan.buffer import VulkanBuffer
from iree.hal.vulkan.command_queue import VulkanCommandQueue
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.memory_import import import_memory
from iree.hal.vulkan.memory_pool import MemoryPool, MemoryRange, PoolTotals, create_buffer
from iree.hal.vulkan.memory_type_choice import MemoryTypeChoice, choose_memory_type
from iree.hal.vulkan.raw import out
from iree.hal.vulkan.recording import Recording

# Copying less than this is faster than importing it.
IMPORT_FROM = 256 << 10


class VulkanAllocator(Allocator):
    """Buffers are zeroed: by the host where it sees the memory, else by a fill on `queue`."""

    def __init__(self, device: LogicalDevice, queue: VulkanCommandQueue) -> None:
        super().__init__()
        self._device = device
        self._queue = queue
        self._lock = threading.Lock()
        self._totals = PoolTotals()
        self._pools: dict[MemoryTypeChoice, MemoryPool] = {}
        properties = out("VkPhysicalDeviceMemoryProperties")
        device.instance.functions.vkGetPhysicalDeviceMemoryProperties(device.physical, properties)
        self._property_flags = [properties.memoryTypes[i].propertyFlags for i in range(properties.memoryTypeCount)]
        self._allowed = _allowed_types(device)

    def can_allocate(
        self, byte_length: int, usage: BufferUsage = BufferUsage.ALL, memory_type: MemoryType = DEFAULT_MEMORY_TYPE
    ) -> bool:
        return byte_length <= self._device.properties.max_allocation and super().can_allocate(
            byte_length, usage, memory_type
        )

    def allocate_memory(self, byte_length: int, usage: BufferUsage, memory_type: MemoryType) -> Buffer:
        memory = self._pool(self.choose(memory_type)).allocate(byte_length)
        if memory.view is not None:
            ctypes.memset(raw.number(memory.guard), 0, (byte_length + 3) & ~3)
        elif byte_length:
            self._zero(memory, (byte_length + 3) & ~3)
        return VulkanBuffer(self, memory_type, MemoryAccess.ALL, usage, byte_length, memory)

    def wrap_memory(self, data: BytesLike, usage: BufferUsage, access: MemoryAccess) -> Buffer:
        source = as_bytes(data)
        writes = bool(source) and bool(int.__and__(access, MemoryAccess.WRITE))
        if writes or (len(source) >= IMPORT_FROM and self._device.properties.shares_host_memory):
            imported = self._import(source, usage, access)
            if imported is not None:
                return imported
        if writes:
            raise Unimplemented(
                f"vulkan: {self._device.properties.name} cannot write to {len(source)} bytes of host memory at "
                f"{raw.address(source):#x}: wrap them for READ, which copies, or allocate a buffer and read it back"
            )
        memory_type = DEFAULT_MEMORY_TYPE | MemoryType.DEVICE_LOCAL
        memory = self._pool(self.choose(memory_type)).allocate(len(source))
        assert memory.view is not None
        memory.view[: len(source)] = source
        memory.view[len(source) : (len(source) + 3) & ~3] = bytes(-len(source) % 4)
        return VulkanBuffer(self, memory_type, access, usage, len(source), memory)

    def count(self, buffer: Buffer) -> None:
        """Nothing: the pools count, and staging memory and copies with the rest."""

    def statistics(self) -> AllocatorStatistics:
        with self._totals.lock:
            blocks = [block for pool in list(self._pools.values()) for block in pool.blocks()]
            return self._totals.counts.statistics(
                sum(size for size, _ in blocks), len(blocks), max((free for _, free in blocks), default=0)
            )

    def allocate_constants(self, segment: memoryview) -> Buffer | None:
        """Imported whole, as one buffer, or copied whole where that is quicker."""
        if len(segment) < IMPORT_FROM:
            return self.allocate_constant(segment)
        if not self._device.properties.shares_host_memory:
            return None
        return self._import(segment, CONSTANT_USAGE, MemoryAccess.READ)

    def _import(self, data: memoryview, usage: BufferUsage, access: MemoryAccess) -> Buffer | None:
        memory = import_memory(self._device, data, self._allowed)
        return memory and VulkanBuffer(self, DEFAULT_MEMORY_TYPE, access, usage, len(data), memory)

    def choose(self, memory_type: MemoryType) -> MemoryTypeChoice:
        """Which memory serves this type."""
        return choose_memory_type(self._property_flags, self._allowed, memory_type)

    def _pool(self, choice: MemoryTypeChoice) -> MemoryPool:
        pool = self._pools.get(choice)
        if pool is None:
            with self._lock:
                pool = self._pools.setdefault(choice, MemoryPool(self._device, *choice, self._totals))
        return pool

    def _zero(self, memory: MemoryRange, byte_length: int) -> None:
        recording = Recording(self._device, one_time=True)
        fill: Any = self._device.functions.vkCmdFillBuffer
        fill(recording.commands, memory.buffer, memory.start, byte_length, 0)
        recording.end()
        self._queue.run(recording)


def _allowed_types(device: LogicalDevice) -> int:
    """The memory types that buffers like ours can lie in, as a bit mask. Vulkan promises: the same for every size."""
    probe = create_buffer(device, 4)
    requirements = out("VkMemoryRequirements")
    device.functions.vkGetBufferMemoryRequirements(device.handle, probe.handle, requirements)
    return int(requirements.memoryTypeBits)
