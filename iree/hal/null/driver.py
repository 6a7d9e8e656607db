"""NullDriver: one device that does nothing."""

from iree.hal.device import Device
from iree.hal.device_info import DeviceInfo
from iree.hal.driver import Driver
from iree.hal.null.device import NullDevice


class NullDriver(Driver):
    """Always available."""

    def __init__(self) -> None:
        super().__init__("null")

    def enumerate_devices(self) -> list[DeviceInfo]:
        return [DeviceInfo("null", "accepts everything, computes nothing", self.name)]

    def make_device(self, info: DeviceInfo) -> Device:
        return NullDevice(info)
