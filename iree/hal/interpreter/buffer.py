"""InterpreterBuffer: memory that NumPy owns, or the user's own array."""

import numpy as np

from iree.hal.buffer import Buffer
from iree.hal.buffer_usage import BufferUsage
from iree.hal.interpreter.tensor_type import TensorType
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType


class InterpreterBuffer(Buffer):
    """`array` is all of the allocation, in the type that it was last used as."""

    __slots__ = ("_bytes", "array", "is_external")

    def __init__(
        self,
        allocator: object,
        memory_type: MemoryType,
        allowed_access: MemoryAccess,
        usage: BufferUsage,
        array: np.ndarray,
        is_external: bool = False,
    ):
        super().__init__(allocator, memory_type, allowed_access, usage, array.nbytes)
        self.array = array
        self.is_external = is_external  # others may know the memory under other names
        self._bytes: np.ndarray | None = None

    @property
    def bytes(self) -> np.ndarray:
        """The allocation as flat bytes."""
        if self._bytes is None:
            self._bytes = self.array.reshape(-1).view(np.uint8)
        return self._bytes

    @property
    def memory(self) -> object:
        return self.array if self.array.base is None else self.array.base

    def map_memory(self, access: MemoryAccess, offset: int, length: int) -> memoryview:
        return self.bytes.data[offset : offset + length]

    def typed(self, offset: int, kind: TensorType) -> np.ndarray:
        """Elements from byte `offset` on, which are known to lie inside."""
        array = self.array
        if not offset and array.shape == kind.shape and array.dtype == kind.dtype:
            return array
        typed = np.ndarray(kind.shape, kind.dtype, self.bytes, offset)
        if typed.nbytes == self.byte_length:
            self.array = typed
        return typed
