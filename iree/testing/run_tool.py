"""Runs a tool of iree/tools as its user does: a process of its own, since each process parses its flags once."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def run_tool(
    name: str, *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, stdin: str | None = None
) -> tuple[int, str, str]:
    """(exit code, standard output, standard error) of iree/tools/<name>.py."""
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    done = subprocess.run(
        [sys.executable, "-m", f"iree.tools.{name}", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path, **(env or {})},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr
