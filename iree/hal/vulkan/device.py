"""VulkanDevice: one physical device, with two queues for all commands and one for transfers.

Each has a VkQueue of its own where the device has so many; else they share one, and still do not wait for each other.
"""

import itertools
from collections.abc import Sequence
from pathlib import Path

from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.command_category import CommandCategory
from iree.hal.device import Device
from iree.hal.device_info import DeviceInfo
from iree.hal.event import Event
from iree.hal.executable_cache import ExecutableCache
from iree.hal.fence import Fence, FenceValue
from iree.hal.semaphore import BinarySemaphore, Semaphore
from iree.hal.status import FailedPrecondition, InvalidArgument
from iree.hal.vulkan.allocator import VulkanAllocator
from iree.hal.vulkan.command_buffer import VulkanCommandBuffer
from iree.hal.vulkan.command_queue import VulkanCommandQueue
from iree.hal.vulkan.device_properties import DeviceProperties
from iree.hal.vulkan.event import VulkanEvent
from iree.hal.vulkan.executable_cache import VulkanExecutableCache
from iree.hal.vulkan.fence import VulkanFence
from iree.hal.vulkan.layout import LayoutCache
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.pipeline_cache import PipelineCache
from iree.hal.vulkan.semaphore import VulkanBinarySemaphore, VulkanSemaphore
from iree.hal.vulkan.timeline import wait_for


class VulkanDevice(Device):
    """`validation_messages` is all that the validation layer has said while this device was there; empty without it.

    `cache_folder`: where compiled kernels are kept for the next process (pipeline_cache.py); None: nowhere.
    """

    def __init__(self, info: DeviceInfo, logical: LogicalDevice, cache_folder: Path | None = None) -> None:
        names = {
            "dispatch0": CommandCategory.ALL,
            "dispatch1": CommandCategory.ALL,
            "transfer0": CommandCategory.TRANSFER,
        }
        handles = itertools.cycle(logical.queues)
        *dispatch, transfer = (
            VulkanCommandQueue(logical, name, categories, next(handles)) for name, categories in names.items()
        )
        super().__init__(info, VulkanAllocator(logical, dispatch[0]), dispatch, [transfer])
        self.logical = logical
        self._layouts = LayoutCache(logical)
        self._pipelines = PipelineCache(logical, cache_folder)
        self.validation_messages = logical.validation_messages

    @property
    def properties(self) -> DeviceProperties:
        """What the physical device can do."""
        return self.logical.properties

    def make_command_buffer(self, mode: CommandBufferMode, categories: CommandCategory) -> CommandBuffer:
        return VulkanCommandBuffer(self.logical, self.allocator, mode, categories)

    def create_executable_cache(self) -> ExecutableCache:
        return VulkanExecutableCache(self.logical, self._layouts, self._pipelines)

    def create_fence(self, initial: int = 0) -> Fence:
        return VulkanFence(self.logical, initial)

    def create_semaphore(self, initial: int = 0) -> Semaphore:
        return VulkanSemaphore(self.logical, initial)

    def create_binary_semaphore(self, initial: bool = False) -> BinarySemaphore:
        return VulkanBinarySemaphore(self.logical, initial)

    def create_event(self) -> Event:
        return VulkanEvent(self.logical)

    def wait_any_fence(self, fence_values: Sequence[FenceValue], timeout: float | None = None) -> int:
        fences = [_ours(fence) for fence, _ in fence_values]
        values = [value for _, value in fence_values]
        if not fences:
            raise InvalidArgument("wait_any_fence of no fence would never end")
        wait_for(self.logical, fences, values, timeout, any_of_them=True)
        return next(i for i, fence in enumerate(fences) if fence.value() >= values[i])

    def close(self) -> None:
        """Waits until the device is idle; from then on it refuses work. Internal: the validation layer complained.

        The memory and the VkDevice go with the last object that uses them, so that no buffer or array is ever left
        hanging.
        """
        if not self.logical.is_closed:
            self.logical.is_closed = True
            for queue in self.command_queues:
                assert isinstance(queue, VulkanCommandQueue)
                queue.close(FailedPrecondition(f"vulkan: the device {self.info.name} was closed before this ran"))
            if self.logical.lost is None:
                self._pipelines.save()
            self.logical.check_validation()


def _ours(fence: Fence) -> VulkanFence:
    if not isinstance(fence, VulkanFence):
        raise InvalidArgument(f"wait for a {type(fence).__name__}: it belongs to another driver")
    return fence
