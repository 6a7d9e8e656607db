"""VulkanCommandQueue: batches as submissions to one VkQueue, each signalling timeline semaphores at its end.

A batch goes to the device when everything that it waits for was signalled or is on the way there; until then it and all
behind it are held back here. So the device never waits for the host, and a semaphore that fails can still fail what
waits for it.
"""

import threading
import time
import weakref
from collections import deque
from collections.abc import Sequence
from typing import Any, Final

from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_category import CommandCategory
from iree.hal.command_queue import CommandQueue
from iree.hal.fence import Fence, FenceValue
from iree.hal.semaphore import SemaphoreValue
from iree.hal.status import DeadlineExceeded, HalError, InvalidArgument
from iree.hal.submission_batch import SubmissionBatch
from iree.hal.vulkan.command_buffer import VulkanCommandBuffer
from iree.hal.vulkan.fence import VulkanFence
from iree.hal.vulkan.in_flight import InFlight
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.raw import ffi, new, vk
from iree.hal.vulkan.recording import Recording
from iree.hal.vulkan.semaphore import VulkanBinarySemaphore, VulkanSemaphore
from iree.hal.vulkan.timeline import Timeline

_RELEASED_FROM: Final = 8  # submissions that nobody has waited for before the device is asked how far it is


class _Step:
    """One VkSubmitInfo to be: a batch in Vulkan's objects."""

    __slots__ = ("binary_signals", "binary_waits", "recordings", "signals", "waits")

    def __init__(self, recordings: list[Recording]) -> None:
        self.recordings = recordings
        self.waits: list[tuple[Timeline, int]] = []
        self.signals: list[tuple[Timeline, int]] = []
        self.binary_waits: list[VulkanBinarySemaphore] = []
        self.binary_signals: list[VulkanBinarySemaphore] = []

    def fail(self, error: HalError) -> None:
        """It will never run."""
        for timeline, _ in self.signals:
            timeline.fail(error)


class VulkanCommandQueue(CommandQueue):
    """The one queue of a device, for transfers and dispatches."""

    def __init__(self, device: LogicalDevice) -> None:
        super().__init__("queue 0", CommandCategory.ALL)
        self._device = device
        self._lock = threading.RLock()
        self._idle = threading.Condition(self._lock)  # nothing is held back any more
        self._held_back: deque[_Step] = deque()
        self._failure: HalError | None = None
        self._progress = Timeline(device)
        self._submitted = 0
        self._in_flight = InFlight(self._progress)
        self._scratch = _SubmitStructures(16)
        device.in_flight = weakref.ref(self._in_flight)

    def submit_batches(self, batches: Sequence[SubmissionBatch], fence: FenceValue | None) -> None:
        with self._lock:
            steps = self._steps(batches, fence)
            if self._failure is not None:
                for step in steps:
                    step.fail(self._failure)
                return
            self._held_back.extend(steps)
            self.flush()
        self._device.check_validation()

    def flush(self) -> None:
        """Hands on to the device whatever need not be held back any more."""
        with self._lock:
            while self._held_back:
                step = self._held_back[0]
                try:
                    if self._must_wait(step):
                        return
                    self._submit(step)
                except HalError as error:
                    self._fail(error)
                    return
                self._held_back.popleft()
            self._idle.notify_all()

    def close(self, error: HalError) -> None:
        """Finishes what the device has begun. What is held back will never run: who waits for it gets `error`."""
        with self._lock:
            if self._held_back:
                self._fail(error)
            if self._device.lost is None:
                self._finish(self._submitted)

    def run(self, recording: Recording) -> None:
        """Submits a recording of the driver's own and blocks until it is done."""
        done = VulkanFence(self._device)
        with self._lock:
            step = _Step([recording])
            step.signals.append((done, 1))
            if self._failure is not None:
                raise self._failure.again() from self._failure
            self._held_back.append(step)
            self.flush()
        done.wait(1)

    def wait_idle(self, timeout: float | None = None) -> None:
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._lock:
            if not self._idle.wait_for(lambda: not self._held_back, timeout):
                raise DeadlineExceeded(
                    f"{timeout} s passed, and {len(self._held_back)} batches still wait for semaphores"
                )
            submitted = self._submitted
        if self._failure is not None:
            raise self._failure.again() from self._failure
        self._progress.wait(submitted, None if deadline is None else max(0.0, deadline - time.monotonic()))
        self._finish(submitted)
        self._device.check_validation()

    def _finish(self, submitted: int) -> None:
        """Vulkan's own wait, which also covers the semaphores that are set besides progress."""
        with self._lock:
            self._device.check(self._device.functions.vkQueueWaitIdle(self._device.queue), "vkQueueWaitIdle")
        self._in_flight.release(submitted)

    def _steps(self, batches: Sequence[SubmissionBatch], fence: FenceValue | None) -> list[_Step]:
        """The batches as steps; raises, and changes nothing, where their semaphores cannot be used like that."""
        self._device.check_open()
        steps = [_Step([_recording(commands) for commands in batch.command_buffers]) for batch in batches]
        last = None if fence is None else self._check_fence(fence.fence)
        for batch in batches:
            if batch.wait_semaphores or batch.signal_semaphores:
                self._add_semaphores(batches, steps)
                break
        if fence is not None and last is not None:
            steps = steps or [_Step([])]
            steps[-1].signals.append((last, fence.value))
        for step in steps:
            for timeline, value in step.signals:
                timeline.planned = value
        return steps

    def _add_semaphores(self, batches: Sequence[SubmissionBatch], steps: list[_Step]) -> None:
        undo: list[tuple[VulkanBinarySemaphore, tuple[bool, bool]]] = []
        planned: dict[Timeline, int] = {}
        try:
            for batch, step in zip(batches, steps, strict=False):
                for wait in batch.wait_semaphores:
                    self._add_wait(step, wait, undo)
                for signal in batch.signal_semaphores:
                    self._add_signal(step, signal, undo, planned)
        except HalError:
            for semaphore, state in reversed(undo):
                semaphore.state = state
            raise

    def _add_wait(
        self, step: _Step, wait: SemaphoreValue, undo: list[tuple[VulkanBinarySemaphore, tuple[bool, bool]]]
    ) -> None:
        semaphore = wait.semaphore
        if isinstance(semaphore, VulkanBinarySemaphore):
            self._check_owner(semaphore.device)
            undo.append((semaphore, semaphore.state))
            if semaphore.take_wait():
                step.binary_waits.append(semaphore)
            return
        if not isinstance(semaphore, VulkanSemaphore):
            raise InvalidArgument(f"wait for a {type(semaphore).__name__}: it belongs to another driver")
        self._check_owner(semaphore.device)
        step.waits.append((semaphore, wait.value))

    def _add_signal(
        self,
        step: _Step,
        signal: SemaphoreValue,
        undo: list[tuple[VulkanBinarySemaphore, tuple[bool, bool]]],
        planned: dict[Timeline, int],
    ) -> None:
        semaphore = signal.semaphore
        if isinstance(semaphore, VulkanBinarySemaphore):
            self._check_owner(semaphore.device)
            undo.append((semaphore, semaphore.state))
            semaphore.take_signal()
            step.binary_signals.append(semaphore)
            return
        if not isinstance(semaphore, VulkanSemaphore):
            raise InvalidArgument(f"signal of a {type(semaphore).__name__}: it belongs to another driver")
        self._check_owner(semaphore.device)
        semaphore.check_planned(signal.value, planned.get(semaphore, 0))
        planned[semaphore] = signal.value
        step.signals.append((semaphore, signal.value))

    def _check_fence(self, fence: Fence) -> VulkanFence:
        if not isinstance(fence, VulkanFence):
            raise InvalidArgument(f"submit with a {type(fence).__name__}: it belongs to another driver")
        self._check_owner(fence.device)
        return fence

    def _check_owner(self, device: LogicalDevice) -> None:
        if device is not self._device:
            raise InvalidArgument("submit with a semaphore or fence of another device: create it with this device")

    def _must_wait(self, step: _Step) -> bool:
        """Whether a timeline has not promised what the step waits for; then that timeline knows whom to wake."""
        for timeline, value in step.waits:
            if timeline.failure is not None:
                raise timeline.failure
            if timeline.promised < value:
                timeline.waiting_queues.append(weakref.ref(self))
                if timeline.promised < value and timeline.failure is None:  # still, now that it knows
                    return True
                return self._must_wait(step)
        return False

    def _submit(self, step: _Step) -> None:
        for recording in step.recordings:
            recording.replay_events()
        device = self._device
        self._submitted += 1
        step.signals.append((self._progress, self._submitted))
        self._scratch = self._scratch.for_step(step)
        result = device.functions.vkQueueSubmit(device.queue, 1, self._scratch.info, ffi.NULL)
        if result:
            self._submitted -= 1
            step.signals.pop()
            device.check(result, "vkQueueSubmit")
        for timeline, value in step.signals:
            timeline.promised = value
        if len(step.signals) == 2 and not step.binary_signals:
            alone, value = step.signals[0]
            alone.last_alone = (value, self._progress, self._submitted)
        if len(self._in_flight) >= _RELEASED_FROM:
            self._in_flight.release_unwaited()
        self._in_flight.keep(self._submitted, step)
        if step.waits:
            self._in_flight.keep(self._submitted + 1, step.waits)  # Mesa touches them after all that the step signals

    def _fail(self, error: HalError) -> None:
        self._failure = error
        steps, self._held_back = self._held_back, deque()
        for step in steps:
            step.fail(error)
        self._idle.notify_all()


def _recording(commands: CommandBuffer) -> Recording:
    impl = commands.impl
    assert isinstance(impl, VulkanCommandBuffer)
    return impl.recording


class _SubmitStructures:
    """A VkSubmitInfo and its arrays, filled anew for each submission."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._commands = ffi.new("VkCommandBuffer[]", capacity)
        self._waits = ffi.new("VkSemaphore[]", capacity)
        self._wait_values = ffi.new("uint64_t[]", capacity)
        self._wait_stages = ffi.new("VkPipelineStageFlags[]", [vk.VK_PIPELINE_STAGE_ALL_COMMANDS_BIT] * capacity)
        self._signals = ffi.new("VkSemaphore[]", capacity)
        self._signal_values = ffi.new("uint64_t[]", capacity)
        self._timeline: Any = new(
            "VkTimelineSemaphoreSubmitInfo",
            pWaitSemaphoreValues=self._wait_values,
            pSignalSemaphoreValues=self._signal_values,
        )
        self.info: Any = new(
            "VkSubmitInfo",
            pNext=self._timeline,
            pCommandBuffers=self._commands,
            pWaitSemaphores=self._waits,
            pWaitDstStageMask=self._wait_stages,
            pSignalSemaphores=self._signals,
        )

    def for_step(self, step: _Step) -> "_SubmitStructures":
        """These structures, or larger ones, filled for `step`."""
        waits = len(step.waits) + len(step.binary_waits)
        signals = len(step.signals) + len(step.binary_signals)
        most = max(len(step.recordings), waits, signals)
        if most > self._capacity:
            return _SubmitStructures(2 * most).for_step(step)
        for index, recording in enumerate(step.recordings):
            self._commands[index] = recording.commands
        self._fill(self._waits, self._wait_values, step.waits, step.binary_waits)
        self._fill(self._signals, self._signal_values, step.signals, step.binary_signals)
        self.info.commandBufferCount = len(step.recordings)
        self.info.waitSemaphoreCount = self._timeline.waitSemaphoreValueCount = waits
        self.info.signalSemaphoreCount = self._timeline.signalSemaphoreValueCount = signals
        return self

    @staticmethod
    def _fill(
        handles: Any, values: Any, timelines: list[tuple[Timeline, int]], binaries: list[VulkanBinarySemaphore]
    ) -> None:
        index = 0
        for timeline, value in timelines:
            handles[index] = timeline.handle
            values[index] = value
            index += 1
        for semaphore in binaries:
            handles[index] = semaphore.handle
            values[index] = 0
            index += 1
