"""Buffer views: element offsets and slices of a device's buffers."""

import numpy as np

from iree.hal.buffer_view import BufferView
from iree.hal.device import Device
from iree.schemas.element_types import from_name


def test_slice_shares_the_elements(computing_device: Device) -> None:
    buffer = computing_device.allocator.allocate(24)
    buffer.write(np.arange(6, dtype=np.int32))
    view = BufferView(buffer, (3, 2), from_name("i32"))
    row = view.slice([1, 0], [1, 2])
    assert np.frombuffer(row.buffer.read(), np.int32).tolist() == [2, 3]
    row.buffer.write(np.array([7], np.int32), row.calculate_offset([0, 1]))
    assert np.frombuffer(buffer.read(), np.int32).tolist() == [0, 1, 2, 7, 4, 5]
