"""ruff finds nothing and would change no layout. `ruff check --fix . && ruff format .` repairs most of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from build_tools.checks.source_tree import workspace


def ruff(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "."]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [("check", "--output-format=concise"), ("format", "--diff", "--quiet")])
def test_ruff_finds_nothing(arguments: tuple[str, ...]) -> None:
    result = ruff(*arguments, folder=workspace())
    assert result.returncode == 0, result.stdout + result.stderr


def test_ruff_sees_a_fault(tmp_path: Path) -> None:
    (tmp_path / "fault.py").write_text("import os\n")
    assert "F401" in ruff("check", folder=tmp_path).stdout
