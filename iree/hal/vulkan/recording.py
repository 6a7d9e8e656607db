"""Recording: one VkCommandBuffer with its pools, and everything that its commands use.

Beginning a command buffer anew takes a new Recording, so that an older one can still be running. Pools are used again:
making one costs more than recording a few commands.
"""

from typing import Any, Final

from iree.hal.status import FailedPrecondition
from iree.hal.vulkan.event import VulkanEvent
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.raw import ffi, new, out, vk

_SETS_PER_POOL: Final = 64
_DESCRIPTORS_PER_POOL: Final = 512


class Recording:
    """`commands` is the VkCommandBuffer; `kept` holds what must live as long as it may run."""

    def __init__(self, device: LogicalDevice, one_time: bool) -> None:
        device.check_open()
        self.device = device
        self.kept: list[object] = []
        self.event_uses: list[tuple[VulkanEvent, bool | None]] = []  # set to True or False, or waited for
        self._descriptor_pools: list[Any] = []
        self._sets_left = 0
        self._descriptors_left = 0
        self._pool, self.commands = self._take_pool()
        once, again = vk.VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT, vk.VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT
        info = new("VkCommandBufferBeginInfo", flags=once if one_time else again)
        device.check(device.functions.vkBeginCommandBuffer(self.commands, info), "vkBeginCommandBuffer")

    def end(self) -> None:
        """Nothing more will be recorded."""
        self.device.check(self.device.functions.vkEndCommandBuffer(self.commands), "vkEndCommandBuffer")

    def replay_events(self, states: dict[VulkanEvent, bool]) -> None:
        """Notes in `states` what its events will be. FailedPrecondition: it waits for one that nothing before sets."""
        for event, is_set in self.event_uses:
            if is_set is not None:
                states[event] = is_set
            elif not states.get(event, event.is_set):
                raise FailedPrecondition("wait_events for an event that no earlier command signals: it would never end")

    def descriptor_set(self, layout: Any, binding_count: int) -> Any:
        """A VkDescriptorSet that lives as long as this recording, as a VkDescriptorSet[1]."""
        if not self._sets_left or self._descriptors_left < binding_count:
            self._add_descriptor_pool(binding_count)
        self._sets_left -= 1
        self._descriptors_left -= binding_count
        layouts = ffi.new("VkDescriptorSetLayout[1]", [layout])
        pool = self._descriptor_pools[-1]
        info = new("VkDescriptorSetAllocateInfo", descriptorPool=pool, descriptorSetCount=1, pSetLayouts=layouts)
        sets = ffi.new("VkDescriptorSet[1]")
        device = self.device
        device.check(device.functions.vkAllocateDescriptorSets(device.handle, info, sets), "vkAllocateDescriptorSets")
        return sets

    def _take_pool(self) -> tuple[Any, Any]:
        device = self.device
        try:
            pool, commands = device.idle_command_pools.popleft()
        except IndexError:
            return self._new_pool()
        device.check(device.functions.vkResetCommandPool(device.handle, pool, 0), "vkResetCommandPool")
        return pool, commands

    def _new_pool(self) -> tuple[Any, Any]:
        device = self.device
        transient = vk.VK_COMMAND_POOL_CREATE_TRANSIENT_BIT
        family = device.properties.queue_family
        _, pool = device.create("CommandPool", new("VkCommandPoolCreateInfo", flags=transient, queueFamilyIndex=family))
        primary = vk.VK_COMMAND_BUFFER_LEVEL_PRIMARY
        info = new("VkCommandBufferAllocateInfo", commandPool=pool, level=primary, commandBufferCount=1)
        place = out("VkCommandBuffer")
        result = device.functions.vkAllocateCommandBuffers(device.handle, info, place)
        device.check(result, "vkAllocateCommandBuffers")
        return pool, place[0]

    def _add_descriptor_pool(self, binding_count: int) -> None:
        device = self.device
        self._sets_left, self._descriptors_left = _SETS_PER_POOL, _DESCRIPTORS_PER_POOL
        if binding_count <= _DESCRIPTORS_PER_POOL and device.idle_descriptor_pools:
            pool = device.idle_descriptor_pools.popleft()
            device.check(device.functions.vkResetDescriptorPool(device.handle, pool, 0), "vkResetDescriptorPool")
        else:
            self._descriptors_left = max(binding_count, _DESCRIPTORS_PER_POOL)
            pool = self._new_descriptor_pool(self._descriptors_left)
        self._descriptor_pools.append(pool)

    def _new_descriptor_pool(self, descriptors: int) -> Any:
        size = ffi.new("VkDescriptorPoolSize *", (vk.VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, descriptors))
        info = new("VkDescriptorPoolCreateInfo", maxSets=_SETS_PER_POOL, poolSizeCount=1, pPoolSizes=size)
        _, pool = self.device.create("DescriptorPool", info)
        return pool

    def __del__(self) -> None:
        if hasattr(self, "commands"):
            self.device.idle_command_pools.append((self._pool, self.commands))
            self.device.idle_descriptor_pools.extend(self._descriptor_pools)
