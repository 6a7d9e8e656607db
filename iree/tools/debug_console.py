"""The commands of run_module --debug: reads them, line by line, where a call has stopped, and shows what they ask for.

(debug) break simple_mul:14
(debug) continue
breakpoint simple_mul:14
=> @simple_mul:14  static_dispatch @ex_mul_f::mul_f, [4, 1, 1], (%0, %1), (%2)  // math.mlir:3:8
(debug) print %0
%0 = 4xf32=1 2 3 4
"""

import re
import shlex
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from iree.hal.buffer_view_text import format_shaped_array
from iree.hal.status import HalError, InvalidArgument, NotFound
from iree.runtime.vm.arguments import Array
from iree.runtime.vm.debugger import Debugger, Resume, Stop
from iree.runtime.vm.frames import FrameView
from iree.runtime.vm.function import Function
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.tools.disassembler import disassemble
from iree.tools.module_description import sequencer_names

_MOST_ELEMENTS = 64  # that print shows of one thing
PROMPT = "(debug) "
_RESUMES = {"step": Resume.STEP, "next": Resume.NEXT, "finish": Resume.FINISH, "continue": Resume.CONTINUE}


def prompted() -> Iterator[str]:
    """What a user types, line by line."""
    while True:
        try:
            yield input(PROMPT)
        except EOFError:
            return


class QuitError(Exception):
    """The user wants no more of this call."""


class _Command(NamedTuple):
    run: Callable[["Console", list[str]], object]
    usage: str
    does: str


class Console:
    """Call `debugger.function`: wherever it stops, the next `lines` are obeyed. Where they end, it runs to its end."""

    def __init__(self, function: Function, lines: Iterator[str], say: Callable[[str], None], echo: bool):
        """`echo`: say each line, for a reader who does not see it typed."""
        self.debugger = Debugger(function, self._on_stop)
        self._lines = lines
        self._say = say
        self._echo = echo
        self._stop: Stop
        self._frame: FrameView
        self._skip = 0  # stops to pass by: what is left of "step 3"
        self._resume = Resume.STEP

    def _on_stop(self, stop: Stop) -> Resume:
        """What the user wants next. QuitError: to quit."""
        if self._skip and (self._resume is Resume.CONTINUE or not stop.reason):
            self._skip -= 1
            return self._resume
        self._stop, self._frame, self._skip = stop, stop.frame, 0
        if stop.reason:
            self._say(stop.reason)
        self._say(f"=> {self._next_instruction(stop)}")
        for line in self._lines:
            if self._echo:
                self._say(f"{PROMPT}{line.strip()}")
            try:
                resume = self._obey(line)
            except HalError as error:
                self._say(f"{error}")
                continue
            if resume is not None:
                self._resume = resume
                return resume
        self.debugger.breakpoints.clear()
        self.debugger.watched.clear()
        return Resume.CONTINUE

    def _obey(self, line: str) -> Resume | None:
        """Does what a line says. HalError: it cannot be done; the text says why."""
        try:
            words = shlex.split(line, comments=True)
        except ValueError as error:
            raise InvalidArgument(f"{line.strip()}: {error}") from None
        if not words:
            return None
        name = _SHORT.get(words[0], words[0])
        if name in _RESUMES:
            self._skip = _count(words[1:]) - 1
            return _RESUMES[name]
        if name not in _COMMANDS:
            raise NotFound(f'no command "{words[0]}": help lists all')
        _COMMANDS[name].run(self, words[1:])
        return None

    # Commands.

    def help(self, words: list[str]) -> None:
        """All commands, a line each."""
        width = max(len(command.usage) for command in _COMMANDS.values())
        for command in _COMMANDS.values():
            self._say(f"  {command.usage:{width}}  {command.does}")

    def break_(self, words: list[str]) -> None:
        """A new breakpoint, or all there are."""
        for text in words:
            added = self.debugger.break_at(text)
            for ordinal, offset in sorted(added.places):
                self._say(f"breakpoint {len(self.debugger.breakpoints)}: {self._instruction(ordinal, offset)}")
        if not words:
            for number, breakpoint_ in enumerate(self.debugger.breakpoints, 1):
                self._say(f"breakpoint {number}: {breakpoint_.text}")
            for number, watched in enumerate(self.debugger.watched, 1):
                self._say(f"watch {number}: {watched.label}")

    def delete(self, words: list[str]) -> None:
        """Breakpoints gone, by number; all of them, without."""
        _remove(self.debugger.breakpoints, words, "breakpoint")

    def watch(self, words: list[str]) -> None:
        """Memory that the call stops at when it changes."""
        for text in words:
            self.debugger.watch(self._stop, text, self._reader(text)[0])
            self._say(f"watch {len(self.debugger.watched)}: {text}")

    def unwatch(self, words: list[str]) -> None:
        """Watches gone, by number; all of them, without."""
        _remove(self.debugger.watched, words, "watch")

    def list_function(self, words: list[str]) -> None:
        """The instructions of a function: this one, if none is named."""
        module = self._stop.module
        names = [function.name for function in module.functions]
        if words and words[0] not in names:
            raise NotFound(f'no function "{words[0]}"; there are {", ".join(names)}')
        ordinal = names.index(words[0]) if words else self._frame.ordinal
        for offset in self._texts(ordinal):
            is_here = ordinal == self._frame.ordinal and offset == self._frame.offset
            self._say(f"{'=>' if is_here else '  '} {self._instruction(ordinal, offset)}")

    def backtrace(self, words: list[str]) -> None:
        """The functions at work, the innermost first."""
        for number, frame in enumerate(self._stop.frames):
            is_chosen = frame is self._frame
            turn = f", iteration {frame.turn}" if frame.turn else ""
            role = f"  ({frame.role}{turn})" if frame.role else ""
            self._say(f"{'=>' if is_chosen else '  '} #{number} {self._instruction(frame.ordinal, frame.offset)}{role}")

    def frame(self, words: list[str]) -> None:
        """Chooses the function whose locals are meant, by its number in the backtrace."""
        number = int(words[0]) if words and words[0].isdecimal() else -1
        if not 0 <= number < len(self._stop.frames):
            raise NotFound(f"name a frame by its number in the backtrace, 0 to {len(self._stop.frames) - 1}")
        self._frame = self._stop.frames[number]
        self._say(f"=> #{number} {self._instruction(self._frame.ordinal, self._frame.offset)}")

    def locals(self, words: list[str]) -> None:
        """Name, type and place of each local."""
        for local in self._frame.locals:
            name = f"%{local.number}" + (f" ({local.name})" if local.name else "")
            self._say(f"  {name}: {local.view.type}, {local.place}" + (f"; {local.state}" if local.state else ""))

    def print_value(self, words: list[str]) -> None:
        """What a local or a variable holds."""
        if not words:
            raise InvalidArgument("name what to print: print %2, print x, print @count, print %2[0, 4:8]")
        text = " ".join(words)
        read, note = self._reader(text)
        shown = format_shaped_array(read(self._stop), _MOST_ELEMENTS)
        self._say(f"{text} = {shown}{f'  ({note})' if note else ''}")

    def variables(self, words: list[str]) -> None:
        """What all variables hold for this call now."""
        for ordinal, variable in enumerate(self._stop.module.file.variables):
            array = self._stop.read_variable(ordinal)
            self._say(f"  @{variable.name} = {format_shaped_array(array, _MOST_ELEMENTS)}")

    def quit(self, words: list[str]) -> None:
        """The end of the call."""
        raise QuitError

    # What commands share.

    def _reader(self, text: str) -> tuple[Callable[[Stop], Array], str]:
        """What reads %2, an argument by name, @variable, or a part of one; and what is to be said of the value."""
        match_ = re.fullmatch(r"(@?[%\w.\-]+)\s*(?:\[(.*)\])?", text)
        if match_ is None:
            raise InvalidArgument(f'"{text}" is no local like %2 or x, no variable like @count, no part: %2[0, 4:8]')
        name, part = match_[1], _part(text, match_[2])
        if name.startswith("@"):
            ordinal = self._variable(name[1:])
            return lambda stop: _of(text, stop.read_variable(ordinal), part), ""
        local = self._frame.local(name)
        return lambda stop: _of(text, stop.read_view(local.view), part), local.state

    def _variable(self, name: str) -> int:
        names = [variable.name for variable in self._stop.module.file.variables]
        if name not in names:
            raise NotFound(f"no variable @{name}; there are {', '.join(f'@{each}' for each in names) or 'none'}")
        return names.index(name)

    def _next_instruction(self, stop: Stop) -> str:
        turn = next((frame.turn for frame in stop.frames if frame.turn), 0)
        return self._instruction(stop.frame.ordinal, stop.frame.offset) + (f"  (iteration {turn})" if turn else "")

    def _instruction(self, ordinal: int, offset: int) -> str:
        function = self._stop.module.functions[ordinal]
        location = function.location_of(offset)
        text = f"@{function.name}:{offset}  {self._texts(ordinal)[offset]}"
        return text + (f"  // {location}" if location else "")

    def _texts(self, ordinal: int) -> dict[int, str]:
        module = self._stop.module
        lines = disassemble(SEQUENCER, module.functions[ordinal].bytecode, sequencer_names(module.file))
        return {line.offset: line.text for line in lines}


def _part(text: str, inside: str | None) -> tuple[int | slice, ...]:
    """What "0, 4:8" chooses of an array."""
    part: list[int | slice] = []
    for word in inside.split(",") if inside is not None else ():
        numbers = [number.strip() for number in word.split(":")]
        if len(numbers) > 3 or not all(re.fullmatch(r"-?\d+", n) or (not n and len(numbers) > 1) for n in numbers):
            raise InvalidArgument(f'"{text}": [{inside}] is no index: write numbers and ranges, such as [0, 4:8]')
        ends = [int(number) if number else None for number in numbers]
        part.append(slice(*ends) if len(ends) > 1 else int(numbers[0]))
    return tuple(part)


def _of(text: str, array: Array, part: tuple[int | slice, ...]) -> Array:
    try:
        return np.asarray(array[part])
    except (IndexError, ValueError) as error:
        raise InvalidArgument(f"{text}: {error}") from None


def _count(words: list[str]) -> int:
    if len(words) > 1 or (words and not (words[0].isdecimal() and int(words[0]))):
        raise InvalidArgument(f'"{" ".join(words)}" is no number of times')
    return int(words[0]) if words else 1


def _remove(listed: list[Any], words: list[str], what: str) -> None:
    numbers = [int(word) if word.isdecimal() else 0 for word in words]
    if any(not 1 <= number <= len(listed) for number in numbers):
        raise NotFound(f"there is no such {what}: break lists all")
    gone = {number - 1 for number in numbers} if words else set(range(len(listed)))
    listed[:] = [each for index, each in enumerate(listed) if index not in gone]


_COMMANDS = {
    "break": _Command(
        Console.break_, "break [PLACE...]", "stop at a function, function:offset, file:line; or list all"
    ),
    "delete": _Command(Console.delete, "delete [NUMBER...]", "remove breakpoints; all, without a number"),
    "step": _Command(Console.help, "step [N]", "go on by an instruction, into functions that it calls"),
    "next": _Command(Console.help, "next [N]", "go on by an instruction of this function"),
    "finish": _Command(Console.help, "finish", "go on to where this function returns to"),
    "continue": _Command(Console.help, "continue [N]", "go on to a breakpoint, a watched change, or the end"),
    "list": _Command(Console.list_function, "list [FUNCTION]", "show the instructions of a function, or of this one"),
    "backtrace": _Command(Console.backtrace, "backtrace", "show the functions at work, with iterations of loops"),
    "frame": _Command(Console.frame, "frame NUMBER", "choose one of these for locals, print, watch and list"),
    "locals": _Command(Console.locals, "locals", "show each local's name, type and place"),
    "print": _Command(Console.print_value, "print WHAT", "show %2, an argument, @variable, or a part: %2[0, 4:8]"),
    "variables": _Command(Console.variables, "variables", "show what all variables hold"),
    "watch": _Command(Console.watch, "watch WHAT...", "stop when what lies there now changes"),
    "unwatch": _Command(Console.unwatch, "unwatch [NUMBER...]", "watch no more; all, without a number"),
    "help": _Command(Console.help, "help", "show this"),
    "quit": _Command(Console.quit, "quit", "end the call; variables stay what they were"),
}
_SHORT = {
    "b": "break", "bt": "backtrace", "c": "continue", "d": "delete", "f": "frame", "fin": "finish", "h": "help",
    "l": "list", "n": "next", "p": "print", "q": "quit", "s": "step", "where": "backtrace",
}  # fmt: skip
