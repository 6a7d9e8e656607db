"""The workload of a dispatch: how many elements of its result it computes in x, y and z.

x is the last dimension, y the one before, z the product of all others; dimensions of size 1 at the end do not count.
[4] -> (4, 1, 1), [2, 3] -> (3, 2, 1), [4, 1] -> (4, 1, 1), [2, 3, 4, 5] -> (5, 4, 6), a scalar -> (1, 1, 1).
"""

import math
from collections.abc import Sequence


def workload_of(shape: Sequence[int]) -> tuple[int, int, int]:
    """The workload of a dispatch whose result has this static shape."""
    x, y, rest = launch_dims(shape)
    return (1 if x is None else shape[x]), (1 if y is None else shape[y]), math.prod(shape[dim] for dim in rest)


def launch_dims(shape: Sequence[int]) -> tuple[int | None, int | None, list[int]]:
    """Which dimensions of a result go along x, y and z. None: along it there is one place."""
    rank = len(shape)
    while rank > 1 and shape[rank - 1] == 1:
        rank -= 1
    return (rank - 1 if rank else None), (rank - 2 if rank > 1 else None), list(range(rank - 2))
