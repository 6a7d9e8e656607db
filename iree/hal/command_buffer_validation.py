"""ValidatingCommandBuffer: checks every command when it is recorded, the same way for all drivers.

| command                    | category            | buffer: memory        | access      | usage    | also
| execution_barrier          | TRANSFER + DISPATCH |                       |             |          |
| signal, reset, wait events | DISPATCH            |                       |             |          |
| fill_buffer, update_buffer | TRANSFER            | DEVICE_VISIBLE        | WRITE       | TRANSFER | range, pattern
| discard_buffer             | TRANSFER            | DEVICE_VISIBLE        | WRITE       |          |
| copy_buffer                | TRANSFER            | either DEVICE_VISIBLE | READ, WRITE | TRANSFER | ranges, disjoint
| dispatch                   | DISPATCH            | DEVICE_VISIBLE        | binding's   | DISPATCH | length, ordinal

FailedPrecondition: not recording. PermissionDenied: category, memory, access, usage, another device's buffer.
OutOfRange: offset or length. InvalidArgument: pattern, overlap, workload.
"""

import math
from collections.abc import Sequence
from typing import Final

from iree.hal.allocator import Allocator
from iree.hal.barrier import BufferBarrier, MemoryBarrier
from iree.hal.buffer import Buffer, BytesLike, as_bytes, check_pattern, rights
from iree.hal.buffer_usage import BufferUsage
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_category import CommandCategory
from iree.hal.dispatch_request import DispatchRequest
from iree.hal.event import Event
from iree.hal.execution_stage import ExecutionStage
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.status import FailedPrecondition, InvalidArgument, OutOfRange, PermissionDenied

_NO_ACCESS, _NO_USAGE = MemoryAccess.NONE, BufferUsage.NONE
_VISIBLE: Final = rights(_NO_ACCESS, _NO_USAGE, MemoryType.DEVICE_VISIBLE)
_BOUND: Final = rights(_NO_ACCESS, BufferUsage.DISPATCH, MemoryType.DEVICE_VISIBLE)
_WRITTEN: Final = rights(MemoryAccess.WRITE, BufferUsage.TRANSFER, MemoryType.DEVICE_VISIBLE)
_TRANSFER, _DISPATCH, _ALL = CommandCategory.TRANSFER, CommandCategory.DISPATCH, CommandCategory.ALL


class ValidatingCommandBuffer(CommandBuffer):
    """Stands before a driver's command buffer and hands on what is right."""

    def __init__(self, impl: CommandBuffer, allocator: Allocator):
        super().__init__(impl.mode, impl.categories)
        self._impl = impl
        self._category_bits = int(impl.categories)
        self._allocator = allocator

    @property
    def impl(self) -> CommandBuffer:
        return self._impl

    @property
    def is_recording(self) -> bool:
        return self._impl.is_recording

    def begin_recording(self) -> None:
        self._impl.begin_recording()

    def begin(self) -> None:
        self._impl.begin()

    def end(self) -> None:
        self._impl.end()

    def execution_barrier(
        self,
        source_stages: ExecutionStage,
        target_stages: ExecutionStage,
        memory_barriers: Sequence[MemoryBarrier] = (),
        buffer_barriers: Sequence[BufferBarrier] = (),
    ) -> None:
        self._check_command("execution_barrier", _ALL)
        self._check_buffer_barriers(buffer_barriers)
        self._impl.execution_barrier(source_stages, target_stages, memory_barriers, buffer_barriers)

    def signal_event(self, event: Event, source_stages: ExecutionStage) -> None:
        self._check_command("signal_event", _DISPATCH)
        self._impl.signal_event(event, source_stages)

    def reset_event(self, event: Event, source_stages: ExecutionStage) -> None:
        self._check_command("reset_event", _DISPATCH)
        self._impl.reset_event(event, source_stages)

    def wait_events(
        self,
        events: Sequence[Event],
        source_stages: ExecutionStage,
        target_stages: ExecutionStage,
        memory_barriers: Sequence[MemoryBarrier] = (),
        buffer_barriers: Sequence[BufferBarrier] = (),
    ) -> None:
        self._check_command("wait_events", _DISPATCH)
        self._check_buffer_barriers(buffer_barriers)
        self._impl.wait_events(events, source_stages, target_stages, memory_barriers, buffer_barriers)

    def fill_buffer(self, target: Buffer, pattern: bytes, offset: int = 0, length: int | None = None) -> None:
        self._check_command("fill_buffer", _TRANSFER)
        self._check_written(target)
        length = target.check_range(offset, length)
        check_pattern(pattern, offset, length)
        self._impl.fill_buffer(target, pattern, offset, length)

    def discard_buffer(self, buffer: Buffer) -> None:
        self._check_command("discard_buffer", _TRANSFER)
        self._check_device_visible(buffer)
        buffer.check_access(MemoryAccess.WRITE)
        self._impl.discard_buffer(buffer)

    def update_buffer(self, data: BytesLike, target: Buffer, offset: int = 0) -> None:
        self._check_command("update_buffer", _TRANSFER)
        self._check_written(target)
        source = as_bytes(data)
        target.check_range(offset, len(source))
        self._impl.update_buffer(source, target, offset)

    def copy_buffer(
        self,
        source: Buffer,
        target: Buffer,
        source_offset: int = 0,
        target_offset: int = 0,
        length: int | None = None,
    ) -> None:
        self._check_command("copy_buffer", _TRANSFER)
        if not (source.rights | target.rights) & _VISIBLE:
            raise PermissionDenied(f"copy_buffer from {source} to {target}: the device sees neither")
        self._check_owner(source)
        self._check_owner(target)
        source.check_access(MemoryAccess.READ)
        target.check_access(MemoryAccess.WRITE)
        source.check_usage(BufferUsage.TRANSFER)
        target.check_usage(BufferUsage.TRANSFER)
        length = min(source.check_range(source_offset, length), target.check_range(target_offset, length))
        target.check_disjoint(source, source_offset, target_offset, length)
        self._impl.copy_buffer(source, target, source_offset, target_offset, length)

    def dispatch(self, request: DispatchRequest) -> None:
        self._check_command("dispatch", _DISPATCH)
        executable, entry_point, workload, bindings, _ = request
        executable.check_entry_point(entry_point)
        if len(workload) != 3 or workload[0] < 0 or workload[1] < 0 or workload[2] < 0:
            raise InvalidArgument(f"workload {workload}: give three element counts (x, y, z), none negative")
        allocator = self._allocator
        for binding in bindings:
            buffer, shape, element_type, access = binding
            if (
                buffer.allocator is not allocator
                or (_BOUND | access._value_) & ~buffer.rights
                or math.prod(shape) * element_type.byte_width > buffer.byte_length
            ):
                self._check_bindings(request)
        self._impl.dispatch(request)

    def _check_command(self, command: str, category: CommandCategory) -> None:
        if not self._impl.is_recording:
            raise FailedPrecondition(f"{command} while the command buffer is not recording: call begin first")
        if category._value_ & ~self._category_bits:
            raise PermissionDenied(
                f"{command} needs a command buffer of category {category}, this one is for {self.categories}"
            )

    def _check_owner(self, buffer: Buffer) -> None:
        if buffer.allocator is not self._allocator:
            raise PermissionDenied(f"{buffer} belongs to another device: allocate it from this device's allocator")

    def _check_device_visible(self, buffer: Buffer) -> None:
        self._check_owner(buffer)
        if not buffer.rights & _VISIBLE:
            raise PermissionDenied(f"{buffer} cannot be seen by the device: allocate it with MemoryType.DEVICE_VISIBLE")

    def _check_buffer_barriers(self, buffer_barriers: Sequence[BufferBarrier]) -> None:
        for barrier in buffer_barriers:
            self._check_owner(barrier.buffer)
            barrier.buffer.check_range(barrier.offset, barrier.length)

    def _check_written(self, target: Buffer) -> None:
        if target.allocator is self._allocator and not _WRITTEN & ~target.rights:
            return
        self._check_device_visible(target)
        target.check_access(MemoryAccess.WRITE)
        target.check_usage(BufferUsage.TRANSFER)

    def _check_bindings(self, request: DispatchRequest) -> None:
        """Says what is wrong with the first that is wrong."""
        for index, binding in enumerate(request.bindings):
            buffer = binding.buffer
            self._check_device_visible(buffer)
            buffer.check_access(binding.access)
            buffer.check_usage(BufferUsage.DISPATCH)
            if binding.byte_length > buffer.byte_length:
                name = f'entry point {request.entry_point} of "{request.executable.name}"'
                shape = "x".join([*map(str, binding.shape), binding.element_type.name])
                raise OutOfRange(f"binding {index} of {name}: {shape} takes {binding.byte_length} bytes of a {buffer}")
