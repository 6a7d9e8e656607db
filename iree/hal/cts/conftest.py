"""The devices that the suite runs on. A driver that is missing fails every test: a skip is not a pass."""

import os
from collections.abc import Iterator

import pytest

from iree.hal.device import Device
from iree.hal.registry import create_driver

DRIVERS = ("null", "interpreter", "vulkan")
COMPUTING_DRIVERS = ("interpreter", "vulkan")  # the null driver accepts everything and computes nothing

os.environ.setdefault("LP_NUM_THREADS", "0")  # Mesa's CPU driver: no threads for launches this small
os.environ.setdefault("IREE_VULKAN_VALIDATION", "1")


def _new_device(name: str) -> Iterator[Device]:
    device = create_driver(name).create_device()
    yield device
    device.close()


@pytest.fixture(params=DRIVERS)
def device(request: pytest.FixtureRequest) -> Iterator[Device]:
    """A new device of each driver, for what holds even where nothing is computed."""
    yield from _new_device(request.param)


@pytest.fixture(params=COMPUTING_DRIVERS)
def computing_device(request: pytest.FixtureRequest) -> Iterator[Device]:
    """A new device of each driver that keeps data and computes."""
    yield from _new_device(request.param)
