"""From a function's bytecode to a Plan: the steps of one call, decided once and for all calls.

    alloc_heap 4xf32 -> %2
    static_dispatch @ex::fn[4, 1, 1](%0, %1, %2)
    return %2
  becomes
    slots     argument 0, argument 1, result 0
    steps     Run(Dispatch(executable 0, entry point 0, (4, 1, 1), slots 0 1 2))

A slot is a buffer of its own. Calls are inlined; reshapes and slices are gone, and what functions have on their stacks
lies in one slot, that of a function behind that of its caller. What a user gets back is never memory of an
argument, of a constant or of another result: such a result is copied.

What a loop carries lies in one set of slots before the first iteration, and after it where the body left it; a second
iteration brings it back, so that nothing is copied but what a body hands on unchanged to another place. What it begins
with is copied unless the function has made it and needs it no more.

What a variable holds is known at each place, like the value of a local; a loop carries it, a case has it as a result. A
call writes the variables that it has stored to at its end, after everything that reads what they held before.
"""

import contextlib
import keyword
from collections.abc import Iterator, Sequence
from typing import Any

from iree.hal.status import ResourceExhausted
from iree.runtime.vm.bytecode_verifier import DecodedInstruction, callees_of
from iree.runtime.vm.finish_plan import Draft, finish_plan
from iree.runtime.vm.function_def import BufferType
from iree.runtime.vm.module import VmModule
from iree.runtime.vm.plan import Barrier, Case, Copy, Dispatch, HostCall, Plan, Slot, SlotKind, View, While
from iree.schemas import element_types
from iree.schemas.file_format import CONSTANT_ALIGNMENT
from iree.schemas.sequencer_bytecode import SEQUENCER

MAX_COMMANDS = 1 << 20
_DOUBLED_LOOPS = 2  # loops that nest deeper copy what they carry: each doubling doubles all that is inside

_NOT_MAPPED = (SlotKind.CONSTANT, SlotKind.VARIABLE)  # the host may not reach into their buffers

_Ints = tuple[int, ...]


def plan_function(module: VmModule, ordinal: int) -> Plan:
    """The plan of a function. DataLoss: its bytecode is damaged. ResourceExhausted: it takes too many commands."""
    return Planner(module).plan(ordinal)


class _Activation:
    """Of a function that is planned: the first slot made since it began, and when its locals are used last."""

    def __init__(self, first_slot: int, last_uses: dict[int, int]):
        self.first_slot = first_slot
        self.last_uses = last_uses  # by byte of the bytecode
        self.offset = 0  # of the present instruction


def _last_uses(instructions: Sequence[DecodedInstruction]) -> dict[int, int]:
    """Where each local is used for the last time."""
    last: dict[int, int] = {}
    for offset, name, operands in instructions:
        for letter, operand in zip(SEQUENCER.by_name[name].operands, operands, strict=True):
            if letter in "so" and isinstance(operand, int):
                last[operand] = offset
            elif letter in "SO" and isinstance(operand, tuple):
                last.update(dict.fromkeys(operand, offset))
    return last


class Planner:
    """Runs bytecode on views instead of buffers. One method for each instruction, named like it."""

    def __init__(self, module: VmModule):
        self.module = module
        self.draft = Draft()
        self.command_count = 0
        self.loop_depth = 0
        self.stack: int | None = None  # the slot
        self.stack_top = 0  # where the next function's stack begins
        self.constants: dict[int, int] = {}  # ordinal -> slot
        self.homes: dict[int, View] = {}  # where each variable lies between calls
        self.variables: dict[int, View] = {}  # what each holds now, if that is something else
        self.stored: set[int] = set()
        self.locals: dict[int, View] = {}
        self.activation = _Activation(0, {})
        self.function_name = ""
        self.location = ""

    def plan(self, ordinal: int) -> Plan:
        """What plan_function gives."""
        types = self.module.functions[ordinal].arguments
        arguments = [View(self.slot(SlotKind.ARGUMENT, of, i), 0, of) for i, of in enumerate(types)]
        results = [self.result(i, view) for i, view in enumerate(self.run(ordinal, arguments))]
        self.write_variables()
        return finish_plan(self.draft, arguments, results, self.stored, self.module.functions[ordinal].donated)

    def slot(self, kind: SlotKind, of: BufferType, ordinal: int = 0) -> int:
        """A new slot."""
        self.draft.slots.append(Slot(kind, of.byte_length, ordinal))
        return len(self.draft.slots) - 1

    def run(self, ordinal: int, arguments: Sequence[View]) -> list[View]:
        """The function's results, for these arguments; its commands come after those so far."""
        function, caller, base = self.module.functions[ordinal], self.locals, self.stack_top
        around = self.activation
        self.locals = dict(enumerate(arguments))
        self.activation = _Activation(len(self.draft.slots), _last_uses(self.module.decoded(ordinal).instructions))
        self.function_name = self.function_name or function.name
        for offset, name, operands in self.module.decoded(ordinal).instructions:
            self.location, self.activation.offset = function.location_of(offset), offset
            self.begin(offset)
            if name != "return":
                getattr(self, f"{name}_" if keyword.iskeyword(name) else name)(*operands)
        returned: Any = self.module.decoded(ordinal).instructions[-1].operands[0]
        results = [self.locals[local] for local in returned]
        self.locals, self.stack_top, self.activation = caller, base, around
        return [self._off_stack(view) if self._is_on_stack(view, base) else view for view in results]

    def begin(self, offset: int) -> None:
        """Hook: an instruction of the function that runs comes next."""

    def result(self, ordinal: int, view: View) -> View:
        """Makes `view` the function's result: its slot, or a copy where that belongs to somebody else."""
        slot = self.draft.slots[self.draft.resolve(view.slot)]
        if slot.kind is SlotKind.TRANSIENT and self._is_whole(view):
            slot.kind, slot.ordinal = SlotKind.RESULT, ordinal
            return view
        copy = View(self.slot(SlotKind.RESULT, view.type, ordinal), 0, view.type)
        self._copy_all(view, copy)
        return copy

    def write_variables(self) -> None:
        """Brings what the function has stored to where it lies between calls."""
        stored = sorted(self.stored)
        self._move(self._held(stored), [self._home(ordinal) for ordinal in stored])

    # Instructions.

    def constant(self, ordinal: int, result: int) -> None:
        of = self.module.file.constants[ordinal].type
        if ordinal not in self.constants:
            self.constants[ordinal] = self.slot(SlotKind.CONSTANT, of, ordinal)
        self.locals[result] = View(self.constants[ordinal], 0, of)

    def call(self, ordinal: int, arguments: _Ints, results: _Ints) -> None:
        returned = self.run(ordinal, self._views(arguments))
        self.locals.update(zip(results, returned, strict=True))

    def execute(self, ordinal: int, arguments: _Ints) -> None:
        self.run(ordinal, self._views(arguments))

    def while_(self, condition: int, body: int, trips: _Ints, carried: _Ints, captures: _Ints, results: _Ints) -> None:
        inits, captured = self._views(carried), self._views(captures)
        if trips and trips[0] < 2:
            left = self.run(body, [*inits, *captured]) if trips[0] else inits
        else:
            self.loop_depth += 1
            left = self._loop(condition, body, trips, inits, captured)
            self.loop_depth -= 1
        self.locals.update(zip(results, left, strict=True))

    def case(self, selector: int, branches: _Ints, captures: _Ints, results: _Ints) -> None:
        captured, view = self._views(captures), self._on_host(self.locals[selector], *_NOT_MAPPED)
        stored = self._stored_in(*branches)
        targets = [self._transient(of) for of in self.module.functions[branches[0]].results]
        state = [self._transient(held.type) for held in self._held(stored)]
        rows: list[Any] = []
        before = self.variables
        used: list[int] = []
        for branch in branches:
            self.variables = dict(before)
            with self._steps() as steps:
                start = len(self.draft.slots)
                returned = self.run(branch, captured)
                self._bring([*returned, *self._held(stored)], [*targets, *state], start, ())
            rows.append(steps)
            used += self._share(list(used), start, ())
        self.draft.steps.append(Case(view, tuple(rows)))
        self.variables = before | dict(zip(stored, state, strict=True))
        self.locals.update(zip(results, targets, strict=True))

    def global_load(self, variable: int, result: int) -> None:
        (self.locals[result],) = self._held([variable])

    def global_store(self, variable: int, value: int) -> None:
        view = self.locals[value]
        self.variables[variable] = self._off_stack(view) if self._is_on_stack(view) else view
        self.stored.add(variable)

    def static_dispatch(
        self, entry: tuple[int, int], workload: tuple[int, int, int], read: _Ints, written: _Ints
    ) -> None:
        self.dynamic_dispatch(entry, workload, (), read, written)

    def dynamic_dispatch(
        self, entry: tuple[int, int], workload: tuple[int, int, int], sizes: _Ints, read: _Ints, written: _Ints
    ) -> None:
        views = tuple(self._views(read)), tuple(self._views(written))
        self._append(Dispatch(*entry, workload, *views, self.location, sizes))

    def custom_call(self, imported: int, inputs: _Ints, outputs: _Ints, config: bytes) -> None:
        reads = tuple(self._on_host(view, SlotKind.VARIABLE) for view in self._views(inputs))
        writes = tuple(self._on_host(view) for view in self._views(outputs))
        place = self.function_name, self.location
        self.draft.steps.append(HostCall(imported, config.decode(), reads, writes, *place))

    def alloc_heap(self, element_type: int, shape: _Ints, result: int) -> None:
        self.locals[result] = self._transient(BufferType(element_types.from_number(element_type), shape))

    def alloc_stack(self, length: tuple[int], result: int) -> None:
        of = BufferType(element_types.from_name("i8"), length)
        if self.stack is None:
            self.stack = self.slot(SlotKind.STACK, of)
        self.locals[result] = View(self.stack, self.stack_top, of)
        self.stack_top += -(-of.byte_length // CONSTANT_ALIGNMENT) * CONSTANT_ALIGNMENT
        slot = self.draft.slots[self.stack]
        slot.byte_length = max(slot.byte_length, self.stack_top)

    def static_slice(self, element_type: int, shape: _Ints, source: int, offset: tuple[int], result: int) -> None:
        around, of = self.locals[source], BufferType(element_types.from_number(element_type), shape)
        self.locals[result] = View(around.slot, around.offset + offset[0], of)

    def barrier(self) -> None:
        steps = self.draft.steps
        if steps and isinstance(steps[-1], list):
            steps[-1].append(Barrier())

    def static_copy(
        self, source: int, source_offset: tuple[int], target: int, target_offset: tuple[int], length: tuple[int]
    ) -> None:
        read, written = self.locals[source], self.locals[target]
        starts = read.offset + source_offset[0], written.offset + target_offset[0]
        self._copy(Copy(read.slot, starts[0], written.slot, starts[1], *length, self.location))

    def reshape(self, source: int, shape: _Ints, result: int) -> None:
        view = self.locals[source]
        self.locals[result] = view._replace(type=BufferType(view.type.element_type, shape))

    # Control flow.

    def _loop(
        self, condition: int, body: int, trips: _Ints, inits: Sequence[View], captured: Sequence[View]
    ) -> list[View]:
        """A loop, and where it leaves what it carries."""
        stored = self._stored_in(condition, body)
        first = self._first(inits, captured)
        state = [self._transient(view.type) for view in self._held(stored)]
        self._move([*inits, *self._held(stored)], [*first, *state])
        self.variables.update(zip(stored, state, strict=True))
        predicates: list[View] = []
        if not trips:
            predicates.append(self._predicate(condition, [*first, *captured]))
            self._settle(stored, state)
        iterations: list[Any] = []
        endings: list[Any] = []
        current: Sequence[View] = first
        count = 2 if self.loop_depth <= _DOUBLED_LOOPS else 1
        used: list[int] = []
        for turn in range(count):
            with self._steps() as iteration:
                start, read = len(self.draft.slots), [*current, *self._held(stored)]
                returned = self.run(body, [*current, *captured])
                if turn == count - 1:
                    self._bring([*returned, *self._held(stored)], [*first, *state], start, read)
                    self.variables.update(zip(stored, state, strict=True))
                    returned = first
                if not trips:
                    predicates.append(self._predicate(condition, [*returned, *captured]))
                if turn == count - 1:
                    self._settle(stored, state)
            used += self._share(used, start, [*returned, *self._held(stored)])
            with self._steps() as ending:
                self._move([*returned, *self._held(stored)], [*first, *state])
            iterations.append(iteration)
            endings.append(ending)
            current = returned
        self.variables.update(zip(stored, state, strict=True))
        known = trips[0] if trips else 0
        self.draft.steps.append(While(tuple(predicates), known, tuple(iterations), tuple(endings)))
        return first

    def _first(self, inits: Sequence[View], captured: Sequence[View]) -> list[View]:
        """Where a loop has what it carries first: where that is, if nobody else goes on using it."""
        draft = self.draft
        taken = {draft.resolve(view.slot) for view in (*captured, *self.variables.values())}
        for local, view in self.locals.items():
            if self.activation.last_uses.get(local, -1) > self.activation.offset:
                taken.add(draft.resolve(view.slot))
        first: list[View] = []
        for view in inits:
            slot = draft.resolve(view.slot)
            is_own = slot >= self.activation.first_slot and draft.slots[slot].kind is SlotKind.TRANSIENT
            goes_on = is_own and self._is_whole(view) and slot not in taken
            first.append(view if goes_on else self._transient(view.type))
            taken.add(slot)
        return first

    def _settle(self, stored: Sequence[int], state: Sequence[View]) -> None:
        """Brings what a condition has stored to where its loop has it."""
        self._move(self._held(stored), state)
        self.variables.update(zip(stored, state, strict=True))

    def _stored_in(self, *functions: int) -> list[int]:
        """The variables that functions store to, directly or in what they call."""
        found: set[int] = set()
        pending, seen = list(functions), set(functions)
        while pending:
            for _, name, operands in self.module.decoded(pending.pop()).instructions:
                if name == "global_store" and isinstance(operands[0], int):
                    found.add(operands[0])
                new = set(callees_of(name, operands)) - seen
                pending += new
                seen |= new
        return sorted(found)

    def _held(self, variables: Sequence[int]) -> list[View]:
        """What variables hold now."""
        return [self.variables.get(ordinal) or self._home(ordinal) for ordinal in variables]

    def _home(self, variable: int) -> View:
        if variable not in self.homes:
            of = self.module.file.variables[variable].type
            self.homes[variable] = View(self.slot(SlotKind.VARIABLE, of, variable), 0, of)
        return self.homes[variable]

    def _predicate(self, condition: int, arguments: Sequence[View]) -> View:
        (view,) = self.run(condition, arguments)
        return self._on_host(view, *_NOT_MAPPED)

    def _on_host(self, view: View, *elsewhere: SlotKind) -> View:
        """`view` where the host can read it: a copy, where it is of a kind that lies `elsewhere`."""
        slot = self.draft.slots[self.draft.resolve(view.slot)]
        if slot.kind in elsewhere or slot.kind is SlotKind.STACK:
            copy = self._transient(view.type)
            self._copy_all(view, copy)
            return self._on_host(copy)
        slot.on_host = True
        return view

    def _bring(self, sources: Sequence[View], targets: Sequence[View], start: int, read: Sequence[View]) -> None:
        """Brings values to `targets`. A buffer made since slot `start` becomes the target itself, unless the steps
        since then read what the target holds before: `read`."""
        draft = self.draft
        held = {draft.resolve(view.slot) for view in read}
        for source, target in zip(sources, targets, strict=True):
            slot = draft.resolve(source.slot)
            is_new = slot >= start and draft.slots[slot].kind is SlotKind.TRANSIENT and self._is_whole(source)
            if is_new and target.slot not in held:
                draft.rename(slot, target.slot)
        self._move(sources, targets)

    def _move(self, sources: Sequence[View], targets: Sequence[View]) -> None:
        """Copies all sources to their targets at once, as if each was read before any is written."""
        resolve = self.draft.resolve
        pairs = zip(sources, targets, strict=True)
        moves = [(s, t) for s, t in pairs if (resolve(s.slot), s.offset) != (resolve(t.slot), t.offset)]
        written = {resolve(target.slot) for _, target in moves}
        for index, (source, target) in enumerate(moves):
            if resolve(source.slot) in written:
                aside = self._transient(source.type)
                self._copy_all(source, aside)
                moves[index] = (aside, target)
        for source, target in moves:
            self._copy_all(source, target)

    def _share(self, free: list[int], start: int, live: Sequence[View]) -> list[int]:
        """Lets what was made since slot `start` lie in slots that are `free`, which get fewer.

        Returns those that may be used again by steps that come instead of or after these, when all but `live` is done
        with.
        """
        draft = self.draft
        kept = {draft.resolve(view.slot) for view in live}
        made = []
        for slot in range(start, len(draft.slots)):
            if draft.slots[slot].kind is not SlotKind.TRANSIENT or draft.resolve(slot) != slot or slot in kept:
                continue
            length = draft.slots[slot].byte_length
            place = next((other for other in free if draft.slots[other].byte_length == length), None)
            if place is None:
                made.append(slot)
            else:
                free.remove(place)
                draft.rename(slot, place)
        return made

    @contextlib.contextmanager
    def _steps(self) -> Iterator[list[Any]]:
        """Collects the steps that are made meanwhile."""
        around, self.draft.steps = self.draft.steps, []
        yield self.draft.steps
        self.draft.steps = around

    # Commands.

    def _views(self, locals_: _Ints) -> list[View]:
        return [self.locals[local] for local in locals_]

    def _is_whole(self, view: View) -> bool:
        """Whether a view is all of its slot."""
        slot = self.draft.slots[self.draft.resolve(view.slot)]
        return view.offset == 0 and view.type.byte_length == slot.byte_length

    def _is_on_stack(self, view: View, base: int = 0) -> bool:
        """Whether a view is memory that functions called since the stack reached `base` have for themselves."""
        return view.slot == self.stack and view.offset >= base

    def _off_stack(self, view: View) -> View:
        """What a view holds, in memory that stays."""
        copy = self._transient(view.type)
        self._copy_all(view, copy)
        return copy

    def _transient(self, of: BufferType) -> View:
        return View(self.slot(SlotKind.TRANSIENT, of), 0, of)

    def _copy_all(self, source: View, target: View) -> None:
        self._copy(Copy(source.slot, source.offset, target.slot, target.offset, source.type.byte_length, ""))

    def _copy(self, copy: Copy) -> None:
        if copy.length:
            self._append(copy)

    def _append(self, command: Dispatch | Copy) -> None:
        self.command_count += 1
        if self.command_count > MAX_COMMANDS:
            raise ResourceExhausted(f"a call of this function takes more than {MAX_COMMANDS} commands")
        steps = self.draft.steps
        if not steps or not isinstance(steps[-1], list):
            steps.append([])
        steps[-1].append(command)
