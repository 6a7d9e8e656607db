"""The arena: what is needed at one time does not overlap; what is not shares bytes."""

import itertools
import random

import pytest

from iree.compiler.codegen.runtimeless_c.arena import Frame, bases


@pytest.mark.parametrize("seed", range(50))
def test_slots_overlap_only_in_time_or_in_space(seed: int) -> None:
    frame, draw = Frame(), random.Random(seed)
    for _ in range(draw.randrange(12)):
        slot = frame.add(draw.randrange(300), draw.randrange(20))
        slot.last += draw.randrange(6)
    frame.place()
    for a, b in itertools.combinations(frame.slots, 2):
        apart_in_time = a.last < b.first or b.last < a.first
        apart_in_space = a.offset + a.bytes <= b.offset or b.offset + b.bytes <= a.offset
        assert apart_in_time or apart_in_space
    assert all(slot.offset % 64 == 0 and slot.offset + slot.bytes <= frame.size for slot in frame.slots)


def test_a_chain_needs_two_buffers() -> None:
    frame = Frame()
    for number in range(10):
        frame.add(256, number).last = number + 1
    frame.place()
    assert frame.size == 512


def test_called_functions_lie_behind_all_their_callers() -> None:
    frames = {name: Frame(size=size) for name, size in (("f", 64), ("g", 128), ("body", 64), ("inner", 64))}
    calls = {"f": ["body"], "g": ["body"], "body": ["inner"], "inner": []}
    assert bases(frames, calls, ["f", "g"]) == {"f": 0, "g": 0, "body": 128, "inner": 192}
