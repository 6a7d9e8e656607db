import dataclasses

import pytest

from iree.hal import registry
from iree.hal.device_info import DeviceInfo
from iree.hal.status import NotFound, Unavailable
from iree.hal.vulkan import driver as driver_module
from iree.hal.vulkan import raw
from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.device_properties import DeviceProperties, read_properties
from iree.hal.vulkan.driver import VulkanDriver
from iree.hal.vulkan.instance import Instance


def test_it_is_registered_and_available() -> None:
    driver = registry.create_driver("vulkan")
    assert isinstance(driver, VulkanDriver)
    assert driver.why_unavailable() is None
    (first, *_) = driver.enumerate_devices()
    assert first.driver == "vulkan"
    assert "Vulkan 1." in first.description


def test_a_device_is_created_from_its_info() -> None:
    driver = VulkanDriver()
    info = driver.enumerate_devices()[0]
    device = driver.create_device(info)
    assert isinstance(device, VulkanDevice)
    assert device.info == info
    with pytest.raises(NotFound, match="no device"):
        driver.create_device(DeviceInfo("other", "", "vulkan", 99))


def test_a_missing_loader_is_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw, "MISSING", "the Vulkan loader (libvulkan.so.1) is missing; install it")
    assert "libvulkan.so.1" in (VulkanDriver().why_unavailable() or "")
    with pytest.raises(Unavailable, match=r'"vulkan" is unavailable: .*libvulkan\.so\.1'):
        VulkanDriver().create_device()


def test_a_machine_without_any_vulkan_driver_names_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loader itself answers."""
    monkeypatch.setenv("VK_DRIVER_FILES", "/nowhere.json")
    monkeypatch.setenv("VK_ICD_FILENAMES", "/nowhere.json")
    assert "apt-get install mesa-vulkan-drivers" in (VulkanDriver(validation=False).why_unavailable() or "")


def test_no_device_at_all_is_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Instance, "physical_devices", lambda self: [])
    assert "apt-get install mesa-vulkan-drivers" in (VulkanDriver().why_unavailable() or "")


def test_unsuitable_devices_are_named_and_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:

    def without_queue(instance: Instance, physical: object) -> DeviceProperties:
        return dataclasses.replace(read_properties(instance, physical), queue_family=None)

    monkeypatch.setattr(driver_module, "read_properties", without_queue)
    driver = VulkanDriver()
    assert driver.enumerate_devices() == []
    reason = driver.why_unavailable() or ""
    assert "no queue that runs compute" in reason
    assert "mesa-vulkan-drivers" in reason


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("0", False), ("", False), (None, False)])
def test_the_environment_switches_validation_on(
    monkeypatch: pytest.MonkeyPatch, value: str | None, expected: bool
) -> None:
    if value is None:
        monkeypatch.delenv("IREE_VULKAN_VALIDATION", raising=False)
    else:
        monkeypatch.setenv("IREE_VULKAN_VALIDATION", value)
    device = VulkanDriver().create_device()
    assert isinstance(device, VulkanDevice)
    assert device.logical.instance.validation is expected
