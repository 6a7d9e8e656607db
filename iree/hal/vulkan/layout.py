"""Layout: how kernels with some number of bindings receive their buffers; shared by all that have this number."""

import threading

from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.owned import Owned
from iree.hal.vulkan.raw import NULL, ffi, new, vk


class Layout:
    """Storage buffers 0 to binding_count - 1 of descriptor set 0, pushed with the commands where the device can.

    The sizes that a kernel has to know, of 32 bits each, are push constants.
    """

    def __init__(self, device: LogicalDevice, binding_count: int, size_count: int) -> None:
        self.binding_count = binding_count
        self.is_pushed = 0 < binding_count <= device.max_push_descriptors
        bindings = ffi.new("VkDescriptorSetLayoutBinding[]", binding_count)
        for index, binding in enumerate(bindings):
            binding.binding = index
            binding.descriptorType = vk.VK_DESCRIPTOR_TYPE_STORAGE_BUFFER
            binding.descriptorCount = 1
            binding.stageFlags = vk.VK_SHADER_STAGE_COMPUTE_BIT
        flags = vk.VK_DESCRIPTOR_SET_LAYOUT_CREATE_PUSH_DESCRIPTOR_BIT_KHR if self.is_pushed else 0
        info = new(
            "VkDescriptorSetLayoutCreateInfo",
            flags=flags,
            bindingCount=binding_count,
            pBindings=bindings if binding_count else NULL,
        )
        self._set = Owned(device, "DescriptorSetLayout", info)
        sets = ffi.new("VkDescriptorSetLayout[1]", [self._set.handle])
        pushed = ffi.new("VkPushConstantRange[1]", [(vk.VK_SHADER_STAGE_COMPUTE_BIT, 0, 4 * size_count)])
        info = new(
            "VkPipelineLayoutCreateInfo",
            setLayoutCount=1,
            pSetLayouts=sets,
            pushConstantRangeCount=1 if size_count else 0,
            pPushConstantRanges=pushed if size_count else NULL,
        )
        self._pipeline = Owned(device, "PipelineLayout", info)
        self.set_layout = self._set.handle
        self.pipeline_layout = self._pipeline.handle


class LayoutCache:
    """The layouts of one device. Any thread may call it."""

    def __init__(self, device: LogicalDevice) -> None:
        self._device = device
        self._lock = threading.Lock()
        self._layouts: dict[tuple[int, int], Layout] = {}

    def get(self, binding_count: int, size_count: int = 0) -> Layout:
        """The layout of kernels with so many bindings, which have to know so many sizes."""
        key = binding_count, size_count
        with self._lock:
            layout = self._layouts.get(key)
            if layout is None:
                layout = self._layouts[key] = Layout(self._device, *key)
            return layout
