from typing import Any

import numpy as np
import pytest

from iree import runtime
from iree.hal.status import NotFound
from iree.runtime import Debugger, Resume, Stop
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.testing.hand_built import F32, VECTOR, Function, Module, binary_executable, simple_mul, to_bytes

A = np.array([1, 2, 3, 4], np.float32)
B = np.array([5, 6, 7, 8], np.float32)
encode = SEQUENCER.encode


def load(module: Module) -> Any:
    return runtime.load_vm_flatbuffer(to_bytes(module))


def squares() -> Module:
    """@twice(x, y) = square(square(x)): a function that calls another one two times."""
    call = encode("call", 1, (0,), (2,)) + encode("call", 1, (2,), (3,)) + encode("return", (3,))
    product = [
        encode("alloc_heap", F32.number, (4,), 1),
        encode("static_dispatch", (0, 0), (4, 1, 1), (0, 0), (1,)),
        encode("reshape", 1, (2, 2), 2),
        encode("reshape", 2, (4,), 3),
        encode("return", (3,)),
    ]
    functions = [
        Function("twice", [VECTOR, VECTOR], [VECTOR], ["x", "y"], None, 4, call),
        Function("square", [VECTOR], [VECTOR], ["x"], None, 4, b"".join(product), exported=False),
    ]
    return Module("calls", functions, [binary_executable("mul_f")])


class Log:
    """Answers each stop with the next of some resumes, and notes what stood there."""

    def __init__(self, *resumes: Resume):
        self.resumes = iter(resumes)
        self.places: list[tuple[str, str]] = []
        self.reasons: list[str] = []

    def __call__(self, stop: Stop) -> Resume:
        self.places.append((stop.frame.function, stop.frame.instruction.name))
        self.reasons.append(stop.reason)
        return next(self.resumes, Resume.CONTINUE)


def test_every_instruction_is_stopped_at() -> None:
    log = Log(*[Resume.STEP] * 99)
    np.testing.assert_array_equal(Debugger(load(squares()).twice, log).function(A, B), A**4)
    square = [("square", name) for name in ("alloc_heap", "static_dispatch", "reshape", "reshape", "return")]
    calls = [("twice", "call"), *square]
    assert log.places == [*calls, *calls, ("twice", "return")]


def test_next_steps_over_calls_and_finish_out_of_them() -> None:
    log = Log(Resume.NEXT, Resume.STEP, Resume.FINISH)
    Debugger(load(squares()).twice, log).function(A, B)
    assert log.places == [("twice", "call"), ("twice", "call"), ("square", "alloc_heap"), ("twice", "return")]


def test_breakpoints() -> None:
    log = Log(Resume.CONTINUE)
    debugger = Debugger(load(squares()).twice, log)
    debugger.break_at("square:14")
    debugger.function(A, B)
    assert log.places == [("twice", "call"), *[("square", "static_dispatch")] * 2]
    assert log.reasons == ["", *["breakpoint square:14"] * 2]
    with pytest.raises(NotFound, match="no function"):
        debugger.break_at("cube")


def test_a_call_begins_with_a_stop_if_it_is_asked_to() -> None:
    log = Log(Resume.CONTINUE)
    debugger = Debugger(load(squares()).twice, log)
    debugger.function(A, B)
    debugger.function(A, B)
    assert len(log.places) == 1
    debugger.begin()
    debugger.function(A, B)
    assert len(log.places) == 2


def test_locals_and_what_is_known_of_them() -> None:
    states = []

    def look(stop: Stop) -> Resume:
        if stop.frame.function == "square" and len(stop.frames) == 2:
            states.append([(local.number, local.state.split(":")[0]) for local in stop.frame.locals])
            if stop.frame.instruction.name == "reshape":
                np.testing.assert_array_equal(stop.read(stop.frame.local("%1")), stop.read(stop.frame.local("x")) ** 2)
        return Resume.STEP

    Debugger(load(squares()).twice, look).function(A, B)
    assert states[:5] == [
        [(0, "")],
        [(0, ""), (1, "not written yet")],
        [(0, ""), (1, "")],
        [(0, ""), (1, ""), (2, "")],
        [(0, ""), (1, ""), (2, ""), (3, "")],
    ]
    assert states[7][0] == (0, "no longer used")  # in the second call it is no argument of the caller's


def test_locals_by_name_and_place() -> None:
    def look(stop: Stop) -> Resume:
        if stop.frame.instruction.name == "return" and stop.frame.function == "simple_mul":
            places = [local.place for local in stop.frame.locals]
            assert places == ["argument 0", "argument 1", "result 0"]
            np.testing.assert_array_equal(stop.read(stop.frame.local("a")), A)
            np.testing.assert_array_equal(stop.read(stop.frame.local("%2")), A * B)
            with pytest.raises(NotFound, match=r"no local %3 here: there are %0 \(a\), %1 \(b\), %2"):
                stop.frame.local("%3")
        return Resume.STEP

    Debugger(load(simple_mul()).simple_mul, look).function(A, B)


def test_what_is_watched() -> None:
    reasons = []

    def look(stop: Stop) -> Resume:
        reasons.append(stop.reason)
        if stop.frame.instruction.name == "static_dispatch" and not debugger.watched:
            result = stop.frame.local("%2")
            debugger.watch(stop, "product", lambda stop: stop.read(result))
        return Resume.CONTINUE if debugger.watched else Resume.STEP

    debugger = Debugger(load(simple_mul()).simple_mul, look)
    debugger.function(A, B)
    assert reasons == ["", "", "product has changed from 4xf32=0 0 0 0 to 4xf32=5 12 21 32"]


def test_what_on_stop_raises_ends_the_call() -> None:
    def stop_it(stop: Stop) -> Resume:
        raise KeyboardInterrupt

    debugger = Debugger(load(simple_mul()).simple_mul, stop_it)
    with pytest.raises(KeyboardInterrupt):
        debugger.function(A, B)
