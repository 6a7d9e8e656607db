"""The tree as a person sees it: the files of the workspace that were written by hand.

A check reads the whole tree, which no list of inputs could name, so it follows its own runfiles' links back to the
workspace. Its target is marked `external`, so that Bazel runs it each time.
"""

from collections.abc import Iterator
from pathlib import Path

_NOT_OURS = {"__pycache__", "bazel_stubs", "dist"}


def workspace() -> Path:
    """The folder of pyproject.toml, which every test has in its runfiles as a link."""
    return Path("pyproject.toml").resolve().parent


def _walk(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith((".", "bazel-")) or entry.name in _NOT_OURS or entry.name.endswith(".egg-info"):
            continue
        if entry.is_dir():
            yield from _walk(entry)
        else:
            yield entry


def files(root: Path, suffix: str) -> list[str]:
    """The files whose path ends so ("/BUILD" is a whole name), from the root; without generated code."""
    found = (path.relative_to(root).as_posix() for path in _walk(root))
    return [path for path in found if f"/{path}".endswith(suffix) and not path.endswith("_generated.py")]
