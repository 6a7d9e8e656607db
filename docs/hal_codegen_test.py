"""What docs/hal_codegen.md shows is what translate writes; its programs print what it says they print."""

import contextlib
import io
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from iree.testing.run_tool import run_tool

DOCUMENT = Path("docs/hal_codegen.md").read_text()
README = Path("README.md").read_text()
PRINTS = re.compile(r"^print\(.*\)  # (.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("user")
    (simple_mul, *_) = re.findall(r"^```mlir\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    (folder / "simple_mul.mlir").write_text(simple_mul)
    (arguments,) = re.findall(r"^\$ ./bazelw run //iree/tools:translate -- (.*)$", DOCUMENT, re.MULTILINE)
    words = [str(folder / word) if word.startswith("simple_mul.") else word for word in arguments.split()]
    assert run_tool("translate", *words) == (0, "", "")
    return folder


def test_programs_print_what_their_comments_say(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(folder)
    scope: dict[str, Any] = {}
    programs = [p for p in re.findall(r"^```python\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL) if "print(" in p]
    assert len(programs) == 2
    for program in programs:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(program, scope)
        assert printed.getvalue().splitlines() == PRINTS.findall(program)
    sys.modules.pop("simple_mul")


def test_the_excerpt_stands_in_the_file(folder: Path) -> None:
    (excerpt,) = re.findall(r"^```python\n(    def .*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert excerpt in (folder / "simple_mul.py").read_text()
