"""What gcc reads in the headers of C's standard library is what no C file may call its own."""

import re
import subprocess
from pathlib import Path

import pytest

from iree.compiler.codegen.runtimeless_c.reserved_names import LIBRARY, WORDS

INCLUDED = "stdint string math"  # by the C that is made
STANDARD = (
    "assert complex ctype errno fenv inttypes iso646 limits locale math setjmp signal stdarg stdbool stddef stdint"
    " stdio stdlib string tgmath time wchar wctype"
)


def including(folder: Path, headers: str) -> Path:
    file = folder / "a.c"
    file.write_text("".join(f"#include <{header}.h>\n" for header in headers.split()))
    return file


@pytest.mark.parametrize(("standard", "headers"), [("c99", STANDARD), ("gnu17", INCLUDED)])
def test_functions(tmp_path: Path, standard: str, headers: str) -> None:
    command = ["gcc", f"-std={standard}", "-fsyntax-only", "-aux-info", "declared"]
    subprocess.run([*command, str(including(tmp_path, headers))], cwd=tmp_path, check=True)
    declared = set(re.findall(r"\b([a-z]\w*) \(", (tmp_path / "declared").read_text())) - {"void"}
    assert len(declared) > 200
    assert declared - WORDS - LIBRARY == set()


@pytest.mark.parametrize("standard", ["c99", "gnu17"])
def test_macros(tmp_path: Path, standard: str) -> None:
    command = ["gcc", f"-std={standard}", "-dM", "-E", str(including(tmp_path, INCLUDED))]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    macros = {name: bool(calls) for name, calls in re.findall(r"#define ([a-zA-Z]\w*)(\()?", found)}
    assert len(macros) > 80
    assert {name for name, is_called in macros.items() if not is_called} - WORDS == set()
    assert set(macros) - WORDS - LIBRARY == set()


def test_types(tmp_path: Path) -> None:
    command = ["gcc", "-std=c99", "-E", "-P", str(including(tmp_path, INCLUDED))]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    types = set(re.findall(r"typedef [^;{}]*\b([a-z]\w*);", found))
    assert "int_fast16_t" in types
    assert types - WORDS == set()
