"""One concept, one file, one spelling.

Pass `make-static-dispatch` is class MakeStaticDispatch in make_static_dispatch.py, tested by
make_static_dispatch_test.py. Drivers are laid out alike, and so are targets: a reader who knows one knows where
to look in the next.
"""

import ast
from pathlib import Path
from typing import NamedTuple

import pytest

from build_tools.checks.source_tree import files, workspace

DRIVER_FILES = {
    *("allocator.py", "buffer.py", "command_buffer.py", "command_queue.py", "device.py", "driver.py"),
    *("executable.py", "executable_cache.py"),
}
TARGET_FILES = {"target.py", "serialize.py"}


class PassClass(NamedTuple):
    path: str
    class_name: str
    name: str


@pytest.fixture(scope="module")
def root() -> Path:
    return workspace()


def _name_of(definition: ast.ClassDef) -> str:
    for statement in definition.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="name")], value=ast.Constant(value=str(name))):
                return name
    return ""


@pytest.fixture(scope="module")
def passes(root: Path) -> list[PassClass]:
    """The classes that derive from Pass, tests' own aside."""
    found = []
    for path in files(root / "iree/compiler", ".py"):
        if path.endswith("_test.py"):
            continue
        for node in ast.walk(ast.parse((root / "iree/compiler" / path).read_text())):
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Pass" for base in node.bases):
                found.append(PassClass(f"iree/compiler/{path}", node.name, _name_of(node)))
    return found


def test_there_are_passes(passes: list[PassClass]) -> None:
    assert passes


def test_a_pass_has_one_spelling(passes: list[PassClass]) -> None:
    wrong = []
    for one in passes:
        stem = Path(one.path).stem
        expected = ("".join(word.capitalize() for word in stem.split("_")), stem.replace("_", "-"))
        if (one.class_name, one.name) != expected:
            wrong.append(f"{one.path}: class {one.class_name}, name {one.name!r}; expected {expected}")
    assert not wrong, "\n".join(wrong)


def test_a_pass_has_its_test(root: Path, passes: list[PassClass]) -> None:
    wrong = [one.path for one in passes if not (root / one.path.replace(".py", "_test.py")).is_file()]
    assert not wrong, "no test beside\n" + "\n".join(wrong)


def test_pass_names_are_distinct(passes: list[PassClass]) -> None:
    names = [one.name for one in passes]
    assert sorted(names) == sorted(set(names))


def _lacking(folders: list[Path], wanted: set[str]) -> list[str]:
    return [f"{folder}: lacks {name}" for folder in folders for name in sorted(wanted) if not (folder / name).is_file()]


def test_drivers_have_the_same_files(root: Path) -> None:
    drivers = sorted(path.parent for path in (root / "iree/hal").glob("*/driver.py"))
    assert drivers
    wrong = _lacking(drivers, DRIVER_FILES)
    assert not wrong, "\n".join(wrong)


def test_targets_have_the_same_files(root: Path) -> None:
    targets = sorted(path.parent for path in (root / "iree/compiler/targets").glob("*/target.py"))
    assert targets
    wrong = _lacking(targets, TARGET_FILES)
    assert not wrong, "\n".join(wrong)
