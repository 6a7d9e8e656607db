"""Invocation: all that one call in flight owns, made once and used again by later calls.

Buffers for the arguments, the results and what lies between them, and a command buffer that was recorded over them: a
call copies the arrays in, submits, waits, and copies the results out. So no device ever holds an array of the user's.
"""

from collections.abc import Sequence
from typing import Any

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
from iree.runtime.vm.bytecode_dispatch import Barrier, Command, Copy, Dispatch, Plan, Slot, SlotKind, View
from iree.runtime.vm.context import ContextModule

Array = np.ndarray[Any, Any]

_TRANSIENT_USAGE = BufferUsage.TRANSFER | BufferUsage.DISPATCH
_WORK = ExecutionStage.DISPATCH | ExecutionStage.TRANSFER
_WRITES = AccessScope.DISPATCH_WRITE | AccessScope.TRANSFER_WRITE
_READS = AccessScope.DISPATCH_READ | AccessScope.TRANSFER_READ
_BETWEEN_COMMANDS = (MemoryBarrier(_WRITES, _READS | _WRITES),)
_TO_HOST = (MemoryBarrier(_WRITES, AccessScope.HOST_READ),)


class Invocation:
    """Serves one call at a time: write `arguments`, run, read `results`; both are views of the device's buffers."""

    def __init__(self, module: ContextModule, plan: Plan, function_name: str):
        """HalError: a command is refused; the text says which, where in the source, and why."""
        self._module = module
        self._function_name = function_name
        self._buffers = [self._make_buffer(slot) for slot in plan.slots]
        self._mappings: list[MappedMemory] = []
        self.arguments = [self._map(view) for view in plan.arguments]
        self.results = [self._map(view) for view in plan.results]
        self._queue = module.device.dispatch_queues[0]
        self._fence = module.device.create_fence()
        self._fence_value = 0
        self._batches = [SubmissionBatch(command_buffers=[self._record(plan)])] if plan.commands else []

    def run(self) -> None:
        """Computes the results from the arguments. HalError: what the device failed with."""
        if not self._batches:
            return
        value = self._fence_value = self._fence_value + 1
        self._queue.submit(self._batches, FenceValue(self._fence, value))
        self._fence.wait(value)

    def _make_buffer(self, slot: Slot) -> Buffer:
        allocator = self._module.device.allocator
        match slot.kind:
            case SlotKind.CONSTANT:
                return self._module.constant(slot.ordinal)
            case SlotKind.TRANSIENT:
                return allocator.allocate(slot.byte_length, memory_type=MemoryType.DEVICE_LOCAL, usage=_TRANSIENT_USAGE)
        return allocator.allocate(slot.byte_length)

    def _map(self, view: View) -> Array:
        mapping = self._buffers[view.slot].map(MemoryAccess.ALL)
        self._mappings.append(mapping)
        return mapping.array(view.type.dtype, view.type.shape)

    def _record(self, plan: Plan) -> CommandBuffer:
        commands = self._module.device.create_command_buffer(CommandBufferMode.REUSABLE)
        commands.begin()
        for command in plan.commands:
            try:
                self._record_command(commands, command, plan.slots)
            except HalError as error:
                where = f" at {command.location}" if not isinstance(command, Barrier) and command.location else ""
                raise type(error)(f"@{self._function_name}{where}: {error}") from error
        commands.execution_barrier(_WORK, ExecutionStage.HOST, _TO_HOST)
        commands.end()
        return commands.impl

    def _record_command(self, commands: CommandBuffer, command: Command, slots: Sequence[Slot]) -> None:
        match command:
            case Barrier():
                commands.execution_barrier(_WORK, _WORK, _BETWEEN_COMMANDS)
            case Copy(source, source_offset, target, target_offset, length):
                buffers = self._buffers[source], self._buffers[target]
                commands.copy_buffer(*buffers, source_offset, target_offset, length)
            case Dispatch(executable, entry_point, workload, views, _, sizes):
                bindings = [self._binding(view, slots[view.slot]) for view in views]
                prepared = self._module.executable(executable)
                commands.dispatch(DispatchRequest(prepared, entry_point, workload, bindings, sizes))

    def _binding(self, view: View, slot: Slot) -> BufferBinding:
        access = MemoryAccess.READ if slot.is_read_only else MemoryAccess.ALL
        return BufferBinding(self._buffers[view.slot], view.type.shape, view.type.element_type, access)
