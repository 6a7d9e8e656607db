"""The interpreter's allocator: memory is in use for as long as an array lies over it."""

import numpy as np

from iree.hal.interpreter.allocator import InterpreterAllocator
from iree.hal.memory_access import MemoryAccess


def test_statistics_count_memory_that_an_array_still_uses() -> None:
    allocator = InterpreterAllocator()
    buffer = allocator.allocate(64)
    array = buffer.map(MemoryAccess.ALL).array(np.float32, (16,))
    del buffer
    assert allocator.statistics().live_bytes == 64
    del array
    assert allocator.statistics().live_bytes == 0
    assert allocator.statistics().peak_bytes == 64
