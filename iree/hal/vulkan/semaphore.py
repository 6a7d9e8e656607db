"""Semaphores on Vulkan."""

from typing import NamedTuple

from iree.hal.semaphore import BinarySemaphore, Semaphore
from iree.hal.status import FailedPrecondition
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.owned import Owned
from iree.hal.vulkan.raw import new
from iree.hal.vulkan.timeline import Timeline


class VulkanSemaphore(Timeline, Semaphore):
    """A timeline semaphore."""


class BinaryState(NamedTuple):
    """Whether a signal was submitted that no wait has taken yet, and whether that is the host's."""

    is_signalled: bool
    by_host: bool = False


class VulkanBinarySemaphore(BinarySemaphore):
    """A binary VkSemaphore, and on the host the state that it has once all that is submitted has run.

    One that starts signalled needs nothing of the device: its first wait is over before it begins.
    """

    def __init__(self, device: LogicalDevice, initial: bool = False) -> None:
        self._owned = Owned(device, "Semaphore", new("VkSemaphoreCreateInfo"))
        self.device = device
        self.handle = self._owned.handle
        self.state = BinaryState(initial, initial)

    def after_wait(self, state: BinaryState) -> BinaryState:
        """What a batch that waits makes of `state`. FailedPrecondition: nothing submitted before signals it."""
        if not state.is_signalled:
            raise FailedPrecondition(
                "wait for a binary semaphore that nothing signals: submit the batch that signals it first"
            )
        return BinaryState(False)

    def after_signal(self, state: BinaryState) -> BinaryState:
        """What a batch that signals makes of `state`. FailedPrecondition: no wait has taken its last signal."""
        if state.is_signalled:
            raise FailedPrecondition("signal of a binary semaphore that is signalled already: wait for it first")
        return BinaryState(True)
