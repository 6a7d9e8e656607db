"""Two compiles of one program give the same bytes: in any directory, on any day, whatever the order of a set."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from test.e2e import reproducible_programs
from test.e2e.reproducible_programs import PROGRAMS

# The directory of the program and of the process, the seed of hashes, the day, the time zone.
RUNS = (
    ("here", "1", "1000000000", "UTC"),
    ("somewhere else/deep down", "2", "4000000000", "Asia/Tokyo"),
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Where each run has left its modules."""
    made = []
    for folder, seed, day, zone in RUNS:
        path = tmp_path_factory.mktemp("run") / folder
        path.mkdir(parents=True)
        shutil.copy(reproducible_programs.__file__, path)
        own = {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)), "PYTHONHASHSEED": seed, "TZ": zone}
        command = [sys.executable, "reproducible_programs.py", day]
        done = subprocess.run(command, cwd=path, env={**os.environ, **own}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        made.append(path)
    return made


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_process_writes_the_same_bytes(folders: list[Path], name: str) -> None:
    first, second = ((folder / f"{name}.emod").read_bytes() for folder in folders)
    places = [place for place in range(min(len(first), len(second))) if first[place] != second[place]]
    assert len(first) == len(second)
    assert not places, [(first[place - 40 : place + 40], second[place - 40 : place + 40]) for place in places[:3]]


def test_a_process_writes_the_same_bytes_again() -> None:
    for name, compiled in PROGRAMS.items():
        if name != "text":
            assert compiled() == compiled(), name
