"""A damaged module file is refused or gives the right results, and a forged one ends neither the process nor its day.

Each is loaded and called in a process of its own kind (victim.py), which dies instead of this one.

IREE_BIT_FLIPS=10000 tries as many flips and forgeries of each file on each driver, and cuts it after each byte.
"""

import os
import pickle
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from test.damaged_files import victim
from test.damaged_files.programs import PROGRAMS

DRIVERS = ("interpreter", "vulkan")
FLIPS = int(os.environ.get("IREE_BIT_FLIPS", "500"))
CUT_EVERY = 1 if "IREE_BIT_FLIPS" in os.environ else 16


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where programs are put once they are compiled."""
    return tmp_path_factory.mktemp("programs")


@cache
def prepared(folder: Path, name: str) -> tuple[Path, int]:
    """A program for victim.py, and how many bytes its file has."""
    program = PROGRAMS[name]()
    path = folder / name
    path.write_bytes(pickle.dumps(program))
    return path, len(program.module)


def outcomes(path: Path, driver: str, damage: str, numbers: range) -> Iterator[tuple[int, str]]:
    """What came of each number. A process that died is one that has said nothing of its last."""
    command = [sys.executable, "-m", victim.__name__, str(path), driver, damage]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
    while numbers:
        extent = map(str, (numbers.start, numbers.stop, numbers.step))
        done = subprocess.run([*command, *extent], env=env, capture_output=True, text=True, check=False)
        for line in done.stdout.splitlines():
            number, _, outcome = line.partition(" ")
            numbers = range(int(number) + numbers.step, numbers.stop, numbers.step)
            yield int(number), outcome or f"died {done.returncode}: {done.stderr[-200:]}"
        assert done.stdout, done.stderr


def bad(path: Path, driver: str, damage: str, numbers: range, allowed: tuple[str, ...]) -> list[tuple[int, str]]:
    """The outcomes that must not be; says how many there were of each kind."""
    found = list(outcomes(path, driver, damage, numbers))
    assert len(found) == len(numbers)
    print(path.name, driver, damage, dict(Counter(outcome.split(":")[0].split("|")[0] for _, outcome in found)))
    return [(number, outcome) for number, outcome in found if not outcome.startswith(allowed)]


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_flipped_bit_is_found_or_does_not_matter(folder: Path, name: str, driver: str) -> None:
    path, _ = prepared(folder, name)
    assert not bad(path, driver, "flipped", range(FLIPS), ("refused", "right"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_cut_file_is_refused(folder: Path, name: str) -> None:
    path, length = prepared(folder, name)
    assert not bad(path, "interpreter", "cut", range(0, length, CUT_EVERY), ("refused",))


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_forged_file_ends_no_process(folder: Path, name: str, driver: str) -> None:
    """What a forger wants computed is his affair, and for how long, as long as it can be interrupted."""
    path, _ = prepared(folder, name)
    assert not bad(path, driver, "forged", range(FLIPS), ("refused", "right", "wrong", "endless"))
