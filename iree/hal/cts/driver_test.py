"""Drivers name their devices and create them; the registry names the drivers."""

import pytest

from iree.hal.cts.conftest import DRIVERS
from iree.hal.device import Device
from iree.hal.device_info import DeviceInfo
from iree.hal.registry import create_driver, driver_names
from iree.hal.status import NotFound


@pytest.mark.parametrize("name", DRIVERS)
def test_driver_is_available(name: str) -> None:
    assert create_driver(name).why_unavailable() is None


@pytest.mark.parametrize("name", DRIVERS)
def test_driver_creates_each_device_it_names(name: str) -> None:
    driver = create_driver(name)
    devices = driver.enumerate_devices()
    assert devices
    for info in devices:
        assert info.driver == driver.name == name
        device = driver.create_device(info)
        assert device.info == info
        device.close()


@pytest.mark.parametrize("name", DRIVERS)
def test_device_of_another_driver_is_not_found(name: str) -> None:
    with pytest.raises(NotFound, match=f'driver "{name}" has no device "toaster" of driver "kitchen": it has "'):
        create_driver(name).create_device(DeviceInfo("toaster", "", "kitchen"))


def test_suite_runs_on_every_registered_driver() -> None:
    assert driver_names() == DRIVERS


def test_device_has_queues_for_both_kinds_of_command(device: Device) -> None:
    assert all(queue.can_dispatch for queue in device.dispatch_queues)
    assert all(queue.can_transfer for queue in device.transfer_queues)
    assert device.dispatch_queues
    assert device.transfer_queues
    assert device.command_queues[0] is device.dispatch_queues[0]
    assert len(set(device.command_queues)) == len(device.command_queues)
