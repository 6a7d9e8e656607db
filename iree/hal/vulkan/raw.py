"""The only file that touches the `vulkan` package: its cffi types, its constants and the loader's entry points.

The package wraps every call in Python that costs several times the call itself, drops pointers nested in structures,
and lacks return values of some calls. So only its `ffi` (every Vulkan type), its constants and its opened loader are
used here; functions are resolved by name from the instance or the device, as Vulkan means them to be, and called as
they are.

Nothing in the package is typed, hence `Any` for what comes out of it. Every other file of this driver imports `ffi`,
`vk`, `new` and the function tables from here.
"""

import functools
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

_STRUCTURE_TYPES_SPELLED_DIFFERENTLY: Final = {
    "VkPhysicalDevice8BitStorageFeatures": "VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_8BIT_STORAGE_FEATURES",
    "VkPhysicalDevice16BitStorageFeatures": "VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES",
    "VkPhysicalDeviceFeatures2": "VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2",
    "VkPhysicalDeviceMaintenance3Properties": "VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES",
    "VkPhysicalDeviceProperties2": "VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2",
}

_GLOBAL_FUNCTIONS: Final = (
    "vkCreateInstance",
    "vkEnumerateInstanceExtensionProperties",
    "vkEnumerateInstanceLayerProperties",
    "vkEnumerateInstanceVersion",
)

_INSTANCE_FUNCTIONS: Final = (
    "vkCreateDevice",
    "vkDestroyInstance",
    "vkEnumerateDeviceExtensionProperties",
    "vkEnumeratePhysicalDevices",
    "vkGetDeviceProcAddr",
    "vkGetPhysicalDeviceFeatures2",
    "vkGetPhysicalDeviceMemoryProperties",
    "vkGetPhysicalDeviceProperties",
    "vkGetPhysicalDeviceProperties2",
    "vkGetPhysicalDeviceQueueFamilyProperties",
)

_DEVICE_FUNCTIONS: Final = (
    "vkAllocateCommandBuffers",
    "vkAllocateDescriptorSets",
    "vkAllocateMemory",
    "vkBeginCommandBuffer",
    "vkBindBufferMemory",
    "vkCmdBindDescriptorSets",
    "vkCmdBindPipeline",
    "vkCmdCopyBuffer",
    "vkCmdDispatch",
    "vkCmdFillBuffer",
    "vkCmdPipelineBarrier",
    "vkCmdPushConstants",
    "vkCmdResetEvent",
    "vkCmdSetEvent",
    "vkCmdUpdateBuffer",
    "vkCmdWaitEvents",
    "vkCreateBuffer",
    "vkCreateCommandPool",
    "vkCreateComputePipelines",
    "vkCreateDescriptorPool",
    "vkCreateDescriptorSetLayout",
    "vkCreateEvent",
    "vkCreatePipelineCache",
    "vkCreatePipelineLayout",
    "vkCreateSemaphore",
    "vkCreateShaderModule",
    "vkDestroyBuffer",
    "vkDestroyCommandPool",
    "vkDestroyDescriptorPool",
    "vkDestroyDescriptorSetLayout",
    "vkDestroyDevice",
    "vkDestroyEvent",
    "vkDestroyPipeline",
    "vkDestroyPipelineCache",
    "vkDestroyPipelineLayout",
    "vkDestroySemaphore",
    "vkDestroyShaderModule",
    "vkDeviceWaitIdle",
    "vkEndCommandBuffer",
    "vkFreeMemory",
    "vkGetBufferMemoryRequirements",
    "vkGetDeviceQueue",
    "vkGetPipelineCacheData",
    "vkGetSemaphoreCounterValue",
    "vkMapMemory",
    "vkQueueSubmit",
    "vkQueueWaitIdle",
    "vkResetCommandPool",
    "vkResetDescriptorPool",
    "vkSignalSemaphore",
    "vkUpdateDescriptorSets",
    "vkWaitSemaphores",
)

_DEVICE_EXTENSION_FUNCTIONS: Final = {
    "VK_KHR_push_descriptor": ("vkCmdPushDescriptorSetKHR",),
    "VK_EXT_external_memory_host": ("vkGetMemoryHostPointerPropertiesEXT",),
}

_INSTANCE_EXTENSION_FUNCTIONS: Final = {
    "VK_EXT_debug_utils": ("vkCreateDebugUtilsMessengerEXT", "vkDestroyDebugUtilsMessengerEXT"),
}


def _load() -> tuple[Any, str | None]:
    """The package's inner module, and None; or None and why it cannot be had."""
    try:
        from vulkan import _vulkan
    except ImportError as error:
        return None, f"the Python package `vulkan` is missing ({error}); install it: pip install vulkan"
    except OSError:
        return None, "the Vulkan loader (libvulkan.so.1) is missing; install it: apt-get install libvulkan1"
    return _vulkan, None


_loaded = _load()
vk: Any = _loaded[0]
MISSING: Final = _loaded[1]  # why neither `vk` nor `ffi` can be used; None where they can
ffi: Any = None if vk is None else vk.ffi
NULL: Any = None if vk is None else vk.ffi.NULL


def structure_type(type_name: str) -> str:
    """The name of the constant that a structure carries as its sType.

    VkBufferCreateInfo -> VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO
    """
    special = _STRUCTURE_TYPES_SPELLED_DIFFERENTLY.get(type_name)
    return special or "VK_STRUCTURE_TYPE_" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type_name[2:]).upper()


@functools.cache
def _structure_number(type_name: str) -> int:
    return int(getattr(vk, structure_type(type_name)))


def new(type_name: str, **fields: Any) -> Any:
    """A pointer to a new structure with its sType. The caller keeps alive what its pointers lead to."""
    return ffi.new(type_name + " *", {"sType": _structure_number(type_name), **fields})


def out(type_name: str) -> Any:
    """A place for one value of a call's result, read as `place[0]`."""
    return ffi.new(type_name + " *")


def text(chars: Any) -> str:
    """A char array or pointer as text."""
    return str(ffi.string(chars), "utf-8", "replace")


def number(handle: Any) -> int:
    """A handle as the integer that identifies it."""
    return int(ffi.cast("uintptr_t", handle))


def address(view: memoryview) -> int:
    """Where a contiguous buffer's bytes lie."""
    return number(ffi.from_buffer(view))


class Functions:
    """A table of Vulkan entry points: one attribute each, named as in the specification.

    An entry point that later became part of Vulkan itself is found under its first name too ("vkWaitSemaphores",
    "...KHR").
    """

    def __init__(self, resolve: Callable[[bytes], Any], names: Iterable[str]) -> None:
        for name in names:
            pointer = resolve(name.encode()) or resolve(name.encode() + b"KHR")
            if pointer:
                setattr(self, name, ffi.cast("PFN_" + name, pointer))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the Vulkan driver does not offer {name}, or raw.py does not list it")


def global_functions() -> Functions:
    """What can be called before there is an instance."""
    return Functions(lambda name: vk.lib.vkGetInstanceProcAddr(NULL, name), _GLOBAL_FUNCTIONS)


def instance_functions(instance: Any, extensions: Iterable[str]) -> Functions:
    """What can be called on an instance that was created with these extensions."""
    names = [*_INSTANCE_FUNCTIONS]
    for extension in extensions:
        names += _INSTANCE_EXTENSION_FUNCTIONS.get(extension, ())
    return Functions(lambda name: vk.lib.vkGetInstanceProcAddr(instance, name), names)


def device_functions(instance: Functions, device: Any, extensions: Iterable[str]) -> Functions:
    """What can be called on a device that was created with these extensions, without the loader in between."""
    names = [*_DEVICE_FUNCTIONS]
    for extension in extensions:
        names += _DEVICE_EXTENSION_FUNCTIONS.get(extension, ())
    return Functions(lambda name: instance.vkGetDeviceProcAddr(device, name), names)
