"""Packing: where blocks of memory lie in one arena, so that those alive at once share no byte, and the arena is small.

    pack([Block(64, 0, 1), Block(64, 1, 2), Block(64, 2, 3)], alignment=64)   ->   Packing([0, 64, 0], 128)

Blocks are placed one after the other, each in the narrowest gap that it fits into between those placed before and alive
at the same time. Which order is good depends on the program, so several are tried and the best is kept.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Block(NamedTuple):
    """So many bytes, needed from one step up to another one."""

    length: int
    first: int
    last: int

    def meets(self, other: "Block") -> bool:
        """Whether both are alive at some step."""
        return self.first <= other.last and other.first <= self.last


class Packing(NamedTuple):
    """Where each block begins, and the bytes of the whole."""

    offsets: tuple[int, ...]
    length: int


_ORDERS: tuple[Callable[[Block], tuple[int, ...]], ...] = (
    lambda block: (-block.length, block.first),
    lambda block: (-block.length * (block.last - block.first + 1), block.first),
    lambda block: (block.first, -block.length),
    lambda block: (block.first - block.last, -block.length),
)


def pack(blocks: Sequence[Block], alignment: int) -> Packing:
    """The best packing found. Offsets are multiples of `alignment`."""
    bound = most_at_once(blocks, alignment)
    best = Packing((0,) * len(blocks), 0)
    for number, order in enumerate(_ORDERS):
        found = _pack_in_order(blocks, sorted(range(len(blocks)), key=lambda i: order(blocks[i])), alignment)
        if number == 0 or found.length < best.length:
            best = found
        if best.length == bound:
            break
    return best


def most_at_once(blocks: Sequence[Block], alignment: int) -> int:
    """The most bytes that are alive at one step: no packing is smaller."""
    changes: dict[int, int] = {}
    for block in blocks:
        length = aligned(block.length, alignment)
        changes[block.first] = changes.get(block.first, 0) + length
        changes[block.last + 1] = changes.get(block.last + 1, 0) - length
    alive = most = 0
    for step in sorted(changes):
        alive += changes[step]
        most = max(most, alive)
    return most


def aligned(length: int, alignment: int) -> int:
    """`length`, rounded up."""
    return -(-length // alignment) * alignment


def _pack_in_order(blocks: Sequence[Block], order: Sequence[int], alignment: int) -> Packing:
    offsets = [0] * len(blocks)
    placed: list[int] = []  # by offset
    for number in order:
        block = blocks[number]
        around = [(offsets[other], blocks[other].length) for other in placed if blocks[other].meets(block)]
        offsets[number] = _best_fit(around, block.length, alignment)
        position = next((i for i, other in enumerate(placed) if offsets[other] > offsets[number]), len(placed))
        placed.insert(position, number)
    ends = [offset + aligned(block.length, alignment) for offset, block in zip(offsets, blocks, strict=True)]
    return Packing(tuple(offsets), max(ends, default=0))


def _best_fit(around: Sequence[tuple[int, int]], length: int, alignment: int) -> int:
    """Where the narrowest gap of `length` between blocks, given by offset, begins; their end if there is none."""
    best, narrowest, end = None, None, 0
    for offset, size in around:
        gap = offset - end
        if gap >= aligned(length, alignment) and (narrowest is None or gap < narrowest):
            best, narrowest = end, gap
        end = max(end, aligned(offset + size, alignment))
    return end if best is None else best
