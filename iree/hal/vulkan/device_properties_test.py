import dataclasses
import re

import pytest

from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.device_features import DeviceFeatures
from iree.hal.vulkan.raw import vk


def test_limits_agree_with_the_vulkan_package(device: VulkanDevice) -> None:
    """Its own wrapper reads the same structure another way."""
    theirs = vk.vkGetPhysicalDeviceProperties(device.logical.physical)
    ours = device.properties
    assert ours.name == theirs.deviceName
    assert ours.max_workgroup_count == tuple(theirs.limits.maxComputeWorkGroupCount)
    assert ours.max_workgroup_size == tuple(theirs.limits.maxComputeWorkGroupSize)
    assert ours.max_workgroup_invocations == theirs.limits.maxComputeWorkGroupInvocations
    assert ours.max_shared_memory == theirs.limits.maxComputeSharedMemorySize
    assert ours.max_storage_buffer_range == theirs.limits.maxStorageBufferRange
    assert ours.storage_buffer_alignment == theirs.limits.minStorageBufferOffsetAlignment


def test_core_features_agree_with_the_vulkan_package(device: VulkanDevice) -> None:
    theirs = vk.vkGetPhysicalDeviceFeatures(device.logical.physical)
    for feature, capability in (("shaderFloat64", "Float64"), ("shaderInt64", "Int64"), ("shaderInt16", "Int16")):
        assert (feature in device.properties.features.enabled) == bool(getattr(theirs, feature))
        assert (capability in device.properties.capabilities) == bool(getattr(theirs, feature))


def test_every_device_has_the_shader_capability(device: VulkanDevice) -> None:
    assert "Shader" in device.properties.capabilities
    assert "SPV_KHR_storage_buffer_storage_class" in device.properties.extensions
    assert device.properties.spirv_version >= (1, 3)
    assert device.properties.why_unsuitable() is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"version": (1, 0)}, r"it has Vulkan 1\.0; 1\.1 is needed"),
        ({"features": DeviceFeatures(frozenset(), frozenset())}, "no timeline semaphores"),
        ({"queue_family": None}, "no queue that runs compute"),
    ],
)
def test_what_a_device_lacks_is_named(device: VulkanDevice, change: dict[str, object], named: str) -> None:
    lesser = dataclasses.replace(device.properties, **change)  # type: ignore[arg-type]
    reason = lesser.why_unsuitable()
    assert reason is not None
    assert re.search(named, reason)


def test_gpus_come_before_the_cpu(device: VulkanDevice) -> None:
    kinds = ["CPU", "other", "integrated GPU", "discrete GPU"]
    found = [dataclasses.replace(device.properties, kind=kind) for kind in kinds]
    ordered = [properties.kind for properties in sorted(found, key=lambda properties: properties.preference)]
    assert ordered == ["discrete GPU", "integrated GPU", "CPU", "other"]
