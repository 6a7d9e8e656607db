"""The sample from beginning to end, with less training: every device agrees with TensorFlow on every image."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from iree.compiler.pipeline import MILESTONES

ROW = re.compile(r"^  (\w+) +([\d.]+%)(?: +([\d.]+%) +([\d.e-]+) +[\d.]+ ms +[\d.]+ ms +[\d.]+ us)?$", re.MULTILINE)


def run(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The sample as its user runs it."""
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    command = [sys.executable, "-m", "samples.digits.digits", f"--output_dir={directory}", "--epochs=3", *arguments]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("digits")


@pytest.fixture(scope="module")
def output(directory: Path) -> str:
    done = run(directory)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_device_agrees_with_tensorflow(output: str) -> None:
    (name, accuracy, *_), *devices = ROW.findall(output)
    assert name == "TensorFlow"
    assert float(accuracy.removesuffix("%")) > 80
    assert [name for name, *_ in devices] == ["interpreter", "vulkan"]
    for _, found, agreement, error in devices:
        assert found == accuracy
        assert agreement == "100.00%"
        assert float(error) < 1e-5


def test_it_shows_where_it_is(output: str) -> None:
    assert "epoch 3/3" in output
    assert "image 1797/1797  interpreter" in output
    assert "image 1797/1797  vulkan" in output


def test_what_it_names_is_there(output: str, directory: Path) -> None:
    named = [Path(name) for name in re.findall(r"^  (?:module|stage) +(\S+)$", output, re.MULTILINE)]
    assert all(path.is_file() for path in named)
    assert named[0] == directory / "digits.emod"
    assert len(named) == 1 + len(MILESTONES) - 1
    assert (directory / "saved_model" / "saved_model.pb").is_file()


def test_an_unknown_driver_is_told_before_training(tmp_path: Path) -> None:
    done = run(tmp_path, "--drivers=toaster")
    assert done.returncode != 0
    assert "toaster" in done.stderr
    assert "training" not in done.stdout
