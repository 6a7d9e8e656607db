"""The workload of a dispatch: how many elements it computes in x, y and z.

x is the last dimension, y the one before, z the product of all others; dimensions of size 1 at the end do not count.
[4] -> (4, 1, 1), [2, 3] -> (3, 2, 1), [4, 1] -> (4, 1, 1), [2, 3, 4, 5] -> (5, 4, 6), a scalar -> (1, 1, 1).
"""

import math
from collections.abc import Sequence


def workload_of(shape: Sequence[int]) -> tuple[int, int, int]:
    """The workload of a dispatch whose result has this static shape."""
    dims = list(shape)
    while len(dims) > 1 and dims[-1] == 1:
        dims.pop()
    x = dims[-1] if dims else 1
    y = dims[-2] if len(dims) > 1 else 1
    return x, y, math.prod(dims[:-2])
