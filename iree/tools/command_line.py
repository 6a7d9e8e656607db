"""What all tools share: how they start, fail and find files.

    def run(arguments: list[str]) -> None: ...

    if __name__ == "__main__":
        command_line.main(run)

A tool that fails prints one error to stderr, without a traceback, and exits with 1.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from absl import app

from iree.hal.status import HalError


class UsageError(Exception):
    """The command line asks for something that cannot be; the text says what would work."""


def main(run: Callable[[list[str]], None], *expected: type[Exception]) -> None:
    """Parses flags and calls `run` with what is no flag. `expected`: errors that are the user's, besides ours."""

    users_errors: tuple[type[Exception], ...] = (HalError, UsageError, OSError, *expected)

    def guarded(argv: list[str]) -> None:
        try:
            run(argv[1:])
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has seen enough
            sys.exit(1)
        except users_errors as error:
            print(f"{Path(sys.argv[0]).stem}: {error}", file=sys.stderr)
            sys.exit(1)

    app.run(guarded, argv=[sys.argv[0], *map(_underscored, sys.argv[1:])])


def _underscored(argument: str) -> str:
    """--compile-to=x as --compile_to=x: MLIR's tools spell flags with dashes, absl with underscores."""
    name, equals, value = argument.partition("=")
    return name[:2] + name[2:].replace("-", "_") + equals + value if name.startswith("--") else argument


def user_path(path: str) -> Path:
    """The file that the user means: `bazel run` starts tools elsewhere, and says where the user was."""
    return Path(os.environ.get("BUILD_WORKING_DIRECTORY", ""), path)
