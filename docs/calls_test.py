"""The programs of docs/calls.md, run one after the other as they stand there, print what it says they print."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import iree.compiler
import iree.runtime

CALLS = Path("docs/calls.md").read_text()
README = Path("README.md").read_text()
PRINTS = re.compile(r"^print\(.*\)  # (.*)$", re.MULTILINE)


def test_programs_print_what_their_comments_say() -> None:
    (simple_mul, *_) = re.findall(r"^```mlir\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    scope: dict[str, Any] = {"module": iree.runtime.load_vm_flatbuffer(iree.compiler.compile_str(simple_mul))}
    programs = re.findall(r"^```python\n(.*?)^```$", CALLS, re.MULTILINE | re.DOTALL)
    assert len(programs) == 4
    for program in programs:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(program, scope)
        assert printed.getvalue().splitlines() == PRINTS.findall(program)
