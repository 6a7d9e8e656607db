"""update_buffer: the device writes data that was recorded with the command."""

import numpy as np
import pytest

from iree.hal.cts.commands import run
from iree.hal.device import Device


def test_update_changes_only_what_it_is_given(computing_device: Device) -> None:
    buffer = computing_device.allocator.allocate(16)
    run(computing_device, lambda c: c.update_buffer(b"abcd", buffer, 8))
    assert buffer.read() == bytes(8) + b"abcd" + bytes(4)


def test_update_keeps_the_data_of_the_time_of_recording(computing_device: Device) -> None:
    buffer = computing_device.allocator.allocate(8)
    array = np.array([1, 2], np.int32)
    commands = computing_device.create_command_buffer()
    commands.begin()
    commands.update_buffer(array, buffer)
    array[:] = 0
    commands.end()
    computing_device.submit_and_wait(commands)
    assert np.frombuffer(buffer.read(), np.int32).tolist() == [1, 2]


@pytest.mark.parametrize(("offset", "length"), [(0, 0), (1, 1), (2, 3), (3, 5), (0, 7)])
def test_update_of_any_bytes(computing_device: Device, offset: int, length: int) -> None:
    buffer = computing_device.allocator.allocate(8)
    buffer.fill(b"\xaa")
    data = bytes(range(1, length + 1))
    run(computing_device, lambda c: c.update_buffer(data, buffer, offset))
    assert buffer.read() == b"\xaa" * offset + data + b"\xaa" * (8 - offset - length)


def test_update_of_more_than_one_packet(computing_device: Device) -> None:
    data = np.arange(200_000, dtype=np.uint8).tobytes()
    buffer = computing_device.allocator.allocate(len(data) + 4)
    run(computing_device, lambda c: c.update_buffer(data, buffer, 4))
    assert buffer.read() == bytes(4) + data
