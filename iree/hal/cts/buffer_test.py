"""Buffers: what the host does to them, and what it may not do."""

import numpy as np
import pytest

from iree.hal.buffer import Buffer
from iree.hal.buffer_usage import BufferUsage
from iree.hal.device import Device
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.status import FailedPrecondition, InvalidArgument, OutOfRange, PermissionDenied


def counted(device: Device, count: int = 16) -> Buffer:
    """A buffer of the bytes 0, 1, 2, ..."""
    buffer = device.allocator.allocate(count)
    buffer.write(bytes(range(count)))
    return buffer


@pytest.mark.parametrize("pattern", [b"\x07", b"\x01\x02", b"\x01\x02\x03\x04", b"\x00\x00\x00\x00"])
def test_fill_repeats_the_pattern(computing_device: Device, pattern: bytes) -> None:
    buffer = counted(computing_device)
    buffer.fill(pattern)
    assert buffer.read() == pattern * (16 // len(pattern))


def test_fill_changes_only_the_range(computing_device: Device) -> None:
    buffer = counted(computing_device)
    buffer.fill(b"\xff\xfe", 2, 4)
    assert buffer.read() == b"\x00\x01\xff\xfe\xff\xfe" + bytes(range(6, 16))


def test_fill_without_length_goes_to_the_end(computing_device: Device) -> None:
    buffer = counted(computing_device, 5)
    buffer.fill(b"\xff", 3)
    assert buffer.read() == b"\x00\x01\x02\xff\xff"


@pytest.mark.parametrize("pattern", [b"", b"abc", b"abcdefgh"])
def test_fill_refuses_patterns_of_other_sizes(device: Device, pattern: bytes) -> None:
    with pytest.raises(InvalidArgument, match=f"fill pattern of {len(pattern)} bytes: give 1, 2 or 4"):
        device.allocator.allocate(16).fill(pattern)


@pytest.mark.parametrize(
    ("pattern", "offset", "length"), [(b"ab", 1, 4), (b"ab", 0, 3), (b"abcd", 2, 4), (b"abcd", 4, 6)]
)
def test_fill_refuses_parts_of_a_pattern(device: Device, pattern: bytes, offset: int, length: int) -> None:
    with pytest.raises(InvalidArgument, match="both must be multiples of"):
        device.allocator.allocate(16).fill(pattern, offset, length)


def test_read_gives_the_range(computing_device: Device) -> None:
    buffer = counted(computing_device)
    assert buffer.read(3, 2) == b"\x03\x04"
    assert buffer.read(14) == b"\x0e\x0f"
    assert buffer.read(16) == b""


def test_write_changes_only_what_it_is_given(computing_device: Device) -> None:
    buffer = counted(computing_device, 8)
    buffer.write(np.array([-1], np.int16), 2)
    assert buffer.read() == b"\x00\x01\xff\xff\x04\x05\x06\x07"


@pytest.mark.parametrize(("offset", "length"), [(-1, 1), (0, 17), (16, 1), (17, 0), (8, 9), (0, -1)])
def test_ranges_past_the_end_are_refused(device: Device, offset: int, length: int) -> None:
    buffer = device.allocator.allocate(16)
    other = device.allocator.allocate(32)
    with pytest.raises(OutOfRange, match="it has bytes 0 to 16"):
        buffer.fill(b"a", offset, length)
    with pytest.raises(OutOfRange):
        buffer.read(offset, length)
    with pytest.raises(OutOfRange):
        buffer.map(MemoryAccess.READ, offset, length)
    with pytest.raises(OutOfRange):
        buffer.subspan(offset, length)
    with pytest.raises(OutOfRange):
        buffer.copy_from(other, target_offset=offset, length=length)
    with pytest.raises(OutOfRange):
        other.copy_from(buffer, source_offset=offset, length=length)


def test_write_past_the_end_is_refused(device: Device) -> None:
    with pytest.raises(OutOfRange, match="5 bytes from offset 12"):
        device.allocator.allocate(16).write(b"12345", 12)


def test_the_rest_from_behind_the_end_is_refused(device: Device) -> None:
    with pytest.raises(OutOfRange, match="the rest from offset 17"):
        device.allocator.allocate(16).read(17)


def test_copy_moves_only_the_given_bytes(computing_device: Device) -> None:
    source, target = counted(computing_device), computing_device.allocator.allocate(8)
    target.copy_from(source, 4, 2, 3)
    assert target.read() == b"\x00\x00\x04\x05\x06\x00\x00\x00"


def test_copy_without_length_takes_what_both_have(computing_device: Device) -> None:
    source, target = counted(computing_device), computing_device.allocator.allocate(4)
    target.copy_from(source, 1, 2)
    assert target.read() == b"\x00\x00\x01\x02"


def test_copy_within_a_buffer_moves_disjoint_ranges(computing_device: Device) -> None:
    buffer = counted(computing_device, 8)
    buffer.copy_from(buffer, 0, 4, 4)
    assert buffer.read() == b"\x00\x01\x02\x03" * 2


def test_copy_onto_itself_is_refused(device: Device) -> None:
    buffer = device.allocator.allocate(16)
    with pytest.raises(InvalidArgument, match="the ranges overlap"):
        buffer.copy_from(buffer, 0, 4, 8)
    with pytest.raises(InvalidArgument, match="the ranges overlap"):
        buffer.subspan(0, 8).copy_from(buffer.subspan(4, 8))


def test_what_is_written_to_mapped_memory_stays(computing_device: Device) -> None:
    buffer = computing_device.allocator.allocate(16)
    with buffer.map(MemoryAccess.WRITE, 4, 8) as memory:
        memory.array(np.float32, (2,))[:] = [1.5, -2.0]
    assert buffer.read() == bytes(4) + np.array([1.5, -2.0], np.float32).tobytes() + bytes(4)


def test_mapped_memory_shows_the_range(computing_device: Device) -> None:
    with counted(computing_device).map(MemoryAccess.READ, 4, 8) as memory:
        assert bytes(memory.contents) == bytes(range(4, 12))
        assert memory.array(np.uint8, (2, 4)).tolist() == [[4, 5, 6, 7], [8, 9, 10, 11]]


def test_memory_mapped_for_reading_cannot_be_written(device: Device) -> None:
    with device.allocator.allocate(16).map(MemoryAccess.READ) as memory:
        assert memory.contents.readonly
        assert not memory.array(np.float32, (4,)).flags.writeable


def test_array_larger_than_the_mapping_is_refused(device: Device) -> None:
    with (
        device.allocator.allocate(16).map(MemoryAccess.READ, 0, 8) as memory,
        pytest.raises(OutOfRange, match=r"float32 of shape \(3,\) takes 12 bytes"),
    ):
        memory.array(np.float32, (3,))


def test_memory_is_gone_after_unmapping(device: Device) -> None:
    memory = device.allocator.allocate(16).map(MemoryAccess.READ)
    memory.unmap()
    memory.unmap()
    with pytest.raises(FailedPrecondition, match="no longer mapped"):
        _ = memory.contents


def test_zero_bytes_can_be_mapped(device: Device) -> None:
    with device.allocator.allocate(0).map(MemoryAccess.ALL) as memory:
        assert memory.array(np.float32, (0, 3)).shape == (0, 3)


def test_buffer_without_mapping_usage_is_not_for_the_host(device: Device) -> None:
    buffer = device.allocator.allocate(16, BufferUsage.TRANSFER)
    other = device.allocator.allocate(16)
    for attempt in (
        lambda: buffer.fill(b"a"),
        lambda: buffer.read(),
        lambda: buffer.write(b"a"),
        lambda: buffer.map(MemoryAccess.READ),
        lambda: buffer.copy_from(other),
        lambda: other.copy_from(buffer),
    ):
        with pytest.raises(PermissionDenied, match="is not for MAPPING"):
            attempt()


def test_memory_of_the_device_alone_is_not_for_the_host(device: Device) -> None:
    usage = BufferUsage.TRANSFER | BufferUsage.DISPATCH
    buffer = device.allocator.allocate(16, usage, MemoryType.DEVICE_LOCAL)
    with pytest.raises(PermissionDenied):
        buffer.read()


def test_read_only_buffer_is_not_written(device: Device) -> None:
    buffer = device.allocator.wrap(b"0123456789abcdef")
    for attempt in (
        lambda: buffer.fill(b"a"),
        lambda: buffer.write(b"a"),
        lambda: buffer.map(MemoryAccess.WRITE),
        lambda: buffer.copy_from(device.allocator.allocate(16)),
    ):
        with pytest.raises(PermissionDenied, match=r"does not allow .*WRITE: it was made with MemoryAccess.READ"):
            attempt()


def test_subspan_shares_the_memory(computing_device: Device) -> None:
    buffer = counted(computing_device)
    part = buffer.subspan(4, 8)
    assert part.byte_length == 8
    assert part.read() == bytes(range(4, 12))
    part.write(b"\xff", 1)
    assert buffer.read(4, 3) == b"\x04\xff\x06"


def test_subspans_of_subspans_belong_to_the_allocation(device: Device) -> None:
    buffer = device.allocator.allocate(16)
    part = buffer.subspan(4).subspan(2, 6)
    assert part.allocated_buffer is buffer
    assert part.byte_offset == 6
    assert part.byte_length == 6
    assert (part.usage, part.memory_type, part.allowed_access) == (
        buffer.usage,
        buffer.memory_type,
        buffer.allowed_access,
    )


def test_subspan_of_everything_is_the_buffer(device: Device) -> None:
    buffer = device.allocator.allocate(16)
    assert buffer.subspan(0) is buffer
    part = buffer.subspan(4, 8)
    assert part.subspan(0, 8) is part


def test_subspan_ends_where_it_ends(device: Device) -> None:
    with pytest.raises(OutOfRange, match="it has bytes 0 to 8"):
        device.allocator.allocate(16).subspan(4, 8).read(0, 9)


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [((0, 8), (8, 8), False), ((0, 9), (8, 8), True), ((4, 4), (0, 16), True), ((4, 0), (0, 16), False)],
)
def test_ranges_overlap_where_they_share_a_byte(
    device: Device, first: tuple[int, int], second: tuple[int, int], shared: bool
) -> None:
    buffer = device.allocator.allocate(16)
    assert buffer.overlaps(*first, buffer, *second) is shared
    assert buffer.subspan(*first).overlaps(0, first[1], buffer.subspan(*second), 0, second[1]) is shared
    assert not buffer.overlaps(*first, device.allocator.allocate(16), *second)
