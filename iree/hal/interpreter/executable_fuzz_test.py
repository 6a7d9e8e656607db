"""Damaged executables are refused or run, but never crash and never raise anything but HAL errors."""

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from iree.hal.cts.interp_executables import encode, executable, function, tensor
from iree.hal.interpreter.executable import InterpreterExecutable
from iree.hal.interpreter.executable_cache import InterpreterExecutableCache
from iree.hal.status import HalError

M = tensor("2x3xf32")
GOOD = executable(
    function(
        "f",
        [M, M, tensor("2xf32")],
        10,
        encode("constant", M.element_type.number, (), np.float32(0).tobytes(), 3),
        encode("alloc_heap", M.element_type.number, (2, 3), 4),
        encode("mul_f", 0, 1, 4),
        encode("reshape", 4, (6,), 5),
        encode("alloc_heap", M.element_type.number, (3, 2), 6),
        encode("transpose", 4, (1, 0), 6),
        encode("alloc_heap", M.element_type.number, (2,), 7),
        encode("reduce_sum_f", 6, 3, (0,), 7),
        encode("copy", 7, 2),
    )
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD.contents) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_flipped_bytes(changes: list[tuple[int, int]]) -> None:
    contents = bytearray(GOOD.contents)
    for place, value in changes:
        contents[place] = value
    try:
        made = InterpreterExecutableCache().prepare_executable(dataclasses.replace(GOOD, contents=memoryview(contents)))
    except HalError:
        return
    assert isinstance(made, InterpreterExecutable)
    run_all(made)


@settings(deadline=None)
@given(st.integers(0, len(GOOD.contents)))
def test_cut_files(length: int) -> None:
    try:
        spec = dataclasses.replace(GOOD, contents=GOOD.contents[:length])
        made = InterpreterExecutableCache().prepare_executable(spec)
    except HalError:
        return
    assert isinstance(made, InterpreterExecutable)
    run_all(made)


def run_all(made: InterpreterExecutable) -> None:
    """Runs every entry point on arrays of the types that it says."""
    for entry_point in made.entries:
        try:
            plan = entry_point.plan_for((3,) * 8)
        except HalError:
            continue
        if any(argument.byte_length > 1 << 20 for argument in plan.arguments):
            continue
        with np.errstate(all="ignore"):
            for action in plan.bind([np.zeros(argument.shape, argument.dtype) for argument in plan.arguments]):
                try:
                    action()
                except HalError:
                    return
