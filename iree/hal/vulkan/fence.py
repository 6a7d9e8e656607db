"""Fence on Vulkan."""

from iree.hal.fence import Fence
from iree.hal.vulkan.timeline import Timeline


class VulkanFence(Timeline, Fence):
    """A timeline semaphore that the queue signals and the host waits for."""
