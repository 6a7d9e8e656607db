"""VulkanExecutable: compute pipelines, one for each entry point of a SPIR-V module."""

from typing import Any

from iree.hal.executable import Executable
from iree.hal.vulkan.executable_def import ExecutableDef, KernelDef, Triple
from iree.hal.vulkan.layout import Layout, LayoutCache
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.owned import Owned
from iree.hal.vulkan.pipeline_cache import PipelineCache
from iree.hal.vulkan.raw import NULL, ffi, new, vk


class Kernel:
    """One entry point, ready to be dispatched."""

    __slots__ = ("_owned", "binding_count", "definition", "layout", "name", "pipeline", "symbol_count", "tile")

    name: str
    binding_count: int
    tile: Triple
    symbol_count: int
    definition: KernelDef
    layout: Layout
    pipeline: Any

    def __init__(
        self,
        device: LogicalDevice,
        definition: KernelDef,
        subgroup_size: int,
        module: Owned,
        layout: Layout,
        pipelines: PipelineCache,
    ) -> None:
        self.name = definition.name
        self.binding_count = definition.binding_count
        self.tile = definition.tile
        self.symbol_count = definition.symbol_count
        self.definition = definition
        self.layout = layout
        self._owned = _Pipeline(device, definition.name, subgroup_size, module, layout, pipelines)
        self.pipeline = self._owned.handle


class VulkanExecutable(Executable):
    """Prepared by VulkanExecutableCache."""

    def __init__(
        self,
        device: LogicalDevice,
        layouts: LayoutCache,
        pipelines: PipelineCache,
        name: str,
        definition: ExecutableDef,
    ) -> None:
        super().__init__(name, tuple(kernel.name for kernel in definition.kernels))
        words = ffi.from_buffer("uint32_t[]", definition.code)
        info = new("VkShaderModuleCreateInfo", codeSize=definition.code.nbytes, pCode=words)
        module = Owned(device, "ShaderModule", info)  # its pipelines do not need it once they are made
        self.kernels = tuple(
            Kernel(
                device,
                kernel,
                definition.subgroup_size,
                module,
                layouts.get(kernel.binding_count, kernel.symbol_count),
                pipelines,
            )
            for kernel in definition.kernels
        )


class _Pipeline(Owned):
    """Vulkan makes several pipelines in one call, so it does not fit Owned's way of creating."""

    def __init__(
        self,
        device: LogicalDevice,
        entry_point: str,
        subgroup_size: int,
        module: Owned,
        layout: Layout,
        pipelines: PipelineCache,
    ) -> None:
        device.check_open()
        name = ffi.new("char[]", entry_point.encode())
        required = new("VkPipelineShaderStageRequiredSubgroupSizeCreateInfo", requiredSubgroupSize=subgroup_size)
        controlled = subgroup_size and "subgroupSizeControl" in device.properties.features.enabled
        stage = new(
            "VkPipelineShaderStageCreateInfo",
            pNext=required if controlled else NULL,
            stage=vk.VK_SHADER_STAGE_COMPUTE_BIT,
            module=module.handle,
            pName=name,
        )
        info = new("VkComputePipelineCreateInfo", stage=stage[0], layout=layout.pipeline_layout, basePipelineIndex=-1)
        place = ffi.new("VkPipeline[1]")
        self.device = device
        self._key = device.adopt("Pipeline", place)
        result = device.functions.vkCreateComputePipelines(device.handle, pipelines.handle, 1, info, NULL, place)
        device.check(result, f"vkCreateComputePipelines for {entry_point}")
        self.handle = place[0]
