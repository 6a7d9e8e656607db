"""NullCommandBuffer: records nothing."""

from collections.abc import Sequence

from iree.hal.barrier import BufferBarrier, MemoryBarrier
from iree.hal.buffer import Buffer, BytesLike
from iree.hal.command_buffer import CommandBuffer
from iree.hal.dispatch_request import DispatchRequest
from iree.hal.event import Event
from iree.hal.execution_stage import ExecutionStage


class NullCommandBuffer(CommandBuffer):
    """Each method is one command to implement."""

    def begin_recording(self) -> None:
        pass

    def execution_barrier(
        self,
        source_stages: ExecutionStage,
        target_stages: ExecutionStage,
        memory_barriers: Sequence[MemoryBarrier] = (),
        buffer_barriers: Sequence[BufferBarrier] = (),
    ) -> None:
        pass

    def signal_event(self, event: Event, source_stages: ExecutionStage) -> None:
        pass

    def reset_event(self, event: Event, source_stages: ExecutionStage) -> None:
        pass

    def wait_events(
        self,
        events: Sequence[Event],
        source_stages: ExecutionStage,
        target_stages: ExecutionStage,
        memory_barriers: Sequence[MemoryBarrier] = (),
        buffer_barriers: Sequence[BufferBarrier] = (),
    ) -> None:
        pass

    def fill_buffer(self, target: Buffer, pattern: bytes, offset: int = 0, length: int | None = None) -> None:
        pass

    def discard_buffer(self, buffer: Buffer) -> None:
        pass

    def update_buffer(self, data: BytesLike, target: Buffer, offset: int = 0) -> None:
        pass

    def copy_buffer(
        self,
        source: Buffer,
        target: Buffer,
        source_offset: int = 0,
        target_offset: int = 0,
        length: int | None = None,
    ) -> None:
        pass

    def dispatch(self, request: DispatchRequest) -> None:
        pass
