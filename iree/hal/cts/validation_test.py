"""Commands that are wrong are refused when they are recorded, with the same error on every driver."""

from collections.abc import Callable

import pytest

from iree.hal.access_scope import AccessScope
from iree.hal.barrier import BufferBarrier
from iree.hal.buffer import Buffer
from iree.hal.buffer_usage import BufferUsage
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.command_category import CommandCategory
from iree.hal.cts.commands import F32, floats, multiplication, simple_mul_of
from iree.hal.device import Device
from iree.hal.dispatch_request import BufferBinding
from iree.hal.execution_stage import ExecutionStage
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.registry import create_driver
from iree.hal.status import FailedPrecondition, InvalidArgument, NotFound, OutOfRange, PermissionDenied

Record = Callable[[Device, CommandBuffer], None]

BARRIER: Record = lambda d, c: c.execution_barrier(ExecutionStage.TRANSFER, ExecutionStage.DISPATCH)  # noqa: E731
SIGNAL_EVENT: Record = lambda d, c: c.signal_event(d.create_event(), ExecutionStage.DISPATCH)  # noqa: E731
RESET_EVENT: Record = lambda d, c: c.reset_event(d.create_event(), ExecutionStage.DISPATCH)  # noqa: E731
WAIT_EVENTS: Record = lambda d, c: c.wait_events([d.create_event()], ExecutionStage.DISPATCH, ExecutionStage.DISPATCH)  # noqa: E731
FILL: Record = lambda d, c: c.fill_buffer(d.allocator.allocate(4), b"a")  # noqa: E731
DISCARD: Record = lambda d, c: c.discard_buffer(d.allocator.allocate(4))  # noqa: E731
UPDATE: Record = lambda d, c: c.update_buffer(b"abcd", d.allocator.allocate(4))  # noqa: E731
COPY: Record = lambda d, c: c.copy_buffer(d.allocator.allocate(4), d.allocator.allocate(4))  # noqa: E731
DISPATCH: Record = lambda d, c: c.dispatch(multiplication(simple_mul_of(d), [floats(d, 0, 0, 0, 0) for _ in range(3)]))  # noqa: E731

TRANSFER_COMMANDS = (FILL, DISCARD, UPDATE, COPY)
DISPATCH_COMMANDS = (SIGNAL_EVENT, RESET_EVENT, WAIT_EVENTS, DISPATCH)


def begun(device: Device, categories: CommandCategory = CommandCategory.ALL) -> CommandBuffer:
    """A command buffer that is recording."""
    commands = device.create_command_buffer(CommandBufferMode.ONE_SHOT, categories)
    commands.begin()
    return commands


@pytest.mark.parametrize("record", [BARRIER, *TRANSFER_COMMANDS, *DISPATCH_COMMANDS])
def test_command_outside_of_recording_is_refused(device: Device, record: Record) -> None:
    commands = device.create_command_buffer()
    with pytest.raises(FailedPrecondition, match="while the command buffer is not recording: call begin first"):
        record(device, commands)


@pytest.mark.parametrize("record", [BARRIER, *TRANSFER_COMMANDS, *DISPATCH_COMMANDS])
def test_right_command_is_recorded(device: Device, record: Record) -> None:
    commands = begun(device)
    record(device, commands)
    commands.end()


@pytest.mark.parametrize("record", [BARRIER, *DISPATCH_COMMANDS])
def test_command_buffer_for_transfer_refuses_the_rest(device: Device, record: Record) -> None:
    with pytest.raises(PermissionDenied, match="this one is for TRANSFER"):
        record(device, begun(device, CommandCategory.TRANSFER))


@pytest.mark.parametrize("record", [BARRIER, *TRANSFER_COMMANDS])
def test_command_buffer_for_dispatch_refuses_the_rest(device: Device, record: Record) -> None:
    with pytest.raises(PermissionDenied, match="this one is for DISPATCH"):
        record(device, begun(device, CommandCategory.DISPATCH))


def without(device: Device, usage: BufferUsage) -> Buffer:
    """A buffer for everything but `usage`."""
    return device.allocator.allocate(16, BufferUsage.ALL & ~usage)


def test_transfer_needs_transfer_usage(device: Device) -> None:
    commands, buffer, other = begun(device), without(device, BufferUsage.TRANSFER), device.allocator.allocate(16)
    attempts: tuple[Callable[[], None], ...] = (
        lambda: commands.fill_buffer(buffer, b"a"),
        lambda: commands.update_buffer(b"a", buffer),
        lambda: commands.copy_buffer(buffer, other),
        lambda: commands.copy_buffer(other, buffer),
    )
    for attempt in attempts:
        with pytest.raises(PermissionDenied, match="is not for TRANSFER"):
            attempt()


def test_what_is_written_must_allow_it(device: Device) -> None:
    commands, buffer, other = begun(device), device.allocator.wrap(bytes(16)), device.allocator.allocate(16)
    attempts: tuple[Callable[[], None], ...] = (
        lambda: commands.fill_buffer(buffer, b"a"),
        lambda: commands.update_buffer(b"a", buffer),
        lambda: commands.discard_buffer(buffer),
        lambda: commands.copy_buffer(other, buffer),
    )
    for attempt in attempts:
        with pytest.raises(PermissionDenied, match="does not allow WRITE"):
            attempt()


def test_buffers_of_another_device_are_refused(device: Device) -> None:
    stranger = create_driver("null").create_device().allocator.allocate(16)
    commands, own = begun(device), device.allocator.allocate(16)
    barrier = BufferBarrier(AccessScope.MEMORY_WRITE, AccessScope.MEMORY_READ, stranger)
    stage = ExecutionStage.DISPATCH
    request = multiplication(simple_mul_of(device), [own, own, own])
    bindings = [*request.bindings[:2], BufferBinding(stranger, (4,), F32)]
    attempts: tuple[Callable[[], None], ...] = (
        lambda: commands.fill_buffer(stranger, b"a"),
        lambda: commands.update_buffer(b"a", stranger),
        lambda: commands.discard_buffer(stranger),
        lambda: commands.copy_buffer(own, stranger),
        lambda: commands.copy_buffer(stranger, own),
        lambda: commands.execution_barrier(stage, stage, (), [barrier]),
        lambda: commands.wait_events([device.create_event()], stage, stage, (), [barrier]),
        lambda: commands.dispatch(request._replace(bindings=bindings)),
    )
    for attempt in attempts:
        with pytest.raises(PermissionDenied, match="belongs to another device"):
            attempt()


@pytest.mark.parametrize(("offset", "length"), [(-1, 1), (0, 17), (17, None), (8, 9)])
def test_ranges_past_the_end_are_refused(device: Device, offset: int, length: int | None) -> None:
    commands, buffer, other = begun(device), device.allocator.allocate(16), device.allocator.allocate(32)
    barrier = BufferBarrier(AccessScope.MEMORY_WRITE, AccessScope.MEMORY_READ, buffer, offset, length)
    stage = ExecutionStage.DISPATCH
    attempts: tuple[Callable[[], None], ...] = (
        lambda: commands.fill_buffer(buffer, b"a", offset, length),
        lambda: commands.copy_buffer(buffer, other, offset, 0, length),
        lambda: commands.copy_buffer(other, buffer, 0, offset, length),
        lambda: commands.execution_barrier(stage, stage, (), [barrier]),
    )
    for attempt in attempts:
        with pytest.raises(OutOfRange, match="it has bytes 0 to 16"):
            attempt()


def test_update_past_the_end_is_refused(device: Device) -> None:
    with pytest.raises(OutOfRange, match="4 bytes from offset 13"):
        begun(device).update_buffer(b"abcd", device.allocator.allocate(16), 13)


@pytest.mark.parametrize(("pattern", "offset", "length"), [(b"abc", 0, 3), (b"ab", 1, 2), (b"abcd", 0, 6), (b"", 0, 0)])
def test_fill_patterns_must_fit(device: Device, pattern: bytes, offset: int, length: int) -> None:
    with pytest.raises(InvalidArgument):
        begun(device).fill_buffer(device.allocator.allocate(16), pattern, offset, length)


def test_copy_onto_itself_is_refused(device: Device) -> None:
    buffer = device.allocator.allocate(16)
    with pytest.raises(InvalidArgument, match="the ranges overlap"):
        begun(device).copy_buffer(buffer, buffer, 0, 4, 8)
    with pytest.raises(InvalidArgument, match="the ranges overlap"):
        begun(device).copy_buffer(buffer.subspan(0, 8), buffer.subspan(4, 8))


def test_binding_must_be_for_dispatch(device: Device) -> None:
    buffer = without(device, BufferUsage.DISPATCH)
    with pytest.raises(PermissionDenied, match="is not for DISPATCH"):
        begun(device).dispatch(multiplication(simple_mul_of(device), [buffer] * 3))


def test_binding_must_allow_its_access(device: Device) -> None:
    buffer, constant = floats(device, 1, 2, 3, 4), device.allocator.allocate_constant(memoryview(bytes(16)))
    executable = simple_mul_of(device)
    begun(device).dispatch(multiplication(executable, [constant, constant, buffer]))
    with pytest.raises(PermissionDenied, match=r"does not allow DISCARD_WRITE|does not allow WRITE\|DISCARD"):
        begun(device).dispatch(multiplication(executable, [buffer, buffer, constant]))


def test_binding_must_be_long_enough(device: Device) -> None:
    short = device.allocator.allocate(15)
    with pytest.raises(OutOfRange, match=r"binding 0 of .*: 4xf32 takes 16 bytes of a buffer of 15 bytes"):
        begun(device).dispatch(multiplication(simple_mul_of(device), [short, short, short]))


@pytest.mark.parametrize("workload", [(4, 1), (4, 1, 1, 1), (-1, 1, 1)])
def test_workload_is_three_counts(device: Device, workload: tuple[int, int, int]) -> None:
    request = multiplication(simple_mul_of(device), [floats(device, 1, 2, 3, 4) for _ in range(3)])
    with pytest.raises(InvalidArgument, match="give three element counts"):
        begun(device).dispatch(request._replace(workload=workload))


def test_entry_point_must_exist(computing_device: Device) -> None:
    request = multiplication(simple_mul_of(computing_device), [floats(computing_device, 1, 2, 3, 4) for _ in range(3)])
    with pytest.raises(NotFound, match="has no entry point 1: it has 0 simple_mul"):
        begun(computing_device).dispatch(request._replace(entry_point=1))


def test_device_local_memory_is_for_commands(computing_device: Device) -> None:
    usage = BufferUsage.TRANSFER | BufferUsage.DISPATCH
    hidden = computing_device.allocator.allocate(16, usage, MemoryType.DEVICE_LOCAL)
    target = computing_device.allocator.allocate(16)
    assert hidden.allowed_access == MemoryAccess.ALL
    first, second = begun(computing_device), begun(computing_device)
    first.update_buffer(bytes(range(16)), hidden)
    first.end()
    second.copy_buffer(hidden, target)
    second.end()
    computing_device.submit_and_wait(first)
    computing_device.submit_and_wait(second)
    assert target.read() == bytes(range(16))
