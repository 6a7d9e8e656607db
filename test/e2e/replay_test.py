"""Every order that barriers allow gives the same result: commands are run backwards and in random orders between them.

The interpreter runs commands as they were recorded, so a barrier that is missing would never show there. Here its
command buffers are replaced by such as run what stands between two barriers in another order; that a dispatch reads
and writes only what it says, and does not read what it writes, is checked on the way.
"""

import os
import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings

import iree.runtime
from iree.compiler.compile import compile_str
from iree.hal.interpreter import device as interpreter_device
from iree.hal.interpreter.buffer import InterpreterBuffer
from iree.hal.interpreter.command_buffer import InterpreterCommandBuffer
from iree.hal.memory_access import MemoryAccess
from iree.runtime.vm import finish_plan
from iree.runtime.vm.plan import Barrier
from test.e2e.random_control_flow import ARGUMENTS
from test.e2e.random_control_flow import Program as ControlFlow
from test.e2e.random_programs import Program, programs

SEEDS = int(os.environ.get("IREE_RANDOM_CONTROL_FLOW", "10"))
WANTED = os.environ.get("IREE_RANDOM_PROGRAMS")
INTERP = ["interpreter-bytecode"]
ORDER = random.Random(0)


class ShuffledCommandBuffer(InterpreterCommandBuffer):
    """Runs the commands between two barriers in another order than that of recording, a new one each time."""

    is_random = False

    def __init__(self, mode, categories):
        super().__init__(mode, categories)
        self.groups = [[]]

    def begin_recording(self):
        super().begin_recording()
        self.groups = [[]]

    def execution_barrier(self, *args, **kwargs):
        self.groups.append([])

    def copy_buffer(self, *args, **kwargs):
        self._one(super().copy_buffer, *args, **kwargs)

    def dispatch(self, request):
        self._one(super().dispatch, request, bindings=request.bindings)

    def _one(self, record, *args, bindings=(), **kwargs):
        """Keeps what one command does together, with a look at what it may touch before and after."""
        before = len(self.actions)
        record(*args, **kwargs)
        recorded, self.actions[before:] = self.actions[before:], []
        self.groups[-1].append((recorded, bindings))
        if len(self.actions) == 0:
            self.actions.append(self.run)

    def run(self):
        for group in self.groups:
            commands = list(reversed(group))
            if self.is_random:
                ORDER.shuffle(commands)
            for recorded, bindings in commands:
                read = [_bytes(b) for b in bindings if b.access == MemoryAccess.READ]
                written = [_bytes(b) for b in bindings if b.access != MemoryAccess.READ]
                held = [data.copy() for data in read]
                for data in written:
                    if not any(np.shares_memory(data, other) for other in read):
                        data[:] = 0xA5
                for action in recorded:
                    action()
                for data, expected in zip(read, held, strict=True):
                    if not any(np.shares_memory(data, other) for other in written):
                        np.testing.assert_array_equal(data, expected)


def _bytes(binding):
    allocation = binding.buffer.allocated_buffer
    assert isinstance(allocation, InterpreterBuffer)
    start = binding.buffer.byte_offset
    return allocation.bytes[start : start + binding.byte_length]


@pytest.fixture(params=[False, True], ids=["backwards", "random"])
def in_other_orders(request, monkeypatch):
    monkeypatch.setattr(ShuffledCommandBuffer, "is_random", request.param)
    monkeypatch.setattr(interpreter_device, "InterpreterCommandBuffer", ShuffledCommandBuffer)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.usefixtures("in_other_orders")
def test_control_flow_and_state(seed):
    program = ControlFlow(seed)
    module = iree.runtime.load_vm_flatbuffer(compile_str(program.text, target_backends=INTERP), driver="interpreter")
    generator, state = np.random.default_rng(seed), ControlFlow.initial_state()
    for _ in range(3):
        arguments = [generator.integers(-20, 20, 2, np.int32) for _ in ARGUMENTS]
        np.testing.assert_array_equal(module.f(*arguments), program.run(arguments, state), err_msg=program.text)


@settings(
    max_examples=int(WANTED or 20),
    derandomize=WANTED is None,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(programs())
@pytest.mark.usefixtures("in_other_orders")
def test_programs(program: Program):
    note(program.text)
    module = compile_str(program.text, target_backends=INTERP)
    shuffled = iree.runtime.load_vm_flatbuffer(module, driver="interpreter").f
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(interpreter_device, "InterpreterCommandBuffer", InterpreterCommandBuffer)
        recorded = iree.runtime.load_vm_flatbuffer(module, driver="interpreter").f
        expected = recorded.invoke(program.inputs)
    for got, right in zip(shuffled.invoke(program.inputs), expected, strict=True):
        assert got.tobytes() == right.tobytes()


BRANCHES = 6
WIDE = "tensor<16x16xf32>"


def wide_program():
    """Chains of products beside each other that meet at the end, so that many orders are possible."""
    lines = []
    for branch in range(BRANCHES):
        previous = "%a"
        for step in range(4):
            result = f"%v{branch}_{step}"
            operands = (previous, "%b") if (branch + step) % 2 else ("%b", previous)
            lines.append(f"{result} = stablehlo.dot {operands[0]}, {operands[1]} : ({WIDE}, {WIDE}) -> {WIDE}")
            previous = result
    for branch in range(1, BRANCHES):
        left = "%v0_3" if branch == 1 else f"%s{branch - 1}"
        lines.append(f"%s{branch} = stablehlo.dot {left}, %v{branch}_3 : ({WIDE}, {WIDE}) -> {WIDE}")
    body = "\n".join(lines)
    return f"func.func @f(%a: {WIDE}, %b: {WIDE}) -> {WIDE} {{\n{body}\nreturn %s{BRANCHES - 1} : {WIDE}\n}}"


def run_wide_program():
    generator = np.random.default_rng(0)
    a, b = (generator.standard_normal((16, 16), np.float32) for _ in range(2))
    data = compile_str(wide_program(), target_backends=INTERP)
    return iree.runtime.load_vm_flatbuffer(data, driver="interpreter").f(a, b)


def test_branches_beside_each_other(request):
    expected = run_wide_program()
    request.getfixturevalue("in_other_orders_here")
    for _ in range(10):
        np.testing.assert_array_equal(run_wide_program(), expected)


@pytest.fixture
def in_other_orders_here(monkeypatch):
    monkeypatch.setattr(ShuffledCommandBuffer, "is_random", True)
    monkeypatch.setattr(interpreter_device, "InterpreterCommandBuffer", ShuffledCommandBuffer)


def test_a_barrier_that_is_missing_shows(monkeypatch, request):
    """Of the test itself: without barriers it fails."""
    expected = run_wide_program()
    request.getfixturevalue("in_other_orders_here")

    def without(commands, starts_with_barrier):
        return (command for command in commands if not isinstance(command, Barrier))

    monkeypatch.setattr(finish_plan, "with_barriers", without)
    assert not np.array_equal(run_wide_program(), expected)
