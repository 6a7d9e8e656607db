"""Requirements: what a program needs of a device beyond what Vulkan promises of all, asked for at create.

static VkResult check(VkPhysicalDevice physical) { ... }      VK_ERROR_FEATURE_NOT_PRESENT where something lacks
"""

from collections.abc import Sequence
from dataclasses import dataclass

from iree.compiler.codegen.runtimeless_c_vulkan.executables import Kernel, Triple
from iree.compiler.codegen.runtimeless_c_vulkan.program import ALIGNMENT, Bindings

# Capability of SPIR-V -> the structure that has its feature, where C declares it, and the feature.
_FEATURES = {
    "Int64": ("", "features.features", "shaderInt64"),
    "Float64": ("", "features.features", "shaderFloat64"),
    "StorageBuffer8BitAccess": ("VkPhysicalDevice8BitStorageFeatures", "storage8", "storageBuffer8BitAccess"),
    "StorageBuffer16BitAccess": ("VkPhysicalDevice16BitStorageFeatures", "storage16", "storageBuffer16BitAccess"),
}
_STRUCTURE_TYPES = {
    "VkPhysicalDevice8BitStorageFeatures": "VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_8BIT_STORAGE_FEATURES",
    "VkPhysicalDevice16BitStorageFeatures": "VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES",
}

# Extension of SPIR-V -> the version of Vulkan that has it, and what brings it to devices of 1.1 if that is later.
_EXTENSIONS = {
    "SPV_KHR_storage_buffer_storage_class": ((1, 1), ""),
    "SPV_KHR_16bit_storage": ((1, 1), ""),
    "SPV_KHR_8bit_storage": ((1, 2), "VK_KHR_8bit_storage"),
}
# Version of Vulkan -> the highest of SPIR-V that it reads, as a module's header says it.
_SPIRV_VERSIONS = {(1, 0): 0x10000, (1, 1): 0x10300, (1, 2): 0x10500, (1, 3): 0x10600}

# What every device of Vulkan has: limit -> its least value.
_PROMISED = {
    "maxStorageBufferRange": 2**27,
    "maxPerStageDescriptorStorageBuffers": 4,
    "maxDescriptorSetStorageBuffers": 24,
    "maxPerStageResources": 128,
    "maxComputeWorkGroupInvocations": 128,
    "maxComputeWorkGroupSize[0]": 128,
    "maxComputeWorkGroupSize[1]": 128,
    "maxComputeWorkGroupSize[2]": 64,
    "maxComputeWorkGroupCount[0]": 65535,
    "maxComputeWorkGroupCount[1]": 65535,
    "maxComputeWorkGroupCount[2]": 65535,
}
_LARGEST_ALLOCATION = 2**30  # bytes


@dataclass(frozen=True)
class Requirements:
    """`version`: of Vulkan, at least; `features` have to be switched on when the device is created.

    `extensions`: of Vulkan, each with the version that has it without; `limits`: what the device has to allow at least;
    `alignment`: of what is bound; `bytes`: of the largest buffer.
    """

    version: tuple[int, int]
    extensions: dict[str, tuple[int, int]]
    features: Sequence[str]
    capabilities: Sequence[str]
    limits: dict[str, int]
    alignment: int
    bytes: int

    def described(self) -> str:
        """What whoever creates the device has to know."""
        parts = [f"Vulkan {_dotted(self.version)}"]
        parts += [f"{name} or Vulkan {_dotted(version)}" for name, version in self.extensions.items()]
        switched_on = f"; switched on: {', '.join(self.features)}" if self.features else ""
        return ", ".join(parts) + switched_on

    def check(self) -> str:
        """The C function."""
        rows = [_FEATURES[capability] for capability in self.capabilities]
        structures = [(type_, name) for type_, name, _ in rows if type_]
        lines = [
            "/* VK_ERROR_FEATURE_NOT_PRESENT: the device lacks what the model needs. */",
            "static VkResult check(VkPhysicalDevice physical) {",
            "  VkPhysicalDeviceProperties properties;",
        ]
        chain = ""
        for type_, name in structures:
            lines.append(f"  {type_} {name} = {{.sType = {_STRUCTURE_TYPES[type_]}{chain}}};")
            chain = f", .pNext = &{name}"
        if rows:
            kind = "VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2"
            lines.append(f"  VkPhysicalDeviceFeatures2 features = {{.sType = {kind}{chain}}};")
        if self.bytes > _LARGEST_ALLOCATION:
            kind = "VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES"
            lines.append(f"  VkPhysicalDeviceMaintenance3Properties memory = {{.sType = {kind}}};")
            kind = "VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2"
            lines.append(f"  VkPhysicalDeviceProperties2 more = {{.sType = {kind}, .pNext = &memory}};")
        lines.append("  vkGetPhysicalDeviceProperties(physical, &properties);")
        least = "VK_API_VERSION_{}_{}".format(*self.version)
        lines.append(f"  if (properties.apiVersion < {least}) return VK_ERROR_INCOMPATIBLE_DRIVER;")
        if rows:
            lines.append("  vkGetPhysicalDeviceFeatures2(physical, &features);")
        if self.bytes > _LARGEST_ALLOCATION:
            lines.append("  vkGetPhysicalDeviceProperties2(physical, &more);")
        conditions = [f"!{name}.{feature}" for _, name, feature in rows]
        conditions += [f"properties.limits.{name} < {least}" for name, least in self.limits.items()]
        if self.bytes > _LARGEST_ALLOCATION:
            conditions.append("memory.maxMemoryAllocationSize < BUFFER_BYTES")
        if self.alignment < ALIGNMENT:
            conditions.append(f"properties.limits.minStorageBufferOffsetAlignment > {self.alignment}")
        lines += [f"  if ({condition}) return VK_ERROR_FEATURE_NOT_PRESENT;" for condition in conditions]
        return "\n".join([*lines, "  return VK_SUCCESS;", "}", ""])


def requirements_of(
    kernels: Sequence[Kernel], bindings: Sequence[Bindings], groups: Sequence[Triple], bytes_: int
) -> Requirements:
    """What launching these takes, in a buffer of so many bytes."""
    needed = {capability for kernel in kernels for capability in kernel.capabilities} - {"Shader"}
    capabilities = [capability for capability in _FEATURES if capability in needed]
    assert len(capabilities) == len(needed), f"no feature is known for some of {needed}"
    sizes = [kernel.workgroup_size for kernel in kernels]
    count = max((len(row) for row in bindings), default=0)
    values = {
        "maxStorageBufferRange": max((length for row in bindings for _, length in row), default=0),
        "maxPerStageDescriptorStorageBuffers": count,
        "maxDescriptorSetStorageBuffers": count,
        "maxPerStageResources": count,
        "maxComputeWorkGroupInvocations": max(
            (x * y * z for x, y, z in (k.workgroup_size for k in kernels)), default=0
        ),
    }
    for dim in range(3):
        values[f"maxComputeWorkGroupSize[{dim}]"] = max((size[dim] for size in sizes), default=0)
        values[f"maxComputeWorkGroupCount[{dim}]"] = max((each[dim] for each in groups), default=0)
    limits = {name: value for name, value in values.items() if value > _PROMISED[name]}
    starts = {start for row in bindings for start, _ in row}
    alignment = min((start & -start for start in starts if start), default=ALIGNMENT)
    features = [_FEATURES[capability][2] for capability in capabilities]
    version, extensions = _vulkan_of(kernels)
    if capabilities or bytes_ > _LARGEST_ALLOCATION:
        version = max(version, (1, 1))  # that has the functions which ask for them
    return Requirements(version, extensions, features, capabilities, limits, min(alignment, ALIGNMENT), bytes_)


def _vulkan_of(kernels: Sequence[Kernel]) -> tuple[tuple[int, int], dict[str, tuple[int, int]]]:
    """The version of Vulkan that reads what kernels are, and extensions of it, each with the version that has it."""
    version, extensions = (1, 0), {}
    for kernel in kernels:
        version = max(version, min(each for each, most in _SPIRV_VERSIONS.items() if kernel.version <= most))
        for name in sorted(kernel.extensions):
            since, extension = _EXTENSIONS[name]
            if extension:
                extensions[extension] = since
            else:
                version = max(version, since)
    return version, {name: since for name, since in extensions.items() if version < since}


def _dotted(version: tuple[int, int]) -> str:
    return "{}.{}".format(*version)
