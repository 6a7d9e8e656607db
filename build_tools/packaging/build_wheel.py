"""Builds one wheel from a list of files: python build_wheel.py description.json out.whl (see wheel.bzl).

setuptools does the work, on a copy of the files in a folder of its own.
"""

import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from setuptools import build_meta

# The earliest time that a zip file can state: the same files give the same wheel.
os.environ["SOURCE_DATE_EPOCH"] = "315532800"


def project_text(description: dict[str, Any]) -> str:
    """The pyproject.toml: JSON's strings and lists are TOML's too."""
    packages = sorted({Path(path).parent.as_posix().replace("/", ".") for path in description["sources"]})
    project = {
        "name": description["distribution"],
        "version": description["version"],
        "description": description["summary"],
        "requires-python": ">=3.11",
        "dependencies": description["requires"],
    }
    tables = {
        "build-system": {"requires": ["setuptools"], "build-backend": "setuptools.build_meta"},
        "project": project,
        "project.optional-dependencies": description["extras"],
        "project.scripts": description["scripts"],
        "tool.setuptools": {"packages": packages, "include-package-data": False},
    }
    lines = []
    for name, table in tables.items():
        lines += [f"[{name}]", *(f"{json.dumps(key)} = {json.dumps(value)}" for key, value in table.items()), ""]
    return "\n".join(lines)


def build(description: dict[str, Any], wheel: Path) -> None:
    """`wheel` also says what the file must be called, by the standard's rules."""
    sources = {path: Path(source).resolve() for path, source in description["sources"].items()}
    wheel = wheel.resolve()
    with tempfile.TemporaryDirectory() as folder:
        for path, source in sources.items():
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        Path(folder, "pyproject.toml").write_text(project_text(description))
        os.chdir(folder)
        log = io.StringIO()
        try:
            with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
                name = build_meta.build_wheel(str(wheel.parent))
        except BaseException:
            print(log.getvalue(), file=sys.stderr)
            raise
        os.chdir("/")
    if name != wheel.name:
        raise ValueError(f"setuptools called the wheel {name}, wheel.bzl expected {wheel.name}")


if __name__ == "__main__":
    build(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
