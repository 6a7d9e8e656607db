"""VulkanCommandQueue: batches as submissions to a VkQueue, each signalling timeline semaphores at its end.

A batch goes to the device when everything that it waits for was signalled or is on the way there; until then it and all
behind it are held back here. So the device never waits for the host, a semaphore that fails can still fail what waits
for it, and queues that share a VkQueue do not hold each other up.

The user may interrupt any thread between any two steps. So the one call that hands work on notes that it was made, in
itself, and whatever comes after it can be repeated, and is by whoever comes next.
"""

import threading
import time
import weakref
from collections import deque
from collections.abc import Sequence
from typing import Any, Final

from iree.hal.command_category import CommandCategory
from iree.hal.command_queue import CommandQueue
from iree.hal.fence import FenceValue
from iree.hal.status import DeadlineExceeded, HalError
from iree.hal.submission_batch import SubmissionBatch
from iree.hal.vulkan.fence import VulkanFence
from iree.hal.vulkan.in_flight import InFlight
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.raw import ffi
from iree.hal.vulkan.recording import Recording
from iree.hal.vulkan.submission import Step, Submission
from iree.hal.vulkan.submit_structures import SubmitStructures
from iree.hal.vulkan.timeline import SLICE_SECONDS, Timeline

_RELEASED_FROM: Final = 8  # submissions that nobody has waited for before the device is asked how far it is


class VulkanCommandQueue(CommandQueue):
    """Submits to the VkQueue `handle`, which it may share."""

    def __init__(self, device: LogicalDevice, name: str, categories: CommandCategory, handle: Any) -> None:
        super().__init__(name, categories)
        self._device = device
        self._handle = handle
        self._lock = device.queue_lock  # one for all queues: what one does may concern another
        self._idle = threading.Condition(self._lock)  # nothing is held back any more
        self._has_waiters = False
        self._held_back: deque[Step] = deque()
        self._is_flushing = False
        self._failure: HalError | None = None
        self._progress = Timeline(device)
        self._submitted = 0
        self._in_flight = InFlight(self._progress)
        self._in_flight_reference = weakref.ref(self._in_flight)
        self._last_waits: object = ()
        self._structures = SubmitStructures(16)

    def submit_batches(self, batches: Sequence[SubmissionBatch], fence: FenceValue | None) -> None:
        with self._lock:
            self._device.check_open()
            submission = Submission(self._device, batches, fence)
            try:
                self._held_back.extend(submission.steps)
                submission.commit()
                self.flush()
            except BaseException:  # the user interrupts: either none of it has happened, or all of it
                if submission.steps and submission.steps[-1] in self._held_back:
                    submission.commit()
                    self.flush()
                raise
        if self._device.validation_messages:
            self._device.check_validation()

    def flush(self) -> None:
        """Hands on to the device whatever need not be held back any more."""
        with self._lock:
            if self._is_flushing:
                return  # that was further down in this thread's stack, and looks again
            self._is_flushing = True
            try:
                self._flush()
            except BaseException:  # the user interrupts: what was begun is finished first
                self._flush()
                raise
            finally:
                self._is_flushing = False

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
        step = Step()
        step.recordings.append(recording)
        step.signals = ((done, 1),)
        with self._lock:
            if self._failure is not None:
                raise self._failure.again() from self._failure
            self._held_back.append(step)
            self.flush()
        done.wait(1)

    def wait_idle(self, timeout: float | None = None) -> None:
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._lock:
            while self._held_back:
                self._device.check_lost()
                left = SLICE_SECONDS if deadline is None else min(SLICE_SECONDS, deadline - time.monotonic())
                if left < 0:
                    raise DeadlineExceeded(
                        f"{timeout} s passed, and {len(self._held_back)} batches still wait for semaphores"
                    )
                self._has_waiters = True
                self._idle.wait(left)
            submitted = self._submitted
        if self._failure is not None:
            raise self._failure.again() from self._failure
        self._progress.wait(submitted, None if deadline is None else max(0.0, deadline - time.monotonic()))
        self._finish(submitted)
        self._device.check_validation()

    def _finish(self, submitted: int) -> None:
        """Vulkan's own wait, which also covers the semaphores that are set besides progress."""
        with self._lock:
            self._device.check(self._device.functions.vkQueueWaitIdle(self._handle), "vkQueueWaitIdle")
        self._in_flight.release(submitted)

    def _flush(self) -> None:
        try:
            while self._held_back and self._failure is None:
                step = self._held_back[0]
                if not step.results:
                    if step.waits and self._must_wait(step):
                        return
                    self._submit(step)
                self._note(step)
        except HalError as error:
            self._fail(error)
        if self._failure is not None:
            self._fail(self._failure)
        if self._has_waiters:
            self._has_waiters = False
            self._idle.notify_all()

    def _must_wait(self, step: Step) -> bool:
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

    def _submit(self, step: Step) -> None:
        """Can be repeated until step.results says that it was done."""
        for recording in step.recordings:
            if recording.event_uses:
                step.replay_events()
                break
        step.value = self._submitted + 1
        self._structures = self._structures.for_step(step, self._progress)
        call = self._device.functions.vkQueueSubmit
        step.results.extend(map(call, (self._handle,), (1,), (self._structures.info,), (ffi.NULL,)))

    def _note(self, step: Step) -> None:
        """The device has the step, or has refused it. Can be repeated."""
        if step.results[0]:
            self._device.check(step.results[0], "vkQueueSubmit")
        if len(self._in_flight.kept) >= _RELEASED_FROM:
            self._in_flight.release_unwaited()
        self._in_flight.keep(step.value, (step, self._last_waits))
        self._last_waits = step.waits  # Mesa touches them after all that the step signals: kept for one step more
        self._submitted = step.value
        for timeline, value in step.signals:
            timeline.promised = value
            if timeline.waiting_queues:
                timeline.wake_queues()
        if len(step.signals) == 1 and not step.binary_signals:
            alone, value = step.signals[0]
            alone.last_alone = (value, self._in_flight_reference, self._progress, step.value)
        self._held_back.popleft()

    def _fail(self, error: HalError) -> None:
        self._failure = self._failure or error
        while self._held_back:
            self._held_back[0].fail(self._failure)
            self._held_back.popleft()
