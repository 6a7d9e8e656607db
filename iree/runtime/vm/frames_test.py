import numpy as np
import pytest

from iree import runtime
from iree.hal.status import NotFound
from iree.runtime import Debugger, Resume, Stop
from iree.runtime.vm.frames import FrameView
from iree.schemas import element_types
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.testing.hand_built import F32, VECTOR, Constant, Function, Module, Type, binary_executable, to_bytes

encode = SEQUENCER.encode
FLAG, I32 = (Type(element_types.from_name(name), ()) for name in ("i1", "i32"))


def frames(function: Function, *others: Function) -> list[tuple[FrameView, ...]]:
    """The functions at work at each stop of a call with ones."""
    module = Module("m", [function, *others], [binary_executable("mul_f")], [Constant(np.full(4, 2, np.float32))])
    seen = []

    def look(stop: Stop) -> Resume:
        seen.append(stop.frames)
        return Resume.STEP

    called = runtime.load_vm_flatbuffer(to_bytes(module))[function.name]
    Debugger(called, look).function.invoke([np.ones(of.shape, of.dtype) for of in called.arguments])
    return seen


SQUARE = Function(
    "square", [VECTOR], [VECTOR], ["x"], None, 2,
    encode("alloc_heap", F32.number, (4,), 1) + encode("static_dispatch", (0, 0), (4, 1, 1), (0, 0), (1,))
    + encode("return", (1,)), exported=False,
)  # fmt: skip


def calling(*code: bytes) -> Function:
    """@f(x: 4xf32, n: i32) -> 4xf32"""
    return Function("f", [VECTOR, I32], [VECTOR], ["x", "n"], None, 4, b"".join(code))


def roles(code: bytes) -> set[tuple[str, str, int]]:
    seen = frames(calling(code, encode("return", (2,))), SQUARE)
    return {(each[0].function, each[0].role, each[0].turn) for each in seen}


def test_what_a_function_is_called_as() -> None:
    assert roles(encode("call", 1, (0,), (2,))) == {("f", "", 0), ("square", "", 0)}
    assert roles(encode("case", 1, (1, 1), (0,), (2,))) == {("f", "", 0), ("square", "branch 0 of case", 0)}


def test_iterations_are_told_apart() -> None:
    never = Function("never", [VECTOR], [FLAG], ["x"], None, 2, encode("alloc_heap", 1, (), 1) + encode("return", (1,)))
    seen = frames(calling(encode("while", 2, 1, (3,), (0,), (), (2,)), encode("return", (2,))), SQUARE, never)
    turns = [(each[0].turn, each[0].role) for each in seen if each[0].function == "square" and each[0].offset == 0]
    assert turns == [(turn, "body of while") for turn in (1, 2, 3)]
    assert [len(each) for each in seen] == [1, *[2] * 9, 1]


def test_places() -> None:
    code = encode("constant", 0, 2) + encode("call", 1, (2,), (3,)) + encode("return", (3,))
    last = frames(calling(code), SQUARE)[-1][0]
    assert [local.place for local in last.locals] == ["argument 0", "argument 1", "constant 0", "result 0"]
    assert [local.state for local in last.locals] == [""] * 4


def test_locals_are_named() -> None:
    first = frames(calling(encode("return", (0,))))[0][0]
    assert (first.local("x").number, first.local("%1").number) == (0, 1)
    with pytest.raises(NotFound, match=r"@f has no local y here: there are %0 \(x\), %1 \(n\)"):
        first.local("y")
