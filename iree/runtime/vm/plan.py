"""Plan: what one call of a function does. bytecode_dispatch.py makes it, invocation.py carries it out.

Commands stand in runs, each of which becomes one recorded command buffer; control flow stands between them:

    Run         commands in order
    While       an iteration again and again, as long as a predicate in memory is true
    Case        one of several rows of steps, by a number in memory
    HostCall    a call of a function of the host
    Mark        where to stop, if the plan is to be stepped through
"""

import dataclasses
import enum
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from iree.runtime.vm.function_def import BufferType


class SlotKind(enum.Enum):
    """Who owns a slot's memory."""

    ARGUMENT = "argument"
    CONSTANT = "constant"
    VARIABLE = "variable"
    TRANSIENT = "transient"
    STACK = "stack"  # that of a call: one slot, in which each function that is called has a part
    RESULT = "result"


@dataclasses.dataclass
class Slot:
    """A buffer. `ordinal` is that of the argument, constant, variable or result; `on_host`: control flow reads it."""

    kind: SlotKind
    byte_length: int
    ordinal: int = 0
    on_host: bool = False


class View(NamedTuple):
    """What lies in a slot from a byte on, under a type."""

    slot: int
    offset: int
    type: BufferType

    @property
    def bytes(self) -> "ByteRange":
        """Where it lies."""
        return ByteRange(self.slot, self.offset, self.offset + self.type.byte_length)


class ByteRange(NamedTuple):
    """The bytes of a slot from `start` up to `end`."""

    slot: int
    start: int
    end: int

    def overlaps(self, other: "ByteRange") -> bool:
        """Whether the two share a byte."""
        return self.slot == other.slot and self.start < other.end and other.start < self.end


class Dispatch(NamedTuple):
    """Launches an entry point. `location` is that of the source, as text."""

    executable: int
    entry_point: int
    workload: tuple[int, int, int]
    read: tuple[View, ...]
    written: tuple[View, ...]
    location: str
    sizes: tuple[int, ...] = ()  # those of the call, for an executable that has to know them

    @property
    def bindings(self) -> tuple[View, ...]:
        """All that it works on, in the order of the entry point's arguments."""
        return self.read + self.written

    @property
    def reads(self) -> tuple[ByteRange, ...]:
        """The bytes that it may read."""
        return tuple(view.bytes for view in self.read)

    @property
    def writes(self) -> tuple[ByteRange, ...]:
        """The bytes that it may write."""
        return tuple(view.bytes for view in self.written)


class Copy(NamedTuple):
    """Copies bytes from one slot to another."""

    source: int
    source_offset: int
    target: int
    target_offset: int
    length: int
    location: str

    @property
    def reads(self) -> tuple[ByteRange, ...]:
        """The bytes that it reads."""
        return (ByteRange(self.source, self.source_offset, self.source_offset + self.length),)

    @property
    def writes(self) -> tuple[ByteRange, ...]:
        """The bytes that it writes."""
        return (ByteRange(self.target, self.target_offset, self.target_offset + self.length),)


class Barrier(NamedTuple):
    """What follows sees what came before."""


Command: TypeAlias = Dispatch | Copy | Barrier


class Run(NamedTuple):
    """Commands that are recorded and submitted together."""

    commands: tuple[Command, ...]


class While(NamedTuple):
    """Takes the iterations in turn, beginning with the first, while what is carried moves between two sets of buffers.

    `predicates[0]` says whether to begin, `predicates[1 + n]` whether to go on after iteration n. Without predicates
    there are `trip_count` iterations. `endings[n]` brings what is carried to where it is found after the loop, when
    iteration n was the last.
    """

    predicates: tuple[View, ...]
    trip_count: int
    iterations: tuple["Steps", ...]
    endings: tuple["Steps", ...]


class Case(NamedTuple):
    """Takes the branch whose number stands in `selector`; the last one where there is none of that number."""

    selector: View
    branches: tuple["Steps", ...]


class HostCall(NamedTuple):
    """Calls an import of the module once everything before is done."""

    imported: int
    config: str
    inputs: tuple[View, ...]
    outputs: tuple[View, ...]
    function: str
    location: str


class Frame:
    """A function at work, in a plan that is made to be stepped through: what its locals are, and what calls it."""

    def __init__(self, function: int, caller: "Mark | None"):
        self.function = function
        self.caller = caller
        self.locals: Mapping[int, View] = {}
        self._is_settled = False

    def settle(self, final: Callable[[View], View]) -> None:
        """Its locals lie where `final` says, once the plan is finished."""
        if not self._is_settled:
            self.locals = {local: final(view) for local, view in self.locals.items()}
            self._is_settled = True


class Mark(NamedTuple):
    """Stands before what an instruction does, in a plan that is made to be stepped through.

    `variables`: where what variables hold lies now, for those that the call has stored to.
    """

    frame: Frame
    offset: int
    variables: Mapping[int, View]


Step: TypeAlias = Run | While | Case | HostCall | Mark
Steps: TypeAlias = tuple[Step, ...]


class Plan(NamedTuple):
    """One call of a function. `results` are slots of kind RESULT, each its own; `stored`: variables that it sets."""

    slots: tuple[Slot, ...]
    arguments: tuple[View, ...]
    steps: Steps
    results: tuple[View, ...]
    stored: frozenset[int] = frozenset()
    donated: tuple[int, ...] = ()  # arguments that it may write
