"""From a Draft, in which slots may still be renamed, to a Plan: final slots, barriers, runs.

A Barrier stands only where a command touches what one since the last barrier has written, and at the start of each run
but the first; arguments and constants are only ever read, and variables by all dispatches.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from iree.runtime.vm.plan import (
    Barrier,
    Case,
    Command,
    Copy,
    Dispatch,
    HostCall,
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


def finish_plan(draft: Draft, arguments: Sequence[View], results: Sequence[View], stored: Iterable[int]) -> Plan:
    """The plan that a draft has become."""
    finisher = _Finisher(draft)
    steps = finisher.steps(draft.steps)
    views = finisher.views(arguments), finisher.views(results)
    return Plan(tuple(finisher.slots), views[0], steps, views[1], frozenset(stored))


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
            case HostCall():
                return step._replace(inputs=self.views(step.inputs), outputs=self.views(step.outputs))
            case While():
                rows = [tuple(self.steps(row) for row in rows) for rows in (step.iterations, step.endings)]
                return While(self.views(step.predicates), step.trip_count, *rows)
            case Case():
                return Case(self.view(step.selector), tuple(self.steps(row) for row in step.branches))
        is_first, self.is_first_run = self.is_first_run, False
        moved = [command for command in map(self.command, step) if not _does_nothing(command)]
        return Run(tuple(with_barriers(self.slots, moved, starts_with_barrier=not is_first)))

    def command(self, command: Dispatch | Copy) -> Dispatch | Copy:
        if isinstance(command, Copy):
            return command._replace(source=self.slot(command.source), target=self.slot(command.target))
        return command._replace(bindings=self.views(command.bindings))

    def slot(self, slot: int) -> int:
        return self.places[self.draft.resolve(slot)]

    def view(self, view: View) -> View:
        return View(self.slot(view.slot), view.type)

    def views(self, views: Sequence[View]) -> tuple[View, ...]:
        return tuple(map(self.view, views))


def _does_nothing(command: Dispatch | Copy) -> bool:
    return isinstance(command, Copy) and command.source == command.target


def with_barriers(
    slots: Sequence[Slot], commands: Iterable[Dispatch | Copy], starts_with_barrier: bool
) -> Iterator[Command]:
    """The commands, with a barrier before each that depends on one since the last barrier."""
    read: set[int] = set()
    written: set[int] = set()
    must_wait = starts_with_barrier
    for command in commands:
        reads, writes = _accesses(slots, command)
        if must_wait or written & (reads | writes) or read & writes:
            yield Barrier()
            read, written, must_wait = set(), set(), False
        read |= reads
        written |= writes
        yield command


def _accesses(slots: Sequence[Slot], command: Dispatch | Copy) -> tuple[set[int], set[int]]:
    """Slots read and slots written. Bytecode does not say what a dispatch does to a binding: both, if it may."""
    if isinstance(command, Copy):
        return {command.source}, {command.target}
    bindings = {view.slot for view in command.bindings}
    return bindings, {slot for slot in bindings if not slots[slot].is_read_only}
