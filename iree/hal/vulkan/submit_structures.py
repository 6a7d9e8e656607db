"""SubmitStructures: a VkSubmitInfo and its arrays, filled anew for each submission."""

from collections.abc import Iterable
from typing import Any

from iree.hal.vulkan.raw import ffi, new, vk
from iree.hal.vulkan.semaphore import VulkanBinarySemaphore
from iree.hal.vulkan.submission import Step
from iree.hal.vulkan.timeline import Timeline


class SubmitStructures:
    """Room for `capacity` command buffers, waits and signals each."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._launched: Any = None  # the VkCommandBuffer of the last step, if that was a launch
        self._signalled: Any = None  # and the VkSemaphore
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

    def for_step(self, step: Step, progress: Timeline) -> "SubmitStructures":
        """These structures, or larger ones, filled for `step`, which sets `progress` to its value too."""
        self._signal_values[0] = step.value
        if not step.is_launch:
            self._launched = None
            return self._for_any(step, progress)
        ((timeline, value),) = step.signals
        commands, signalled = step.recordings[0].commands, timeline.handle
        if commands is not self._launched or signalled is not self._signalled:  # else only values change
            self._launched = None
            self._for_any(step, progress)
            self._launched, self._signalled = commands, signalled
        self._signal_values[1] = value
        return self

    def _for_any(self, step: Step, progress: Timeline) -> "SubmitStructures":
        waits = len(step.waits) + len(step.binary_waits)
        signals = len(step.signals) + len(step.binary_signals) + 1
        most = max(len(step.recordings), waits, signals)
        if most > self._capacity:
            return SubmitStructures(2 * most).for_step(step, progress)
        for index, recording in enumerate(step.recordings):
            self._commands[index] = recording.commands
        _fill(self._waits, self._wait_values, step.waits, step.binary_waits)
        self._signals[0] = progress.handle
        _fill(self._signals, self._signal_values, step.signals, step.binary_signals, 1)
        info, timeline = self.info, self._timeline
        info.commandBufferCount = len(step.recordings)
        info.waitSemaphoreCount = timeline.waitSemaphoreValueCount = waits
        info.signalSemaphoreCount = timeline.signalSemaphoreValueCount = signals
        return self


def _fill(
    handles: Any,
    values: Any,
    timelines: Iterable[tuple[Timeline, int]],
    binaries: Iterable[VulkanBinarySemaphore],
    index: int = 0,
) -> None:
    for timeline, value in timelines:
        handles[index] = timeline.handle
        values[index] = value
        index += 1
    for semaphore in binaries:
        handles[index] = semaphore.handle
        values[index] = 0
        index += 1
