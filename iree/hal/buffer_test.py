"""Buffer's own part, on a driver of a few lines. What drivers do is in cts/buffer_test.py."""

import ml_dtypes
import numpy as np
import pytest

from iree.hal.buffer import Buffer, as_bytes, check_pattern, fill_bytes
from iree.hal.buffer_usage import BufferUsage
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.status import InvalidArgument, PermissionDenied


class Recorded(Buffer):
    """Remembers how it was mapped."""

    def __init__(self, byte_length: int, memory_type: MemoryType = MemoryType.HOST_LOCAL):
        super().__init__(None, memory_type, MemoryAccess.ALL, BufferUsage.ALL, byte_length)
        self.contents = bytearray(byte_length)
        self.calls: list[str] = []

    def map_memory(self, access: MemoryAccess, offset: int, length: int) -> memoryview:
        self.calls.append(f"map {access} {offset} {length}")
        return memoryview(self.contents)[offset : offset + length]

    def unmap_memory(self, access: MemoryAccess, offset: int, length: int) -> None:
        self.calls.append(f"unmap {access} {offset} {length}")


def test_every_mapping_is_unmapped_once() -> None:
    buffer = Recorded(16)
    buffer.fill(b"a", 1, 2)
    buffer.write(b"b", 3)
    assert buffer.read(1, 3) == b"aab"
    with buffer.map(MemoryAccess.ALL) as memory:
        memory.unmap()
    names = ["DISCARD_WRITE 1 2", "DISCARD_WRITE 3 1", "READ 1 3", "ALL 0 16"]
    assert buffer.calls == [f"{call} {name}" for name in names for call in ("map", "unmap")]


def test_mapping_ends_when_its_block_fails() -> None:
    buffer = Recorded(4)
    with pytest.raises(KeyError), buffer.map(MemoryAccess.READ):
        raise KeyError
    assert buffer.calls == ["map READ 0 4", "unmap READ 0 4"]


def test_subspan_maps_its_part_of_the_allocation() -> None:
    buffer = Recorded(16)
    buffer.subspan(4).subspan(2).read(1, 3)
    assert buffer.calls == ["map READ 7 3", "unmap READ 7 3"]


def test_memory_that_the_host_cannot_see_is_not_mapped() -> None:
    with pytest.raises(
        PermissionDenied, match=r"cannot be reached by the host: allocate it with MemoryType\.HOST_VISIBLE"
    ):
        Recorded(16, MemoryType.DEVICE_LOCAL).read()


def test_text_names_what_a_buffer_is() -> None:
    assert str(Recorded(16)) == "buffer of 16 bytes (HOST_LOCAL, usage ALL, access ALL)"


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (b"abc", b"abc"),
        (bytearray(b"abc"), b"abc"),
        (np.array([[1, 2], [3, 4]], np.int16).data, np.array([1, 2, 3, 4], np.int16).tobytes()),
        (np.array(7, np.int32), np.array(7, np.int32).tobytes()),
        (np.zeros((0, 3)), b""),
        (b"", b""),
    ],
)  # fmt: skip
def test_bytes_of(data: bytes, content: bytes) -> None:
    assert bytes(as_bytes(data)) == content


def test_bytes_of_elements_that_memoryview_does_not_know() -> None:
    assert bytes(as_bytes(np.array([1], ml_dtypes.bfloat16))) == b"\x80\x3f"


def test_bytes_of_scattered_memory_are_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"array of shape \(2,\) is not contiguous"):
        as_bytes(np.zeros(4)[::2])
    with pytest.raises(InvalidArgument, match="2 bytes that are not contiguous: give bytes"):
        as_bytes(memoryview(b"abcd")[::2])


def test_pattern_is_checked() -> None:
    check_pattern(b"ab", 2, 4)
    with pytest.raises(InvalidArgument, match="fill pattern of 3 bytes"):
        check_pattern(b"abc", 0, 3)
    with pytest.raises(InvalidArgument, match="fill of 3 bytes from offset 0: both must be multiples of 2"):
        check_pattern(b"ab", 0, 3)


@pytest.mark.parametrize("pattern", [b"a", b"ab", b"abcd"])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_fill_bytes(pattern: bytes, count: int) -> None:
    target = bytearray(len(pattern) * count)
    fill_bytes(memoryview(target), pattern)
    assert target == pattern * count
