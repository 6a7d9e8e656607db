"""Windows over an operand, as views: where its elements go among padding, and what each place of the window sees.

A window along one dimension stops at `positions` places of an operand whose elements lie `base_dilation` apart with
`low` and `high` more before and after (less, where negative). It reads `size` of them, `window_dilation` apart.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from iree.hal.interpreter.kernels.kernel import Action, Array, Index, copy_into, require


class Window(NamedTuple):
    """A window along one dimension, and the operand's size there."""

    base: int
    size: int
    stride: int
    low: int
    high: int
    base_dilation: int
    dilation: int

    @property
    def padded(self) -> int:
        """The operand's size with all that is put between and around its elements."""
        return max(0, spread(self.base, self.base_dilation) + self.low + self.high)

    @property
    def positions(self) -> int:
        """How many places the window stops at."""
        room = self.padded - spread(self.size, self.dilation)
        return room // self.stride + 1 if room >= 0 and self.padded else 0

    @property
    def is_plain(self) -> bool:
        """Whether the operand is read as it lies in memory."""
        return self.base_dilation == 1 and not self.low and not self.high

    def kept(self) -> tuple[slice, slice]:
        """Which of the operand's elements are among the padded ones, and where."""
        first = max(0, -(self.low // self.base_dilation))
        last = min(self.base - 1, (self.padded - 1 - self.low) // self.base_dilation)
        count = max(0, last - first + 1)
        if not count:
            return slice(0, 0), slice(0, 0)
        start = self.low + first * self.base_dilation
        return slice(first, first + count), slice(
            start, start + (count - 1) * self.base_dilation + 1, self.base_dilation
        )

    def seen(self, offset: int) -> slice:
        """The padded elements that one place of the window sees, one for each position."""
        start = offset * self.dilation
        return slice(start, start + (self.positions - 1) * self.stride + 1, self.stride)


def spread(size: int, dilation: int) -> int:
    """How much room elements take that are `dilation` apart."""
    return (size - 1) * dilation + 1 if size else 0


def make_windows(base: tuple[int, ...], sizes: tuple[int, ...], lists: tuple[tuple[int, ...], ...]) -> list[Window]:
    """One window for each size of `base`. `lists`: strides, low, high, base dilations, window dilations."""
    lengths = {len(base), len(sizes), *map(len, lists)}
    require(len(lengths) == 1, f"over {len(base)} dimensions has lists of {sorted(lengths)} entries")
    windows = [Window(*numbers) for numbers in zip(base, sizes, *lists, strict=True)]
    steps = [step for w in windows for step in (w.size, w.stride, w.base_dilation, w.dilation)]
    require(min(steps, default=1) > 0, f"has sizes, strides and dilations of at least 1, not {min(steps, default=1)}")
    return windows


def pad(x: Array, windows: list[Window], filler: Array | int) -> tuple[Array, list[Action]]:
    """The padded operand, and what fills it each time; `x` itself where nothing is added. Windows are of all dims."""
    if all(window.is_plain for window in windows):
        return x, []
    padded = np.zeros([window.padded for window in windows], x.dtype)
    kept = [window.kept() for window in windows]
    source: Index = (..., *[part for part, _ in kept])
    target: Index = (..., *[part for _, part in kept])
    actions = [copy_into(padded[target], x[source])]
    if not isinstance(filler, int):
        actions.insert(0, partial(np.copyto, padded, filler))
    return padded, actions


def plain(size: int) -> Window:
    """A window of one element that visits every element of a dimension."""
    return Window(size, 1, 1, 0, 0, 1, 1)
