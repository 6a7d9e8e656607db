"""HostDevice: a device whose fences, semaphores and events live in this process."""

import time
from collections.abc import Sequence

from iree.hal.device import Device
from iree.hal.event import Event
from iree.hal.fence import Fence, FenceValue
from iree.hal.host.event import HostEvent
from iree.hal.host.fence import HostFence
from iree.hal.host.semaphore import HostBinarySemaphore, HostSemaphore
from iree.hal.host.timeline import CHANGED, LOCK
from iree.hal.semaphore import BinarySemaphore, Semaphore
from iree.hal.status import DeadlineExceeded, InvalidArgument


class HostDevice(Device):
    """A driver implements make_command_buffer and create_executable_cache."""

    def create_fence(self, initial: int = 0) -> Fence:
        return HostFence(initial)

    def create_semaphore(self, initial: int = 0) -> Semaphore:
        return HostSemaphore(initial)

    def create_binary_semaphore(self, initial: bool = False) -> BinarySemaphore:
        return HostBinarySemaphore(initial)

    def create_event(self) -> Event:
        return HostEvent()

    def wait_any_fence(self, fence_values: Sequence[FenceValue], timeout: float | None = None) -> int:
        fences = [_host(fence) for fence, _ in fence_values]
        deadline = None if timeout is None else time.monotonic() + timeout
        if not fences:
            raise InvalidArgument("wait_any_fence of no fence would never end")

        def settled() -> list[int]:
            return [i for i, (_, value) in enumerate(fence_values) if fences[i].is_settled(value)]

        with LOCK:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            first = CHANGED.wait_for(settled, left)
        if not first:
            raise DeadlineExceeded(f"none of {len(fences)} fences reached its value in {timeout} s")
        fences[first[0]].raise_failure()
        return first[0]


def _host(fence: Fence) -> HostFence:
    if not isinstance(fence, HostFence):
        raise InvalidArgument(f"wait for a {type(fence).__name__}: it belongs to another driver")
    return fence
