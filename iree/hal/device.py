"""Device: makes everything that is needed to run work on one piece of hardware."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence

from iree.hal.allocator import Allocator
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.command_buffer_validation import ValidatingCommandBuffer
from iree.hal.command_category import CommandCategory
from iree.hal.command_queue import CommandQueue
from iree.hal.device_info import DeviceInfo
from iree.hal.event import Event
from iree.hal.executable_cache import ExecutableCache
from iree.hal.fence import Fence, FenceValue
from iree.hal.semaphore import BinarySemaphore, Semaphore
from iree.hal.submission_batch import SubmissionBatch


class Device(ABC):
    """Made by Driver.create_device. What it makes keeps working only while it lives."""

    def __init__(
        self,
        info: DeviceInfo,
        allocator: Allocator,
        dispatch_queues: Sequence[CommandQueue],
        transfer_queues: Sequence[CommandQueue],
    ):
        self.info = info
        self.allocator = allocator
        self.dispatch_queues = tuple(dispatch_queues)
        self.transfer_queues = tuple(transfer_queues)  # may be dispatch queues
        self._key = object()  # known to all that it makes
        for queue in self.command_queues:
            queue.device_key = self._key

    def close(self) -> None:  # noqa: B027 (a driver without resources of its own has nothing to give back)
        """Gives back what the device holds. It is not used afterwards."""

    @property
    def command_queues(self) -> tuple[CommandQueue, ...]:
        """All queues, each once, dispatch queues first."""
        return tuple(dict.fromkeys(self.dispatch_queues + self.transfer_queues))

    def create_command_buffer(
        self,
        mode: CommandBufferMode = CommandBufferMode.ONE_SHOT,
        categories: CommandCategory = CommandCategory.ALL,
        validate: bool = True,
    ) -> CommandBuffer:
        """An empty command buffer. Without `validate`, wrong commands have no defined result."""
        impl = self.make_command_buffer(mode, categories)
        impl.device_key = self._key
        return ValidatingCommandBuffer(impl, self.allocator) if validate else impl

    @abstractmethod
    def make_command_buffer(self, mode: CommandBufferMode, categories: CommandCategory) -> CommandBuffer:
        """Hook: the driver's own command buffer."""

    @abstractmethod
    def create_executable_cache(self) -> ExecutableCache:
        """An empty cache."""

    @abstractmethod
    def create_fence(self, initial: int = 0) -> Fence:
        """A fence at `initial`."""

    @abstractmethod
    def create_semaphore(self, initial: int = 0) -> Semaphore:
        """A timeline semaphore at `initial`."""

    @abstractmethod
    def create_binary_semaphore(self, initial: bool = False) -> BinarySemaphore:
        """A binary semaphore, signalled or not."""

    @abstractmethod
    def create_event(self) -> Event:
        """An event that is not set."""

    def wait_all_fences(self, fence_values: Sequence[FenceValue], timeout: float | None = None) -> None:
        """Blocks until every fence has reached its value; raises what one failed with. DeadlineExceeded: time is up."""
        deadline = None if timeout is None else time.monotonic() + timeout
        for fence, value in fence_values:
            fence.wait(value, None if deadline is None else max(0.0, deadline - time.monotonic()))

    @abstractmethod
    def wait_any_fence(self, fence_values: Sequence[FenceValue], timeout: float | None = None) -> int:
        """Blocks until one fence has reached its value and returns its index; raises what one failed with."""

    def wait_idle(self, timeout: float | None = None) -> None:
        """Blocks until all queues are idle; raises what one failed with. DeadlineExceeded: time is up."""
        deadline = None if timeout is None else time.monotonic() + timeout
        for queue in self.command_queues:
            queue.wait_idle(None if deadline is None else max(0.0, deadline - time.monotonic()))

    def submit_and_wait(self, *command_buffers: CommandBuffer) -> None:
        """Runs command buffers on the first dispatch queue, in order, and blocks until they are done."""
        fence = self.create_fence()
        self.dispatch_queues[0].submit([SubmissionBatch((), command_buffers, ())], FenceValue(fence, 1))
        fence.wait(1)
