"""Blocks of memory in one arena."""

import numpy as np
import pytest

from iree.compiler.transforms.ll_seq.packing import Block, most_at_once, pack


def check(blocks, alignment, packing):
    """No two blocks that are alive at once share a byte, and all lie inside, aligned."""
    for i, (one, start) in enumerate(zip(blocks, packing.offsets, strict=True)):
        assert start % alignment == 0
        assert start + one.length <= packing.length
        for other, other_start in list(zip(blocks, packing.offsets, strict=True))[:i]:
            apart = start + one.length <= other_start or other_start + other.length <= start
            assert apart or not one.meets(other), (one, start, other, other_start)


def test_a_chain_takes_two():
    blocks = [Block(256, step, step + 1) for step in range(100)]
    packing = pack(blocks, 64)
    assert packing.length == 512
    check(blocks, 64, packing)


def test_the_narrowest_gap_is_taken():
    blocks = [Block(640, 0, 9), Block(128, 0, 4), Block(64, 0, 9), Block(64, 0, 4), Block(64, 0, 9), Block(64, 5, 9)]
    packing = pack(blocks, 64)
    assert packing.length == most_at_once(blocks, 64) == 960
    check(blocks, 64, packing)


def test_nothing_takes_nothing():
    assert pack([], 64) == ((), 0)


@pytest.mark.parametrize("seed", range(20))
def test_random_blocks(seed):
    generator = np.random.default_rng(seed)
    blocks = []
    for _ in range(60):
        first = int(generator.integers(0, 40))
        blocks.append(Block(int(generator.integers(0, 2000)), first, first + int(generator.geometric(0.3))))
    packing = pack(blocks, 64)
    check(blocks, 64, packing)
    assert packing.length <= 1.25 * most_at_once(blocks, 64)
