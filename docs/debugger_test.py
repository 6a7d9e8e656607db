"""docs/debugger.md: its transcript is what the debugger says on every device. IREE_UPDATE_EXPECTED=1 writes it anew."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from iree.testing.run_tool import run_tool

DOCUMENT = Path("docs/debugger.md")
TEXT = DOCUMENT.read_text()


def block(language: str) -> str:
    """The document's code block in this language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.mark.parametrize("device", ["interpreter", "vulkan"])
def test_the_transcript(tmp_path: Path, device: str) -> None:
    (tmp_path / "grow.mlir").write_text(block("mlir"))
    assert run_tool("translate", "grow.mlir", "-o", "grow.emod", cwd=tmp_path)[0] == 0
    command, _, expected = block("console").partition("\n")
    typed = "".join(line.removeprefix("(debug) ") for line in expected.splitlines(True) if line.startswith("(debug) "))
    arguments = ["--module=grow.emod", "--input=2xf32=100 200", "--input=i32=4", "--debug"]
    assert [argument.replace('"', "") for argument in command.split(" --", 1)[1].split(" --")] == [
        "", *(argument[2:] for argument in arguments)
    ]  # fmt: skip
    code, said, err = run_tool("run_module", *arguments, f"--device={device}", cwd=tmp_path, stdin=typed)
    assert (code, err) == (0, "")
    if "IREE_UPDATE_EXPECTED" in os.environ:
        root = Path(os.environ.get("BUILD_WORKSPACE_DIRECTORY", "."))
        (root / DOCUMENT).write_text(TEXT.replace(expected, said))
    else:
        assert said == expected


def test_the_program() -> None:
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    command = [sys.executable, "-c", block("python")]
    env = {**os.environ, "PYTHONPATH": path}
    printed = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    assert printed[0].startswith("twice ")
    assert all(line.endswith("[1. 2.]") for line in printed[:-1])
    assert printed[-1] == "[2. 4.]"
