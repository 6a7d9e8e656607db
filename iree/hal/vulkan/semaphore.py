"""Semaphores on Vulkan."""

from iree.hal.semaphore import BinarySemaphore, Semaphore
from iree.hal.status import FailedPrecondition
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.owned import Owned
from iree.hal.vulkan.raw import new
from iree.hal.vulkan.timeline import Timeline


class VulkanSemaphore(Timeline, Semaphore):
    """A timeline semaphore."""


class VulkanBinarySemaphore(BinarySemaphore):
    """A binary VkSemaphore, and on the host whether a signal for it was submitted that no wait has taken yet.

    One that starts signalled needs nothing of the device: its first wait is over before it begins.
    """

    def __init__(self, device: LogicalDevice, initial: bool = False) -> None:
        self._owned = Owned(device, "Semaphore", new("VkSemaphoreCreateInfo"))
        self.device = device
        self.handle = self._owned.handle
        self.state = (initial, initial)  # signalled, and that by the host

    def take_wait(self) -> bool:
        """A batch waits for it: takes the signal. Whether the device has to wait too.

        FailedPrecondition: nothing submitted before signals it.
        """
        signalled, by_host = self.state
        if not signalled:
            raise FailedPrecondition(
                "wait for a binary semaphore that nothing signals: submit the batch that signals it first"
            )
        self.state = (False, False)
        return not by_host

    def take_signal(self) -> None:
        """A batch signals it. FailedPrecondition: no wait has taken its last signal."""
        if self.state[0]:
            raise FailedPrecondition("signal of a binary semaphore that is signalled already: wait for it first")
        self.state = (True, False)
