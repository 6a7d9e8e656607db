"""Owned: one Vulkan handle that is destroyed with the Python object that holds it."""

from typing import Any

from iree.hal.vulkan.logical_device import LogicalDevice


class Owned:
    """A handle, destroyed with this object, or with the device if that comes first.

    owned = Owned(device, "Semaphore", info)        vkCreateSemaphore now, vkDestroySemaphore in the end
    """

    __slots__ = ("__weakref__", "_key", "device", "handle")

    def __init__(self, device: LogicalDevice, kind: str, info: Any) -> None:
        self.device = device
        self._key, self.handle = device.create(kind, info)

    def __del__(self) -> None:
        if hasattr(self, "_key"):
            self.device.destroy(self._key)
