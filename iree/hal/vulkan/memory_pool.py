"""MemoryPool: buffers as ranges of large blocks, so that making one calls nothing in Vulkan.

A block is one VkDeviceMemory with one VkBuffer over all of it, mapped for good where the host can see it. A range goes
back to its block when the last thing that refers to it is gone: a buffer, or any view of its bytes, down to a NumPy
array.
"""

import bisect
import itertools
import threading
from collections import deque
from typing import Any, Final, NamedTuple

from iree.hal import status
from iree.hal.allocator_statistics import MemoryCounts
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.owned import Owned
from iree.hal.vulkan.raw import NULL, ffi, new, number, out, vk

BLOCK_SIZE: Final = 64 << 20
KEPT_FREE: Final = 256 << 20  # free blocks beyond this many bytes go back to the device
HOST_ALIGNMENT: Final = 64  # of every range, for the host's vector loads


class MemoryRange(NamedTuple):
    """Part of a block. It is free again when nothing refers to `guard` or `view` any more."""

    buffer: Any  # the block's VkBuffer
    number: int  # the same as an integer
    start: int
    view: memoryview | None  # the bytes; None where the host cannot see them
    guard: Any


class MemoryBlock:
    """One allocation of the device; `free` lists its unused ranges as (start, size), sorted and never adjacent."""

    def __init__(
        self, device: LogicalDevice, size: int, type_index: int, is_mapped: bool, imported: Any = None
    ) -> None:
        self.size = size
        self.buffer = create_buffer(device, size, imported=imported is not None)
        info = new("VkMemoryAllocateInfo", pNext=imported or NULL, allocationSize=size, memoryTypeIndex=type_index)
        self.memory = Owned(device, "DeviceMemory", info)
        functions = device.functions
        bound = functions.vkBindBufferMemory(device.handle, self.buffer.handle, self.memory.handle, 0)
        device.check(bound, "vkBindBufferMemory")
        self.number = number(self.buffer.handle)
        self.pointer = None
        if is_mapped:
            place = out("void *")
            device.check(functions.vkMapMemory(device.handle, self.memory.handle, 0, size, 0, place), "vkMapMemory")
            self.pointer = ffi.cast("char *", place[0])
        self.free = [(0, size)]

    def take(self, size: int) -> int | None:
        """The start of a range that was free; None: there is no such."""
        for index, (start, length) in enumerate(self.free):
            if length == size:
                del self.free[index]
                return start
            if length > size:
                self.free[index] = (start + size, length - size)
                return start
        return None

    def give(self, start: int, size: int) -> None:
        """Ends `take`."""
        index = bisect.bisect(self.free, (start, size))
        if index < len(self.free) and self.free[index][0] == start + size:
            size += self.free.pop(index)[1]
        if index and sum(self.free[index - 1]) == start:
            start, before = self.free.pop(index - 1)
            size += before
            index -= 1
        self.free.insert(index, (start, size))

    @property
    def is_free(self) -> bool:
        """Whether nothing of it is in use."""
        return self.free == [(0, self.size)]


class _Returned(deque[Any]):
    """Guards of ranges that are free again, put here by whoever collects garbage.

    `taken` are the ranges in use, by the host's address or a number in its place. A guard refers to this, and so to its
    block, even when the pool is gone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.taken: dict[int, tuple[MemoryBlock, int, int]] = {}


class PoolTotals:
    """What the pools of one device share, so that their peak is one of the device: a lock, and counts under it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counts = MemoryCounts()


class MemoryPool:
    """All ranges of one memory type. Any thread may call it."""

    def __init__(
        self, device: LogicalDevice, type_index: int, is_mapped: bool, totals: PoolTotals | None = None
    ) -> None:
        self._device = device
        self._type_index = type_index
        self._is_mapped = is_mapped
        self._alignment = max(HOST_ALIGNMENT, device.properties.storage_buffer_alignment)
        totals = totals or PoolTotals()
        self._lock, self._counts = totals.lock, totals.counts
        self._blocks: list[MemoryBlock] = []
        self._numbers = itertools.count(1)
        self._returned = _Returned()

    def allocate(self, byte_length: int) -> MemoryRange:
        """A range of at least so many bytes. ResourceExhausted: the device has no more."""
        alignment = self._alignment
        size = max(alignment, -(-byte_length // alignment) * alignment)
        with self._lock:
            self._take_back()
            block, start = self._find(size)
            self._counts.take(size)
            return self._range(block, start, size)

    def blocks(self) -> list[tuple[int, int]]:
        """The size of each block, and of its largest free range. Hold the lock of the totals."""
        self._take_back()
        return [(block.size, max((size for _, size in block.free), default=0)) for block in self._blocks]

    def _find(self, size: int) -> tuple[MemoryBlock, int]:
        for block in self._blocks:
            start = block.take(size)
            if start is not None:
                return block, start
        limit = self._device.properties.max_allocation
        if size > limit:
            raise status.ResourceExhausted(f"vulkan: {size} bytes: the device allocates at most {limit} at once")
        block = self._new_block(size)
        self._blocks.append(block)
        start = block.take(size)
        assert start is not None
        return block, start

    def _new_block(self, size: int) -> MemoryBlock:
        block_size = max(size, min(BLOCK_SIZE, self._device.properties.max_allocation))
        try:
            return MemoryBlock(self._device, block_size, self._type_index, self._is_mapped)
        except status.ResourceExhausted:
            self._drop_free_blocks(kept=0)
        try:
            return MemoryBlock(self._device, size, self._type_index, self._is_mapped)
        except status.ResourceExhausted as error:
            raise status.ResourceExhausted(f"vulkan: no room for {size} bytes more: {error}") from error

    def _range(self, block: MemoryBlock, start: int, size: int) -> MemoryRange:
        """Its guard, once nothing refers to it, lands in `_returned`: no step of Python between, so nothing is lost."""
        pointer = ffi.cast("char *", next(self._numbers)) if block.pointer is None else block.pointer + start
        self._returned.taken[number(pointer)] = block, start, size
        guard = ffi.gc(pointer, self._returned.append)
        view = None if block.pointer is None else memoryview(ffi.buffer(guard, size))
        return MemoryRange(block.buffer.handle, block.number, start, view, guard)

    def _take_back(self) -> None:
        while self._returned:
            block, start, size = self._returned.taken.pop(number(self._returned.popleft()))
            block.give(start, size)
            self._counts.give(size)
            if block.is_free:
                self._drop_free_blocks(kept=KEPT_FREE)

    def _drop_free_blocks(self, kept: int) -> None:
        blocks = []
        for block in self._blocks:
            if block.is_free:
                kept -= block.size
            if not block.is_free or kept >= 0:
                blocks.append(block)
        self._blocks = blocks


def create_buffer(device: LogicalDevice, size: int, imported: bool = False) -> Owned:
    """A VkBuffer that fills, copies and kernels can use."""
    external = new(
        "VkExternalMemoryBufferCreateInfo",
        handleTypes=vk.VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT,
    )
    usage = vk.VK_BUFFER_USAGE_TRANSFER_SRC_BIT | vk.VK_BUFFER_USAGE_TRANSFER_DST_BIT
    info = new(
        "VkBufferCreateInfo",
        pNext=external if imported else NULL,
        size=size,
        usage=usage | vk.VK_BUFFER_USAGE_STORAGE_BUFFER_BIT,
        sharingMode=vk.VK_SHARING_MODE_EXCLUSIVE,
    )
    return Owned(device, "Buffer", info)
