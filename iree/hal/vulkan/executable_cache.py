"""VulkanExecutableCache: SPIR-V executables as compute pipelines."""

from iree.hal.executable import Executable, ExecutableSpec
from iree.hal.executable_cache import ExecutableCache
from iree.hal.status import DataLoss
from iree.hal.vulkan.executable import VulkanExecutable
from iree.hal.vulkan.executable_def import ExecutableDef, read_executable_def
from iree.hal.vulkan.layout import LayoutCache
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.pipeline_cache import PipelineCache
from iree.schemas.file_format import ExecutableFormat


class VulkanExecutableCache(ExecutableCache):
    """Compares what an executable needs with what the device has before it reads the code."""

    def __init__(self, device: LogicalDevice, layouts: LayoutCache, pipelines: PipelineCache) -> None:
        super().__init__()
        self._device = device
        self._layouts = layouts
        self._pipelines = pipelines

    def can_prepare_format(self, fourcc: int) -> bool:
        return fourcc == ExecutableFormat.SPIRV

    def why_unsuitable(self, spec: ExecutableSpec) -> str | None:
        return super().why_unsuitable(spec) or _read(spec).why_unsuitable(self._device.properties)

    def prepare(self, spec: ExecutableSpec) -> Executable:
        definition = _read(spec)
        try:
            definition.check_code()
        except DataLoss as error:
            raise DataLoss(f"{spec}: {error}") from error
        executable = VulkanExecutable(self._device, self._layouts, self._pipelines, spec.name, definition)
        self._pipelines.save_sometimes()
        self._device.check_validation()
        return executable


def _read(spec: ExecutableSpec) -> ExecutableDef:
    try:
        return read_executable_def(spec.contents)
    except DataLoss as error:
        raise DataLoss(f"{spec}: {error}") from error
