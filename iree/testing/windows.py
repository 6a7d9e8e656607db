"""A window that moves along one dimension, as the tests of what is computed in windows draw and check it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Window:
    """How many elements it sees, how far apart stops and elements are, and how much is around the dimension."""

    size: int
    stride: int
    dilation: int
    low: int
    high: int

    def stops(self, size: int) -> int:
        """How many results there are."""
        return (size + self.low + self.high - (self.size - 1) * self.dilation - 1) // self.stride + 1

    def positions(self, size: int) -> NDArray[np.int64]:
        """The position in the input for each stop and step; those outside are padding."""
        return np.arange(self.stops(size))[:, None] * self.stride + np.arange(self.size) * self.dilation - self.low
