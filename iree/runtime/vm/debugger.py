"""Debugger: stops a function between its instructions, and shows what the locals hold there.

    def on_stop(stop):
        print(stop.reason, stop.frame.function, stop.frame.offset, stop.read(stop.frame.local("%2")))
        return Resume.STEP

    debugger = Debugger(module.simple_mul, on_stop)
    debugger.break_at("simple_mul:14")
    debugger.function(a, b)

It runs the commands that a call runs, on the device that the function is on; each instruction's are submitted alone and
waited for. Whatever `on_stop` raises ends the call.
"""

import enum
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from iree.hal.buffer_view_text import format_shaped_array
from iree.runtime.vm.arguments import Array
from iree.runtime.vm.breakpoints import Breakpoint, find_instructions
from iree.runtime.vm.frames import FrameView, Local, frames_of
from iree.runtime.vm.function import Function
from iree.runtime.vm.module import VmModule
from iree.runtime.vm.plan import Frame, View
from iree.runtime.vm.stepping import Halt, SteppedSpecialization, read_back

_MOST_ELEMENTS = 8  # that are shown of something that has changed


class Resume(enum.Enum):
    """How far a call goes on."""

    STEP = "step"  # to the next instruction, into a function that is called
    NEXT = "next"  # to the next instruction of this function, or where it returns to
    FINISH = "finish"  # to where this function returns to
    CONTINUE = "continue"  # to a breakpoint, or to where something watched changes


class Watched(NamedTuple):
    """Memory that a call stops at when it changes, and what it held."""

    label: str
    read: Callable[["Stop"], Array]
    held: Array


class Stop:
    """A call between two instructions. `frames`: the functions at work, the innermost, `frame`, first."""

    def __init__(self, debugger: "Debugger", halt: Halt, frames: Sequence[FrameView], reason: str):
        self.reason = reason
        self.frames = tuple(frames)
        self.frame = self.frames[0]
        self._debugger = debugger
        self._halt = halt

    @property
    def module(self) -> VmModule:
        """The module, whose functions are those of this call's sizes."""
        return self._halt.module

    def read(self, local: Local) -> Array:
        """What lies where a local does."""
        return self.read_view(local.view)

    def read_view(self, view: View) -> Array:
        """What lies in a part of a slot."""
        device = self._debugger.module.device
        return read_back(device, self._halt.buffer_of(view.slot), view.offset, view.type)

    def read_variable(self, ordinal: int) -> Array:
        """What a variable holds for this call now. It writes what it has stored when it ends."""
        view = self._halt.mark.variables.get(ordinal)
        if view is not None:
            return self.read_view(view)
        module = self._debugger.module
        of = module.module.file.variables[ordinal].type
        return read_back(module.device, module.variable(ordinal, to_write=False), 0, of)


class Debugger:
    """One function under observation: call `function`. Not for use by two threads at once."""

    def __init__(self, function: Function, on_stop: Callable[[Stop], Resume]):
        self.function = function.specialized_by(partial(SteppedSpecialization, self._at_mark))
        self.module = function.module
        self.breakpoints: list[Breakpoint] = []
        self.watched: list[Watched] = []
        self._on_stop = on_stop
        self._resume = Resume.STEP
        self._depth = 0  # of the frames at the last stop
        self._turns: dict[tuple[Frame, int], int] = {}  # iterations that a loop has begun, by its frame and offset

    def break_at(self, text: str) -> Breakpoint:
        """Stops at what is meant: a function, function:offset or file:line. NotFound: there is no such place."""
        breakpoint_ = Breakpoint(text, find_instructions(self.module.module, text))
        self.breakpoints.append(breakpoint_)
        return breakpoint_

    def watch(self, stop: Stop, label: str, read: Callable[[Stop], Array]) -> None:
        """Stops when what `read` gives is no longer what it is now."""
        self.watched.append(Watched(label, read, read(stop)))

    def begin(self) -> None:
        """The next call stops at its first instruction, not at a breakpoint."""
        self._resume = Resume.STEP

    def _at_mark(self, halt: Halt) -> None:
        frames = frames_of(halt, self._turns)
        stop = Stop(self, halt, frames, "")
        stop.reason = "; ".join([*self._reached(stop), *self._changed(stop)])
        if stop.reason or self._goes_no_further(len(frames)):
            self._resume = self._on_stop(stop)
            self._depth = len(frames)

    def _reached(self, stop: Stop) -> list[str]:
        place = stop.frame.ordinal, stop.frame.offset
        return [f"breakpoint {each.text}" for each in self.breakpoints if place in each.places]

    def _changed(self, stop: Stop) -> list[str]:
        changed = []
        for number, (label, read, held) in enumerate(self.watched):
            now = read(stop)
            if now.tobytes() != held.tobytes():
                self.watched[number] = Watched(label, read, now)
                texts = [format_shaped_array(array, _MOST_ELEMENTS) for array in (held, now)]
                changed.append(f"{label} has changed from {texts[0]} to {texts[1]}")
        return changed

    def _goes_no_further(self, depth: int) -> bool:
        match self._resume:
            case Resume.STEP:
                return True
            case Resume.NEXT:
                return depth <= self._depth
            case Resume.FINISH:
                return depth < self._depth
        return False
