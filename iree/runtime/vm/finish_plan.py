"""From a Draft, in which slots may still be renamed, to a Plan: final slots, barriers, runs.

A Barrier stands where the bytecode has one, where a command touches bytes that one since the last barrier has written,
or writes what one has read, as copies may that the bytecode does not know of, and at the start of each run but the
first.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from iree.runtime.vm.plan import (
    Barrier,
    ByteRange,
    Case,
    Command,
    Copy,
    HostCall,
    Mark,
    Plan,
    Run,
    Slot,
    Step,
    Steps,
    View,
    While,
)


class Draft:
    """Steps in the making: a list of commands stands for a Run, and While and Case hold lists of such steps."""

    def __init__(self) -> None:
        self.slots: list[Slot] = []
        self.steps: list[Any] = []
        self._renamed: dict[int, int] = {}

    def rename(self, slot: int, to: int) -> None:
        """`slot` is `to` from the beginning on."""
        self._renamed[slot] = to
        self.slots[to].on_host |= self.slots[slot].on_host

    def resolve(self, slot: int) -> int:
        """What `slot` is called now."""
        while slot in self._renamed:
            slot = self._renamed[slot]
        return slot


def finish_plan(
    draft: Draft, arguments: Sequence[View], results: Sequence[View], stored: Iterable[int], donated: Sequence[int]
) -> Plan:
    """The plan that a draft has become."""
    finisher = _Finisher(draft)
    steps = finisher.steps(draft.steps)
    views = finisher.views(arguments), finisher.views(results)
    return Plan(tuple(finisher.slots), views[0], steps, views[1], frozenset(stored), tuple(donated))


class _Finisher:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        kept = [index for index in range(len(draft.slots)) if draft.resolve(index) == index]
        self.places = {old: new for new, old in enumerate(kept)}
        self.slots = [draft.slots[index] for index in kept]
        self.is_first_run = True

    def steps(self, steps: Sequence[Any]) -> Steps:
        finished = (self.step(step) for step in steps)
        return tuple(step for step in finished if not isinstance(step, Run) or step.commands)

    def step(self, step: Any) -> Step:
        match step:
            case Mark():
                step.frame.settle(self.view)
                return step._replace(variables={number: self.view(view) for number, view in step.variables.items()})
            case HostCall():
                return step._replace(inputs=self.views(step.inputs), outputs=self.views(step.outputs))
            case While():
                rows = [tuple(self.steps(row) for row in rows) for rows in (step.iterations, step.endings)]
                return While(self.views(step.predicates), step.trip_count, *rows)
            case Case():
                return Case(self.view(step.selector), tuple(self.steps(row) for row in step.branches))
        is_first, self.is_first_run = self.is_first_run, False
        moved = [command for command in map(self.command, step) if not _does_nothing(command)]
        return Run(tuple(with_barriers(moved, starts_with_barrier=not is_first)))

    def command(self, command: Command) -> Command:
        if isinstance(command, Copy):
            return command._replace(source=self.slot(command.source), target=self.slot(command.target))
        if isinstance(command, Barrier):
            return command
        return command._replace(read=self.views(command.read), written=self.views(command.written))

    def slot(self, slot: int) -> int:
        return self.places[self.draft.resolve(slot)]

    def view(self, view: View) -> View:
        return view._replace(slot=self.slot(view.slot))

    def views(self, views: Sequence[View]) -> tuple[View, ...]:
        return tuple(map(self.view, views))


def _does_nothing(command: Command) -> bool:
    if not isinstance(command, Copy):
        return False
    return (command.source, command.source_offset) == (command.target, command.target_offset)


def with_barriers(commands: Iterable[Command], starts_with_barrier: bool) -> Iterator[Command]:
    """The commands, with a barrier before each that depends on one since the last barrier, and none at either end."""
    read: list[ByteRange] = []
    written: list[ByteRange] = []
    must_wait = starts_with_barrier
    for command in commands:
        if isinstance(command, Barrier):
            must_wait = must_wait or bool(read or written)
            continue
        reads, writes = command.reads, command.writes
        if must_wait or _meet(written, reads + writes) or _meet(read, writes):
            yield Barrier()
            read, written, must_wait = [], [], False
        read += reads
        written += writes
        yield command


def _meet(some: Iterable[ByteRange], others: Sequence[ByteRange]) -> bool:
    return any(one.overlaps(other) for one in some for other in others)
