"""Recorder: the memory of one call in flight, and the commands that work on it, recorded once.

A call chooses where arguments, results and variables lie, in a table from slots to buffers. All else has buffers of its
own here, so that each run of commands has to be recorded only once for each choice.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

import numpy as np

from iree.hal.barrier import BETWEEN_COMMANDS, TO_HOST, WORK
from iree.hal.buffer import Buffer
from iree.hal.buffer_usage import BufferUsage
from iree.hal.command_buffer import CommandBuffer
from iree.hal.dispatch_request import BufferBinding, DispatchRequest
from iree.hal.execution_stage import ExecutionStage
from iree.hal.indirect_command_buffer import IndirectCommandBuffer
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.status import HalError
from iree.runtime.vm.context import ContextModule
from iree.runtime.vm.plan import Barrier, Command, Copy, Dispatch, Plan, Run, Slot, SlotKind, View

Array = np.ndarray[Any, Any]
Table: TypeAlias = Mapping[int, Buffer]

_TRANSIENT_USAGE: Final = BufferUsage.TRANSFER | BufferUsage.DISPATCH

_CHOSEN: Final = (SlotKind.ARGUMENT, SlotKind.RESULT, SlotKind.VARIABLE)


class Recorder:
    """Serves one call at a time. A table has all arguments, results and variables that a plan names."""

    def __init__(self, module: ContextModule, plan: Plan, function_name: str):
        self._module = module
        self._function_name = function_name
        self._fixed = {i: self.make_buffer(slot) for i, slot in enumerate(plan.slots) if slot.kind not in _CHOSEN}
        self._indirect: dict[int, tuple[IndirectCommandBuffer, tuple[int, ...]]] = {}  # by the id of their Run

    def make_buffer(self, slot: Slot) -> Buffer:
        """A buffer for what lies in a slot."""
        allocator = self._module.device.allocator
        if slot.kind is SlotKind.CONSTANT:
            return self._module.constant(slot.ordinal)
        if slot.kind in (SlotKind.TRANSIENT, SlotKind.STACK) and not slot.on_host:
            return allocator.allocate(slot.byte_length, memory_type=MemoryType.DEVICE_LOCAL, usage=_TRANSIENT_USAGE)
        return allocator.allocate(slot.byte_length)

    def map(self, view: View, table: Table) -> Array:
        """What lies in a slot, as the host reads and writes it."""
        mapping = self.buffer(view.slot, table).map(MemoryAccess.ALL, view.offset, view.type.byte_length)
        return mapping.array(view.type.dtype, view.type.shape)

    def commands(self, run: Run, table: Table) -> CommandBuffer:
        """The commands of a run on these buffers. HalError: one is refused; which, where in the source, and why."""
        if id(run) not in self._indirect:
            slots = (slot for command in run.commands for slot in _slots_of(command))
            chosen = tuple(dict.fromkeys(slot for slot in slots if slot not in self._fixed))
            record = partial(self._record, run, chosen)
            self._indirect[id(run)] = IndirectCommandBuffer(self._module.device, record), chosen
        indirect, chosen = self._indirect[id(run)]
        return indirect.bind([table[slot] for slot in chosen])

    def buffer(self, slot: int, table: Table) -> Buffer:
        """Where a slot lies."""
        return self._fixed[slot] if slot in self._fixed else table[slot]

    def _record(self, run: Run, chosen: Sequence[int], commands: CommandBuffer, buffers: Sequence[Buffer]) -> None:
        table = dict(zip(chosen, buffers, strict=True))
        for command in run.commands:
            try:
                self._record_command(commands, command, table)
            except HalError as error:
                where = f" at {command.location}" if not isinstance(command, Barrier) and command.location else ""
                raise type(error)(f"@{self._function_name}{where}: {error}") from error
        commands.execution_barrier(WORK, ExecutionStage.HOST, TO_HOST)

    def _record_command(self, commands: CommandBuffer, command: Command, table: Table) -> None:
        match command:
            case Barrier():
                commands.execution_barrier(WORK, WORK, BETWEEN_COMMANDS)
            case Copy(source, source_offset, target, target_offset, length):
                buffers = self.buffer(source, table), self.buffer(target, table)
                commands.copy_buffer(*buffers, source_offset, target_offset, length)
            case Dispatch(executable, entry_point, workload, read, written, _, sizes):
                bindings = [self._binding(view, MemoryAccess.READ, table) for view in read]
                bindings += [self._binding(view, MemoryAccess.ALL, table) for view in written]
                prepared = self._module.executable(executable)
                commands.dispatch(DispatchRequest(prepared, entry_point, workload, bindings, sizes))

    def _binding(self, view: View, access: MemoryAccess, table: Table) -> BufferBinding:
        buffer = self.buffer(view.slot, table).subspan(view.offset, view.type.byte_length)
        return BufferBinding(buffer, view.type.shape, view.type.element_type, access)


def _slots_of(command: Command) -> Iterable[int]:
    """The slots that a command reads or writes."""
    match command:
        case Copy():
            return command.source, command.target
        case Dispatch():
            return [view.slot for view in command.bindings]
    return ()
