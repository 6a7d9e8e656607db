"""A generated header lies beside its source, and takes no name that C's own headers have."""

import subprocess
from pathlib import Path

import pytest

from iree.compiler.codegen.headers import STANDARD, header_beside
from iree.compiler.ir.diagnostics import CompileError

C23 = {"stdbit", "stdckdint"}  # compilers may be older


def test_it_lies_beside_its_source() -> None:
    assert header_beside(Path("a/my.model.c")) == Path("a/my.model.h")
    assert header_beside(Path("maths.cc")) == Path("maths.h")


@pytest.mark.parametrize("name", ["math.c", "String.c", "a/time.cc"])
def test_it_hides_none_of_c(name: str) -> None:
    header = Path(name).with_suffix(".h").name
    with pytest.raises(CompileError, match=f"^{header} would hide a header that C has; choose another name with -o$"):
        header_beside(Path(name))


def test_these_are_headers_of_c() -> None:
    text = "".join(f"#include <{name}.h>\n" for name in sorted(STANDARD - C23))
    done = subprocess.run(["gcc", "-fsyntax-only", "-x", "c", "-"], input=text, text=True, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")
