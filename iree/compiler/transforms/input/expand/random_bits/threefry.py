"""Threefry-2x32 of 20 rounds, and how XLA lays its two words out in a shape."""

from collections.abc import Sequence

from iree.compiler.transforms.common.expression import Expression, concatenate
from iree.compiler.transforms.input.expand.random_bits.words import Words, counted, joined, spread

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA


def threefry(key: Words, counter: Words) -> Words:
    """Two random words for each pair of counter words."""
    keys = [key[0], key[1], key[0] ^ key[1] ^ _PARITY]
    x, y = counter[0] + keys[0], counter[1] + keys[1]
    for injection in range(1, 6):
        for rotation in _ROTATIONS[(injection - 1) % 2]:
            x = x + y
            y = ((y << rotation) | (y >> (32 - rotation))) ^ x
        x = x + keys[injection % 3]
        y = y + keys[(injection + 1) % 3] + injection
    return [x, y]


def words_in_shape(key: Words, counter: Words, shape: Sequence[int]) -> tuple[Expression, int]:
    """A word for each place, and how far the counter went.

    One dimension is split: places 2 i and 2 i + 1 along it hold the two words of one counter. It is the first even one,
    or else the first of the largest; of an odd size the last word is left out.
    """
    shape = tuple(shape) or (1,)
    even = [dim for dim, size in enumerate(shape) if size % 2 == 0]
    split = even[0] if even else shape.index(max(shape))
    half = (*shape[:split], -(-shape[split] // 2), *shape[split + 1 :])
    count = _count(half)
    pair = threefry(spread(key, half), counted(counter, half))
    lined = [word.reshape((*half[: split + 1], 1, *half[split + 1 :])) for word in pair]
    doubled = (*half[:split], 2 * half[split], *half[split + 1 :])
    both = concatenate(lined, split + 1).reshape(doubled)
    return (both if doubled == shape else both.slice(split, 0, shape[split])), count


def pairs_in_shape(key: Words, counter: Words, shape: Sequence[int]) -> tuple[Expression, int]:
    """64 bits for each place, and how far the counter went."""
    return joined(threefry(spread(key, shape), counted(counter, shape))), _count(shape)


def _count(shape: Sequence[int]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count
