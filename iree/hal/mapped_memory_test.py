"""Mapped memory: what it shows, for how long, and what it refuses."""

import numpy as np
import pytest

from iree.hal.mapped_memory import MappedMemory
from iree.hal.memory_access import MemoryAccess
from iree.hal.status import FailedPrecondition, OutOfRange


class Bytes:
    """The least that can be mapped."""

    def __init__(self, count: int):
        self.memory = bytearray(range(count))
        self.unmapped = 0

    def map_memory(self, access: MemoryAccess, offset: int, length: int) -> memoryview:
        return memoryview(self.memory)[offset : offset + length]

    def unmap_memory(self, access: MemoryAccess, offset: int, length: int) -> None:
        self.unmapped += 1


def test_contents_are_the_range() -> None:
    assert bytes(MappedMemory(Bytes(8), MemoryAccess.READ, 2, 3).contents) == b"\x02\x03\x04"


@pytest.mark.parametrize("access", [MemoryAccess.WRITE, MemoryAccess.DISCARD_WRITE, MemoryAccess.ALL])
def test_what_is_written_reaches_the_buffer(access: MemoryAccess) -> None:
    buffer = Bytes(8)
    with MappedMemory(buffer, access, 4, 4) as memory:
        memory.array(np.uint16, (2,))[1] = 0xFFFF
        memory.contents[0] = 9
    assert buffer.memory == bytes([0, 1, 2, 3, 9, 5, 255, 255])


def test_reading_alone_does_not_write() -> None:
    memory = MappedMemory(Bytes(8), MemoryAccess.READ, 0, 8)
    with pytest.raises(TypeError):
        memory.contents[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        memory.array(np.uint8, (8,))[0] = 1


def test_array_may_show_less_but_not_more() -> None:
    memory = MappedMemory(Bytes(8), MemoryAccess.READ, 0, 6)
    assert memory.array(np.uint8, (2, 2)).tolist() == [[0, 1], [2, 3]]
    with pytest.raises(OutOfRange, match=r"uint16 of shape \(4,\) takes 8 bytes: the mapping of .* has 6"):
        memory.array(np.uint16, (4,))


def test_memory_is_gone_after_the_block() -> None:
    buffer = Bytes(8)
    with MappedMemory(buffer, MemoryAccess.READ, 0, 8) as memory:
        pass
    memory.unmap()
    assert buffer.unmapped == 1
    with pytest.raises(FailedPrecondition, match="is no longer mapped: use the memory inside the `with` block"):
        memory.array(np.uint8, (1,))
