"""fill_buffer: the device repeats a pattern."""

import pytest

from iree.hal.cts.commands import run
from iree.hal.device import Device


@pytest.mark.parametrize("pattern", [b"\x07", b"\x01\x02", b"\x01\x02\x03\x04", b"\x00"])
def test_fill_repeats_the_pattern(computing_device: Device, pattern: bytes) -> None:
    buffer = computing_device.allocator.allocate(16)
    buffer.fill(b"\xaa")
    run(computing_device, lambda c: c.fill_buffer(buffer, pattern))
    assert buffer.read() == pattern * (16 // len(pattern))


@pytest.mark.parametrize(("offset", "length"), [(0, 4), (4, 8), (3, 1), (5, 7), (15, 1), (1, 14), (8, 0)])
def test_fill_changes_only_the_range(computing_device: Device, offset: int, length: int) -> None:
    buffer = computing_device.allocator.allocate(16)
    buffer.fill(b"\xaa")
    run(computing_device, lambda c: c.fill_buffer(buffer, b"\x55", offset, length))
    assert buffer.read() == b"\xaa" * offset + b"\x55" * length + b"\xaa" * (16 - offset - length)


def test_fill_of_two_bytes_need_not_be_aligned_to_four(computing_device: Device) -> None:
    buffer = computing_device.allocator.allocate(8)
    run(computing_device, lambda c: c.fill_buffer(buffer, b"\x01\x02", 2, 4))
    assert buffer.read() == b"\x00\x00\x01\x02\x01\x02\x00\x00"


def test_fill_of_a_subspan_stays_inside(computing_device: Device) -> None:
    buffer = computing_device.allocator.allocate(16)
    run(computing_device, lambda c: c.fill_buffer(buffer.subspan(4, 8), b"\x55", 4))
    assert buffer.read() == bytes(8) + b"\x55" * 4 + bytes(4)


@pytest.mark.parametrize("byte_length", [0, 1, 2, 3, 5])
def test_buffers_of_any_size_are_filled(computing_device: Device, byte_length: int) -> None:
    buffer = computing_device.allocator.allocate(byte_length)
    run(computing_device, lambda c: c.fill_buffer(buffer, b"\x55"))
    assert buffer.read() == b"\x55" * byte_length
