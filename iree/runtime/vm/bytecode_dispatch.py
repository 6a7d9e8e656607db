"""From a function's bytecode to a Plan: the commands of one call, decided once and for all calls.

    alloc_heap 4xf32 -> %2
    static_dispatch @ex::fn[4, 1, 1](%0, %1, %2)
    return %2
  becomes
    slots     argument 0, argument 1, result 0
    commands  Dispatch(executable 0, entry point 0, (4, 1, 1), slots 0 1 2)

A slot is a buffer of its own. Calls are inlined and reshapes are gone. What a user gets back is never memory of an
argument, of a constant or of another result: such a result is copied. A Barrier stands only where a command touches
what one since the last barrier has written; arguments and constants are only ever read.
"""

import dataclasses
import enum
from collections.abc import Iterable
from typing import Any, NamedTuple

from iree.hal.status import ResourceExhausted
from iree.runtime.vm.function_def import BufferType
from iree.runtime.vm.module import VmModule
from iree.schemas import element_types

MAX_COMMANDS = 1 << 20


class SlotKind(enum.Enum):
    """Who owns a slot's memory."""

    ARGUMENT = "argument"
    CONSTANT = "constant"
    TRANSIENT = "transient"
    RESULT = "result"


@dataclasses.dataclass
class Slot:
    """A buffer. `ordinal` is that of the argument, constant or result."""

    kind: SlotKind
    byte_length: int
    ordinal: int = 0

    @property
    def is_read_only(self) -> bool:
        """Whether no command writes it."""
        return self.kind in (SlotKind.ARGUMENT, SlotKind.CONSTANT)


class View(NamedTuple):
    """A slot under a type."""

    slot: int
    type: BufferType


class Dispatch(NamedTuple):
    """Launches an entry point. `location` is that of the source, as text."""

    executable: int
    entry_point: int
    workload: tuple[int, int, int]
    bindings: tuple[View, ...]
    location: str
    sizes: tuple[int, ...] = ()  # those of the call, for an executable that has to know them


class Copy(NamedTuple):
    """Copies bytes from one slot to another."""

    source: int
    source_offset: int
    target: int
    target_offset: int
    length: int
    location: str


class Barrier(NamedTuple):
    """What follows sees what came before."""


Command = Dispatch | Copy | Barrier


class Plan(NamedTuple):
    """One call of a function. `results` are slots of kind RESULT, each its own."""

    slots: tuple[Slot, ...]
    arguments: tuple[View, ...]
    commands: tuple[Command, ...]
    results: tuple[View, ...]


def plan_function(module: VmModule, ordinal: int) -> Plan:
    """The plan of a function. DataLoss: its bytecode is damaged."""
    planner = _Planner(module)
    types = module.functions[ordinal].arguments
    arguments = [View(planner.slot(SlotKind.ARGUMENT, of, i), of) for i, of in enumerate(types)]
    results = [planner.result(i, view) for i, view in enumerate(planner.run(ordinal, arguments))]
    commands = _with_barriers(planner.slots, planner.commands)
    return Plan(tuple(planner.slots), tuple(arguments), tuple(commands), tuple(results))


class _Planner:
    """Runs bytecode on views instead of buffers. One method for each instruction, named like it."""

    def __init__(self, module: VmModule):
        self.module = module
        self.slots: list[Slot] = []
        self.commands: list[Dispatch | Copy] = []
        self.constants: dict[int, int] = {}  # ordinal -> slot
        self.locals: dict[int, View] = {}
        self.location = ""

    def slot(self, kind: SlotKind, of: BufferType, ordinal: int = 0) -> int:
        """A new slot."""
        self.slots.append(Slot(kind, of.byte_length, ordinal))
        return len(self.slots) - 1

    def run(self, ordinal: int, arguments: Iterable[View]) -> list[View]:
        """The function's results, for these arguments; its commands come after those so far."""
        function, caller = self.module.functions[ordinal], self.locals
        self.locals = dict(enumerate(arguments))
        for offset, name, operands in self.module.decoded(ordinal).instructions[:-1]:
            self.location = function.location_of(offset)
            getattr(self, name)(*operands)
        returned: Any = self.module.decoded(ordinal).instructions[-1].operands[0]
        results = [self.locals[local] for local in returned]
        self.locals = caller
        return results

    def result(self, ordinal: int, view: View) -> View:
        """Makes `view` the function's result: its slot, or a copy where that belongs to somebody else."""
        slot = self.slots[view.slot]
        if slot.kind is SlotKind.TRANSIENT:
            slot.kind, slot.ordinal = SlotKind.RESULT, ordinal
            return view
        copy = View(self.slot(SlotKind.RESULT, view.type, ordinal), view.type)
        self._copy(Copy(view.slot, 0, copy.slot, 0, slot.byte_length, ""))
        return copy

    def constant(self, ordinal: int, result: int) -> None:
        of = self.module.file.constant(ordinal).type
        if ordinal not in self.constants:
            self.constants[ordinal] = self.slot(SlotKind.CONSTANT, of, ordinal)
        self.locals[result] = View(self.constants[ordinal], of)

    def call(self, ordinal: int, arguments: tuple[int, ...], results: tuple[int, ...]) -> None:
        returned = self.run(ordinal, [self.locals[a] for a in arguments])
        self.locals.update(zip(results, returned, strict=True))

    def static_dispatch(self, entry: tuple[int, int], workload: tuple[int, int, int], locals_: tuple[int, ...]) -> None:
        bindings = tuple(self.locals[local] for local in locals_)
        self._append(Dispatch(*entry, workload, bindings, self.location))

    def dynamic_dispatch(
        self,
        entry: tuple[int, int],
        workload: tuple[int, int, int],
        sizes: tuple[int, ...],
        locals_: tuple[int, ...],
    ) -> None:
        bindings = tuple(self.locals[local] for local in locals_)
        self._append(Dispatch(*entry, workload, bindings, self.location, sizes))

    def alloc_heap(self, element_type: int, shape: tuple[int, ...], result: int) -> None:
        of = BufferType(element_types.from_number(element_type), shape)
        self.locals[result] = View(self.slot(SlotKind.TRANSIENT, of), of)

    def static_copy(
        self, source: int, source_offset: tuple[int], target: int, target_offset: tuple[int], length: tuple[int]
    ) -> None:
        slots = self.locals[source].slot, self.locals[target].slot
        self._copy(Copy(slots[0], *source_offset, slots[1], *target_offset, *length, self.location))

    def reshape(self, source: int, shape: tuple[int, ...], result: int) -> None:
        view = self.locals[source]
        self.locals[result] = View(view.slot, BufferType(view.type.element_type, shape))

    def _copy(self, copy: Copy) -> None:
        if copy.length:
            self._append(copy)

    def _append(self, command: Dispatch | Copy) -> None:
        if len(self.commands) == MAX_COMMANDS:
            raise ResourceExhausted(f"a call of this function takes more than {MAX_COMMANDS} commands")
        self.commands.append(command)


def _with_barriers(slots: list[Slot], commands: Iterable[Dispatch | Copy]) -> Iterable[Command]:
    """The commands, with a barrier before each that depends on one since the last barrier."""
    read: set[int] = set()
    written: set[int] = set()
    for command in commands:
        reads, writes = _accesses(slots, command)
        if written & (reads | writes) or read & writes:
            yield Barrier()
            read, written = set(), set()
        read |= reads
        written |= writes
        yield command


def _accesses(slots: list[Slot], command: Dispatch | Copy) -> tuple[set[int], set[int]]:
    """Slots read and slots written. Bytecode does not say what a dispatch does to a binding: both, if it may."""
    if isinstance(command, Copy):
        return {command.source}, {command.target}
    bindings = {view.slot for view in command.bindings}
    return bindings, {slot for slot in bindings if not slots[slot].is_read_only}
