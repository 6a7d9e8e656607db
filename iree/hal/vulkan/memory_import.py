"""Host memory as a Vulkan buffer without a copy (VK_EXT_external_memory_host)."""

import numpy as np

from iree.hal.status import HalError
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.memory_pool import MemoryBlock, MemoryRange
from iree.hal.vulkan.raw import ffi, new, vk


def import_memory(device: LogicalDevice, data: memoryview, allowed_types: int) -> MemoryRange | None:
    """`data` where it lies, kept alive by the result; None where the device cannot use it there.

    Vulkan imports whole pages, so the pages that `data` lies on are imported and the range starts inside them.
    """
    alignment = device.properties.host_import_alignment
    if not alignment:
        return None
    pinned = np.frombuffer(data, np.uint8)  # not ffi's: CPython may clear a memoryview in use that is part of a cycle
    begin = pinned.ctypes.data
    first = begin // alignment * alignment
    size = -(-(begin + len(data)) // alignment) * alignment - first
    if size > device.properties.max_allocation or (begin - first) % device.properties.storage_buffer_alignment:
        return None
    handle_type = vk.VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT
    pointer = ffi.cast("void *", first)
    properties = new("VkMemoryHostPointerPropertiesEXT")
    ask = device.functions.vkGetMemoryHostPointerPropertiesEXT
    if ask(device.handle, handle_type, pointer, properties) != vk.VK_SUCCESS:
        return None
    usable = properties.memoryTypeBits & allowed_types
    if not usable:
        return None
    type_index = (usable & -usable).bit_length() - 1
    info = new("VkImportMemoryHostPointerInfoEXT", handleType=handle_type, pHostPointer=pointer)
    try:
        block = MemoryBlock(device, size, type_index, is_mapped=False, imported=info)
    except HalError:
        device.check_open()  # a lost device is no reason to copy
        return None
    return MemoryRange(block.buffer.handle, block.number, begin - first, data, (block, pinned))
