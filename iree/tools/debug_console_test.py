from collections.abc import Iterator

import numpy as np
import pytest

from iree import runtime
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.testing.hand_built import (
    VECTOR,
    Constant,
    Function,
    Module,
    Variable,
    binary_executable,
    simple_mul,
    to_bytes,
)
from iree.tools.debug_console import Console, QuitError, prompted

A = np.array([1, 2, 3, 4], np.float32)
B = np.array([5, 6, 7, 8], np.float32)
encode = SEQUENCER.encode


def said(module: Module, *lines: str) -> list[str]:
    """What the console says to these lines, when the module's first function is called with A and B."""
    texts: list[str] = []
    loaded = runtime.load_vm_flatbuffer(to_bytes(module))
    console = Console(loaded[module.functions[0].name], iter(lines), texts.append, echo=False)
    console.debugger.function(A, B)
    return texts


def keeps() -> Module:
    """@keep(x, y) stores y in @kept and returns @product(x, y)."""
    keep = encode("global_store", 0, 1) + encode("call", 1, (0, 1), (2,)) + encode("return", (2,))
    (mul,) = simple_mul().functions
    functions = [Function("keep", [VECTOR] * 2, [VECTOR], ["x", "y"], None, 3, keep), mul]
    constants = [Constant(np.zeros(4, np.float32))]
    return Module("m", functions, [binary_executable("mul_f")], constants, variables=[Variable("kept", 0)])


def test_stops_show_what_comes_next() -> None:
    start = "=> @simple_mul:0  alloc_heap 4xf32 -> %2  // math.mlir:2:3"
    dispatch = "=> @simple_mul:14  static_dispatch @ex_mul_f::mul_f, [4, 1, 1], (%0, %1), out (%2)  // math.mlir:3:8"
    assert said(simple_mul(), "step", "", "# nothing") == [start, dispatch]
    assert said(simple_mul(), "break math.mlir:3", "c") == [start, f"breakpoint 1: {dispatch[3:]}",
                                                            "breakpoint math.mlir:3", dispatch]  # fmt: skip


def test_help_names_every_command() -> None:
    text = "\n".join(said(simple_mul(), "help"))
    for name in ("break", "step", "next", "finish", "continue", "locals", "print", "watch", "backtrace", "quit"):
        assert f"\n  {name}" in text


def test_several_steps_at_once() -> None:
    assert said(simple_mul(), "s 2")[1].startswith("=> @simple_mul:57")
    breaks = ["break simple_mul", "break simple_mul:14", "break simple_mul:57", "c 2", "print %2"]
    assert said(simple_mul(), *breaks)[-1] == "%2 = 4xf32=5 12 21 32"
    assert said(simple_mul(), "break simple_mul:14", "s 2")[-1].startswith("=> @simple_mul:14")


def test_calls_are_shown_and_stepped_over() -> None:
    lines = said(keeps(), "next", "step", "bt", "frame 1", "locals", "print y", "finish", "print %2")
    inner = "@simple_mul:0  alloc_heap 4xf32 -> %2  // math.mlir:2:3"
    call = "@keep:7  call @simple_mul, (%0, %1) -> (%2)"
    assert lines[1:] == [
        f"=> {call[:7]}{call[7:]}".replace(call, lines[1][3:]),
        f"=> {inner}",
        f"=> #0 {inner}",
        f"   #1 {lines[1][3:]}",
        f"=> #1 {lines[1][3:]}",
        "  %0 (x): 4xf32, argument 0",
        "  %1 (y): 4xf32, argument 1",
        "y = 4xf32=5 6 7 8",
        lines[-2],
        "%2 = 4xf32=5 12 21 32",
    ]
    assert lines[-2].endswith("return (%2)")


def test_variables_hold_what_the_call_has_stored() -> None:
    lines = said(keeps(), "variables", "watch @kept", "c", "print @kept[1:3]")
    assert lines[1:3] == ["  @kept = 4xf32=0 0 0 0", "watch 1: @kept"]
    assert lines[3] == "@kept has changed from 4xf32=0 0 0 0 to 4xf32=5 6 7 8"
    assert lines[-1] == "@kept[1:3] = 2xf32=6 7"


def test_lists_of_instructions() -> None:
    lines = said(keeps(), "list", "list simple_mul")
    assert [line[:3] for line in lines[1:]] == ["=> ", *["   "] * 5]
    assert lines[4].startswith("   @simple_mul:0  alloc_heap")


def test_breakpoints_can_be_listed_and_removed() -> None:
    lines = said(
        simple_mul(), "b simple_mul:14 simple_mul:57", "watch %1", "break", "delete 1", "unwatch", "break", "c"
    )
    assert lines[4:7] == ["breakpoint 1: simple_mul:14", "breakpoint 2: simple_mul:57", "watch 1: %1"]
    assert lines[7] == "breakpoint 1: simple_mul:57"
    assert lines[8:] == ["breakpoint simple_mul:57", "=> @simple_mul:57  return (%2)  // math.mlir:3:8"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("fly", 'no command "fly": help lists all'),
        ("print '%0", "print '%0: No closing quotation"),
        ("print", "name what to print: print %2, print x, print @count, print %2[0, 4:8]"),
        ("print %7", "@simple_mul has no local %7 here: there are %0 (a), %1 (b)"),
        ("print a b", '"a b" is no local like %2 or x, no variable like @count, no part: %2[0, 4:8]'),
        ("print a[x]", '"a[x]": [x] is no index: write numbers and ranges, such as [0, 4:8]'),
        ("print a[9]", "a[9]: index 9 is out of bounds for axis 0 with size 4"),
        ("print @v", "no variable @v; there are none"),
        ("step x", '"x" is no number of times'),
        ("list g", 'no function "g"; there are simple_mul'),
        ("frame 1", "name a frame by its number in the backtrace, 0 to 0"),
        ("delete 1", "there is no such breakpoint: break lists all"),
        ("break g", 'no function "g"; there are simple_mul'),
    ],
)
def test_what_cannot_be_done(line: str, text: str) -> None:
    assert said(simple_mul(), line)[1:] == [text]


def test_quit_ends_the_call() -> None:
    with pytest.raises(QuitError):
        said(simple_mul(), "quit")


def test_lines_are_echoed_to_those_who_do_not_type_them() -> None:
    texts: list[str] = []
    f = runtime.load_vm_flatbuffer(to_bytes(simple_mul())).simple_mul
    Console(f, iter(["print a"]), texts.append, echo=True).debugger.function(A, B)
    assert texts[1:] == ["(debug) print a", "a = 4xf32=1 2 3 4"]


def test_a_user_types_until_the_end_of_input(monkeypatch: pytest.MonkeyPatch) -> None:
    typed: Iterator[str] = iter(["step", "print %0"])

    def answer(prompt: str) -> str:
        assert prompt == "(debug) "
        for line in typed:
            return line
        raise EOFError

    monkeypatch.setattr("builtins.input", answer)
    assert list(prompted()) == ["step", "print %0"]
