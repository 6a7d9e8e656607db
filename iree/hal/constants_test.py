"""Constants, where the device takes all of them at once, and where it takes a copy of each."""

import pytest

from iree.hal.constants import Constants
from iree.hal.device import Device
from iree.hal.registry import create_driver

SEGMENT = memoryview(bytes(range(200)))


def device(takes_all: bool, monkeypatch: pytest.MonkeyPatch) -> Device:
    made = create_driver("interpreter").create_device()
    if not takes_all:
        monkeypatch.setattr(made.allocator, "allocate_constants", lambda segment: None)
    return made


@pytest.mark.parametrize("takes_all", [True, False])
def test_each_lies_in_its_place(takes_all: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    constants = Constants(device(takes_all, monkeypatch), SEGMENT)
    assert constants.at(64, 5).read() == bytes(range(64, 69))
    assert (constants.at(0, 1).allocated_buffer is constants.at(64, 5).allocated_buffer) == takes_all
