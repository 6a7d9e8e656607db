"""Constants: those of a module as buffers, in the host's own memory where the device can use that."""

from iree.hal.buffer import Buffer
from iree.hal.device import Device


class Constants:
    """All constants of a module lie in `segment`, which lives as long as what is made of it."""

    def __init__(self, device: Device, segment: memoryview):
        self._allocator = device.allocator
        self._segment = segment
        self._all = self._allocator.allocate_constants(segment)

    def at(self, offset: int, byte_length: int) -> Buffer:
        """The constant of so many bytes from `offset` on."""
        if self._all is None:
            return self._allocator.allocate_constant(self._segment[offset : offset + byte_length])
        return self._all.subspan(offset, byte_length)
