"""MappedMemory: a range of a buffer as host memory, for as long as a `with` block lasts.

with buffer.map(MemoryAccess.READ) as memory:
    total = memory.array(np.float32, (4,)).sum()
"""

from __future__ import annotations

import math
from types import TracebackType
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from iree.hal.memory_access import MemoryAccess
from iree.hal.status import FailedPrecondition, OutOfRange

_WRITE: Final = int(MemoryAccess.WRITE)


class Mappable(Protocol):
    """What MappedMemory needs of a buffer."""

    def map_memory(self, access: MemoryAccess, offset: int, length: int) -> memoryview: ...

    def unmap_memory(self, access: MemoryAccess, offset: int, length: int) -> None: ...


class MappedMemory:
    """Made by Buffer.map. The end of the `with` block or unmap() ends it; then its contents are gone."""

    __slots__ = ("_contents", "access", "buffer", "byte_length", "byte_offset")

    def __init__(self, buffer: Mappable, access: MemoryAccess, byte_offset: int, byte_length: int):
        self.buffer = buffer
        self.access = access
        self.byte_offset = byte_offset
        self.byte_length = byte_length
        contents = buffer.map_memory(access, byte_offset, byte_length)
        self._contents: memoryview | None = contents if access._value_ & _WRITE else contents.toreadonly()

    @property
    def contents(self) -> memoryview:
        """The mapped bytes. FailedPrecondition: they were unmapped."""
        if self._contents is None:
            raise FailedPrecondition(f"{self.buffer} is no longer mapped: use the memory inside the `with` block")
        return self._contents

    def array(self, dtype: npt.DTypeLike, shape: tuple[int, ...]) -> np.ndarray:
        """The first bytes as an array that shares the memory. OutOfRange: the mapping is shorter."""
        dtype = np.dtype(dtype)
        needed = math.prod(shape) * dtype.itemsize
        if needed > self.byte_length:
            raise OutOfRange(
                f"{dtype} of shape {shape} takes {needed} bytes: the mapping of {self.buffer} has {self.byte_length}"
            )
        return np.ndarray(shape, dtype, self.contents)

    def unmap(self) -> None:
        """Ends the mapping; a second time does nothing."""
        if self._contents is not None:
            self._contents = None
            self.buffer.unmap_memory(self.access, self.byte_offset, self.byte_length)

    def __enter__(self) -> MappedMemory:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unmap()
