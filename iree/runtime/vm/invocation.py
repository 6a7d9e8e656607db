"""Invocation: all that one call in flight owns, made once and used again by later calls.

Buffers for what lies between arguments and results, and command buffers that were recorded over them. Arguments and
results are bound to each call: buffers of the caller's where he has arrays on the device, else the invocation's own,
into which a call copies the arrays and out of which it copies the results. So no device ever holds an array of the
host's.
Where control flow or the host's functions need what was computed, the call waits for that before it goes on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, TypeAlias

import numpy as np

from iree.hal.access_scope import AccessScope
from iree.hal.barrier import MemoryBarrier
from iree.hal.buffer import Buffer
from iree.hal.buffer_usage import BufferUsage
from iree.hal.command_buffer import CommandBuffer
from iree.hal.dispatch_request import BufferBinding, DispatchRequest
from iree.hal.execution_stage import ExecutionStage
from iree.hal.fence import FenceValue
from iree.hal.indirect_command_buffer import IndirectCommandBuffer
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.status import HalError
from iree.hal.submission_batch import SubmissionBatch
from iree.runtime.vm.context import ContextModule
from iree.runtime.vm.custom_call import CallSite, HostFunction
from iree.runtime.vm.interrupts import interrupts_held_back
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
    SlotKind,
    Step,
    Steps,
    View,
    While,
)

Array = np.ndarray[Any, Any]

_TRANSIENT_USAGE = BufferUsage.TRANSFER | BufferUsage.DISPATCH
_WORK = ExecutionStage.DISPATCH | ExecutionStage.TRANSFER
_WRITES = AccessScope.DISPATCH_WRITE | AccessScope.TRANSFER_WRITE
_READS = AccessScope.DISPATCH_READ | AccessScope.TRANSFER_READ
_BETWEEN_COMMANDS = (MemoryBarrier(_WRITES, _READS | _WRITES),)
_TO_HOST = (MemoryBarrier(_WRITES, AccessScope.HOST_READ),)

_TOGETHER = 128  # iterations of a counted loop after which the host waits, so that it can be interrupted

_CHOSEN = (SlotKind.ARGUMENT, SlotKind.RESULT, SlotKind.VARIABLE)  # by each call; the rest is the invocation's

_Actions: TypeAlias = list[Callable[[], None]]
Table: TypeAlias = Mapping[int, Buffer]  # slots that a call chooses, and what they are


def _take(actions: _Actions) -> None:
    for action in actions:
        action()


class Invocation:
    """Serves one call at a time: write `arguments`, run, read `results`, views of its own buffers; or run_on others."""

    def __init__(self, module: ContextModule, plan: Plan, function_name: str):
        self._module = module
        self._function_name = function_name
        self._plan = plan
        self._variable_slots = {i: slot for i, slot in enumerate(plan.slots) if slot.kind is SlotKind.VARIABLE}
        self._variables: dict[int, Buffer] = {}
        self._state_version = -1
        self._fixed = {i: self._make_buffer(slot) for i, slot in enumerate(plan.slots) if slot.kind not in _CHOSEN}
        self._indirect: dict[int, tuple[IndirectCommandBuffer, tuple[int, ...]]] = {}  # by the id of their Run
        self._queue = module.device.dispatch_queues[0]
        self._fence = module.device.create_fence()
        self._fence_value = 0
        self._may_not_end = False  # a loop asks whether to go on, and nobody knows how often
        self._answer_interrupts: Callable[[], None] = lambda: None
        self._own_actions: _Actions | None = None

    @cached_property
    def arguments(self) -> list[Array]:
        """What `run` computes from."""
        return [self._map(view, self._own) for view in self._plan.arguments]

    @cached_property
    def results(self) -> list[Array]:
        """What `run` has computed."""
        return [self._map(view, self._own) for view in self._plan.results]

    @cached_property
    def _own(self) -> Table:
        views = (*self._plan.arguments, *self._plan.results)
        return {view.slot: self._make_buffer(self._plan.slots[view.slot]) for view in views}

    def run(self) -> None:
        """Computes the results from the arguments.

        HalError: what the device failed with, or a command is refused: which, where in the source, and why.
        """
        if self._variable_slots:
            self._run_with_state(None)
            return
        if self._own_actions is None:
            self._own_actions = self._prepare(self._plan.steps, self._own)
        self._run(self._own_actions)

    def run_on(self, arguments: Sequence[Buffer | None], results: Sequence[Buffer]) -> None:
        """Computes results from arguments that lie in these buffers; None: in the invocation's own. Else as run."""
        table = {view.slot: buffer for view, buffer in zip(self._plan.results, results, strict=True)}
        for view, buffer in zip(self._plan.arguments, arguments, strict=True):
            table[view.slot] = self._own[view.slot] if buffer is None else buffer
        if self._variable_slots:
            self._run_with_state(table)
        else:
            self._run(self._prepare(self._plan.steps, table))

    def _run(self, actions: _Actions) -> None:
        if not actions:
            return
        if not self._may_not_end:
            _take(actions)
            self._fence.wait(self._fence_value)
            return
        with interrupts_held_back() as self._answer_interrupts:
            _take(actions)
            self._fence.wait(self._fence_value)

    def _run_with_state(self, table: Table | None) -> None:
        """Runs as nobody else reads or writes variables; an interrupt waits, so that all are written or none."""
        with self._module.state_lock, interrupts_held_back() as self._answer_interrupts:
            self._find_variables()
            if table is None:
                self._own_actions = self._own_actions or self._prepare(self._plan.steps, self._own)
                actions = self._own_actions
            else:
                actions = self._prepare(self._plan.steps, table)
            _take(actions)
            self._fence.wait(self._fence_value)

    def _find_variables(self) -> None:
        """Variables may lie elsewhere than in the last call."""
        if self._state_version == self._module.state_version:
            return
        stored = self._plan.stored
        self._variables = {
            i: self._module.variable(slot.ordinal, slot.ordinal in stored) for i, slot in self._variable_slots.items()
        }
        self._state_version = self._module.state_version
        self._own_actions = None

    def _prepare(self, steps: Steps, table: Table) -> _Actions:
        """What carries out the steps on the buffers of the table, in order."""
        return [self._action(step, table) for step in steps]

    def _action(self, step: Step, table: Table) -> Callable[[], None]:
        match step:
            case Run():
                return partial(self._submit, [SubmissionBatch(command_buffers=[self._recorded(step, table)])])
            case Case():
                rows = [self._prepare(row, table) for row in step.branches]
                return partial(self._branch, self._map(step.selector, table), rows)
            case HostCall():
                return partial(self._call_host, self._module.imports[step.imported], self._site(step, table))
            case While():
                return self._while(step, table)

    def _while(self, step: While, table: Table) -> Callable[[], None]:
        endings = [self._prepare(row, table) for row in step.endings]
        if not step.predicates and all(len(row) == 1 and isinstance(row[0], Run) for row in step.iterations):
            recorded = [self._recorded(run, table) for (run,) in step.iterations if isinstance(run, Run)]
            return partial(self._count_recorded, step.trip_count, recorded, endings)
        iterations = [self._prepare(row, table) for row in step.iterations]
        if not step.predicates:
            return partial(self._count, step.trip_count, iterations, endings)
        self._may_not_end = True
        predicates = [self._map(view, table) for view in step.predicates]
        return partial(self._loop, predicates, iterations, endings)

    def _submit(self, batches: Sequence[SubmissionBatch]) -> None:
        value = self._fence_value = self._fence_value + 1
        self._queue.submit(batches, FenceValue(self._fence, value))

    def _call_host(self, function: HostFunction, site: CallSite) -> None:
        self._fence.wait(self._fence_value)
        function.call(site)

    def _site(self, call: HostCall, table: Table) -> CallSite:
        inputs = [self._read_only(view, table) for view in call.inputs]
        outputs = [self._map(view, table) for view in call.outputs]
        name = self._module.module.file.imports[call.imported]
        return CallSite(name, call.config, tuple(inputs), tuple(outputs), call.function, call.location)

    def _read_only(self, view: View, table: Table) -> Array:
        """What a slot holds, for a function of the host."""
        slot = self._plan.slots[view.slot]
        if slot.kind is SlotKind.CONSTANT:
            data = self._module.module.file.constants[slot.ordinal].contents.use()
            array: Array = np.frombuffer(data, view.type.dtype).reshape(view.type.shape)
        else:
            array = self._map(view, table).view()
        array.flags.writeable = False
        return array

    def _branch(self, selector: Array, branches: Sequence[_Actions]) -> None:
        self._fence.wait(self._fence_value)
        number = int(selector)
        _take(branches[number if 0 <= number < len(branches) else -1])

    def _loop(self, predicates: Sequence[Array], iterations: Sequence[_Actions], endings: Sequence[_Actions]) -> None:
        turn, predicate = 0, predicates[0]
        while True:
            self._fence.wait(self._fence_value)
            self._answer_interrupts()
            if not predicate:
                break
            _take(iterations[turn])
            predicate = predicates[1 + turn]
            turn = (turn + 1) % len(iterations)
        if predicate is not predicates[0]:
            _take(endings[turn - 1])

    def _count(self, trip_count: int, iterations: Sequence[_Actions], endings: Sequence[_Actions]) -> None:
        for number in range(trip_count):
            _take(iterations[number % len(iterations)])
            if number % _TOGETHER == _TOGETHER - 1:
                self._fence.wait(self._fence_value)
        _take(endings[(trip_count - 1) % len(iterations)])

    def _count_recorded(
        self, trip_count: int, iterations: Sequence[CommandBuffer], endings: Sequence[_Actions]
    ) -> None:
        """Submits many iterations at once, as each is one command buffer."""
        together = [*iterations] * (_TOGETHER // len(iterations))
        batches = [SubmissionBatch(command_buffers=together)]
        whole, rest = divmod(trip_count, len(together))
        for _ in range(whole):
            self._submit(batches)
            self._fence.wait(self._fence_value)
        if rest:
            self._submit([SubmissionBatch(command_buffers=together[:rest])])
        _take(endings[(trip_count - 1) % len(iterations)])

    def _make_buffer(self, slot: Slot) -> Buffer:
        allocator = self._module.device.allocator
        if slot.kind is SlotKind.CONSTANT:
            return self._module.constant(slot.ordinal)
        if slot.kind is SlotKind.TRANSIENT and not slot.on_host:
            return allocator.allocate(slot.byte_length, memory_type=MemoryType.DEVICE_LOCAL, usage=_TRANSIENT_USAGE)
        return allocator.allocate(slot.byte_length)

    def _buffer(self, slot: int, table: Table) -> Buffer:
        return self._fixed.get(slot) or table.get(slot) or self._variables[slot]

    def _map(self, view: View, table: Table) -> Array:
        """What lies in a slot, as the host reads and writes it."""
        mapping = self._buffer(view.slot, table).map(MemoryAccess.ALL, view.offset, view.type.byte_length)
        return mapping.array(view.type.dtype, view.type.shape)

    def _recorded(self, run: Run, table: Table) -> CommandBuffer:
        if id(run) not in self._indirect:
            slots = (slot for command in run.commands for slot in _slots_of(command))
            chosen = tuple(dict.fromkeys(slot for slot in slots if slot not in self._fixed))
            record = partial(self._record, run, chosen)
            self._indirect[id(run)] = IndirectCommandBuffer(self._module.device, record), chosen
        indirect, chosen = self._indirect[id(run)]
        return indirect.bind([self._buffer(slot, table) for slot in chosen])

    def _record(self, run: Run, chosen: Sequence[int], commands: CommandBuffer, buffers: Sequence[Buffer]) -> None:
        table = dict(zip(chosen, buffers, strict=True))
        for command in run.commands:
            try:
                self._record_command(commands, command, table)
            except HalError as error:
                where = f" at {command.location}" if not isinstance(command, Barrier) and command.location else ""
                raise type(error)(f"@{self._function_name}{where}: {error}") from error
        commands.execution_barrier(_WORK, ExecutionStage.HOST, _TO_HOST)

    def _record_command(self, commands: CommandBuffer, command: Command, table: Table) -> None:
        match command:
            case Barrier():
                commands.execution_barrier(_WORK, _WORK, _BETWEEN_COMMANDS)
            case Copy(source, source_offset, target, target_offset, length):
                buffers = self._buffer(source, table), self._buffer(target, table)
                commands.copy_buffer(*buffers, source_offset, target_offset, length)
            case Dispatch(executable, entry_point, workload, read, written, _, sizes):
                bindings = [self._binding(view, MemoryAccess.READ, table) for view in read]
                bindings += [self._binding(view, MemoryAccess.ALL, table) for view in written]
                prepared = self._module.executable(executable)
                commands.dispatch(DispatchRequest(prepared, entry_point, workload, bindings, sizes))

    def _binding(self, view: View, access: MemoryAccess, table: Table) -> BufferBinding:
        buffer = self._buffer(view.slot, table).subspan(view.offset, view.type.byte_length)
        return BufferBinding(buffer, view.type.shape, view.type.element_type, access)


def _slots_of(command: Command) -> Iterable[int]:
    """The slots that a command reads or writes."""
    match command:
        case Copy():
            return command.source, command.target
        case Dispatch():
            return [view.slot for view in command.bindings]
    return ()
