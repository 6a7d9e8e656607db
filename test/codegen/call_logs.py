"""What the VM and the classes in Python and C++ ask of the HAL for one program, on devices that write it down.

    logs = logs_of(module, "f", calls, folder)
    assert in_cpp(logs.python) == logs.cpp
    assert straight(logs.python, keeps_apart=True) == straight(logs.vm)

The classes ask for the same, line for line. The C++ HAL has fewer words for it (`in_cpp`): an executable's code is
compiled into the program, command buffers are of one kind, and dispatches have no sizes that only a call knows.

The VM differs from the classes in this, and in nothing else:

  when things are made    the class allocates and prepares when it is made, the VM when it is called
  the first barrier       calls of a class that are in flight share its memory, each of the VM's has its own
  loops                   see `looping`
  branches                a class copies the number that decides to where the host sees it; the VM reads the argument
"""

import re
from collections.abc import Iterator, Sequence
from difflib import ndiff
from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import NDArray
from xdsl.dialects.builtin import ModuleOp

import iree.runtime
from iree.testing.cpp_programs import CppProgram
from iree.testing.generated_python import generate_module
from iree.testing.recording_device import RecordingDevice

Array = NDArray[Any]
Log = Sequence[Sequence[str]]  # for each call its lines; those of the first begin with what is made before it

MADE = ("allocate", "wrap", "prepare", "create")
_SCOPES = "DISPATCH_WRITE|TRANSFER_WRITE to DISPATCH_READ|DISPATCH_WRITE|TRANSFER_READ|TRANSFER_WRITE"
BARRIER = f"barrier DISPATCH|TRANSFER before DISPATCH|TRANSFER: {_SCOPES}"
TO_HOST = "barrier DISPATCH|TRANSFER before HOST: DISPATCH_WRITE|TRANSFER_WRITE to HOST_READ"
_IN_CPP = (
    (r'(prepare executable ".*") \(IREE, \d+ bytes\)', r"\1"),
    (r"(begin c\d+) REUSABLE ALL", r"\1"),
    (r"(dispatch \S+ \d+ \(\d+, \d+, \d+\)) \(\)(: .*)", r"\1\2"),
)


class Logs(NamedTuple):
    """Those of one program."""

    vm: Log
    python: Log
    cpp: Log


def logs_of(module: ModuleOp, function: str, calls: Sequence[Sequence[Array]], folder: Path, driver: str) -> Logs:
    """The logs of calls of a function. `driver`: that of the C++ class."""
    made = generate_module(module.clone(), folder, target_backends=("interpreter-bytecode",))
    on_vm, on_class = RecordingDevice(), RecordingDevice()
    config = iree.runtime.Config(device=on_vm)
    vm = iree.runtime.load_vm_module(iree.runtime.VmModule.from_flatbuffer(made.module_file), config)
    cpp = CppProgram(module.clone(), driver, recorded=True)
    runs: list[tuple[Any, Any]] = [(vm, on_vm), (made.create(on_class), on_class), (cpp, cpp)]
    found: list[list[list[str]]] = [[], [], []]
    for (program, device), log in zip(runs, found, strict=True):
        for arguments in calls:
            getattr(program, function)(*arguments)
            log.append(device.take_log())
    return Logs(*found)


def in_cpp(log: Log) -> Log:
    """What the C++ HAL would say."""
    return [[_line_in_cpp(line) for line in lines] for lines in log]


def _line_in_cpp(line: str) -> str:
    for pattern, said in _IN_CPP:
        if found := re.fullmatch(pattern, line):
            return found.expand(said)
    return line


def straight(log: Log, keeps_apart: bool = False) -> list[list[str]]:
    """A log in which the VM and a class agree where the host decides nothing: what is made, in no order; the rest.

    `keeps_apart`: without the barrier that a class's first command buffer begins with. AssertionError: it has none.
    """
    first = [line for line in log[0] if not line.startswith(MADE)]
    if keeps_apart:
        assert first[1] == BARRIER
        del first[1]
    return [sorted(line for line in log[0] if line.startswith(MADE)), first, *map(list, log[1:])]


class Looped(NamedTuple):
    """A call: what it has run until its last decision, and what it has copied then, as pairs of bytes."""

    lines: list[str]
    copies: list[tuple[str, str]]


def looping(log: Log, keeps_apart: bool = False) -> list[Looped]:
    """For each call what its submissions run, in which the VM and a class agree where there is a loop.

    The VM makes one command buffer of all that lies between two decisions, a class one for each function: between two
    of them a class has a barrier to the host and one for its memory where the VM has one barrier. A class's decisions
    have a fence of their own. Whether to go on lies in two buffers of the VM's, one of a class's: here it is "flag".
    The VM computes results in one of the two rows of buffers that a loop carries, and copies what the other row holds
    after an odd number of turns; a class copies what its rows hold to what the caller gave. Buffers are named anew.
    """
    recorded: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    found = []
    for lines in log:
        runs = list(_runs(lines, recorded))
        if keeps_apart:
            assert runs[0][:1] == [BARRIER]
            del runs[0][0]
        last = runs.pop()
        assert not last or (last[0], last[-1]) == (BARRIER, TO_HOST), last
        assert all(line.startswith("copy") for line in last[1:-1]), last
        played = [_renamed(line, names) for run in runs for line in [*run, "wait"]]
        copies = [_renamed(line, dict(names)).split() for line in last if line.startswith("copy")]
        found.append(Looped(played, [(source, target) for _, source, _, target in copies]))
    return found


def check_looping(vm: Log, cls: Log, results: int) -> None:
    """AssertionError: the class does something else than the VM. `results`: how many are what a loop has carried."""
    for theirs, ours in zip(looping(vm), looping(cls, keeps_apart=True), strict=True):
        assert ours.lines == theirs.lines, "\n".join(ndiff(theirs.lines, ours.lines))
        assert len(ours.copies) == results, ours.copies
        if theirs.copies:
            assert {source for source, _ in ours.copies} <= {source for source, _ in theirs.copies}, theirs.copies


def check_branching(vm: Log, cls: Log) -> None:
    """AssertionError: of a function that only calls one of others, the class does something else than the VM.

    Here, too, what comes first in a class's call begins with a barrier.
    """
    held: tuple[dict[str, list[str]], ...] = ({}, {})
    names: tuple[dict[str, str], ...] = ({}, {})
    for call in zip(vm, cls, strict=True):
        (looks, theirs), (copies, ours) = (list(_runs(lines, each)) for lines, each in zip(call, held, strict=True))
        assert not looks, looks
        assert [line.partition(" ")[0] for line in copies] == ["barrier", "copy", "barrier"], copies
        assert ours[:1] == [BARRIER], ours
        played = [
            [_renamed(line, each) for line in run[run[:1] == [BARRIER] :]]
            for run, each in zip((theirs, ours), names, strict=True)
        ]
        assert played[0] == played[1], "\n".join(ndiff(played[0], played[1]))


def _runs(lines: Sequence[str], recorded: dict[str, list[str]]) -> Iterator[list[str]]:
    """What runs until each wait, out of what command buffers hold by then."""
    recording, run = "", list[str]()
    for line in lines:
        word, _, rest = line.partition(" ")
        if word == "begin":
            assert not recording, line
            recording = rest.partition(" ")[0]
            recorded[recording] = []
        elif word in ("barrier", "copy", "dispatch"):
            assert recording, line
            recorded[recording].append(line)
        elif word == "end":
            assert recording == rest, line
            recording = ""
        elif word == "submit":
            assert not recording, line
            parts = re.findall(r"'(c\d+)'", rest.partition(" after ")[0])
            run = _joined([recorded.get(part, []) for part in parts])
        elif word == "wait":
            yield run
            run = []
        else:
            assert word.startswith(MADE), line


def _joined(parts: Sequence[Sequence[str]]) -> list[str]:
    """The commands of several command buffers, of which each ends with a barrier to the host, as those of one."""
    joined: list[str] = []
    for part in parts:
        if joined:
            assert [joined.pop(), *part[:1]] == [TO_HOST, BARRIER]
        joined += part
        assert joined[-1:] == [TO_HOST]
    return joined


def _renamed(line: str, names: dict[str, str]) -> str:
    line = re.sub(r"b\d+\[0:1\] i1\[\]", "flag", line)
    return re.sub(r"\bb\d+\b(?=\[)", lambda found: names.setdefault(found[0], f"b{len(names)}"), line)
