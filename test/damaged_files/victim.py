"""Loads and calls damaged files, one after the other, in a process that may die of it.

    victim.py PROGRAM DRIVER DAMAGE START STOP STEP

says on stdout, a line each: the damage's number, before it begins, and what came of it. PROGRAM is a pickled Program.
"""

import pickle
import resource
import signal
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

import numpy as np

import iree.runtime
from iree.hal.status import HalError
from test.damaged_files.damage import DAMAGES, Program

SECONDS = 20  # for one file; an honest one takes a fraction of one
MEMORY = 6 << 30


def outcome(program: Program, module: bytes, driver: str) -> str:
    """What comes of a damaged file: "refused", "right", or what is wrong."""
    try:
        loaded = iree.runtime.load_vm_flatbuffer(module, driver=driver)
        for (name, arguments), expected in zip(program.calls, program.results, strict=True):
            got = loaded[name].invoke(arguments)
            if not _is_right(got, expected):
                return f"wrong: @{name} gives {got}, not {expected}"
    except HalError as error:
        return f"refused {type(error).__name__}"
    except _TooLongError:
        return "endless"
    except BaseException as error:
        return "raised " + "".join(traceback.format_exception(error)).replace("\n", "|")
    return "right"


def _is_right(got: list[Any], expected: tuple[Any, ...]) -> bool:
    return len(got) == len(expected) and all(
        a.shape == b.shape and a.dtype == b.dtype and np.allclose(a, b, rtol=1e-5, atol=1e-5)
        for a, b in zip(got, expected, strict=True)
    )


class _TooLongError(BaseException):
    """A file that is not done with in time."""


def _stop(number: int, frame: object) -> None:
    raise _TooLongError


def main() -> None:
    """The process."""
    path, driver, damage, *numbers = sys.argv[1:]
    program: Program = pickle.loads(Path(path).read_bytes())
    warnings.simplefilter("ignore")
    iree.runtime.get_device(driver)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, _stop)
    for number in range(*map(int, numbers)):
        print(number, end=" ", flush=True)
        module = DAMAGES[damage](program.module, number)
        signal.alarm(SECONDS)
        found = outcome(program, module, driver)
        signal.alarm(0)
        print(found.replace("\n", " "), flush=True)


if __name__ == "__main__":
    main()
