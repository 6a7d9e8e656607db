"""Timeline: a VkSemaphore with a value that only grows. Fences, semaphores and a queue's progress are such."""

from __future__ import annotations

import contextlib
import time
import weakref
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from iree.hal.status import DeadlineExceeded, HalError, InvalidArgument
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.owned import Owned
from iree.hal.vulkan.raw import ffi, new, out, vk

if TYPE_CHECKING:
    from iree.hal.vulkan.command_queue import VulkanCommandQueue
    from iree.hal.vulkan.in_flight import InFlight

# Vulkan cannot interrupt a wait, so a wait looks up this often for a failure, or for Ctrl-C.
SLICE_SECONDS: Final = 0.05
_SLICE_NANOSECONDS: Final = 50_000_000


class Timeline:
    """Signalled by the queue and by the host. A failure is the host's affair: the VkSemaphore just stays as it is."""

    def __init__(self, device: LogicalDevice, initial: int = 0) -> None:
        kind = new("VkSemaphoreTypeCreateInfo", semaphoreType=vk.VK_SEMAPHORE_TYPE_TIMELINE, initialValue=initial)
        self._owned = Owned(device, "Semaphore", new("VkSemaphoreCreateInfo", pNext=kind))
        self.device = device
        self.handle = self._owned.handle
        self._counter = out("uint64_t")  # threads may share it: each puts there what is true then
        self.promised = initial  # what the device was told to signal, or the host has signalled
        self.planned = initial  # with what the queue still holds back
        # Of the last submission that signals it and nothing else but the queue's progress: the value, what the queue
        # keeps alive, its progress and that value.
        self.last_alone: tuple[int, weakref.ref[InFlight], Timeline, int] | None = None
        self.failure: HalError | None = None
        self.waiting_queues: list[weakref.ref[VulkanCommandQueue]] = []  # that hold back work until it is promised

    def query(self) -> int:
        """The value now. Raises what it failed with."""
        if self.failure is not None:
            raise self.failure.again() from self.failure
        self.device.check_lost()
        return self.value()

    def value(self) -> int:
        """The value now, failed or not."""
        device = self.device
        result = device.functions.vkGetSemaphoreCounterValue(device.handle, self.handle, self._counter)
        if result:
            device.check(result, "vkGetSemaphoreCounterValue")
        return int(self._counter[0])

    def status(self) -> HalError | None:
        """What it failed with; None while it has not."""
        return self.failure

    def signal(self, value: int) -> None:
        """Sets the value from the host. InvalidArgument: not greater than now, or not less than a signal on its way."""
        now = self.query()
        if value <= now:
            raise InvalidArgument(f"signal of {value} does not increase: the value is {now}")
        if now < self.planned <= value:
            raise InvalidArgument(f"signal of {value} while submitted work will signal {self.planned}: wait first")
        device = self.device
        info = new("VkSemaphoreSignalInfo", semaphore=self.handle, value=value)
        results: list[int] = []
        try:
            results.extend(map(device.functions.vkSignalSemaphore, (device.handle,), (info,)))
            self._note_signal(results, value)
        except BaseException:  # the user interrupts
            self._note_signal(results, value)
            raise
        device.check(results[0], "vkSignalSemaphore")

    def _wait_a_moment(self, value: int) -> bool:
        """The usual way of a wait, without all that can come between. Whether the value was reached."""
        device = self.device
        if device.lost is not None or self.failure is not None:
            return False
        structures = _take_structures()
        structures.handles[0], structures.values[0] = self.handle, value
        structures.info.semaphoreCount = 1
        result = device.functions.vkWaitSemaphores(device.handle, structures.info, _SLICE_NANOSECONDS)
        _idle_structures.append(structures)
        if result < 0:
            device.check(result, "vkWaitSemaphores")
        return bool(result == 0)

    def _note_signal(self, results: list[int], value: int) -> None:
        if results == [vk.VK_SUCCESS]:
            self.promised = max(self.promised, value)
            self.planned = max(self.planned, value)
            self.wake_queues()

    def check_increase(self, value: int) -> None:
        """InvalidArgument: `value` is not greater than the one now, or than one on its way. Asks only the host."""
        if self.failure is not None:
            raise self.failure.again() from self.failure
        if value <= self.planned:
            self.check_planned(value)

    def check_planned(self, value: int, planned: int = 0) -> None:
        """InvalidArgument: `value` is not greater than all that it was or will be signalled, `planned` included."""
        highest = max(planned, self.planned)
        if value <= highest:
            raise InvalidArgument(f"submit that signals {value}: it must be greater than {highest}, which comes before")

    def fail(self, error: HalError) -> None:
        """Every wait, now and later, raises `error`. The first failure stays."""
        self.failure = self.failure or error
        self.wake_queues()

    def wake_queues(self) -> None:
        """Lets the queues that hold back work for this timeline look again."""
        for reference in tuple(self.waiting_queues):
            queue = reference()
            if queue is not None:
                queue.flush()
            with contextlib.suppress(ValueError):  # another thread wakes them too
                self.waiting_queues.remove(reference)

    def wait(self, value: int, timeout: float | None = None) -> None:
        """Blocks until the value is reached. DeadlineExceeded: `timeout` seconds passed."""
        if timeout is not None or not self._wait_a_moment(value):
            wait_for(self.device, (self,), (value,), timeout)
        if self.last_alone is None or value < self.last_alone[0]:
            return
        _, reference, progress, progress_value = self.last_alone
        in_flight = reference()
        if in_flight is not None and progress.value() >= progress_value:
            in_flight.release(progress_value)  # both are set, so nothing is left to happen


class _WaitStructures:
    """A VkSemaphoreWaitInfo for up to `capacity` semaphores, which one thread at a time fills and waits with."""

    def __init__(self, capacity: int) -> None:
        self.handles = ffi.new("VkSemaphore[]", capacity)
        self.values = ffi.new("uint64_t[]", capacity)
        self.info: Any = new("VkSemaphoreWaitInfo", pSemaphores=self.handles, pValues=self.values)


_idle_structures: deque[_WaitStructures] = deque(maxlen=16)
_KEPT_CAPACITY: Final = 4


def _take_structures() -> _WaitStructures:
    try:
        return _idle_structures.pop()
    except IndexError:
        return _WaitStructures(_KEPT_CAPACITY)


def wait_for(
    device: LogicalDevice,
    timelines: Sequence[Timeline],
    values: Sequence[int],
    timeout: float | None,
    any_of_them: bool = False,
) -> None:
    """Blocks until all timelines (or any) have reached their values; raises what one failed with."""
    count = len(timelines)
    structures = _take_structures() if count <= _KEPT_CAPACITY else _WaitStructures(count)
    info = structures.info
    for index in range(count):
        structures.handles[index] = timelines[index].handle
        structures.values[index] = values[index]
    info.semaphoreCount = count
    info.flags = vk.VK_SEMAPHORE_WAIT_ANY_BIT if any_of_them else 0
    deadline = None if timeout is None else time.monotonic() + timeout
    nanoseconds = _SLICE_NANOSECONDS
    while True:
        if device.lost is not None:
            device.check_lost()
        for timeline in timelines:
            if timeline.failure is not None:
                raise timeline.failure.again() from timeline.failure
        if deadline is not None:
            nanoseconds = int(min(SLICE_SECONDS, max(0.0, deadline - time.monotonic())) * 1e9)
        result = device.functions.vkWaitSemaphores(device.handle, info, nanoseconds)
        if result == vk.VK_SUCCESS:
            break
        device.check(result, "vkWaitSemaphores")
        if deadline is not None and time.monotonic() >= deadline:
            raise DeadlineExceeded(f"{timeout} s passed, and value {_missing(timelines, values)} was not reached")
    if count <= _KEPT_CAPACITY:
        info.flags = 0
        _idle_structures.append(structures)


def _missing(timelines: Sequence[Timeline], values: Sequence[int]) -> str:
    pairs = [(value, timeline.value()) for timeline, value in zip(timelines, values, strict=True)]
    return ", ".join(f"{value} (now {now})" for value, now in pairs if now < value) or "of any"
