"""Submission: the batches of one submit as steps in Vulkan's objects, and what queueing them means for semaphores.

Making one changes nothing, so that it can be refused, or interrupted, without a trace. `commit` changes what the host
knows of the semaphores; it can be repeated.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

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

    def __init__(self) -> None:
        self.recordings: list[Recording] = []
        self.waits: tuple[tuple[Timeline, int], ...] = ()
        self.signals: tuple[tuple[Timeline, int], ...] = ()
        self.binary_waits: tuple[VulkanBinarySemaphore, ...] = ()
        self.binary_signals: tuple[VulkanBinarySemaphore, ...] = ()
        self.event_states: dict[VulkanEvent, bool] | None = None
        self.results: list[int] = []
        self.value = 0

    @property
    def is_launch(self) -> bool:
        """Whether it is what is submitted most: one command buffer, and a timeline at its end."""
        return (
            len(self.recordings) == 1 == len(self.signals)
            and not self.waits
            and not self.binary_waits
            and not self.binary_signals
        )

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


_NO_STATES: Final[Mapping[VulkanBinarySemaphore, BinaryState]] = MappingProxyType({})


class Submission:
    """InvalidArgument, FailedPrecondition: the semaphores or the fence cannot be used like that."""

    __slots__ = ("_device", "_states", "steps")

    def __init__(self, device: LogicalDevice, batches: Sequence[SubmissionBatch], fence: FenceValue | None) -> None:
        self._device = device
        self.steps: list[Step] = []
        self._states = _NO_STATES
        for waits, command_buffers, signals in batches:
            step = Step()
            self.steps.append(step)
            for commands in command_buffers:
                impl = commands.impl
                assert isinstance(impl, VulkanCommandBuffer)
                step.recordings.append(impl.recording)
            if waits or signals:
                self._add_semaphores(step, waits, signals)
        if fence is not None:
            last = fence.fence
            if not isinstance(last, VulkanFence):
                raise InvalidArgument(f"submit with a {type(last).__name__}: it belongs to another driver")
            self._check_owner(last.device)
            if not self.steps:
                self.steps.append(Step())
            self.steps[-1].signals += ((last, fence.value),)

    def commit(self) -> None:
        """The steps are queued."""
        for step in self.steps:
            for timeline, value in step.signals:
                timeline.planned = value
        if self._states:
            for semaphore, state in self._states.items():
                semaphore.state = state

    def _add_semaphores(self, step: Step, waits: Sequence[SemaphoreValue], signals: Sequence[SemaphoreValue]) -> None:
        for wait in waits:
            self._add_wait(step, wait)
        for signal in signals:
            self._add_signal(step, signal)

    def _add_wait(self, step: Step, wait: SemaphoreValue) -> None:
        semaphore = wait.semaphore
        if isinstance(semaphore, VulkanBinarySemaphore):
            self._check_owner(semaphore.device)
            state = self._states.get(semaphore, semaphore.state)
            self._states = {**self._states, semaphore: semaphore.after_wait(state)}
            if not state.by_host:
                step.binary_waits += (semaphore,)
            return
        if not isinstance(semaphore, VulkanSemaphore):
            raise InvalidArgument(f"wait for a {type(semaphore).__name__}: it belongs to another driver")
        self._check_owner(semaphore.device)
        step.waits += ((semaphore, wait.value),)

    def _add_signal(self, step: Step, signal: SemaphoreValue) -> None:
        semaphore = signal.semaphore
        if isinstance(semaphore, VulkanBinarySemaphore):
            self._check_owner(semaphore.device)
            state = self._states.get(semaphore, semaphore.state)
            self._states = {**self._states, semaphore: semaphore.after_signal(state)}
            step.binary_signals += (semaphore,)
            return
        if not isinstance(semaphore, VulkanSemaphore):
            raise InvalidArgument(f"signal of a {type(semaphore).__name__}: it belongs to another driver")
        self._check_owner(semaphore.device)
        before = [value for earlier in self.steps for timeline, value in earlier.signals if timeline is semaphore]
        semaphore.check_planned(signal.value, max(before, default=0))
        step.signals += ((semaphore, signal.value),)

    def _check_owner(self, device: LogicalDevice) -> None:
        if device is not self._device:
            raise InvalidArgument("submit with a semaphore or fence of another device: create it with this device")
