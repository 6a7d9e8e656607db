"""VulkanDriver: the Vulkan devices of this machine, through the system's loader.

IREE_VULKAN_VALIDATION=1 switches Khronos' validation layer on: whatever it says becomes an error.
"""

import os

from iree.hal.device import Device
from iree.hal.device_info import DeviceInfo
from iree.hal.driver import Driver
from iree.hal.status import HalError
from iree.hal.vulkan import pipeline_cache
from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.device_properties import DeviceProperties, read_properties
from iree.hal.vulkan.instance import Instance
from iree.hal.vulkan.logical_device import LogicalDevice

VALIDATION_VARIABLE = "IREE_VULKAN_VALIDATION"


class VulkanDriver(Driver):
    """`validation` and `cache_folder` follow the environment unless they are given.

    Without `push_descriptors` it uses descriptor pools; `cache_folder` "" keeps no compiled kernels.
    """

    def __init__(
        self,
        validation: bool | None = None,
        push_descriptors: bool = True,
        cache_folder: str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__("vulkan")
        asked = os.environ.get(VALIDATION_VARIABLE, "0") not in ("", "0")
        self._validation = asked if validation is None else validation
        self._push_descriptors = push_descriptors
        self._cache_folder = pipeline_cache.cache_folder(cache_folder)
        self._instance: Instance | None = None

    def why_unavailable(self) -> str | None:
        try:
            found = self._properties()
        except HalError as error:
            return str(error)
        if not found:
            return "no Vulkan driver for any device is installed; for the CPU: apt-get install mesa-vulkan-drivers"
        reasons = [properties.why_unsuitable() for properties in found]
        if all(reasons):
            named = (f"{properties.name}: {reason}" for properties, reason in zip(found, reasons, strict=True))
            return "no device will do; for the CPU: apt-get install mesa-vulkan-drivers. " + "; ".join(named)
        return None

    def enumerate_devices(self) -> list[DeviceInfo]:
        """Discrete GPUs first, CPUs last."""
        usable = [(handle, found) for handle, found in enumerate(self._properties()) if not found.why_unsuitable()]
        usable.sort(key=lambda pair: pair[1].preference)
        return [DeviceInfo(found.name, _description(found), self.name, handle) for handle, found in usable]

    def make_device(self, info: DeviceInfo) -> Device:
        instance = self._open()
        physical = instance.physical_devices()[info.handle]
        properties = read_properties(instance, physical)
        logical = LogicalDevice(instance, physical, properties, self._push_descriptors)
        return VulkanDevice(info, logical, self._cache_folder)

    def _open(self) -> Instance:
        if self._instance is None:
            self._instance = Instance(self._validation)
        return self._instance

    def _properties(self) -> list[DeviceProperties]:
        instance = self._open()
        return [read_properties(instance, physical) for physical in instance.physical_devices()]


def _description(properties: DeviceProperties) -> str:
    major, minor = properties.version
    return f"{properties.kind}, {properties.driver}, Vulkan {major}.{minor}"
