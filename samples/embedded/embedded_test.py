"""The sample on both boards: all images get TensorFlow's digits, in 64 KiB of flash and 16 KiB of RAM."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from iree.testing.boards import BOARDS, EMBEDDED, FLASH_BYTES, RAM_BYTES, Board
from iree.testing.run_tool import run_tool
from samples.embedded.train import train

TOLERANCE = 1e-6  # how far a score may be from TensorFlow's


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the trained model is, and its C."""
    folder = tmp_path_factory.mktemp("board")
    train(folder, epochs=3)
    assert run_tool("translate", str(folder / "digits"), "--to=c", "-o", str(folder))[0] == 0
    return folder


@pytest.fixture(scope="module")
def expected(folder: Path) -> NDArray[np.float32]:
    """TensorFlow's scores."""
    model = tf.saved_model.load(folder / "digits")
    images = np.fromfile(folder / "images.f32", np.float32).reshape(-1, 1, 64)
    return np.concatenate([model.serve(image) for image in images])


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_every_image(board: Board, folder: Path, expected: NDArray[np.float32]) -> None:
    program = board.link(folder, [str(EMBEDDED / "main.c"), "digits.c"])
    status, output = board.run(program)
    assert status == 0, output
    scores = np.fromfile(folder / "scores.f32", np.float32).reshape(-1, 10)
    assert len(scores) == 1797
    np.testing.assert_array_equal(scores.argmax(1), expected.argmax(1))
    assert np.abs(scores - expected).max() <= TOLERANCE
    (stack,) = re.findall(r"^(\d+) bytes of stack$", output, re.MULTILINE)
    memory = board.memory(program, int(stack))
    print(f"{board.name}: {memory.flash} bytes of flash, {memory.ram} of RAM, of these {memory.stack} of stack")
    assert memory.flash <= FLASH_BYTES
    assert memory.ram <= RAM_BYTES


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_without_images_it_says_so(board: Board, folder: Path, tmp_path: Path) -> None:
    for name in ("digits.c", "digits.h"):
        shutil.copy(folder / name, tmp_path)
    program = board.link(tmp_path, [str(EMBEDDED / "main.c"), "digits.c"])
    assert board.run(program) == (1, "cannot open images.f32 or scores.f32\n")
