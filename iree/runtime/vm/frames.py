"""FrameView: a function at work, as a debugger shows it: where it stands, and its locals with what is known of them.

A local's memory is its own only while it is in use: a plan lets others have it afterwards, and a local's state says so.
A loop's body has a frame for each place that the loop's state moves between; `turn` tells the iterations apart.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from iree.hal.status import NotFound
from iree.runtime.vm.bytecode_verifier import DecodedInstruction, callees_of
from iree.runtime.vm.module import VmModule
from iree.runtime.vm.plan import Frame, Mark, SlotKind, View
from iree.runtime.vm.stepping import Halt
from iree.schemas.instruction import Operand
from iree.schemas.sequencer_bytecode import SEQUENCER

_Loop = tuple[Frame, int]  # where a while stands


class Local(NamedTuple):
    """A local that has been defined. `state` is "" or says that its memory does not hold its value (any more)."""

    number: int
    name: str  # as the user calls it, for an argument
    view: View
    place: str
    state: str


class FrameView:
    """A function at work. `offset` is where the instruction stands that comes next, or is at work in an inner frame.

    `role`: what calls it, where that is no call. `turn`: the iteration, from 1, if it is a loop's body or condition.
    """

    def __init__(self, halt: Halt, mark: Mark, turns: Mapping[_Loop, int]):
        self.ordinal = mark.frame.function
        self.offset = mark.offset
        self._halt = halt
        self._mark = mark
        self._function = halt.module.functions[self.ordinal]
        self.function = self._function.name
        self.location = self._function.location_of(self.offset)
        self.instruction = _instruction(halt, mark)
        caller = mark.frame.caller
        calls = _instruction(halt, caller) if caller is not None else None
        self.role = _role(calls, self.ordinal) if calls is not None else ""
        is_in_loop = caller is not None and calls is not None and calls.name == "while"
        self.turn = turns.get((caller.frame, caller.offset), 0) if is_in_loop and caller is not None else 0

    @cached_property
    def locals(self) -> tuple[Local, ...]:
        """Those that have been defined, in order."""
        names, uses = self._function.argument_names, _uses(self._halt.module, self.ordinal)
        return tuple(
            Local(
                number,
                names[number] if number < len(names) else "",
                view,
                _place(self._halt, view),
                "" if _never_changes(self._halt, view) else _state(uses, number, self.offset),
            )
            for number, view in sorted(self._mark.frame.locals.items())
            if uses.defined.get(number, -1) < self.offset
        )

    def local(self, text: str) -> Local:
        """The local that is called "%2", or by an argument's name. NotFound: there is none here."""
        for local in self.locals:
            if text in (f"%{local.number}", local.name):
                return local
        listed = ", ".join(f"%{local.number}" + (f" ({local.name})" if local.name else "") for local in self.locals)
        raise NotFound(f"@{self.function} has no local {text} here: there are {listed or 'none'}")


def frames_of(halt: Halt, turns: dict[_Loop, int]) -> list[FrameView]:
    """The functions at work, the innermost first. Counts in `turns` how often each loop has begun its body."""
    _count(halt, turns)
    frames, mark = [], halt.mark
    while True:
        frames.append(FrameView(halt, mark, turns))
        if mark.frame.caller is None:
            return frames
        mark = mark.frame.caller


def _count(halt: Halt, turns: dict[_Loop, int]) -> None:
    mark, caller = halt.mark, halt.mark.frame.caller
    if _instruction(halt, mark).name == "while":
        turns[mark.frame, mark.offset] = 0
    if caller is not None and mark.offset == 0:
        calls = _instruction(halt, caller)
        if calls.name == "while" and calls.operands[1] == mark.frame.function:
            turns[caller.frame, caller.offset] = turns.get((caller.frame, caller.offset), 0) + 1


def _instruction(halt: Halt, mark: Mark) -> DecodedInstruction:
    instructions = halt.module.decoded(mark.frame.function).instructions
    return instructions[bisect_left(instructions, mark.offset, key=lambda each: each.offset)]


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
    slot = halt.plan.slots[view.slot]
    if slot.kind is not SlotKind.ARGUMENT:
        return slot.kind is SlotKind.CONSTANT
    mark = halt.mark
    while mark.frame.caller is not None:
        mark = mark.frame.caller
    return slot.ordinal not in _written_arguments(halt.module, mark.frame.function)


class _Uses(NamedTuple):
    """Offsets of instructions by local: which defines it, which is the first to write it, which the last to use it."""

    defined: Mapping[int, int]
    written: Mapping[int, int]
    last: Mapping[int, int]


def _uses(module: VmModule, ordinal: int) -> _Uses:
    defined: dict[int, int] = {}
    written: dict[int, int] = {}
    last: dict[int, int] = {}
    root: dict[int, int] = {}  # what a local is a reshape of
    empty: set[Operand] = set()  # memory that nothing was in when it was defined
    for offset, name, operands in module.decoded(ordinal).instructions:
        reads, writes, defines = _locals_of(module, name, operands)
        for local in (*reads, *writes):
            last[root.get(local, local)] = offset
        for local in writes:
            written.setdefault(root.get(local, local), offset)
        for local in defines:
            defined[local] = offset
            if name == "reshape":
                root[local] = root.get(reads[0], reads[0])
            elif name.startswith("alloc") or (name == "static_slice" and reads[0] in empty):
                empty.add(local)
            else:
                written[local] = offset
    for local, whose in root.items():
        last[local] = last.get(whose, -1)
        if whose in written:
            written[local] = written[whose]
    return _Uses(defined, written, last)


def _locals_of(module: VmModule, name: str, operands: Sequence[Operand]) -> tuple[list[int], list[int], list[int]]:
    """The locals that an instruction reads, writes to and defines."""
    found: dict[str, list[int]] = {"s": [], "o": [], "r": []}
    for letter, operand in zip(SEQUENCER.by_name[name].operands, operands, strict=True):
        if letter.lower() in found and not isinstance(operand, bytes):
            found[letter.lower()] += operand if isinstance(operand, tuple) else (operand,)
    for callee in callees_of(name, tuple(operands)) if name in ("call", "execute") else ():
        found["o"] += [found["s"][number] for number in _written_arguments(module, callee)]
    return found["s"], found["o"], found["r"]


def _written_arguments(module: VmModule, ordinal: int) -> set[int]:
    """The arguments whose memory a function writes."""
    memory = {number: number for number in range(len(module.functions[ordinal].arguments))}
    written: set[int] = set()
    for _, name, operands in module.decoded(ordinal).instructions:
        reads, writes, defines = _locals_of(module, name, operands)
        written |= {memory[local] for local in writes if local in memory}
        if name in ("reshape", "static_slice") and reads[0] in memory:
            memory[defines[0]] = memory[reads[0]]
    return written


def _state(uses: _Uses, local: int, offset: int) -> str:
    if local in uses.defined and uses.written.get(local, 1 << 62) >= offset:
        return "not written yet"
    if uses.last.get(local, -1) < offset:
        return "no longer used: its memory may hold something else"
    return ""
