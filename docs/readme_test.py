"""The README's commands and programs, run as they stand there, print what it says they print."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import iree.compiler
import iree.runtime
from iree.compiler.dialects import mhlo

README = Path("README.md").read_text()
TOOL = re.compile(r"^\./bazelw run //iree/tools:(\w+) -- ")
PRINTS = re.compile(r"^print\(.*\)  # (.*)$", re.MULTILINE)


def blocks(language: str) -> list[str]:
    """The README's code blocks in this language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def run(command: list[str], folder: Path) -> str:
    """What a command prints, run where the user would run it."""
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    environment = {**os.environ, "PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the user is, with the README's program in a file."""
    folder = tmp_path_factory.mktemp("user")
    program, _ = blocks("mlir")
    (folder / "simple_mul.mlir").write_text(program)
    return folder


def test_commands_print_what_it_says(folder: Path) -> None:
    session = "".join(blocks("console"))
    assert session.count("$ ") > 3
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        runnable = TOOL.sub(rf"{shlex.quote(sys.executable)} -m iree.tools.\1 ", command)
        assert run(shlex.split(runnable), folder) == output, command


@pytest.mark.parametrize("number", [0, 1, 2], ids=["mlir", "tensorflow", "jax"])
def test_programs_print_what_their_comments_say(number: int, folder: Path) -> None:
    program = blocks("python")[number]
    assert run([sys.executable, "-c", program], folder).splitlines() == PRINTS.findall(program)


def test_sizes_that_do_not_agree_are_told_apart_as_it_says() -> None:
    _, program = blocks("mlir")
    module = iree.runtime.load_vm_flatbuffer(iree.compiler.compile_str(program))
    x, y = np.ones([3, 3], np.float32), np.ones([4, 3], np.float32)
    np.testing.assert_array_equal(module.scale(x, 2 * x), 2 * x)
    with pytest.raises(ValueError, match="x") as refused:
        module.scale(x, y)
    assert str(refused.value).partition(": ")[2] in README.replace("\n", " ")


OURS = ("sort_order", "merge_order", "sizes")  # that no program has: they are made of others


def test_every_op_is_listed() -> None:
    _, _, after = README.partition("## What it compiles today")
    listed = set(re.findall(r"`(\w+)`", after.partition("\n## ")[0]))
    compiled = [op for op in mhlo.DIALECT.operations if op not in mhlo.REFUSED]
    ops = {op.name.removeprefix("mhlo.") for op in compiled} - {"return", *OURS}
    assert listed == {op for op in ops if not op.startswith("broadcast_")} | {"broadcast_in_dim", "broadcast_add"}


def test_every_program_is_run() -> None:
    assert len(blocks("python")) == 3
