"""TensorType: element type and shape of a local of the interpreter."""

import math
from typing import NamedTuple

import numpy as np

from iree.schemas.element_types import ElementType


class TensorType(NamedTuple):
    """Prints as "2x3xf32"."""

    element_type: ElementType
    shape: tuple[int, ...]

    @property
    def dtype(self) -> np.dtype:
        """How NumPy stores an element."""
        return self.element_type.dtype

    @property
    def byte_length(self) -> int:
        """Bytes that the elements take."""
        return math.prod(self.shape) * self.dtype.itemsize

    def __str__(self) -> str:
        return "x".join([*map(str, self.shape), self.element_type.name])
