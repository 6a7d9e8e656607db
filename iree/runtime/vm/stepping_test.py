from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from iree import runtime
from iree.runtime.vm.bytecode_dispatch import plan_function
from iree.runtime.vm.function_def import BufferType
from iree.runtime.vm.module import VmModule
from iree.runtime.vm.plan import Barrier, Case, Mark, Run, Steps, While
from iree.runtime.vm.stepping import MarkingPlanner, read_back
from iree.schemas import element_types
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.testing.hand_built import F32, VECTOR, Function, Module, Type, binary_executable, to_bytes

encode = SEQUENCER.encode
I32 = Type(element_types.from_name("i32"), ())


def squared_again_and_again() -> VmModule:
    """@f(x, n) squares x three times in a loop, and once more or not, as n says."""
    square = encode("alloc_heap", F32.number, (4,), 1) + encode("static_dispatch", (0, 0), (4, 1, 1), (0, 0), (1,))
    never = encode("alloc_heap", 1, (), 1) + encode("return", (1,))
    code = encode("while", 3, 1, (3,), (0,), (), (2,)) + encode("case", 1, (1, 2), (2,), (3,)) + encode("return", (3,))
    functions = [
        Function("f", [VECTOR, I32], [VECTOR], ["x", "n"], None, 4, code),
        Function("square", [VECTOR], [VECTOR], ["x"], None, 2, square + encode("return", (1,)), exported=False),
        Function("same", [VECTOR], [VECTOR], ["x"], None, 1, encode("return", (0,)), exported=False),
        Function("never", [VECTOR], [Type(element_types.from_name("i1"), ())], ["x"], None, 2, never, exported=False),
    ]
    return VmModule.from_flatbuffer(to_bytes(Module("m", functions, [binary_executable("mul_f")])))


def flat(steps: Steps) -> Iterator[Any]:
    """What a plan does, in order; runs as their commands."""
    for step in steps:
        match step:
            case Run():
                yield from (command for command in step.commands if not isinstance(command, Barrier))
            case While():
                for row in (*step.iterations, *step.endings):
                    yield from flat(row)
            case Case():
                for row in step.branches:
                    yield from flat(row)
            case _:
                yield step


def test_a_plan_with_marks_does_what_the_plan_does() -> None:
    module = squared_again_and_again()
    plan, marked = plan_function(module, 0), MarkingPlanner(module).plan(0)
    steps = list(flat(marked.steps))
    assert [step for step in steps if not isinstance(step, Mark)] == list(flat(plan.steps))
    assert marked.slots == plan.slots
    marks = [step for step in steps if isinstance(step, Mark)]
    assert [mark.offset for mark in marks if mark.frame.caller is None] == [
        instruction.offset for instruction in module.decoded(0).instructions
    ]
    assert {mark.frame.function for mark in marks} == {0, 1, 2}
    assert all(0 <= view.slot < len(plan.slots) for mark in marks for view in mark.frame.locals.values())


@pytest.mark.parametrize("driver", ["interpreter", "vulkan"])
def test_buffers_are_read_through_a_copy(driver: str) -> None:
    device = runtime.get_device(driver)
    array = np.arange(10, dtype=np.int32)
    buffer = device.allocator.wrap(array)
    of = BufferType(element_types.from_name("i32"), (2, 3))
    np.testing.assert_array_equal(read_back(device, buffer, 8, of), array[2:8].reshape(2, 3))
    assert read_back(device, buffer, 0, of._replace(shape=(0, 3))).shape == (0, 3)
