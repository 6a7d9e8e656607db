"""Waiting for any of several host fences."""

import pytest

from iree.hal.fence import Fence, FenceValue
from iree.hal.registry import create_driver
from iree.hal.status import HalError, InvalidArgument


class Foreign(Fence):
    """Some other driver's fence."""

    def query(self) -> int:
        return 0

    def status(self) -> HalError | None:
        return None

    def signal(self, value: int) -> None:
        pass

    def fail(self, error: HalError) -> None:
        pass

    def wait(self, value: int, timeout: float | None = None) -> None:
        pass


def test_fence_of_another_driver_is_refused() -> None:
    device = create_driver("null").create_device()
    with pytest.raises(InvalidArgument, match="wait for a Foreign: it belongs to another driver"):
        device.wait_any_fence([FenceValue(Foreign(), 1)])
