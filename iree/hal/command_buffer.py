"""CommandBuffer: commands recorded once, then submitted to a queue.

    commands = device.create_command_buffer()
    commands.begin()
    commands.dispatch(request)
    commands.end()
    device.submit_and_wait(commands)

Commands run in the order of recording. A command sees what an earlier one wrote only across an execution_barrier.
Not for use by two threads at once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from iree.hal.barrier import BufferBarrier, MemoryBarrier
from iree.hal.buffer import Buffer, BytesLike
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.command_category import CommandCategory
from iree.hal.dispatch_request import DispatchRequest
from iree.hal.event import Event
from iree.hal.execution_stage import ExecutionStage
from iree.hal.status import FailedPrecondition, InvalidArgument


class CommandBuffer(ABC):
    """A driver implements the abstract commands, for arguments that command_buffer_validation has checked."""

    device_key: object = None  # the same as that of the queues that it can be submitted to

    def __init__(self, mode: CommandBufferMode, categories: CommandCategory):
        self.mode = mode
        self.categories = categories
        self._category_bits = int(categories)
        self._is_one_shot = CommandBufferMode.ONE_SHOT in mode
        self._recording = False
        self._recorded = False
        self._submitted = False

    @property
    def impl(self) -> CommandBuffer:
        """The driver's own command buffer, without the validation around it."""
        return self

    @property
    def is_recording(self) -> bool:
        """Between begin and end."""
        return self._recording

    def begin(self) -> None:
        """Starts recording and drops what was recorded before. FailedPrecondition: it is recording already."""
        if self._recording:
            raise FailedPrecondition("begin of a command buffer that is recording already: call end first")
        self._recording, self._recorded, self._submitted = True, False, False
        self.begin_recording()

    def end(self) -> None:
        """Ends recording; now it can be submitted. FailedPrecondition: it is not recording."""
        if not self._recording:
            raise FailedPrecondition("end of a command buffer that is not recording: call begin first")
        self.end_recording()
        self._recording, self._recorded = False, True

    def check_submittable(self, categories: CommandCategory, device_key: object) -> None:
        """FailedPrecondition: not recorded, ONE_SHOT and submitted before, or not for a queue of these categories.

        InvalidArgument: the queue is one of another device.
        """
        if self.device_key is not device_key:
            raise InvalidArgument(
                f"submit of a {type(self).__name__} that belongs to another device: create it with this one"
            )
        if not self._recorded:
            state = "is still recording: call end" if self._recording else "was never recorded: call begin and end"
            raise FailedPrecondition(f"submit of a command buffer that {state} first")
        if self._submitted and self._is_one_shot:
            raise FailedPrecondition(
                "second submit of a ONE_SHOT command buffer: create it with CommandBufferMode.REUSABLE"
            )
        if self._category_bits & ~categories._value_:
            raise FailedPrecondition(f"submit of {self.categories} commands to a queue that runs only {categories}")

    def mark_submitted(self) -> None:
        """A queue has taken it."""
        self._submitted = True

    @abstractmethod
    def begin_recording(self) -> None:
        """Hook: forget what was recorded."""

    def end_recording(self) -> None:  # noqa: B027 (may stay empty)
        """Hook: nothing more comes."""

    @abstractmethod
    def execution_barrier(
        self,
        source_stages: ExecutionStage,
        target_stages: ExecutionStage,
        memory_barriers: Sequence[MemoryBarrier] = (),
        buffer_barriers: Sequence[BufferBarrier] = (),
    ) -> None:
        """Later commands' target_stages wait for earlier commands' source_stages."""

    @abstractmethod
    def signal_event(self, event: Event, source_stages: ExecutionStage) -> None:
        """Sets `event` once earlier commands have passed these stages."""

    @abstractmethod
    def reset_event(self, event: Event, source_stages: ExecutionStage) -> None:
        """Unsets `event` once earlier commands have passed these stages."""

    @abstractmethod
    def wait_events(
        self,
        events: Sequence[Event],
        source_stages: ExecutionStage,
        target_stages: ExecutionStage,
        memory_barriers: Sequence[MemoryBarrier] = (),
        buffer_barriers: Sequence[BufferBarrier] = (),
    ) -> None:
        """Later commands' target_stages wait until all events are set."""

    @abstractmethod
    def fill_buffer(self, target: Buffer, pattern: bytes, offset: int = 0, length: int | None = None) -> None:
        """Repeats `pattern` (1, 2 or 4 bytes) over the range."""

    @abstractmethod
    def discard_buffer(self, buffer: Buffer) -> None:
        """The contents are not needed any more."""

    @abstractmethod
    def update_buffer(self, data: BytesLike, target: Buffer, offset: int = 0) -> None:
        """Writes `data`, as it is at the time of recording, into the buffer."""

    @abstractmethod
    def copy_buffer(
        self,
        source: Buffer,
        target: Buffer,
        source_offset: int = 0,
        target_offset: int = 0,
        length: int | None = None,
    ) -> None:
        """Copies a range; length None is as many bytes as both sides have left."""

    @abstractmethod
    def dispatch(self, request: DispatchRequest) -> None:
        """Launches an entry point. InvalidArgument: the bindings are not what it takes."""
