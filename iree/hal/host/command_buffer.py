"""HostCommandBuffer: commands as calls, which a queue of this process makes one after the other."""

from collections.abc import Callable, Sequence

from iree.hal.barrier import BufferBarrier, MemoryBarrier
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.command_category import CommandCategory
from iree.hal.event import Event
from iree.hal.execution_stage import ExecutionStage
from iree.hal.host.event import HostEvent
from iree.hal.status import InvalidArgument


class HostCommandBuffer(CommandBuffer):
    """A driver implements the transfers and dispatch; each appends to `actions` whatever it takes, arguments bound.

    Each action sees what those before it did, so barriers have nothing to do. `work` is about how many bytes they
    touch: a queue runs what touches many beside its caller. Where it stays 0 the queue takes all for short.
    """

    def __init__(self, mode: CommandBufferMode, categories: CommandCategory):
        super().__init__(mode, categories)
        self.actions: list[Callable[[], object]] = []
        self.work = 0

    def begin_recording(self) -> None:
        self.actions = []
        self.work = 0

    def execution_barrier(
        self,
        source_stages: ExecutionStage,
        target_stages: ExecutionStage,
        memory_barriers: Sequence[MemoryBarrier] = (),
        buffer_barriers: Sequence[BufferBarrier] = (),
    ) -> None:
        pass

    def signal_event(self, event: Event, source_stages: ExecutionStage) -> None:
        self.actions.append(_host(event).set)

    def reset_event(self, event: Event, source_stages: ExecutionStage) -> None:
        self.actions.append(_host(event).reset)

    def wait_events(
        self,
        events: Sequence[Event],
        source_stages: ExecutionStage,
        target_stages: ExecutionStage,
        memory_barriers: Sequence[MemoryBarrier] = (),
        buffer_barriers: Sequence[BufferBarrier] = (),
    ) -> None:
        self.actions.extend(_host(event).check_set for event in events)


def _host(event: Event) -> HostEvent:
    if not isinstance(event, HostEvent):
        raise InvalidArgument(f"{type(event).__name__} belongs to another driver: use this device's create_event")
    return event
