"""Event on Vulkan."""

from iree.hal.event import Event
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.owned import Owned
from iree.hal.vulkan.raw import new


class VulkanEvent(Event):
    """A VkEvent. `is_set` is what it will be when all that is submitted has run."""

    def __init__(self, device: LogicalDevice) -> None:
        self._owned = Owned(device, "Event", new("VkEventCreateInfo"))
        self.device = device
        self.handle = self._owned.handle
        self.is_set = False
