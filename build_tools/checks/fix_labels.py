"""Writes what labels_test asks for: `bazel run //build_tools/checks:fix_labels`.

Adds a target for each file without one, and sets the deps of every target to what its sources import. A folder
without a BUILD file gets one.

Targets that a loop or a macro of the BUILD file makes are left alone and named.
"""

import ast
import os
import sys
from pathlib import Path

from build_tools.checks.labels import Labels, is_up_to_date, short, wanted_deps
from build_tools.checks.source_tree import files

_LOADS = {
    "iree_flatbuffer_py_library": "//build_tools/bazel:flatbuffers.bzl",
    "iree_py_binary": "//build_tools/bazel:iree_py.bzl",
    "iree_py_library": "//build_tools/bazel:iree_py.bzl",
    "iree_py_test": "//build_tools/bazel:iree_py.bzl",
}


def render_deps(deps: list[str], package: str) -> str:
    """A list as buildifier writes it: this package's labels first; one label stays on its line."""
    labels = sorted(
        (short(dep, package) for dep in deps), key=lambda label: (label.startswith("//"), label.replace(":", "!"))
    )
    if len(labels) < 2:
        return f"[{', '.join(repr(label) for label in labels)}]".replace("'", '"')
    return "[\n" + "".join(f'        "{label}",\n' for label in labels) + "    ]"


def render_target(rule: str, name: str, arguments: dict[str, str]) -> str:
    lines = "".join(f"    {key} = {value},\n" for key, value in arguments.items())
    return f'\n{rule}(\n    name = "{name}",\n{lines})\n'


def _calls(text: str) -> dict[str, ast.Call]:
    """The top-level calls that state their name as it is."""
    calls = {}
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            for keyword in statement.value.keywords:
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    calls[str(keyword.value.value)] = statement.value
    return calls


def _span(text: str, node: ast.expr) -> tuple[int, int]:
    """Where a node's text starts and ends."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset


def set_deps(text: str, name: str, deps: str) -> str | None:
    """The BUILD file with one target's deps replaced; None when the target or its deps are not written out."""
    call = _calls(text).get(name)
    if call is None:
        return None
    present = next((keyword.value for keyword in call.keywords if keyword.arg == "deps"), None)
    if present is None:
        end = _span(text, call)[1] - 1
        before = text[:end].rstrip()
        comma = "" if before.endswith(",") else ","
        return f"{before}{comma}\n    deps = {deps},\n{text[end:]}"
    if not isinstance(present, ast.List):
        return None
    start, end = _span(text, present)
    if deps != "[]":
        return text[:start] + deps + text[end:]
    start = text.rindex("deps", 0, start)
    return text[:start].rstrip(" \n") + "\n" + text[end:].lstrip(" ,\n")


def _is_for_tests(path: str) -> bool:
    """Whether a file that is no test itself serves tests alone."""
    folders = Path(path).parts[:-1]
    return path.endswith("conftest.py") or folders[0] == "test" or not {"cts", "testing"}.isdisjoint(folders)


def _new_target(labels: Labels, package: str, path: str) -> str:
    """A target for a file that has none, its deps still to set."""
    file = Path(path).name
    name = Path(package).name if file == "__init__.py" else file.removesuffix(".py")
    if name.endswith("_test"):
        return render_target("iree_py_test", name, {})
    arguments = {"testonly": "True"} if _is_for_tests(path) else {}
    if '\nif __name__ == "__main__":' in (labels.root / path).read_text():
        return render_target("iree_py_binary", name, arguments)
    arguments["srcs"] = f'["{file}"]'
    if file == "__init__.py" and labels.wheel_of(package):
        arguments |= {"version": "VERSION", "visibility": '["//visibility:public"]'}
    return render_target("iree_py_library", name, arguments)


def _head(root: Path, package: str) -> str:
    """The comment that opens a new BUILD file: the first line of the folder's docstring."""
    init = root / package / "__init__.py"
    docstring = ast.get_docstring(ast.parse(init.read_text())) if init.exists() else None
    return f"# {docstring.splitlines()[0]}\n" if docstring else ""


def with_loads(labels: Labels, package: str, text: str) -> str:
    """The file with a load of every rule that it calls, where its loads were or below its opening comment."""
    rules: dict[str, list[str]] = {}
    for rule, bzl in _LOADS.items():
        if f"\n{rule}(" in f"\n{text}":
            rules.setdefault(bzl, []).append(f'"{rule}"')
    loads = [f'load("{bzl}", {", ".join(names)})' for bzl, names in rules.items()]
    lines = text.splitlines()
    if "= VERSION" in text or "+ VERSION" in text:
        there = [line for line in lines if line.startswith("load(") and ":version.bzl" in line]
        loads += there[:1] or [f'load("//{labels.wheel_of(package)}:version.bzl", "VERSION")']
    ours = [index for index, line in enumerate(lines) if _is_our_load(line)]
    first_code = next((index for index, line in enumerate(lines) if not line.startswith("#")), len(lines))
    at = ours[0] if ours else first_code
    rest = [line for line in lines[at:] if not _is_our_load(line)]
    return "\n".join([*lines[:at], *sorted(loads), *rest]).strip() + "\n"


def _is_our_load(line: str) -> bool:
    return line.startswith("load(") and (":version.bzl" in line or any(f'"{bzl}"' in line for bzl in _LOADS.values()))


def fix_package(root: Path, package: str, orphans: list[str]) -> list[str]:
    """Fixes one BUILD file; returns the labels of targets that it could not."""
    path = root / package / "BUILD"
    before = path.read_text() if path.exists() else _head(root, package)
    labels = Labels(root)
    text = before + "".join(_new_target(labels, package, path) for path in orphans)
    path.write_text(with_loads(labels, package, text))
    labels = Labels(root)
    text, left = path.read_text(), []
    for target in [target for target in labels.targets if target.package == package]:
        if is_up_to_date(labels, target):
            continue
        fixed = set_deps(text, target.name, render_deps(wanted_deps(labels, target), package))
        if fixed is None:
            left.append(target.label)
        else:
            text = fixed
    path.write_text(text)
    if path.read_text() != before:
        print(f"wrote {package}/BUILD")
    return left


def orphans_of(root: Path) -> dict[str, list[str]]:
    """The Python files without a target, by folder."""
    labels, orphans = Labels(root), dict[str, list[str]]()
    for path in files(root, ".py"):
        if path not in labels.owners:
            orphans.setdefault(Path(path).parent.as_posix(), []).append(path)
    return orphans


def run(root: Path) -> int:
    orphans = orphans_of(root)
    folders = {Path(path).parent.as_posix() for path in files(root, "BUILD")}
    packages = sorted(
        folder for folder in folders | set(orphans) if folder != "." and not folder.startswith("third_party")
    )
    # Twice: the targets that the first round adds are deps of others.
    for _ in range(2):
        left = [label for package in packages for label in fix_package(root, package, orphans.pop(package, []))]
    print("\n".join(f"left as it is: {label}" for label in left))
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(run(Path(os.environ.get("BUILD_WORKSPACE_DIRECTORY", "."))))
