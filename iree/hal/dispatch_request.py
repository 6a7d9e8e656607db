"""DispatchRequest: one launch of an executable's entry point, with the buffers that it works on."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from iree.hal.buffer import Buffer
from iree.hal.executable import Executable
from iree.hal.memory_access import MemoryAccess
from iree.schemas.element_types import ElementType


class BufferBinding(NamedTuple):
    """A buffer as the entry point sees it; access is what the dispatch may do to it."""

    buffer: Buffer
    shape: tuple[int, ...]
    element_type: ElementType
    access: MemoryAccess = MemoryAccess.ALL

    @property
    def byte_length(self) -> int:
        """Bytes that the elements take."""
        return math.prod(self.shape) * self.element_type.dtype.itemsize


class DispatchRequest(NamedTuple):
    """`workload` counts elements (x, y, z), not workgroups; with a 0 nothing runs. Bindings: inputs, then outputs."""

    executable: Executable
    entry_point: int
    workload: tuple[int, int, int]
    bindings: Sequence[BufferBinding]
    sizes: tuple[int, ...] = ()  # what an entry point for any sizes has to know of the call, by its symbols' numbers
