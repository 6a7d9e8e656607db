"""Shorthand of the suite: record, run, dispatch."""

from collections.abc import Callable, Sequence

import numpy as np

from iree.hal.access_scope import AccessScope
from iree.hal.barrier import MemoryBarrier
from iree.hal.buffer import Buffer
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.command_category import CommandCategory
from iree.hal.cts.executables import simple_mul
from iree.hal.device import Device
from iree.hal.dispatch_request import BufferBinding, DispatchRequest
from iree.hal.executable import Executable
from iree.hal.execution_stage import ExecutionStage
from iree.hal.memory_access import MemoryAccess
from iree.schemas.element_types import from_name

F32 = from_name("f32")
_ACCESS = (MemoryAccess.READ, MemoryAccess.READ, MemoryAccess.DISCARD_WRITE)


def recorded(
    device: Device,
    record: Callable[[CommandBuffer], None],
    mode: CommandBufferMode = CommandBufferMode.ONE_SHOT,
    categories: CommandCategory = CommandCategory.ALL,
) -> CommandBuffer:
    """A command buffer with what `record` puts into it."""
    commands = device.create_command_buffer(mode, categories)
    commands.begin()
    record(commands)
    commands.end()
    return commands


def run(device: Device, record: Callable[[CommandBuffer], None]) -> None:
    """Records and waits until it has run."""
    device.submit_and_wait(recorded(device, record))


def simple_mul_of(device: Device) -> Executable:
    """The device's own simple_mul, prepared."""
    return device.create_executable_cache().prepare_executable(simple_mul(device.info.driver))


def floats(device: Device, *values: float) -> Buffer:
    """A buffer of these f32s."""
    buffer = device.allocator.allocate(4 * len(values))
    buffer.write(np.array(values, np.float32))
    return buffer


def multiplication(executable: Executable, buffers: Sequence[Buffer]) -> DispatchRequest:
    """simple_mul on three buffers: a, b and what a * b goes to."""
    bindings = [BufferBinding(buffer, (4,), F32, access) for buffer, access in zip(buffers, _ACCESS, strict=True)]
    return DispatchRequest(executable, 0, (4, 1, 1), bindings)


def values(buffer: Buffer) -> list[float]:
    """The f32s in a buffer."""
    return list(map(float, np.frombuffer(buffer.read(), np.float32)))


def barrier(commands: CommandBuffer) -> None:
    """Later commands see what earlier ones wrote."""
    stages = ExecutionStage.TRANSFER | ExecutionStage.DISPATCH
    commands.execution_barrier(stages, stages, [MemoryBarrier(AccessScope.MEMORY_WRITE, AccessScope.MEMORY_READ)])
