"""docs/embedding.md: its commands do what it shows, its program is the sample's, its table is measured."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from iree.testing.boards import CORTEX_M4, EMBEDDED
from iree.testing.run_tool import run_tool

TEXT = Path("docs/embedding.md").read_text()
COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
BAZEL_RUN = re.compile(r"^\./bazelw run //(\S+):(\w+) --")
ROWS = re.compile(r"^\| (nothing|`--.*`) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
COMPILERS_DIFFER = 0.1  # by how much of a size another version of the compiler may be off


def commands() -> list[tuple[str, str]]:
    """The document's commands, each with what it prints."""
    blocks = re.findall(r"^```console\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return [found for block in blocks for found in COMMAND.findall(block)]


def same(found: str, shown: str) -> bool:
    """Whether texts are equal, but that sizes may differ as compilers do; GNU size prints the sum in base 16, too."""
    found, shown = (re.sub(r"[0-9a-f]+\tdigits", "N\tdigits", text) for text in (found, shown))
    sizes = [[int(number) for number in re.findall(r"\d+", text)] for text in (found, shown)]
    words = [re.sub(r" *\d+", "N", text) for text in (found, shown)]
    return words[0] == words[1] and all(map(near, *sizes))


def near(found: int, said: int) -> bool:
    return abs(found - said) <= COMPILERS_DIFFER * said


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all commands have run, after each has printed what the document says, or nearly so where it is a size."""
    folder = tmp_path_factory.mktemp("embedding")
    (folder / "samples").mkdir()
    (folder / "samples" / "embedded").symlink_to(EMBEDDED)
    shown = commands()
    assert 5 < len(shown) <= 10
    run = [_run_here(command) for command, _ in shown]
    (folder / "commands").write_text("".join(f"{command}\necho 'THE NEXT'\n" for command in run))
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"}
    done = subprocess.run(["bash", "-e", "commands"], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    *printed, rest = done.stdout.split("THE NEXT\n")
    assert rest == ""
    for (command, expected), found in zip(shown, printed, strict=True):
        assert same(found, expected), f"{command}\n{found}"
        assert re.findall("is a .", found) == re.findall("is a .", expected)
        assert re.findall("(.*) images", found) == re.findall("(.*) images", expected)
    return folder


def _run_here(command: str) -> str:
    """A command that needs no Bazel, and prints all that a reader sees but what TensorFlow says of itself."""
    found = BAZEL_RUN.match(command)
    if found is None:
        return f"{command} 2>&1"
    package, name = found.groups()
    return f"{shlex.quote(sys.executable)} -m {package.replace('/', '.')}.{name}{command[found.end() :]}"


def test_commands_print_what_it_shows(folder: Path) -> None:
    assert (folder / "board" / "scores.f32").stat().st_size == 1797 * 10 * 4


def test_the_header_is_as_quoted(folder: Path) -> None:
    header = (folder / "board" / "digits.h").read_text()
    (declared,) = re.findall("`(void .*;)`", TEXT)
    assert declared in header
    (arena,) = re.findall(r"it needs, (\d+) bytes", TEXT)
    assert f"#define DIGITS_ARENA_BYTES {arena}\n" in header


@pytest.mark.parametrize(("options", "flash", "ram", "stack"), ROWS.findall(TEXT))
def test_the_table(folder: Path, options: str, flash: str, ram: str, stack: str) -> None:
    chosen = [] if options == "nothing" else options.strip("`").split()
    board = folder / "board"
    assert run_tool("translate", str(board / "digits"), "--to=c", *chosen, "-o", str(board))[0] == 0
    program = CORTEX_M4.link(board, ["main.c", "digits.c"])
    status, output = CORTEX_M4.run(program)
    assert status == 0
    (used,) = re.findall(r"^(\d+) bytes of stack$", output, re.MULTILINE)
    memory = CORTEX_M4.memory(program, int(used))
    for found, said in ((memory.flash, flash), (memory.ram, ram), (memory.stack, stack)):
        assert near(found, int(said))


def test_the_table_is_there() -> None:
    assert len(ROWS.findall(TEXT)) == 4


def test_the_export_is_the_samples() -> None:
    (shown,) = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert shown.strip() in (EMBEDDED / "train.py").read_text()
