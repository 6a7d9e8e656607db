"""Vulkan's result codes as the HAL's errors."""

from typing import Final

from iree.hal import status
from iree.hal.vulkan.raw import vk


class DeviceLost(status.Unavailable):
    """The device stopped: nothing submitted to it will ever finish. Only a new Device helps."""


_MEANING: Final[dict[str, tuple[type[status.HalError], str]]] = {
    "VK_ERROR_OUT_OF_HOST_MEMORY": (status.ResourceExhausted, "the host is out of memory"),
    "VK_ERROR_OUT_OF_DEVICE_MEMORY": (status.ResourceExhausted, "the device is out of memory"),
    "VK_ERROR_OUT_OF_POOL_MEMORY": (status.ResourceExhausted, "a descriptor pool is full"),
    "VK_ERROR_TOO_MANY_OBJECTS": (status.ResourceExhausted, "the device allows no more objects of this kind"),
    "VK_ERROR_DEVICE_LOST": (
        DeviceLost,
        "the device was lost (a kernel crashed or took too long): create a new device",
    ),
    "VK_ERROR_INCOMPATIBLE_DRIVER": (status.Unavailable, "no Vulkan driver: apt-get install mesa-vulkan-drivers"),
    "VK_ERROR_INITIALIZATION_FAILED": (status.Unavailable, "the Vulkan driver could not be initialised"),
    "VK_ERROR_LAYER_NOT_PRESENT": (status.NotFound, "a requested layer is not installed"),
    "VK_ERROR_EXTENSION_NOT_PRESENT": (status.NotFound, "a requested extension is not supported"),
    "VK_ERROR_FEATURE_NOT_PRESENT": (status.NotFound, "a requested feature is not supported"),
    "VK_ERROR_MEMORY_MAP_FAILED": (status.ResourceExhausted, "the device's memory could not be mapped"),
}


def result_name(result: int) -> str:
    """-4 -> "VK_ERROR_DEVICE_LOST"."""
    names = (name for name in dir(vk) if name.startswith(("VK_ERROR_", "VK_SUCCESS")) and getattr(vk, name) == result)
    return next(names, f"VkResult {result}")


def failure(result: int, call: str) -> status.HalError:
    """The error that a failed `call` means."""
    name = result_name(result)
    error, meaning = _MEANING.get(name, (status.Internal, "unexpected"))
    return error(f"vulkan: {call} returned {name}: {meaning}")


def check(result: int, call: str) -> None:
    """Raises what a negative result of `call` means."""
    if result < 0:
        raise failure(result, call)
