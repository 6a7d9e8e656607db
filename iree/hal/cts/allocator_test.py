"""Allocators make the buffers that can be made, and say why of the others."""

import numpy as np
import pytest

from iree.hal.buffer_usage import BufferUsage
from iree.hal.device import Device
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.status import FailedPrecondition, InvalidArgument, ResourceExhausted

HOST = MemoryType.HOST_LOCAL | MemoryType.DEVICE_VISIBLE


def test_can_allocate_what_host_and_device_see(device: Device) -> None:
    assert device.allocator.can_allocate(64)
    assert device.allocator.can_allocate(64, BufferUsage.ALL, HOST)
    assert device.allocator.can_allocate(64, BufferUsage.DISPATCH | BufferUsage.TRANSFER, MemoryType.DEVICE_LOCAL)


def test_cannot_allocate_what_the_device_does_not_see(device: Device) -> None:
    assert not device.allocator.can_allocate(64, BufferUsage.ALL, MemoryType.HOST_LOCAL)
    with pytest.raises(FailedPrecondition, match=r"cannot be seen by the device: add MemoryType\.DEVICE_VISIBLE"):
        device.allocator.allocate(64, BufferUsage.ALL, MemoryType.HOST_LOCAL)


def test_cannot_allocate_for_mapping_what_the_host_does_not_see(device: Device) -> None:
    assert not device.allocator.can_allocate(64, BufferUsage.MAPPING, MemoryType.DEVICE_LOCAL)
    with pytest.raises(FailedPrecondition, match=r"add MemoryType\.HOST_VISIBLE or drop BufferUsage\.MAPPING"):
        device.allocator.allocate(64, BufferUsage.MAPPING, MemoryType.DEVICE_LOCAL)


@pytest.mark.parametrize("byte_length", [0, 1, 3, 4, 4096, 1 << 20])
def test_buffer_is_what_was_asked_for(device: Device, byte_length: int) -> None:
    buffer = device.allocator.allocate(byte_length, BufferUsage.ALL, HOST)
    assert buffer.byte_length == byte_length
    assert buffer.byte_offset == 0
    assert buffer.allocated_buffer is buffer
    assert buffer.allocator is device.allocator
    assert buffer.memory_type & HOST == HOST
    assert buffer.usage & BufferUsage.ALL == BufferUsage.ALL
    assert buffer.allowed_access == MemoryAccess.ALL
    assert buffer.read() == bytes(byte_length)


def test_buffer_of_the_device_alone_is_allocated(device: Device) -> None:
    usage = BufferUsage.TRANSFER | BufferUsage.DISPATCH
    buffer = device.allocator.allocate(64, usage, MemoryType.DEVICE_LOCAL)
    assert buffer.memory_type & MemoryType.DEVICE_LOCAL == MemoryType.DEVICE_LOCAL


def test_negative_length_is_refused(device: Device) -> None:
    with pytest.raises(InvalidArgument, match="cannot allocate -1 bytes"):
        device.allocator.allocate(-1)


def test_more_than_there_is_is_refused(computing_device: Device) -> None:
    with pytest.raises(ResourceExhausted):
        computing_device.allocator.allocate(1 << 62)


def test_allocator_uses_its_own_buffers_for_what_they_are_for(device: Device) -> None:
    buffer = device.allocator.allocate(64, BufferUsage.DISPATCH, MemoryType.DEVICE_LOCAL)
    assert device.allocator.can_use_buffer(buffer, BufferUsage.DISPATCH)
    assert not device.allocator.can_use_buffer(buffer, BufferUsage.TRANSFER)


def test_wrapped_array_is_read_as_its_bytes(computing_device: Device) -> None:
    array = np.arange(6, dtype=np.int16).reshape(2, 3)
    assert computing_device.allocator.wrap(array).read() == array.tobytes()


@pytest.mark.parametrize("data", [b"abc", bytearray(b"abc"), memoryview(b"xabcx")[1:4], b""])
def test_wrapped_bytes_are_read(computing_device: Device, data: bytes) -> None:
    assert computing_device.allocator.wrap(data).read() == bytes(data)


def test_wrapped_memory_allows_reading_only(device: Device) -> None:
    buffer = device.allocator.wrap(b"abcd")
    assert buffer.byte_length == 4
    assert buffer.allowed_access == MemoryAccess.READ
    assert buffer.usage & BufferUsage.ALL == BufferUsage.ALL


def test_array_that_does_not_lie_in_one_run_is_refused(device: Device) -> None:
    with pytest.raises(InvalidArgument, match=r"array of shape \(2, 2\) is not contiguous: give np.ascontiguousarray"):
        device.allocator.wrap(np.zeros((4, 4), np.float32)[::2, ::2])


def test_read_only_memory_is_not_wrapped_for_writing(device: Device) -> None:
    with pytest.raises(InvalidArgument, match="cannot wrap read-only memory for WRITE"):
        device.allocator.wrap(b"abcd", access=MemoryAccess.ALL)


def test_constant_keeps_its_bytes(computing_device: Device) -> None:
    constant = computing_device.allocator.allocate_constant(memoryview(b"\x01\x02\x03\x04"))
    assert constant.usage & BufferUsage.CONSTANT
    assert not constant.allowed_access & MemoryAccess.WRITE
    assert constant.read() == b"\x01\x02\x03\x04"


def test_statistics_follow_what_is_live(device: Device) -> None:
    before = device.allocator.statistics()
    buffers = [device.allocator.allocate(1000) for _ in range(5)]
    now = device.allocator.statistics()
    assert now.live_count == before.live_count + 5
    assert now.live_bytes >= before.live_bytes + 5000
    assert now.total_count == before.total_count + 5
    assert now.peak_bytes >= now.live_bytes
    assert now.reserved_bytes >= now.live_bytes
    assert now.block_count > 0
    assert 0 <= now.fragmentation <= 1
    del buffers
    after = device.allocator.statistics()
    assert (after.live_count, after.live_bytes) == (before.live_count, before.live_bytes)
    assert after.peak_bytes == now.peak_bytes


def test_statistics_count_memory_that_a_subspan_still_uses(device: Device) -> None:
    before = device.allocator.statistics().live_count
    buffer = device.allocator.allocate(64)
    part = buffer.subspan(16, 16)
    del buffer
    assert device.allocator.statistics().live_count == before + 1
    del part
    assert device.allocator.statistics().live_count == before


def test_constants_of_a_module_are_one_buffer(computing_device: Device) -> None:
    for segment in (b"", bytes(64) + b"\x05\x06"):
        constants = computing_device.allocator.allocate_constants(memoryview(segment))
        assert constants is not None
        assert constants.usage & BufferUsage.CONSTANT
        assert not constants.allowed_access & MemoryAccess.WRITE
        assert constants.read() == segment
