"""Breakpoints: which instructions of a module are meant by a function's name, function:offset or file:line."""

import difflib
from typing import NamedTuple

from iree.hal.status import NotFound
from iree.runtime.vm.function_def import FunctionDef
from iree.runtime.vm.module import VmModule
from iree.schemas.sequencer_bytecode import SEQUENCER

Place = tuple[int, int]  # ordinal of the function, offset of the instruction


class Breakpoint(NamedTuple):
    """Where to stop, as the user said it."""

    text: str
    places: frozenset[Place]


def find_instructions(module: VmModule, text: str) -> frozenset[Place]:
    """The instructions that are meant. NotFound: none; the text says what there is."""
    by_name = {function.name: ordinal for ordinal, function in enumerate(module.functions)}
    if text in by_name:
        return frozenset({(by_name[text], 0)})
    name, _, number = text.rpartition(":")
    if not number.isdecimal():
        near = difflib.get_close_matches(text, by_name, 1)
        meant = f'; did you mean "{near[0]}"?' if near else ""
        raise NotFound(f'no function "{text}"{meant}; there are {", ".join(by_name)}')
    if name in by_name:
        return frozenset({(by_name[name], _offset(module.functions[by_name[name]], int(number)))})
    return _of_line(module, name, int(number))


def _offset(function: FunctionDef, offset: int) -> int:
    offsets = [at for at, _, _ in SEQUENCER.decode(function.bytecode)]
    if offset not in offsets:
        listed = ", ".join(map(str, offsets))
        raise NotFound(f"no instruction of @{function.name} is at byte {offset}: they are at {listed}")
    return offset


def _of_line(module: VmModule, file: str, line: int) -> frozenset[Place]:
    """In each function the first instruction of each stretch that comes from the line."""
    places = set()
    files, lines = set(), set()
    for ordinal, function in enumerate(module.functions):
        before = False
        for offset, _, _ in SEQUENCER.decode(function.bytecode):
            source, row = _file_and_line(function.location_of(offset))
            is_file = source == file or source.endswith(f"/{file}")
            files.add(source)
            lines |= {row} if is_file else set()
            is_here = is_file and row == line
            if is_here and not before:
                places.add((ordinal, offset))
            before = is_here
    if places:
        return frozenset(places)
    if lines:
        raise NotFound(f"no instruction comes from {file}:{line}: lines are {', '.join(map(str, sorted(lines)))}")
    listed = ", ".join(sorted(files - {""})) or "not known for this module"
    raise NotFound(f'no function and no file "{file}": source files are {listed}')


def _file_and_line(location: str) -> tuple[str, int]:
    """ "a.mlir:4:8" as a.mlir and 4; the last of several, where the location is a chain."""
    parts = location.rsplit(":", 2)
    return (parts[0], int(parts[1])) if len(parts) == 3 and parts[1].isdecimal() else ("", 0)
