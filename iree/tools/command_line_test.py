import os
import subprocess
import sys
from pathlib import Path

import pytest

from iree.tools import command_line

TOOL = """
import sys
from iree.hal.status import NotFound
from iree.tools import command_line

def run(arguments):
    errors = {"hal": NotFound("no such thing"), "usage": command_line.UsageError("say it so"), "os": OSError(2, "gone"),
              "own": LookupError("mine"), "bug": ZeroDivisionError("bug")}
    if arguments[0] in errors:
        raise errors[arguments[0]]
    print(*arguments * 100000)

command_line.main(run, LookupError)
"""


@pytest.fixture
def tool(tmp_path: Path) -> list[str]:
    (tmp_path / "tool.py").write_text(TOOL)
    return [sys.executable, str(tmp_path / "tool.py")]


ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(os.path.abspath(entry) for entry in sys.path)}


@pytest.mark.parametrize(
    ("kind", "text"), [("hal", "no such thing"), ("usage", "say it so"), ("os", "[Errno 2] gone"), ("own", "mine")]
)
def test_errors_of_the_user_are_one_line(tool: list[str], kind: str, text: str) -> None:
    done = subprocess.run([*tool, kind], env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"tool: {text}\n")


def test_errors_of_ours_keep_their_traceback(tool: list[str]) -> None:
    done = subprocess.run([*tool, "bug"], env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "ZeroDivisionError: bug" in done.stderr


def test_unknown_flags_are_named(tool: list[str]) -> None:
    done = subprocess.run([*tool, "--bogus"], env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Unknown command line flag 'bogus'" in done.stderr


def test_a_reader_that_has_seen_enough(tool: list[str]) -> None:
    with subprocess.Popen([*tool, "x"], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1


def test_paths_are_relative_to_where_the_user_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_WORKING_DIRECTORY", "/home/user")
    assert command_line.user_path("a.npy") == Path("/home/user/a.npy")
    assert command_line.user_path("/abs/a.npy") == Path("/abs/a.npy")
    monkeypatch.delenv("BUILD_WORKING_DIRECTORY")
    assert command_line.user_path("a.npy") == Path("a.npy")
