"""BufferView: a buffer seen as an array of one element type."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

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

    def _linear(self, indices: Sequence[int]) -> int:
        linear = 0
        for dimension, size in enumerate(self.shape):
            linear = linear * size + (indices[dimension] if dimension < len(indices) else 0)
        return linear

    def __str__(self) -> str:
        return "x".join([*map(str, self.shape), self.element_type.name])
