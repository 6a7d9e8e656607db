"""InterpreterAllocator: all memory is the host's."""

import numpy as np

from iree.hal.allocator import DEFAULT_MEMORY_TYPE, Allocator
from iree.hal.buffer import Buffer, BytesLike, as_bytes
from iree.hal.buffer_usage import BufferUsage
from iree.hal.interpreter.buffer import InterpreterBuffer
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.status import ResourceExhausted


class InterpreterAllocator(Allocator):
    """Wraps every kind of host memory without a copy."""

    def allocate_memory(self, byte_length: int, usage: BufferUsage, memory_type: MemoryType) -> Buffer:
        try:
            memory = np.zeros(byte_length, np.uint8)
        except (MemoryError, ValueError):
            raise ResourceExhausted(f"out of memory: cannot allocate {byte_length} bytes") from None
        return InterpreterBuffer(self, memory_type, MemoryAccess.ALL, usage, memory)

    def wrap_memory(self, data: BytesLike, usage: BufferUsage, access: MemoryAccess) -> Buffer:
        if not isinstance(data, np.ndarray) or not data.flags.c_contiguous:
            data = np.frombuffer(as_bytes(data), np.uint8)
        return InterpreterBuffer(self, DEFAULT_MEMORY_TYPE, access, usage, data, is_external=True)
