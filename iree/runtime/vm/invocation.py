"""Invocation: all that one call in flight owns, made once and used again by later calls.

Buffers for the arguments, the results and what lies between them, and command buffers that were recorded over them: a
call copies the arrays in, submits, waits, and copies the results out. So no device ever holds an array of the user's.
Where control flow or the host's functions need what was computed, the call waits for that before it goes on.
"""

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from iree.hal.access_scope import AccessScope
from iree.hal.barrier import MemoryBarrier
from iree.hal.buffer import Buffer
from iree.hal.buffer_usage import BufferUsage
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.dispatch_request import BufferBinding, DispatchRequest
from iree.hal.execution_stage import ExecutionStage
from iree.hal.fence import FenceValue
from iree.hal.mapped_memory import MappedMemory
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

_Actions: TypeAlias = list[Callable[[], None]]


def _take(actions: _Actions) -> None:
    for action in actions:
        action()


class Invocation:
    """Serves one call at a time: write `arguments`, run, read `results`; both are views of the device's buffers."""

    def __init__(self, module: ContextModule, plan: Plan, function_name: str):
        """HalError: a command is refused; the text says which, where in the source, and why."""
        self._module = module
        self._function_name = function_name
        self._plan = plan
        self._has_state = any(slot.kind is SlotKind.VARIABLE for slot in plan.slots)
        with module.state_lock if self._has_state else contextlib.nullcontext():
            self._buffers = [self._make_buffer(slot) for slot in plan.slots]
            self._state_version = module.state_version
        self._mappings: list[MappedMemory] = []
        self.arguments = [self._map(view) for view in plan.arguments]
        self.results = [self._map(view) for view in plan.results]
        self._queue = module.device.dispatch_queues[0]
        self._fence = module.device.create_fence()
        self._fence_value = 0
        self._may_not_end = False  # a loop asks whether to go on, and nobody knows how often
        self._answer_interrupts: Callable[[], None] = lambda: None
        self._actions = self._prepare(plan.steps)

    def run(self) -> None:
        """Computes the results from the arguments. HalError: what the device failed with."""
        if not self._has_state:
            self._run()
            return
        with self._module.state_lock:
            if self._state_version != self._module.state_version:
                self._move_to_new_buffers()
            self._run()

    def _run(self) -> None:
        if not self._actions:
            return
        if not self._may_not_end:
            _take(self._actions)
            self._fence.wait(self._fence_value)
            return
        with interrupts_held_back() as self._answer_interrupts:
            _take(self._actions)
            self._fence.wait(self._fence_value)

    def _move_to_new_buffers(self) -> None:
        """Variables lie elsewhere now, so what was recorded is recorded again."""
        for index, slot in enumerate(self._plan.slots):
            if slot.kind is SlotKind.VARIABLE:
                self._buffers[index] = self._make_buffer(slot)
        self._state_version = self._module.state_version
        self._actions = self._prepare(self._plan.steps)

    def _prepare(self, steps: Steps) -> _Actions:
        """What carries out the steps, in order."""
        return [self._action(step) for step in steps]

    def _action(self, step: Step) -> Callable[[], None]:
        match step:
            case Run():
                return partial(self._submit, [SubmissionBatch(command_buffers=[self._record(step)])])
            case Case():
                return partial(self._branch, self._scalar(step.selector), [self._prepare(row) for row in step.branches])
            case HostCall():
                return partial(self._call_host, self._module.imports[step.imported], self._site(step))
            case While():
                endings = [self._prepare(row) for row in step.endings]
                if not step.predicates and all(len(row) == 1 and isinstance(row[0], Run) for row in step.iterations):
                    recorded = [self._record(run) for (run,) in step.iterations if isinstance(run, Run)]
                    return partial(self._count_recorded, step.trip_count, recorded, endings)
                iterations = [self._prepare(row) for row in step.iterations]
                if step.predicates:
                    self._may_not_end = True
                    predicates = [self._scalar(view) for view in step.predicates]
                    return partial(self._loop, predicates, iterations, endings)
                return partial(self._count, step.trip_count, iterations, endings)

    def _submit(self, batches: Sequence[SubmissionBatch]) -> None:
        value = self._fence_value = self._fence_value + 1
        self._queue.submit(batches, FenceValue(self._fence, value))

    def _call_host(self, function: HostFunction, site: CallSite) -> None:
        self._fence.wait(self._fence_value)
        function.call(site)

    def _site(self, call: HostCall) -> CallSite:
        inputs = [self._read_only(view) for view in call.inputs]
        outputs = [self._map(view) for view in call.outputs]
        name = self._module.module.file.imports[call.imported]
        return CallSite(name, call.config, tuple(inputs), tuple(outputs), call.function, call.location)

    def _read_only(self, view: View) -> Array:
        """What a slot holds, for a function of the host."""
        slot = self._plan.slots[view.slot]
        if slot.kind is SlotKind.CONSTANT:
            data = self._module.module.file.constants[slot.ordinal].contents.use()
            array: Array = np.frombuffer(data, view.type.dtype).reshape(view.type.shape)
        else:
            array = self._map(view).view()
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
        match slot.kind:
            case SlotKind.CONSTANT:
                return self._module.constant(slot.ordinal)
            case SlotKind.VARIABLE:
                return self._module.variable(slot.ordinal, slot.ordinal in self._plan.stored)
            case SlotKind.TRANSIENT if not slot.on_host:
                return allocator.allocate(slot.byte_length, memory_type=MemoryType.DEVICE_LOCAL, usage=_TRANSIENT_USAGE)
        return allocator.allocate(slot.byte_length)

    def _map(self, view: View) -> Array:
        mapping = self._buffers[view.slot].map(MemoryAccess.ALL, view.offset, view.type.byte_length)
        self._mappings.append(mapping)
        return mapping.array(view.type.dtype, view.type.shape)

    def _scalar(self, view: View) -> Array:
        """A number that control flow depends on, as an array without dimensions."""
        return self._map(view)

    def _record(self, run: Run) -> CommandBuffer:
        commands = self._module.device.create_command_buffer(CommandBufferMode.REUSABLE)
        commands.begin()
        for command in run.commands:
            try:
                self._record_command(commands, command)
            except HalError as error:
                where = f" at {command.location}" if not isinstance(command, Barrier) and command.location else ""
                raise type(error)(f"@{self._function_name}{where}: {error}") from error
        commands.execution_barrier(_WORK, ExecutionStage.HOST, _TO_HOST)
        commands.end()
        return commands.impl

    def _record_command(self, commands: CommandBuffer, command: Command) -> None:
        match command:
            case Barrier():
                commands.execution_barrier(_WORK, _WORK, _BETWEEN_COMMANDS)
            case Copy(source, source_offset, target, target_offset, length):
                buffers = self._buffers[source], self._buffers[target]
                commands.copy_buffer(*buffers, source_offset, target_offset, length)
            case Dispatch(executable, entry_point, workload, read, written, _, sizes):
                bindings = [self._binding(view, MemoryAccess.READ) for view in read]
                bindings += [self._binding(view, MemoryAccess.ALL) for view in written]
                prepared = self._module.executable(executable)
                commands.dispatch(DispatchRequest(prepared, entry_point, workload, bindings, sizes))

    def _binding(self, view: View, access: MemoryAccess) -> BufferBinding:
        buffer = self._buffers[view.slot].subspan(view.offset, view.type.byte_length)
        return BufferBinding(buffer, view.type.shape, view.type.element_type, access)
