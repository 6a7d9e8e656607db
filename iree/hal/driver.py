"""Driver: finds the devices of one kind and creates them."""

from abc import ABC, abstractmethod

from iree.hal.device import Device
from iree.hal.device_info import DeviceInfo
from iree.hal.status import NotFound, Unavailable


class Driver(ABC):
    """A driver implements enumerate_devices and make_device, and why_unavailable where it may be missing."""

    def __init__(self, name: str):
        self.name = name

    def why_unavailable(self) -> str | None:
        """Why it cannot run on this machine; None when it can."""
        return None

    @abstractmethod
    def enumerate_devices(self) -> list[DeviceInfo]:
        """All devices, the default one first."""

    @abstractmethod
    def make_device(self, info: DeviceInfo) -> Device:
        """Hook: creates a device that enumerate_devices has named."""

    def create_device(self, info: DeviceInfo | None = None) -> Device:
        """A new device; the default one without `info`. Unavailable: none here. NotFound: `info` is not ours."""
        reason = self.why_unavailable()
        if reason is not None:
            raise Unavailable(f'driver "{self.name}" is unavailable: {reason}')
        devices = self.enumerate_devices()
        if not devices:
            raise Unavailable(f'driver "{self.name}" found no device')
        if info is None:
            return self.make_device(devices[0])
        if info not in devices:
            listed = ", ".join(f'"{device.name}"' for device in devices)
            raise NotFound(
                f'driver "{self.name}" has no device "{info.name}" of driver "{info.driver}": it has {listed}'
            )
        return self.make_device(info)
