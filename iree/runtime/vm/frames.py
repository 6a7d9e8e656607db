"""FrameView: a function at work, as a debugger shows it: where it stands, and its locals with what is known of them.

A local's memory is its own only while it is in use: a plan lets others have it afterwards, and a local's state says so.
A loop's body has a frame for each place that the loop's state moves between; `turn` tells the iterations apart.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from iree.hal.status import NotFound
from iree.runtime.vm.bytecode_verifier import DecodedFunction, DecodedInstruction
from iree.runtime.vm.plan import Frame, Mark, SlotKind, View
from iree.runtime.vm.stepping import Halt
from iree.schemas.instruction import Operand
from iree.schemas.sequencer_bytecode import SEQUENCER

_Turns = dict[tuple[Frame, int], int]


class Local(NamedTuple):
    """A local that has been defined. `state` is "" or says that its memory does not hold its value (any more)."""

    number: int
    name: str  # as the user calls it, for an argument
    view: View
    place: str
    state: str


class FrameView(NamedTuple):
    """`turn`: the iteration of a loop whose body or condition this is, from 1; 0: it is none. `role`: what calls it."""

    ordinal: int
    function: str
    instruction: DecodedInstruction
    location: str
    role: str
    turn: int
    locals: tuple[Local, ...]

    @property
    def offset(self) -> int:
        """Where the instruction stands that comes next, or that is at work in an inner frame."""
        return self.instruction.offset

    def local(self, text: str) -> Local:
        """The local that is called "%2", or by an argument's name. NotFound: there is none here."""
        for local in self.locals:
            if text in (f"%{local.number}", local.name):
                return local
        listed = ", ".join(f"%{local.number}" + (f" ({local.name})" if local.name else "") for local in self.locals)
        raise NotFound(f"@{self.function} has no local {text} here: there are {listed or 'none'}")


def frames_of(halt: Halt, turns: _Turns) -> list[FrameView]:
    """The functions at work, the innermost first. Counts in `turns` how often each loop has begun its body."""
    _count(halt, turns)
    frames, mark = [], halt.mark
    while True:
        frames.append(_frame(halt, mark, turns))
        if mark.frame.caller is None:
            return frames
        mark = mark.frame.caller


def _count(halt: Halt, turns: _Turns) -> None:
    frame, caller = halt.mark.frame, halt.mark.frame.caller
    decoded = halt.module.decoded(frame.function)
    if _instruction(decoded, halt.mark.offset).name == "while":
        turns[frame, halt.mark.offset] = 0
    if caller is not None and halt.mark.offset == decoded.instructions[0].offset:
        calls = _instruction(halt.module.decoded(caller.frame.function), caller.offset)
        if calls.name == "while" and calls.operands[1] == frame.function:
            turns[caller.frame, caller.offset] = turns.get((caller.frame, caller.offset), 0) + 1


def _frame(halt: Halt, mark: Mark, turns: _Turns) -> FrameView:
    frame, function = mark.frame, halt.module.functions[mark.frame.function]
    decoded = halt.module.decoded(frame.function)
    role, turn = "", 0
    if frame.caller is not None:
        caller = frame.caller
        calls = _instruction(halt.module.decoded(caller.frame.function), caller.offset)
        role = _role(calls, frame.function)
        turn = turns.get((caller.frame, caller.offset), 0) if calls.name == "while" else 0
    names = function.argument_names
    locals_ = [
        Local(
            number,
            names[number] if number < len(names) else "",
            view,
            _place(halt, view),
            "" if _never_changes(halt, view) else _state(_uses(decoded), number, mark.offset),
        )
        for number, view in sorted(frame.locals.items())
        if _uses(decoded).defined.get(number, -1) < mark.offset
    ]
    instruction = _instruction(decoded, mark.offset)
    location = function.location_of(mark.offset)
    return FrameView(frame.function, function.name, instruction, location, role, turn, tuple(locals_))


def _instruction(decoded: DecodedFunction, offset: int) -> DecodedInstruction:
    return next(instruction for instruction in decoded.instructions if instruction.offset == offset)


def _role(calls: DecodedInstruction, function: int) -> str:
    match calls.name, calls.operands:
        case "while", (condition, body, *_):
            return "body of while" if function == body else "condition of while" if function == condition else ""
        case "case", (_, tuple(branches), *_):
            return f"branch {branches.index(function)} of case"
    return ""


def _place(halt: Halt, view: View) -> str:
    slot = halt.plan.slots[view.slot]
    match slot.kind:
        case SlotKind.VARIABLE:
            start = f"variable @{halt.module.file.variables[slot.ordinal].name}"
        case SlotKind.TRANSIENT:
            start = f"transient buffer {view.slot}"
        case SlotKind.STACK:
            start = "stack"
        case _:
            start = f"{slot.kind.value} {slot.ordinal}"
    return start + (f" + {view.offset} bytes" if view.offset else "")


def _never_changes(halt: Halt, view: View) -> bool:
    return halt.plan.slots[view.slot].kind in (SlotKind.ARGUMENT, SlotKind.CONSTANT)


class _Uses(NamedTuple):
    """Offsets of instructions by local: which defines it, which is the first to write it, which the last to use it."""

    defined: Mapping[int, int]
    written: Mapping[int, int]
    last: Mapping[int, int]


@lru_cache(maxsize=256)
def _uses(decoded: DecodedFunction) -> _Uses:
    defined: dict[int, int] = {}
    written: dict[int, int] = {}
    last: dict[int, int] = {}
    root: dict[int, int] = {}
    empty: set[Operand] = set()  # memory that nothing was in when it was defined
    for offset, name, operands in decoded.instructions:
        for letter, operand in zip(SEQUENCER.by_name[name].operands, operands, strict=True):
            for local in operand if isinstance(operand, tuple) else (operand,):
                if letter in "sSoO" and isinstance(local, int):
                    last[root.get(local, local)] = offset
                if letter in "oO" and isinstance(local, int):
                    written.setdefault(root.get(local, local), offset)
                if letter in "rR" and isinstance(local, int):
                    defined[local] = offset
        if name == "reshape" and isinstance(operands[0], int) and isinstance(operands[-1], int):
            root[operands[-1]] = root.get(operands[0], operands[0])
        elif name.startswith("alloc") or (name == "static_slice" and operands[2] in empty):
            empty |= {local for local, at in defined.items() if at == offset}
        else:
            written |= {local: offset for local, at in defined.items() if at == offset}
    for local, whose in root.items():
        last[local] = last.get(whose, -1)
        if whose in written:
            written[local] = written[whose]
    return _Uses(defined, written, last)


def _state(uses: _Uses, local: int, offset: int) -> str:
    if local in uses.defined and uses.written.get(local, 1 << 62) >= offset:
        return "not written yet"
    if uses.last.get(local, -1) < offset:
        return "no longer used: its memory may hold something else"
    return ""
