"""Submission: the batches of one submit as steps in Vulkan's objects, and what queueing them means for semaphores.

Making one changes nothing, so that it can be refused, or interrupted, without a trace. `commit` changes what the host
knows of the semaphores; it can be repeated.
"""

from collections.abc import Sequence

from iree.hal.command_buffer import CommandBuffer
from iree.hal.fence import FenceValue
from iree.hal.semaphore import SemaphoreValue
from iree.hal.status import HalError, InvalidArgument
from iree.hal.submission_batch import SubmissionBatch
from iree.hal.vulkan.command_buffer import VulkanCommandBuffer
from iree.hal.vulkan.event import VulkanEvent
from iree.hal.vulkan.fence import VulkanFence
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.recording import Recording
from iree.hal.vulkan.semaphore import BinaryState, VulkanBinarySemaphore, VulkanSemaphore
from iree.hal.vulkan.timeline import Timeline


class Step:
    """One VkSubmitInfo to be.

    `value` is what its end sets its queue's progress to, once that is known. `results` has the one of its
    vkQueueSubmit, once that was called.
    """

    __slots__ = ("binary_signals", "binary_waits", "event_states", "recordings", "results", "signals", "value", "waits")

    def __init__(self, recordings: list[Recording]) -> None:
        self.recordings = recordings
        self.waits: list[tuple[Timeline, int]] = []
        self.signals: list[tuple[Timeline, int]] = []
        self.binary_waits: list[VulkanBinarySemaphore] = []
        self.binary_signals: list[VulkanBinarySemaphore] = []
        self.event_states: dict[VulkanEvent, bool] | None = None
        self.results: list[int] = []
        self.value = 0

    def replay_events(self) -> None:
        """Follows the events, at submission. FailedPrecondition: it waits for one that nothing before sets."""
        if self.event_states is None:
            states: dict[VulkanEvent, bool] = {}
            for recording in self.recordings:
                recording.replay_events(states)
            self.event_states = states
        for event, state in self.event_states.items():
            event.is_set = state

    def fail(self, error: HalError) -> None:
        """It will never run."""
        for timeline, _ in self.signals:
            timeline.fail(error)


class Submission:
    """InvalidArgument, FailedPrecondition: the semaphores or the fence cannot be used like that."""

    __slots__ = ("_device", "_planned", "_states", "steps")

    def __init__(self, device: LogicalDevice, batches: Sequence[SubmissionBatch], fence: FenceValue | None) -> None:
        self._device = device
        self.steps = [Step([_recording(commands) for commands in batch.command_buffers]) for batch in batches]
        self._planned: dict[Timeline, int] = {}
        self._states: dict[VulkanBinarySemaphore, BinaryState] = {}
        for batch, step in zip(batches, self.steps, strict=True):
            for wait in batch.wait_semaphores:
                self._add_wait(step, wait)
            for signal in batch.signal_semaphores:
                self._add_signal(step, signal)
        if fence is not None:
            last = fence.fence
            if not isinstance(last, VulkanFence):
                raise InvalidArgument(f"submit with a {type(last).__name__}: it belongs to another driver")
            self._check_owner(last.device)
            if not self.steps:
                self.steps.append(Step([]))
            self.steps[-1].signals.append((last, fence.value))
            self._planned[last] = fence.value

    def commit(self) -> None:
        """The steps are queued."""
        for timeline, value in self._planned.items():
            timeline.planned = value
        for semaphore, state in self._states.items():
            semaphore.state = state

    def _add_wait(self, step: Step, wait: SemaphoreValue) -> None:
        semaphore = wait.semaphore
        if isinstance(semaphore, VulkanBinarySemaphore):
            self._check_owner(semaphore.device)
            state = self._states.get(semaphore, semaphore.state)
            self._states[semaphore] = semaphore.after_wait(state)
            if not state.by_host:
                step.binary_waits.append(semaphore)
            return
        if not isinstance(semaphore, VulkanSemaphore):
            raise InvalidArgument(f"wait for a {type(semaphore).__name__}: it belongs to another driver")
        self._check_owner(semaphore.device)
        step.waits.append((semaphore, wait.value))

    def _add_signal(self, step: Step, signal: SemaphoreValue) -> None:
        semaphore = signal.semaphore
        if isinstance(semaphore, VulkanBinarySemaphore):
            self._check_owner(semaphore.device)
            self._states[semaphore] = semaphore.after_signal(self._states.get(semaphore, semaphore.state))
            step.binary_signals.append(semaphore)
            return
        if not isinstance(semaphore, VulkanSemaphore):
            raise InvalidArgument(f"signal of a {type(semaphore).__name__}: it belongs to another driver")
        self._check_owner(semaphore.device)
        semaphore.check_planned(signal.value, self._planned.get(semaphore, 0))
        self._planned[semaphore] = signal.value
        step.signals.append((semaphore, signal.value))

    def _check_owner(self, device: LogicalDevice) -> None:
        if device is not self._device:
            raise InvalidArgument("submit with a semaphore or fence of another device: create it with this device")


def _recording(commands: CommandBuffer) -> Recording:
    impl = commands.impl
    assert isinstance(impl, VulkanCommandBuffer)
    return impl.recording
