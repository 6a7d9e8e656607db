"""BufferView: a buffer seen as an array of one element type."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from iree.hal.allocator import Allocator
from iree.hal.buffer import Buffer
from iree.hal.status import InvalidArgument, OutOfRange, Unimplemented
from iree.schemas.element_types import ElementType


@dataclasses.dataclass(frozen=True)
class BufferView:
    """Elements lie row by row from the start of the buffer. OutOfRange: the buffer is shorter than that."""

    buffer: Buffer
    shape: tuple[int, ...]
    element_type: ElementType

    def __post_init__(self) -> None:
        if self.byte_length > self.buffer.byte_length:
            raise OutOfRange(f"{self} takes {self.byte_length} bytes of a {self.buffer}")

    @property
    def byte_length(self) -> int:
        """Bytes that the elements take."""
        return math.prod(self.shape) * self.element_type.byte_width

    @staticmethod
    def allocate(allocator: Allocator, shape: tuple[int, ...], element_type: ElementType) -> BufferView:
        """A view of a new buffer of zeros."""
        return BufferView(allocator.allocate(math.prod(shape) * element_type.byte_width), shape, element_type)

    def require(
        self, name: str, shape: tuple[int, ...], element_type: ElementType, apart_from: Sequence[BufferView] = ()
    ) -> None:
        """InvalidArgument: it is something else than `name` has to be, or shares memory with one of the others."""
        if self.shape != shape or self.element_type != element_type:
            needed = "x".join([*map(str, shape), element_type.name])
            raise InvalidArgument(f"{name} is {self}, needs {needed}")
        home = self.buffer.allocated_buffer
        for other in apart_from:
            if other.buffer.allocated_buffer is home and self._overlaps(other):
                raise InvalidArgument(f"{name} shares memory with another argument: give it memory of its own")

    def read(self) -> np.ndarray:
        """The elements, as a new array."""
        data = bytearray(self.buffer.read(0, self.byte_length))
        return np.frombuffer(data, self.element_type.dtype).reshape(self.shape)

    def write(self, array: npt.ArrayLike, name: str = "the array") -> None:
        """Puts the elements of an array there. InvalidArgument: it has another shape or element type."""
        source = np.asarray(array)
        if source.shape != self.shape or source.dtype != self.element_type.dtype:
            raise InvalidArgument(f"{name} is {source.dtype}{list(source.shape)}, needs {self}")
        self.buffer.write(np.ascontiguousarray(source).reshape(self.shape))

    def calculate_offset(self, indices: Sequence[int]) -> int:
        """The byte offset of an element; fewer indices than dimensions mean the first of the rest."""
        if len(indices) > len(self.shape):
            raise InvalidArgument(f"{len(indices)} indices {list(indices)} into {self} of rank {len(self.shape)}")
        for dimension, (index, size) in enumerate(zip(indices, self.shape, strict=False)):
            if not 0 <= index < size:
                raise OutOfRange(f"index {index} of dimension {dimension} into {self}: it has {size}")
        return self._linear(indices) * self.element_type.byte_width

    def slice(self, starts: Sequence[int], lengths: Sequence[int]) -> BufferView:
        """The view of a part that shares the memory. Unimplemented: its elements do not lie in one run."""
        if not len(starts) == len(lengths) == len(self.shape):
            raise InvalidArgument(f"slice of {self} needs {len(self.shape)} starts and lengths, not {starts} {lengths}")
        for dimension, (start, length, size) in enumerate(zip(starts, lengths, self.shape, strict=True)):
            if start < 0 or length < 0 or start + length > size:
                raise OutOfRange(f"slice [{start}, {start + length}) of dimension {dimension} of {self}: it has {size}")
        count = math.prod(lengths)
        first = self._linear(starts) if count else 0
        if count and self._linear([s + n - 1 for s, n in zip(starts, lengths, strict=True)]) - first + 1 != count:
            raise Unimplemented(
                f"slice {list(starts)} + {list(lengths)} of {self} is not one run of memory: copy it instead"
            )
        width = self.element_type.byte_width
        return BufferView(self.buffer.subspan(first * width, count * width), tuple(lengths), self.element_type)

    def _overlaps(self, other: BufferView) -> bool:
        return self.buffer.overlaps(0, self.byte_length, other.buffer, 0, other.byte_length)

    def _linear(self, indices: Sequence[int]) -> int:
        linear = 0
        for dimension, size in enumerate(self.shape):
            linear = linear * size + (indices[dimension] if dimension < len(indices) else 0)
        return linear

    def __str__(self) -> str:
        return "x".join([*map(str, self.shape), self.element_type.name])
