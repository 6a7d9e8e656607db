"""A driver in one file: memory is bytearrays, work is calls, kernels are those of the reference interpreter.

They stand for what an application has already: its own memory, its own job queue, its own kernels. It runs modules that
are compiled for interpreter-bytecode. docs/add_a_driver.md goes through it.
"""

from functools import partial

import numpy as np

from iree.hal.allocator import DEFAULT_MEMORY_TYPE, Allocator
from iree.hal.buffer import Buffer, BytesLike, as_bytes, fill_bytes
from iree.hal.buffer_usage import BufferUsage
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.command_category import CommandCategory
from iree.hal.device import Device
from iree.hal.device_info import DeviceInfo
from iree.hal.dispatch_request import DispatchRequest
from iree.hal.driver import Driver
from iree.hal.executable_cache import ExecutableCache
from iree.hal.host.command_buffer import HostCommandBuffer
from iree.hal.host.command_queue import HostCommandQueue
from iree.hal.host.device import HostDevice
from iree.hal.interpreter.allocator import InterpreterAllocator
from iree.hal.interpreter.executable import InterpreterExecutable
from iree.hal.interpreter.executable_cache import InterpreterExecutableCache
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.status import InvalidArgument, ResourceExhausted


class BytesBuffer(Buffer):
    """Memory of the application."""

    __slots__ = ("data",)

    def __init__(self, owner: Allocator, kind: MemoryType, access: MemoryAccess, usage: BufferUsage, data: memoryview):
        super().__init__(owner, kind, access, usage, len(data))
        self.data = data

    def map_memory(self, access: MemoryAccess, offset: int, length: int) -> memoryview:
        return self.data[offset : offset + length]


class BytesAllocator(Allocator):
    """Host and device see the same memory, so whatever is asked for will do."""

    def allocate_memory(self, byte_length: int, usage: BufferUsage, memory_type: MemoryType) -> Buffer:
        try:
            return BytesBuffer(self, memory_type, MemoryAccess.ALL, usage, memoryview(bytearray(byte_length)))
        except (MemoryError, OverflowError):
            raise ResourceExhausted(f"out of memory: cannot allocate {byte_length} bytes") from None

    def wrap_memory(self, data: BytesLike, usage: BufferUsage, access: MemoryAccess) -> Buffer:
        return BytesBuffer(self, DEFAULT_MEMORY_TYPE, access, usage, as_bytes(data))


class BytesCommandBuffer(HostCommandBuffer):
    """Actions, in the order of recording. They run one after the other, so barriers have nothing to do."""

    def fill_buffer(self, target: Buffer, pattern: bytes, offset: int = 0, length: int | None = None) -> None:
        self.actions.append(partial(fill_bytes, _memory(target, offset, length), pattern))

    def discard_buffer(self, buffer: Buffer) -> None:
        pass

    def update_buffer(self, data: BytesLike, target: Buffer, offset: int = 0) -> None:
        now = bytes(as_bytes(data))
        self.actions.append(partial(_memory(target, offset, len(now)).__setitem__, slice(None), now))

    def copy_buffer(
        self, source: Buffer, target: Buffer, source_offset: int = 0, target_offset: int = 0, length: int | None = None
    ) -> None:
        length = min(source.check_range(source_offset, length), target.check_range(target_offset, length))
        read, written = _memory(source, source_offset, length), _memory(target, target_offset, length)
        self.actions.append(partial(written.__setitem__, slice(None), read))

    def dispatch(self, request: DispatchRequest) -> None:
        if not isinstance(request.executable, InterpreterExecutable):
            raise InvalidArgument(f'executable "{request.executable.name}" was not prepared by this device')
        share = InterpreterAllocator().wrap
        bindings = [b._replace(buffer=share(_memory(b.buffer), b.buffer.usage, b.access)) for b in request.bindings]
        if 0 not in request.workload:
            self.actions += request.executable.bind(request.entry_point, bindings)


def _memory(buffer: Buffer, offset: int = 0, length: int | None = None) -> memoryview:
    """A checked range of a buffer that may be a subspan of another."""
    assert isinstance(buffer.allocated_buffer, BytesBuffer)
    start = buffer.byte_offset + offset
    return buffer.allocated_buffer.data[start : start + buffer.check_range(offset, length)]


class BytesQueue(HostCommandQueue):
    """Runs inside submit, or in a worker thread while a batch must wait for a semaphore."""

    def execute(self, command_buffer: CommandBuffer) -> None:
        with np.errstate(all="ignore"):  # infinities and NaNs are results like any other
            super().execute(command_buffer)


class BytesDevice(HostDevice):
    """A queue for everything, and one for transfers that need not wait for it."""

    def __init__(self, info: DeviceInfo) -> None:
        queues = BytesQueue("dispatch0"), BytesQueue("transfer0", CommandCategory.TRANSFER)
        super().__init__(info, BytesAllocator(), [queues[0]], [queues[1]])

    def make_command_buffer(self, mode: CommandBufferMode, categories: CommandCategory) -> CommandBuffer:
        return BytesCommandBuffer(mode, categories)

    def create_executable_cache(self) -> ExecutableCache:
        return InterpreterExecutableCache()


class BytesDriver(Driver):
    """Always available."""

    def __init__(self) -> None:
        super().__init__("bytes")

    def enumerate_devices(self) -> list[DeviceInfo]:
        return [DeviceInfo("bytes", "bytearrays of this process", self.name)]

    def make_device(self, info: DeviceInfo) -> Device:
        return BytesDevice(info)
