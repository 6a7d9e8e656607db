"""Recording: a command buffer goes from begin to end, and is submitted as often as its mode says."""

import pytest

from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.command_category import CommandCategory
from iree.hal.cts.commands import recorded, run
from iree.hal.device import Device
from iree.hal.registry import create_driver
from iree.hal.status import FailedPrecondition, InvalidArgument


def test_new_command_buffer_is_what_was_asked_for(device: Device) -> None:
    commands = device.create_command_buffer(CommandBufferMode.REUSABLE, CommandCategory.TRANSFER)
    assert commands.mode == CommandBufferMode.REUSABLE
    assert commands.categories == CommandCategory.TRANSFER
    assert not commands.is_recording


def test_it_records_between_begin_and_end(device: Device) -> None:
    commands = device.create_command_buffer()
    commands.begin()
    assert commands.is_recording
    commands.end()
    assert not commands.is_recording


def test_begin_while_recording_is_refused(device: Device) -> None:
    commands = device.create_command_buffer()
    commands.begin()
    with pytest.raises(FailedPrecondition, match="recording already: call end first"):
        commands.begin()


def test_end_while_not_recording_is_refused(device: Device) -> None:
    with pytest.raises(FailedPrecondition, match="not recording: call begin first"):
        device.create_command_buffer().end()


def test_submit_of_what_was_never_recorded_is_refused(device: Device) -> None:
    with pytest.raises(FailedPrecondition, match="was never recorded"):
        device.submit_and_wait(device.create_command_buffer())


def test_submit_while_recording_is_refused(device: Device) -> None:
    commands = device.create_command_buffer()
    commands.begin()
    with pytest.raises(FailedPrecondition, match="is still recording"):
        device.submit_and_wait(commands)
    commands.end()


def test_submit_to_another_device_is_refused(device: Device) -> None:
    commands = recorded(device, lambda _: None)
    other = create_driver("null").create_device()
    with pytest.raises(InvalidArgument, match="belongs to another device: create it with this one"):
        other.submit_and_wait(commands)
    with pytest.raises(InvalidArgument, match="belongs to another device"):
        device.submit_and_wait(recorded(other, lambda _: None))
    device.submit_and_wait(commands)


def test_one_shot_is_submitted_once(device: Device) -> None:
    commands = recorded(device, lambda _: None)
    device.submit_and_wait(commands)
    with pytest.raises(FailedPrecondition, match="second submit of a ONE_SHOT command buffer"):
        device.submit_and_wait(commands)


def test_reusable_runs_each_time(computing_device: Device) -> None:
    source, target = computing_device.allocator.allocate(4), computing_device.allocator.allocate(4)
    commands = recorded(computing_device, lambda c: c.copy_buffer(source, target), CommandBufferMode.REUSABLE)
    for content in (b"abcd", b"efgh"):
        source.write(content)
        computing_device.submit_and_wait(commands)
        assert target.read() == content


def test_begin_drops_what_was_recorded_before(computing_device: Device) -> None:
    buffer = computing_device.allocator.allocate(4)
    commands = recorded(computing_device, lambda c: c.fill_buffer(buffer, b"a"), CommandBufferMode.REUSABLE)
    commands.begin()
    commands.fill_buffer(buffer, b"b", 0, 2)
    commands.end()
    computing_device.submit_and_wait(commands)
    assert buffer.read() == b"bb\x00\x00"


def test_empty_command_buffer_runs(device: Device) -> None:
    run(device, lambda _: None)


def test_driver_keeps_its_own_command_buffer_inside(device: Device) -> None:
    commands = device.create_command_buffer()
    assert commands.impl is not commands
    assert commands.impl.impl is commands.impl
    bare = device.create_command_buffer(validate=False)
    assert bare.impl is bare
