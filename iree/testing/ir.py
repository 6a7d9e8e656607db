"""Tests of passes and dialects as text: IR before, IR after, compared whole.

    def test_a_multiplication_by_one_goes_away():
        check_pass(DropOnes(), before='''...''', after='''...''')

Texts are dedented and need no `module { }` around them. With IREE_UPDATE_EXPECTED=1 in the environment a check that
fails writes what it got into the test's file instead; look at the change before you keep it.
"""

import difflib
import inspect
import os
import pathlib
import textwrap
from collections.abc import Sequence

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.parser import parse_module
from iree.compiler.ir.pass_manager import Pass, run_passes
from iree.compiler.ir.printer import print_module
from iree.compiler.ir.verifier import verify

UPDATE = "IREE_UPDATE_EXPECTED"


def parse(text: str, filename: str = "test.mlir") -> ModuleOp:
    """The module of a text, verified."""
    module = parse_module(textwrap.dedent(text), filename, make_context())
    verify(module)
    return module


def text_of(module: ModuleOp) -> str:
    """The module's text without the `module { }` around it, when that says nothing."""
    text = print_module(module)
    if module.attributes or module.sym_name is not None or not module.body.block.ops:
        return text
    return textwrap.dedent("".join(text.splitlines(keepends=True)[1:-1]))


def check_pass(passes: Pass | Sequence[Pass], *, before: str, after: str) -> None:
    """Runs one pass or several on `before` and compares the text with `after`; AssertionError shows the difference."""
    module = parse(before)
    run_passes(module, [passes] if isinstance(passes, Pass) else passes)
    got = text_of(module)
    expected = textwrap.dedent(after).strip("\n") + "\n"
    if got == expected:
        return
    if os.environ.get(UPDATE) == "1":
        _write_expected(after, got)
        return
    lines = difflib.unified_diff(expected.splitlines(), got.splitlines(), "expected", "got", lineterm="")
    raise AssertionError("\n".join(["the pass left another text", *lines]))


def check_round_trip(text: str) -> ModuleOp:
    """Checks that a text is read, verified, printed, and printed the same when read again. Returns the module."""
    module = parse(text)
    for generic in (False, True):
        printed = print_module(module, generic=generic)
        again = print_module(parse(printed), generic=generic)
        assert again == printed, f"read again, it prints as\n{again}\nand not as\n{printed}"
    return module


def _write_expected(old: str, new: str) -> None:
    """Replaces the literal `old` by `new`, indented alike, in the file of the test that called check_pass."""
    caller = next(frame for frame in inspect.stack() if frame.filename != __file__)
    path = pathlib.Path(caller.filename)
    source = path.read_text()
    if source.count(old) != 1:
        raise AssertionError(f"{path}: the expected text stands there {source.count(old)} times; update it by hand")
    first = next(line for line in old.splitlines() if line.strip())
    indent = first[: len(first) - len(first.lstrip())]
    closing = old.rpartition("\n")[2]
    path.write_text(source.replace(old, f"\n{textwrap.indent(new, indent)}{closing}"))
