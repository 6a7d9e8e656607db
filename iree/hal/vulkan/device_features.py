"""DeviceFeatures: the optional features of a device that compiled kernels and this driver may use.

Every listed feature that a device has is switched on when a device is created: it costs nothing, and what a kernel
needs is then the same question as what the device has.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final

from iree.hal.vulkan.instance import Instance
from iree.hal.vulkan.raw import ffi, new

_CORE_FEATURES: Final = ("shaderFloat64", "shaderInt64", "shaderInt16")

# Structure -> the version of Vulkan that has it, the extension that brings it to older ones, its features.
_FEATURES: Final = {
    "VkPhysicalDevice16BitStorageFeatures": (
        (1, 1), "", ("storageBuffer16BitAccess", "uniformAndStorageBuffer16BitAccess"),
    ),
    "VkPhysicalDeviceVariablePointersFeatures": (
        (1, 1), "", ("variablePointersStorageBuffer", "variablePointers"),
    ),
    "VkPhysicalDevice8BitStorageFeatures": (
        (1, 2), "VK_KHR_8bit_storage", ("storageBuffer8BitAccess", "uniformAndStorageBuffer8BitAccess"),
    ),
    "VkPhysicalDeviceShaderFloat16Int8Features": (
        (1, 2), "VK_KHR_shader_float16_int8", ("shaderFloat16", "shaderInt8"),
    ),
    "VkPhysicalDeviceTimelineSemaphoreFeatures": (
        (1, 2), "VK_KHR_timeline_semaphore", ("timelineSemaphore",),
    ),
    "VkPhysicalDeviceVulkanMemoryModelFeatures": (
        (1, 2), "VK_KHR_vulkan_memory_model", ("vulkanMemoryModel", "vulkanMemoryModelDeviceScope"),
    ),
    "VkPhysicalDeviceShaderAtomicInt64Features": (
        (1, 2), "VK_KHR_shader_atomic_int64", ("shaderBufferInt64Atomics",),
    ),
    "VkPhysicalDeviceShaderSubgroupExtendedTypesFeatures": (
        (1, 2), "VK_KHR_shader_subgroup_extended_types", ("shaderSubgroupExtendedTypes",),
    ),
    "VkPhysicalDeviceShaderIntegerDotProductFeatures": (
        (1, 3), "VK_KHR_shader_integer_dot_product", ("shaderIntegerDotProduct",),
    ),
    "VkPhysicalDeviceSubgroupSizeControlFeatures": (
        (1, 3), "VK_EXT_subgroup_size_control", ("subgroupSizeControl",),
    ),
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class DeviceFeatures:
    """`enabled` are Vulkan's names of features; `extensions` the Vulkan extensions that they need here."""

    enabled: frozenset[str]
    extensions: frozenset[str]

    def structure(self) -> tuple[Any, list[Any]]:
        """The VkPhysicalDeviceFeatures2 that switches them on, and what must live as long as it does."""
        chain: list[Any] = []
        for name, (_, _, features) in _FEATURES.items():
            switched_on = {feature: 1 for feature in features if feature in self.enabled}
            if switched_on:
                chain.append(new(name, **switched_on))
        core = {feature: 1 for feature in _CORE_FEATURES if feature in self.enabled}
        root = new("VkPhysicalDeviceFeatures2", features=core)
        _link(root, chain)
        return root, chain


def query_features(
    instance: Instance, physical: Any, version: tuple[int, int], extensions: frozenset[str]
) -> DeviceFeatures:
    """Which of the features above the device has."""
    if version < (1, 1):
        return DeviceFeatures(frozenset(), frozenset())  # cannot be asked
    known = {name: version >= since or by in extensions for name, (since, by, _) in _FEATURES.items()}
    found = read_chain(
        "VkPhysicalDeviceFeatures2", known, lambda root: instance.functions.vkGetPhysicalDeviceFeatures2(physical, root)
    )
    core = found["VkPhysicalDeviceFeatures2"].features
    enabled = {feature for feature in _CORE_FEATURES if getattr(core, feature)}
    needed = set()
    for name, (since, by, features) in _FEATURES.items():
        present = {feature for feature in features if getattr(found[name], feature)}
        enabled |= present
        if present and version < since:
            needed.add(by)
    return DeviceFeatures(frozenset(enabled), frozenset(needed))


def read_chain(root_name: str, known: Mapping[str, bool], fill: Callable[[Any], None]) -> dict[str, Any]:
    """Has the device fill a root structure and those that it knows; the others stay zero. All of them, by type name."""
    structures = {name: new(name) for name in known}
    root = new(root_name)
    _link(root, [structures[name] for name in known if known[name]])
    if any(known.values()):
        fill(root)
    return {root_name: root, **structures}


def _link(root: Any, chain: list[Any]) -> None:
    for previous, following in zip([root, *chain], chain, strict=False):
        previous.pNext = ffi.cast("void *", following)
