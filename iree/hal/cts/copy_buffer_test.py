"""copy_buffer: the device copies from one buffer to another."""

import pytest

from iree.hal.cts.commands import barrier, run
from iree.hal.device import Device


def test_copy_moves_only_the_given_bytes(computing_device: Device) -> None:
    source, target = computing_device.allocator.allocate(4), computing_device.allocator.allocate(4)
    source.write(b"\x01\x02\x03\x04")
    run(computing_device, lambda c: c.copy_buffer(source, target, length=3))
    assert target.read() == b"\x01\x02\x03\x00"


@pytest.mark.parametrize(
    ("source_offset", "target_offset", "length"), [(0, 0, 8), (1, 2, 3), (4, 4, 4), (7, 0, 1), (2, 2, 0)]
)
def test_copy_of_any_range(computing_device: Device, source_offset: int, target_offset: int, length: int) -> None:
    source, target = computing_device.allocator.allocate(8), computing_device.allocator.allocate(8)
    content = bytes(range(1, 9))
    source.write(content)
    run(computing_device, lambda c: c.copy_buffer(source, target, source_offset, target_offset, length))
    moved = content[source_offset : source_offset + length]
    assert target.read() == bytes(target_offset) + moved + bytes(8 - target_offset - length)


def test_copy_without_length_takes_what_both_have(computing_device: Device) -> None:
    source, target = computing_device.allocator.allocate(8), computing_device.allocator.allocate(4)
    source.write(bytes(range(8)))
    run(computing_device, lambda c: c.copy_buffer(source, target, 2, 1))
    assert target.read() == b"\x00\x02\x03\x04"


def test_copy_between_subspans(computing_device: Device) -> None:
    buffer = computing_device.allocator.allocate(16)
    buffer.write(bytes(range(16)))
    run(computing_device, lambda c: c.copy_buffer(buffer.subspan(4, 4), buffer.subspan(8, 8), 0, 4))
    assert buffer.read() == bytes(range(12)) + bytes(range(4, 8))


def test_copies_run_in_the_order_of_recording(computing_device: Device) -> None:
    first, second, third = (computing_device.allocator.allocate(4) for _ in range(3))
    first.write(b"abcd")
    commands = computing_device.create_command_buffer()
    commands.begin()
    commands.copy_buffer(first, second)
    barrier(commands)
    commands.copy_buffer(second, third)
    barrier(commands)
    commands.fill_buffer(second, b"z")
    commands.end()
    computing_device.submit_and_wait(commands)
    assert (second.read(), third.read()) == (b"zzzz", b"abcd")
