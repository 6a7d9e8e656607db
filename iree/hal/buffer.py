"""Buffer: a range of memory that a device can use, with what it may be used for.

A buffer is flat bytes; shape and element type are given where it is bound (BufferBinding) or viewed (BufferView).
A subspan is a buffer too: it shares the memory of its allocated_buffer, byte_offset bytes into it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final

import numpy as np

from iree.hal.buffer_usage import BufferUsage
from iree.hal.mapped_memory import MappedMemory
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.status import InvalidArgument, OutOfRange, PermissionDenied

BytesLike = bytes | bytearray | memoryview | np.ndarray


def as_bytes(data: BytesLike) -> memoryview:
    """`data` as flat bytes, without a copy. InvalidArgument: its elements do not lie one after the other."""
    if isinstance(data, np.ndarray):
        if not data.flags.c_contiguous:
            raise InvalidArgument(f"array of shape {data.shape} is not contiguous: give np.ascontiguousarray(array)")
        return data.reshape(-1).view(np.uint8).data
    view = memoryview(data)
    if not view.c_contiguous:
        raise InvalidArgument(f"{view.nbytes} bytes that are not contiguous: give bytes(data)")
    return view.cast("B") if view.nbytes else memoryview(b"")


def rights(access: MemoryAccess, usage: BufferUsage, memory_type: MemoryType) -> int:
    """All three as bits of one number: whether a buffer has all that is wanted is one operation on plain integers.

    Those of enums, and looking up their members, take several times as long as a dispatch takes to be recorded.
    """
    bits: int = access._value_ | usage._value_ << 8 | memory_type._value_ << 16
    return bits


_MAPPED: Final = rights(MemoryAccess.NONE, BufferUsage.MAPPING, MemoryType.HOST_VISIBLE)


class Buffer(ABC):
    """A driver implements map_memory and, where it must, unmap_memory; everything else here is built on them."""

    __slots__ = ("__weakref__", "allocator", "allowed_access", "byte_length", "memory_type", "rights", "usage")

    byte_offset = 0  # from the start of allocated_buffer

    def __init__(
        self,
        allocator: object,
        memory_type: MemoryType,
        allowed_access: MemoryAccess,
        usage: BufferUsage,
        byte_length: int,
    ):
        self.allocator = allocator
        self.memory_type = memory_type
        self.allowed_access = allowed_access
        self.usage = usage
        self.rights = rights(allowed_access, usage, memory_type)
        self.byte_length = byte_length

    @property
    def allocated_buffer(self) -> Buffer:
        """Whose memory this is: the buffer itself unless it is a subspan."""
        return self

    @property
    def memory(self) -> object:
        """What is alive for as long as the memory is in use: the buffer, unless arrays over its bytes outlive it."""
        return self

    @abstractmethod
    def map_memory(self, access: MemoryAccess, offset: int, length: int) -> memoryview:
        """Hook: `length` bytes of this allocation from `offset` on, flat and writable. The range is checked."""

    def unmap_memory(self, access: MemoryAccess, offset: int, length: int) -> None:  # noqa: B027 (may stay empty)
        """Hook: the host is done with a range that it mapped. Flush here what is not coherent."""

    def fill(self, pattern: bytes, offset: int = 0, length: int | None = None) -> None:
        """Repeats `pattern` (1, 2 or 4 bytes) over a range whose offset and length are multiples of its size."""
        length = self.check_range(offset, length)
        check_pattern(pattern, offset, length)
        with self.map(MemoryAccess.DISCARD_WRITE, offset, length) as memory:
            fill_bytes(memory.contents, pattern)

    def read(self, offset: int = 0, length: int | None = None) -> bytes:
        """A copy of the bytes in the range."""
        with self.map(MemoryAccess.READ, offset, length) as memory:
            return bytes(memory.contents)

    def write(self, data: BytesLike, offset: int = 0) -> None:
        """Puts `data` at `offset`."""
        source = as_bytes(data)
        with self.map(MemoryAccess.DISCARD_WRITE, offset, len(source)) as memory:
            memory.contents[:] = source

    def copy_from(
        self, source: Buffer, source_offset: int = 0, target_offset: int = 0, length: int | None = None
    ) -> None:
        """The host copies bytes of `source` here; length None is as many as both sides have left.

        InvalidArgument: the two ranges share memory.
        """
        source_left = source.check_range(source_offset, length)
        target_left = self.check_range(target_offset, length)
        length = min(source_left, target_left)
        self.check_disjoint(source, source_offset, target_offset, length)
        with (
            source.map(MemoryAccess.READ, source_offset, length) as read,
            self.map(MemoryAccess.DISCARD_WRITE, target_offset, length) as written,
        ):
            written.contents[:] = read.contents

    def map(self, access: MemoryAccess, offset: int = 0, length: int | None = None) -> MappedMemory:
        """The range as host memory, until the `with` block ends. With READ alone it cannot be written."""
        length = self.check_range(offset, length)
        self.check_host_access(access)
        return MappedMemory(self, access, offset, length)

    def subspan(self, offset: int, length: int | None = None) -> Buffer:
        """A buffer that shares this range; the buffer itself where the range is all of it."""
        length = self.check_range(offset, length)
        if offset == 0 and length == self.byte_length:
            return self
        return SubspanBuffer(self.allocated_buffer, self.byte_offset + offset, length)

    def overlaps(self, offset: int, length: int, other: Buffer, other_offset: int, other_length: int) -> bool:
        """Whether a range of this buffer and one of `other` share a byte."""
        if self.allocated_buffer is not other.allocated_buffer or not length or not other_length:
            return False
        start, other_start = self.byte_offset + offset, other.byte_offset + other_offset
        return start < other_start + other_length and other_start < start + length

    def check_range(self, offset: int, length: int | None) -> int:
        """The length, with None resolved to the rest of the buffer. OutOfRange: it reaches past the end."""
        resolved = self.byte_length - offset if length is None else length
        if offset < 0 or resolved < 0 or offset + resolved > self.byte_length:
            asked = "the rest" if length is None else f"{length} bytes"
            raise OutOfRange(f"{asked} from offset {offset} of {self}: it has bytes 0 to {self.byte_length}")
        return resolved

    def check_disjoint(self, source: Buffer, source_offset: int, target_offset: int, length: int) -> None:
        """InvalidArgument: copying this range of `source` here would overwrite what is still to be read."""
        if self.overlaps(target_offset, length, source, source_offset, length):
            raise InvalidArgument(
                f"copy of {length} bytes from offset {source_offset} to {target_offset} of {self}: the ranges overlap; "
                "copy through another buffer"
            )

    def check_host_access(self, access: MemoryAccess) -> None:
        """PermissionDenied: the host may not do this to the contents."""
        if not (_MAPPED | access._value_) & ~self.rights:
            return
        if not self.memory_type & MemoryType.HOST_VISIBLE:
            raise PermissionDenied(f"{self} cannot be reached by the host: allocate it with MemoryType.HOST_VISIBLE")
        self.check_usage(BufferUsage.MAPPING)
        self.check_access(access)

    def check_usage(self, wanted: BufferUsage) -> None:
        """PermissionDenied: the buffer was made without this usage."""
        if wanted._value_ & ~self.usage._value_:
            raise PermissionDenied(f"{self} is not for {wanted}: allocate it with BufferUsage.{wanted}")

    def check_access(self, wanted: MemoryAccess) -> None:
        """PermissionDenied: the buffer does not allow this access."""
        if wanted._value_ & ~self.allowed_access._value_:
            raise PermissionDenied(
                f"{self} does not allow {wanted}: it was made with MemoryAccess.{self.allowed_access}"
            )

    def __str__(self) -> str:
        return (
            f"buffer of {self.byte_length} bytes ({self.memory_type}, usage {self.usage}, access {self.allowed_access})"
        )


class SubspanBuffer(Buffer):
    """A range of another buffer. Drivers look at allocated_buffer and byte_offset, so one class serves all."""

    __slots__ = ("_parent", "byte_offset")

    def __init__(self, allocated_buffer: Buffer, byte_offset: int, byte_length: int):
        parent = allocated_buffer
        super().__init__(parent.allocator, parent.memory_type, parent.allowed_access, parent.usage, byte_length)
        self._parent = parent
        self.byte_offset = byte_offset

    @property
    def allocated_buffer(self) -> Buffer:
        return self._parent

    def map_memory(self, access: MemoryAccess, offset: int, length: int) -> memoryview:
        return self._parent.map_memory(access, self.byte_offset + offset, length)

    def unmap_memory(self, access: MemoryAccess, offset: int, length: int) -> None:
        self._parent.unmap_memory(access, self.byte_offset + offset, length)


def check_pattern(pattern: bytes, offset: int, length: int) -> None:
    """InvalidArgument: not 1, 2 or 4 bytes, or the range is not made of whole patterns."""
    size = len(pattern)
    if size not in (1, 2, 4):
        raise InvalidArgument(f"fill pattern of {size} bytes: give 1, 2 or 4")
    if offset % size or length % size:
        raise InvalidArgument(
            f"fill of {length} bytes from offset {offset}: both must be multiples of {size}, the pattern's size"
        )


def fill_bytes(target: memoryview, pattern: bytes) -> None:
    """Repeats a checked `pattern` over all of `target`."""
    if len(target):
        np.frombuffer(target, np.dtype(f"V{len(pattern)}"))[:] = np.void(pattern)
