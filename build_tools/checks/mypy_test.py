"""mypy finds nothing: strict in what is shipped, less so in tests, whose functions need no annotations.

pyproject.toml says which code is excused and why. The cache lies in the workspace (.mypy_cache, as for mypy run by
hand), so that only the first run takes long.
"""

import subprocess
import sys
from pathlib import Path

from build_tools.checks.source_tree import files, workspace

TESTS_MAY = (
    *("--allow-untyped-defs", "--allow-incomplete-defs", "--allow-untyped-calls", "--allow-untyped-decorators"),
    *("--allow-any-generics", "--no-warn-return-any", "--no-check-untyped-defs", "--follow-imports=silent"),
)


def mypy(root: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "mypy", "--no-error-summary", *arguments]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def is_test(path: str) -> bool:
    return path.endswith("_test.py")


def test_mypy_finds_nothing() -> None:
    root = workspace()
    mypy(root, *(path for path in files(root, ".py") if not is_test(path)))


def test_mypy_finds_nothing_in_tests() -> None:
    root = workspace()
    mypy(root, "--cache-dir=.mypy_cache/tests", *TESTS_MAY, *filter(is_test, files(root, ".py")))
