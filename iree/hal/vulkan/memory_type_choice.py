"""Which of a device's Vulkan memory types serves a MemoryType."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from iree.hal.memory_type import MemoryType

DEVICE_LOCAL: Final = 1  # VkMemoryPropertyFlagBits
VISIBLE_COHERENT: Final = 2 | 4
CACHED: Final = 8


class MemoryTypeChoice(NamedTuple):
    """Number of the memory type; whether the host can map it. What can be mapped is coherent: nothing is flushed."""

    number: int
    is_mapped: bool


def choose_memory_type(property_flags: Sequence[int], allowed: int, wanted: MemoryType) -> MemoryTypeChoice:
    """The first type of the best kind.

    `property_flags` are those of each of the device's types, `allowed` the bit mask of types that buffers can use.
    Vulkan promises one that is visible and coherent, and one that is local to the device.
    """
    is_local = int.__and__(wanted, MemoryType.DEVICE_LOCAL) == MemoryType.DEVICE_LOCAL
    if not int.__and__(wanted, MemoryType.HOST_VISIBLE):
        order: tuple[int, ...] = (DEVICE_LOCAL, 0)
    elif is_local:
        local = DEVICE_LOCAL | VISIBLE_COHERENT
        order = (local | CACHED, local, VISIBLE_COHERENT | CACHED, VISIBLE_COHERENT)
    else:
        order = (VISIBLE_COHERENT | CACHED, VISIBLE_COHERENT)
    usable = [index for index in range(len(property_flags)) if allowed >> index & 1]
    for needed in order:
        for index in usable:
            if property_flags[index] & needed == needed:
                return MemoryTypeChoice(index, property_flags[index] & VISIBLE_COHERENT == VISIBLE_COHERENT)
    raise AssertionError(f"no memory type for {wanted} among {property_flags}: the Vulkan driver breaks its promise")
