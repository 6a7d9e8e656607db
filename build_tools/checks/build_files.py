"""The targets of every BUILD file, read without Bazel.

A BUILD file is Python enough to be run with rules that only take notes.
"""

import sys
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

from build_tools.checks.source_tree import files

LIBRARY_RULES = ("iree_py_library", "iree_flatbuffer_py_library")
TEST_RULES = ("iree_py_test", "iree_e2e_test")
PYTHON_RULES = (*LIBRARY_RULES, *TEST_RULES, "iree_py_binary")
_OTHER_RULES = (
    *(
        "alias",
        "cc_library",
        "config_setting",
        "exports_files",
        "filegroup",
        "genrule",
        "licenses",
        "package",
        "py_binary",
        "py_library",
    ),
    *("py_test", "sh_binary", "sh_test", "test_suite"),
)


class Target(NamedTuple):
    """One call of a rule; `srcs` are paths from the root, `deps` and `data` are full labels."""

    package: str
    name: str
    rule: str
    line: int
    srcs: tuple[str, ...]
    deps: tuple[str, ...]
    data: tuple[str, ...]
    version: str | None
    visibility: tuple[str, ...]
    testonly: bool

    @property
    def label(self) -> str:
        return f"//{self.package}:{self.name}"

    @property
    def is_public(self) -> bool:
        return self.visibility == ("//visibility:public",)

    @property
    def is_folder(self) -> bool:
        """Whether this is the folder's own target, which others name as //folder."""
        return self.name == Path(self.package).name


def full_label(package: str, label: str) -> str:
    """//a/b, :c and c as //a/b:c; a label of another repository stays."""
    if label.startswith("@"):
        return label
    if not label.startswith("//"):
        return f"//{package}:{label.removeprefix(':')}"
    return label if ":" in label else f"{label}:{label.rpartition('/')[2]}"


def _glob(folder: Path) -> Callable[..., list[str]]:
    def glob(include: list[str], exclude: tuple[str, ...] = (), **_: Any) -> list[str]:
        found = sorted({path.relative_to(folder).as_posix() for pattern in include for path in folder.glob(pattern)})
        return [path for path in found if not any(fnmatch(path, pattern) for pattern in exclude)]

    return glob


def _recorder(rule: str, package: str, targets: list[Target]) -> Callable[..., None]:
    def record(name: str = "", srcs: Any = None, src: str = "", **kwargs: Any) -> None:
        if srcs is None and rule in PYTHON_RULES:
            srcs = [] if rule == "iree_py_library" else [f"{name}.py"]
        labels = tuple(full_label(package, label) for label in srcs or ())
        target = Target(
            package=package,
            name=name,
            rule=rule,
            line=sys._getframe(1).f_lineno,
            srcs=tuple(label.removeprefix("//").replace(":", "/") for label in labels),
            deps=tuple(full_label(package, label) for label in kwargs.get("deps", ())),
            data=tuple(full_label(package, label) for label in kwargs.get("data", ())),
            version=kwargs.get("version"),
            visibility=tuple(kwargs.get("visibility") or ()),
            testonly=bool(kwargs.get("testonly")),
        )
        targets.append(target)

    return record


def _values(bzl: Path) -> dict[str, Any]:
    """The constants of a .bzl file that holds nothing else."""
    names: dict[str, Any] = {"__builtins__": {}}
    exec(compile(bzl.read_text(), str(bzl), "exec"), names)
    return names


def targets_of(root: Path, path: str) -> list[Target]:
    """The targets of one BUILD file in order."""
    folder = (root / path).parent
    package = folder.relative_to(root).as_posix() if folder != root else ""
    targets: list[Target] = []

    def load(bzl: str, *names: str, **aliases: str) -> None:
        label = full_label(package, bzl)
        wanted = {name: name for name in names} | aliases
        values: dict[str, Any] = {}
        if label.endswith(":version.bzl"):
            values = _values(root / label.removeprefix("//").replace(":", "/"))
        for here, there in wanted.items():
            scope[here] = values[there] if there in values else _recorder(there, package, targets)

    scope: dict[str, Any] = {rule: _recorder(rule, package, targets) for rule in _OTHER_RULES}
    scope["exports_files"] = scope["licenses"] = scope["package"] = lambda *_, **__: None
    scope |= {"glob": _glob(folder), "load": load}
    exec(compile((root / path).read_text(), path, "exec"), scope)
    return targets


def all_targets(root: Path) -> list[Target]:
    """Every target of the workspace, third_party's aside."""
    return [
        target
        for path in files(root, "/BUILD")
        if not path.startswith("third_party/")
        for target in targets_of(root, path)
    ]
