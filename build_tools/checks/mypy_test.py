"""mypy finds nothing: strict in what is shipped, less so in tests, whose functions need no annotations.

pyproject.toml says which code is excused and why. mypy sees the workspace together with the code that flatc generated,
which lies elsewhere: a folder of links. Its cache lies in the workspace, so that only the first run takes long.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from build_tools.checks.source_tree import files, workspace

TESTS_MAY = (
    *("--allow-untyped-defs", "--allow-incomplete-defs", "--allow-untyped-calls", "--allow-untyped-decorators"),
    *("--allow-any-generics", "--allow-subclassing-any", "--no-check-untyped-defs", "--follow-imports=silent"),
    *("--no-warn-return-any", "--no-warn-unused-ignores"),
    # A test passes wrong values on purpose, and knows better than a type which case of a union it has before it.
    *(f"--disable-error-code={code}" for code in ("arg-type", "assignment", "call-overload", "index", "misc")),
    *(f"--disable-error-code={code}" for code in ("annotation-unchecked", "operator", "union-attr", "var-annotated")),
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root, tree = workspace(), tmp_path_factory.mktemp("tree")
    sources = {path: root / path for path in ["pyproject.toml", *files(root, ".py")]}
    sources |= {path.as_posix(): path.resolve() for path in Path("iree/schemas").glob("*_generated.py")}
    generated = (root / path for path in files(root, ".py.txt"))  # texts that the compiler writes
    sources |= {f"generated/{path.name.removesuffix('.txt')}": path for path in generated}
    for path, source in sources.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).symlink_to(source)
    return tree


def mypy(tree: Path, cache: str, *arguments: str) -> None:
    command = [sys.executable, "-m", "mypy", f"--cache-dir={workspace() / '.mypy_cache' / cache}", "--no-error-summary"]
    result = subprocess.run([*command, *arguments], cwd=tree, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def is_test(path: str) -> bool:
    return path.endswith("_test.py")


def test_mypy_finds_nothing(tree: Path) -> None:
    mypy(tree, "strict", *(path for path in files(tree, ".py") if not is_test(path)))
    assert len(list((tree / "generated").iterdir())) >= 3


def test_mypy_finds_nothing_in_tests(tree: Path) -> None:
    mypy(tree, "tests", *TESTS_MAY, *filter(is_test, files(tree, ".py")))
