"""Stepping: a function's calls, as ever, but each instruction's commands submitted alone and looked at before they are.

    SteppedSpecialization(at_mark)(context, module, ordinal)     in place of Specialization

The plan is the one of a call, with a Mark before what each instruction does. A mark ends a run of commands, so that the
commands of each instruction are a run of their own; nothing else is different.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from iree.hal.access_scope import AccessScope
from iree.hal.barrier import MemoryBarrier
from iree.hal.buffer import Buffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.device import Device
from iree.hal.execution_stage import ExecutionStage
from iree.hal.fence import FenceValue
from iree.hal.submission_batch import SubmissionBatch
from iree.runtime.vm.arguments import Array
from iree.runtime.vm.bytecode_dispatch import Planner
from iree.runtime.vm.context import ContextModule
from iree.runtime.vm.function_def import BufferType
from iree.runtime.vm.invocation import Invocation
from iree.runtime.vm.module import VmModule
from iree.runtime.vm.plan import Frame, Mark, Plan, View
from iree.runtime.vm.specialization import Specialization


class Halt(NamedTuple):
    """A call before an instruction, when all before is done."""

    module: VmModule  # its functions are those of this call's sizes
    plan: Plan
    mark: Mark
    buffer_of: Callable[[int], Buffer]  # by slot


_TO_HOST: Final = (MemoryBarrier(AccessScope.TRANSFER_WRITE, AccessScope.HOST_READ),)

AtMark = Callable[[Halt], None]


class MarkingPlanner(Planner):
    """Puts a mark before what each instruction does."""

    def __init__(self, module: VmModule):
        super().__init__(module)
        self._frame: Frame | None = None
        self._mark: Mark | None = None  # of the instruction of that frame that is being planned

    def run(self, ordinal: int, arguments: Sequence[View]) -> list[View]:
        around = self._frame, self._mark
        self._frame = Frame(ordinal, self._mark)
        results = super().run(ordinal, arguments)
        self._frame, self._mark = around
        return results

    def begin(self, offset: int) -> None:
        assert self._frame is not None
        self._frame.locals = self.locals
        self._mark = Mark(self._frame, offset, dict(self.variables))
        self.draft.steps.append(self._mark)


class SteppedSpecialization(Specialization):
    """One that calls `at_mark` at each mark. What that raises ends the call."""

    def __init__(self, at_mark: AtMark, context: ContextModule, module: VmModule, ordinal: int):
        super().__init__(context, module, ordinal)
        self._at_mark = at_mark

    def make_invocation(self) -> Invocation:
        plan = MarkingPlanner(self._module).plan(self._ordinal)

        def at_mark(mark: Mark, buffer_of: Callable[[int], Buffer]) -> None:
            self._at_mark(Halt(self._module, plan, mark, buffer_of))

        return Invocation(self._context, plan, self._module.functions[self._ordinal].name, at_mark)


def read_back(device: Device, buffer: Buffer, offset: int, of: BufferType) -> Array:
    """What lies in a buffer on a device that has nothing else to do, through a copy where the host can read."""
    array = np.empty(of.shape, of.dtype)
    if array.nbytes:
        staging = device.allocator.allocate(array.nbytes)
        commands = device.create_command_buffer(CommandBufferMode.ONE_SHOT)
        commands.begin()
        commands.copy_buffer(buffer, staging, offset, 0, array.nbytes)
        commands.execution_barrier(ExecutionStage.TRANSFER, ExecutionStage.HOST, _TO_HOST)
        commands.end()
        fence = device.create_fence()
        device.dispatch_queues[0].submit([SubmissionBatch(command_buffers=[commands.impl])], FenceValue(fence, 1))
        fence.wait(1)
        array.reshape(-1).view(np.uint8)[:] = np.frombuffer(staging.read(), np.uint8)
    return array
