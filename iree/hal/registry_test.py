"""The registry knows the drivers and imports each only when asked."""

import os
import subprocess
import sys

import pytest

from iree.hal.device import Device
from iree.hal.device_info import DeviceInfo
from iree.hal.driver import Driver
from iree.hal.registry import create_driver, driver_names
from iree.hal.status import NotFound, Unavailable


def test_names() -> None:
    assert driver_names() == ("null", "interpreter", "vulkan")


@pytest.mark.parametrize("name", ["null", "interpreter"])
def test_driver_has_the_name_it_was_asked_for(name: str) -> None:
    assert create_driver(name).name == name


def test_unknown_name_lists_the_drivers() -> None:
    with pytest.raises(NotFound, match='no driver "cuda": there are null, interpreter, vulkan'):
        create_driver("cuda")


def test_only_the_driver_that_is_asked_for_is_imported() -> None:
    program = (
        "import sys; from iree.hal.registry import create_driver; create_driver('null');"
        "names = ('vulkan', 'iree.hal.interpreter', 'iree.hal.vulkan');"
        "print([name for name in sys.modules if name.startswith(names)])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=path())
    assert answer.stdout.strip() == "[]"


def path() -> dict[str, str]:
    """The environment with this process's import path."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


class Absent(Driver):
    """A driver whose hardware is missing."""

    def __init__(self, reason: str | None) -> None:
        super().__init__("absent")
        self.reason = reason

    def why_unavailable(self) -> str | None:
        return self.reason

    def enumerate_devices(self) -> list[DeviceInfo]:
        return []

    def make_device(self, info: DeviceInfo) -> Device:
        raise AssertionError


def test_unavailable_driver_says_why() -> None:
    with pytest.raises(Unavailable, match='driver "absent" is unavailable: no such chip'):
        Absent("no such chip").create_device()


def test_driver_without_devices_says_so() -> None:
    with pytest.raises(Unavailable, match='driver "absent" found no device'):
        Absent(None).create_device()
