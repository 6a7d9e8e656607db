"""DeviceProperties: what one physical device is, what it can do and where its limits are, read once as plain values.

A kernel states its needs in SPIR-V's words (capabilities, extensions, version); `capabilities` and `extensions` are
therefore kept in those words, so that comparing is a set difference.
"""

import dataclasses
from typing import Any, Final

from iree.hal.vulkan.device_features import DeviceFeatures, query_features, read_chain
from iree.hal.vulkan.errors import check
from iree.hal.vulkan.instance import Instance, version_pair
from iree.hal.vulkan.raw import NULL, ffi, out, text, vk

_SPIRV_VERSION_OF_VULKAN: Final = {(1, 1): (1, 3), (1, 2): (1, 5), (1, 3): (1, 6)}

_KINDS: Final = ("other", "integrated GPU", "discrete GPU", "virtual GPU", "CPU")
_PREFERENCE: Final = ("discrete GPU", "integrated GPU", "virtual GPU", "CPU", "other")

# Capability -> the feature (of DeviceFeatures) that a device must have for it.
_FEATURE_OF_CAPABILITY: Final = {
    "Int8": "shaderInt8",
    "Int16": "shaderInt16",
    "Int64": "shaderInt64",
    "Float16": "shaderFloat16",
    "Float64": "shaderFloat64",
    "StorageBuffer8BitAccess": "storageBuffer8BitAccess",
    "UniformAndStorageBuffer8BitAccess": "uniformAndStorageBuffer8BitAccess",
    "StorageBuffer16BitAccess": "storageBuffer16BitAccess",
    "StorageUniformBufferBlock16": "storageBuffer16BitAccess",
    "UniformAndStorageBuffer16BitAccess": "uniformAndStorageBuffer16BitAccess",
    "StorageUniform16": "uniformAndStorageBuffer16BitAccess",
    "VariablePointersStorageBuffer": "variablePointersStorageBuffer",
    "VariablePointers": "variablePointers",
    "VulkanMemoryModel": "vulkanMemoryModel",
    "VulkanMemoryModelDeviceScope": "vulkanMemoryModelDeviceScope",
    "Int64Atomics": "shaderBufferInt64Atomics",
    "DotProduct": "shaderIntegerDotProduct",
    "DotProductInputAll": "shaderIntegerDotProduct",
    "DotProductInput4x8Bit": "shaderIntegerDotProduct",
    "DotProductInput4x8BitPacked": "shaderIntegerDotProduct",
}

# Capability -> the bit of VkSubgroupFeatureFlags that a device must have for it.
_SUBGROUP_OPERATIONS: Final = {
    "GroupNonUniform": 1,
    "GroupNonUniformVote": 2,
    "GroupNonUniformArithmetic": 4,
    "GroupNonUniformBallot": 8,
    "GroupNonUniformShuffle": 16,
    "GroupNonUniformShuffleRelative": 32,
    "GroupNonUniformClustered": 64,
    "GroupNonUniformQuad": 128,
}

# Capability -> the property of VkPhysicalDeviceFloatControlsProperties, which is asked for each width of float.
_FLOAT_CONTROLS: Final = {
    "DenormPreserve": "shaderDenormPreserveFloat",
    "DenormFlushToZero": "shaderDenormFlushToZeroFloat",
    "SignedZeroInfNanPreserve": "shaderSignedZeroInfNanPreserveFloat",
    "RoundingModeRTE": "shaderRoundingModeRTEFloat",
    "RoundingModeRTZ": "shaderRoundingModeRTZFloat",
}

# SPIR-V extension -> the version of Vulkan that has it, the Vulkan extension that brings it to older ones.
_SPIRV_EXTENSIONS: Final = {
    "SPV_KHR_storage_buffer_storage_class": ((1, 1), ""),
    "SPV_KHR_variable_pointers": ((1, 1), ""),
    "SPV_KHR_16bit_storage": ((1, 1), ""),
    "SPV_KHR_8bit_storage": ((1, 2), "VK_KHR_8bit_storage"),
    "SPV_KHR_float_controls": ((1, 2), "VK_KHR_shader_float_controls"),
    "SPV_KHR_no_integer_wrap_decoration": ((1, 2), "VK_KHR_shader_float_controls"),
    "SPV_KHR_vulkan_memory_model": ((1, 2), "VK_KHR_vulkan_memory_model"),
    "SPV_KHR_integer_dot_product": ((1, 3), "VK_KHR_shader_integer_dot_product"),
}


@dataclasses.dataclass(frozen=True)
class DeviceProperties:
    """One physical device. Sizes are bytes; triples are x, y, z."""

    name: str
    kind: str  # "discrete GPU", "integrated GPU", "virtual GPU", "CPU", "other"
    driver: str  # "llvmpipe Mesa 22.3.6 (LLVM 15.0.6)"
    vendor_id: int
    device_id: int
    driver_version: int
    pipeline_cache_id: bytes  # the same for devices and versions of the driver that share pipelines
    version: tuple[int, int]  # of Vulkan, as far as this driver uses it
    vulkan_extensions: frozenset[str]
    features: DeviceFeatures

    capabilities: frozenset[str]  # SPIR-V capabilities that a kernel may declare
    extensions: frozenset[str]  # SPIR-V extensions that a kernel may declare
    spirv_version: tuple[int, int]

    subgroup_size: int
    subgroup_sizes: tuple[int, int]  # the smallest and the largest that a kernel may require

    max_workgroup_count: tuple[int, int, int]
    max_workgroup_size: tuple[int, int, int]
    max_workgroup_invocations: int
    max_shared_memory: int
    max_bindings: int
    max_storage_buffer_range: int
    max_push_descriptors: int  # 0: the device has none
    max_allocation: int
    storage_buffer_alignment: int
    host_import_alignment: int  # 0: host memory cannot be imported
    queue_family: int | None  # the family that dispatches; None: the device has none
    queue_count: int  # of that family

    def why_unsuitable(self) -> str | None:
        """What this driver needs and the device lacks; None where it has everything."""
        if self.version < (1, 1):
            return f"it has Vulkan {self.version[0]}.{self.version[1]}; 1.1 is needed"
        if "timelineSemaphore" not in self.features.enabled:
            return "it has no timeline semaphores (Vulkan 1.2, or VK_KHR_timeline_semaphore)"
        if self.queue_family is None:
            return "it has no queue that runs compute kernels"
        return None

    @property
    def shares_host_memory(self) -> bool:
        """Whether the host's memory is as near to the device as its own."""
        return self.kind in ("CPU", "integrated GPU")

    @property
    def preference(self) -> int:
        """Lower comes first where a device has to be chosen."""
        return _PREFERENCE.index(self.kind)


def read_properties(instance: Instance, physical: Any) -> DeviceProperties:
    """Asks the device once. A device of Vulkan 1.0 cannot answer most of it: only its name and version are read."""
    core = out("VkPhysicalDeviceProperties")
    instance.functions.vkGetPhysicalDeviceProperties(physical, core)
    version = min(version_pair(core.apiVersion), instance.version)
    extensions = _extension_names(instance, physical)
    features = query_features(instance, physical, version, extensions)
    more = _Answers(instance, physical, version, extensions)
    limits = core.limits
    queue_family, queue_count = _queue_family(instance, physical)
    return DeviceProperties(
        name=text(core.deviceName),
        kind=_KINDS[core.deviceType] if core.deviceType < len(_KINDS) else "other",
        driver=more.driver(),
        vendor_id=core.vendorID,
        device_id=core.deviceID,
        driver_version=core.driverVersion,
        pipeline_cache_id=bytes(ffi.buffer(core.pipelineCacheUUID)),
        version=version,
        vulkan_extensions=extensions,
        features=features,
        capabilities=_capabilities(features, more),
        extensions=frozenset(
            name for name, (since, by) in _SPIRV_EXTENSIONS.items() if version >= since or by in extensions
        ),
        spirv_version=_spirv_version(version, extensions),
        subgroup_size=more.subgroup.subgroupSize,
        subgroup_sizes=more.subgroup_sizes(features),
        max_workgroup_count=tuple(limits.maxComputeWorkGroupCount),
        max_workgroup_size=tuple(limits.maxComputeWorkGroupSize),
        max_workgroup_invocations=limits.maxComputeWorkGroupInvocations,
        max_shared_memory=limits.maxComputeSharedMemorySize,
        max_bindings=min(limits.maxPerStageDescriptorStorageBuffers, limits.maxDescriptorSetStorageBuffers),
        max_storage_buffer_range=limits.maxStorageBufferRange,
        max_push_descriptors=more.push.maxPushDescriptors,
        max_allocation=more.limits3.maxMemoryAllocationSize,
        storage_buffer_alignment=limits.minStorageBufferOffsetAlignment,
        host_import_alignment=more.host_import.minImportedHostPointerAlignment,
        queue_family=queue_family,
        queue_count=queue_count,
    )


class _Answers:
    """The properties beyond Vulkan 1.0, as the structures that the device filled; zeros where it does not know one."""

    def __init__(self, instance: Instance, physical: Any, version: tuple[int, int], extensions: frozenset[str]) -> None:
        def known(since: tuple[int, int], extension: str) -> bool:
            return version >= since or extension in extensions

        wanted = {
            "VkPhysicalDeviceMaintenance3Properties": True,
            "VkPhysicalDeviceSubgroupProperties": True,
            "VkPhysicalDeviceDriverProperties": known((1, 2), "VK_KHR_driver_properties"),
            "VkPhysicalDeviceFloatControlsProperties": known((1, 2), "VK_KHR_shader_float_controls"),
            "VkPhysicalDeviceSubgroupSizeControlProperties": known((1, 3), "VK_EXT_subgroup_size_control"),
            "VkPhysicalDevicePushDescriptorPropertiesKHR": "VK_KHR_push_descriptor" in extensions,
            "VkPhysicalDeviceExternalMemoryHostPropertiesEXT": "VK_EXT_external_memory_host" in extensions,
        }
        chain = read_chain(
            "VkPhysicalDeviceProperties2",
            {name: known and version >= (1, 1) for name, known in wanted.items()},
            lambda root: instance.functions.vkGetPhysicalDeviceProperties2(physical, root),
        )
        self.limits3 = chain["VkPhysicalDeviceMaintenance3Properties"]
        self.subgroup = chain["VkPhysicalDeviceSubgroupProperties"]
        self.driver_properties = chain["VkPhysicalDeviceDriverProperties"]
        self.float_controls = chain["VkPhysicalDeviceFloatControlsProperties"]
        self.size_control = chain["VkPhysicalDeviceSubgroupSizeControlProperties"]
        self.push = chain["VkPhysicalDevicePushDescriptorPropertiesKHR"]
        self.host_import = chain["VkPhysicalDeviceExternalMemoryHostPropertiesEXT"]

    def driver(self) -> str:
        return f"{text(self.driver_properties.driverName)} {text(self.driver_properties.driverInfo)}".strip()

    def subgroup_sizes(self, features: DeviceFeatures) -> tuple[int, int]:
        controllable = "subgroupSizeControl" in features.enabled
        if controllable and self.size_control.requiredSubgroupSizeStages & vk.VK_SHADER_STAGE_COMPUTE_BIT:
            return self.size_control.minSubgroupSize, self.size_control.maxSubgroupSize
        return self.subgroup.subgroupSize, self.subgroup.subgroupSize


def _capabilities(features: DeviceFeatures, answers: _Answers) -> frozenset[str]:
    found = {"Matrix", "Shader"}
    found |= {capability for capability, feature in _FEATURE_OF_CAPABILITY.items() if feature in features.enabled}
    if answers.subgroup.supportedStages & vk.VK_SHADER_STAGE_COMPUTE_BIT:
        operations = answers.subgroup.supportedOperations
        found |= {capability for capability, bit in _SUBGROUP_OPERATIONS.items() if operations & bit}
    widths = ["32"]  # a capability does not say which width it is used with: each that kernels can have must do
    widths += ["16"] if "shaderFloat16" in features.enabled else []
    widths += ["64"] if "shaderFloat64" in features.enabled else []
    for capability, prefix in _FLOAT_CONTROLS.items():
        if all(getattr(answers.float_controls, prefix + width) for width in widths):
            found.add(capability)
    return frozenset(found)


def _spirv_version(version: tuple[int, int], extensions: frozenset[str]) -> tuple[int, int]:
    newest = _SPIRV_VERSION_OF_VULKAN.get(version, (1, 0))
    return max(newest, (1, 4)) if "VK_KHR_spirv_1_4" in extensions else newest


def _extension_names(instance: Instance, physical: Any) -> frozenset[str]:
    ask = instance.functions.vkEnumerateDeviceExtensionProperties
    count = out("uint32_t")
    check(ask(physical, NULL, count, NULL), "vkEnumerateDeviceExtensionProperties")
    found = ffi.new("VkExtensionProperties[]", count[0])
    check(ask(physical, NULL, count, found), "vkEnumerateDeviceExtensionProperties")
    return frozenset(text(extension.extensionName) for extension in found)


def _queue_family(instance: Instance, physical: Any) -> tuple[int | None, int]:
    """A family for compute without graphics where there is one, else any for compute. All of them transfer too."""
    count = out("uint32_t")
    instance.functions.vkGetPhysicalDeviceQueueFamilyProperties(physical, count, NULL)
    families = ffi.new("VkQueueFamilyProperties[]", count[0])
    instance.functions.vkGetPhysicalDeviceQueueFamilyProperties(physical, count, families)
    compute = [i for i, family in enumerate(families) if family.queueFlags & vk.VK_QUEUE_COMPUTE_BIT]
    dedicated = [i for i in compute if not families[i].queueFlags & vk.VK_QUEUE_GRAPHICS_BIT]
    chosen = next(iter(dedicated + compute), None)
    return chosen, 0 if chosen is None else families[chosen].queueCount
