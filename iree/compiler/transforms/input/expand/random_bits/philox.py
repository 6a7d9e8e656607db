"""Philox-4x32 of 10 rounds, and how XLA lays its four words out in a shape."""

import math
from collections.abc import Sequence

from iree.compiler.transforms.common.expression import Expression, concatenate
from iree.compiler.transforms.input.expand.random_bits.words import Words, counted, joined, spread
from iree.compiler.transforms.input.expand.special_functions.integers import mulhi

_ROUNDS = 10
_MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
_KEY_STEPS = (0x9E3779B9, 0xBB67AE85)


def philox(key: Words, counter: Words) -> Words:
    """Four random words for each four counter words."""
    words = counter
    for _ in range(_ROUNDS):
        low = [words[0] * _MULTIPLIERS[0], words[2] * _MULTIPLIERS[1]]
        high = [mulhi(words[0], words[0].like(_MULTIPLIERS[0])), mulhi(words[2], words[2].like(_MULTIPLIERS[1]))]
        words = [high[1] ^ words[1] ^ key[0], low[1], high[0] ^ words[3] ^ key[1], low[0]]
        key = [part + step for part, step in zip(key, _KEY_STEPS, strict=True)]
    return words


def words_in_shape(key: Words, counter: Words, shape: Sequence[int]) -> tuple[Expression, int]:
    """A word for each place, the four of one counter one after the other, and how far the counter went."""
    return _lined(key, counter, shape, 4)


def pairs_in_shape(key: Words, counter: Words, shape: Sequence[int]) -> tuple[Expression, int]:
    """64 bits for each place, and how far the counter went."""
    return _lined(key, counter, shape, 2)


def _lined(key: Words, counter: Words, shape: Sequence[int], per_counter: int) -> tuple[Expression, int]:
    size = math.prod(shape)
    count = -(-size // per_counter)
    words = philox(spread(key, (count,)), counted(counter, (count,)))
    numbers = words if per_counter == 4 else [joined(words[:2]), joined(words[2:])]
    lined = concatenate([number.reshape((count, 1)) for number in numbers], 1).reshape((count * per_counter,))
    return (lined if len(numbers) * count == size else lined.slice(0, 0, size)).reshape(shape), count
