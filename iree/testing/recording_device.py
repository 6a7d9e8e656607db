"""RecordingDevice: a HAL of its own, which writes down each call and leaves the work to the interpreter.

    device = RecordingDevice()
    module.create(device).simple_mul(a, b)
    device.log      ["allocate 16 ...", "begin c0", "dispatch mul_ex 0 (4, 1, 1) b0[0:16] read, ...", "submit c0", ...]

Buffers and command buffers are named in the order in which commands mention them.
"""

from collections.abc import Sequence

from iree.hal.barrier import BufferBarrier, MemoryBarrier
from iree.hal.buffer import Buffer, BytesLike, as_bytes
from iree.hal.buffer_usage import BufferUsage
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.command_category import CommandCategory
from iree.hal.device_info import DeviceInfo
from iree.hal.dispatch_request import DispatchRequest
from iree.hal.executable import Executable, ExecutableSpec
from iree.hal.executable_cache import ExecutableCache
from iree.hal.execution_stage import ExecutionStage
from iree.hal.fence import Fence, FenceValue
from iree.hal.host.device import HostDevice
from iree.hal.host.fence import HostFence
from iree.hal.interpreter.allocator import InterpreterAllocator
from iree.hal.interpreter.command_buffer import InterpreterCommandBuffer
from iree.hal.interpreter.command_queue import InterpreterQueue
from iree.hal.interpreter.executable_cache import InterpreterExecutableCache
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.submission_batch import SubmissionBatch


class Log:
    """The calls so far, and the names of what they mention."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.work: list[str] = []  # what submissions dispatch, and each wait, in order
        self._names: dict[int, str] = {}
        self._named: list[object] = []  # alive, so that no other object gets their place

    def name(self, thing: object, letter: str) -> str:
        """The name of an object."""
        if id(thing) not in self._names:
            self._names[id(thing)] = f"{letter}{sum(name[0] == letter for name in self._names.values())}"
            self._named.append(thing)
        return self._names[id(thing)]

    def range(self, buffer: Buffer, offset: int, length: int) -> str:
        """Bytes of a buffer."""
        start = buffer.byte_offset + offset
        return f"{self.name(buffer.allocated_buffer, 'b')}[{start}:{start + length}]"


class _Allocator(InterpreterAllocator):
    def __init__(self, log: Log):
        super().__init__()
        self._log = log

    def allocate_memory(self, byte_length: int, usage: BufferUsage, memory_type: MemoryType) -> Buffer:
        self._log.lines.append(f"allocate {byte_length} {usage} {memory_type}")
        return super().allocate_memory(byte_length, usage, memory_type)

    def wrap_memory(self, data: BytesLike, usage: BufferUsage, access: MemoryAccess) -> Buffer:
        self._log.lines.append(f"wrap {len(as_bytes(data))} {usage} {access}")
        return super().wrap_memory(data, usage, access)


class _Cache(InterpreterExecutableCache):
    def __init__(self, log: Log):
        super().__init__()
        self._log = log

    def prepare(self, spec: ExecutableSpec) -> Executable:
        self._log.lines.append(f"prepare {spec}")
        return super().prepare(spec)


class _CommandBuffer(InterpreterCommandBuffer):
    def __init__(self, log: Log, mode: CommandBufferMode, categories: CommandCategory):
        super().__init__(mode, categories)
        self._log = log
        self.commands: list[str] = []

    def begin_recording(self) -> None:
        self._log.lines.append(f"begin {self._log.name(self, 'c')} {self.mode} {self.categories}")
        self.commands.clear()
        super().begin_recording()

    def end_recording(self) -> None:
        self._log.lines.append(f"end {self._log.name(self, 'c')}")
        super().end_recording()

    def execution_barrier(
        self,
        source_stages: ExecutionStage,
        target_stages: ExecutionStage,
        memory_barriers: Sequence[MemoryBarrier] = (),
        buffer_barriers: Sequence[BufferBarrier] = (),
    ) -> None:
        scopes = [f"{source} to {target}" for source, target in memory_barriers]
        self._add(f"barrier {source_stages} before {target_stages}: {', '.join(scopes)}")
        super().execution_barrier(source_stages, target_stages, memory_barriers, buffer_barriers)

    def copy_buffer(
        self, source: Buffer, target: Buffer, source_offset: int = 0, target_offset: int = 0, length: int | None = None
    ) -> None:
        count = source.check_range(source_offset, length)
        read, written = self._log.range(source, source_offset, count), self._log.range(target, target_offset, count)
        self._add(f"copy {read} to {written}")
        super().copy_buffer(source, target, source_offset, target_offset, length)

    def dispatch(self, request: DispatchRequest) -> None:
        bindings = [
            f"{self._log.range(b.buffer, 0, b.byte_length)} {b.element_type}{list(b.shape)} {b.access}"
            for b in request.bindings
        ]
        what = f"{request.executable.name} {request.entry_point} {request.workload} {request.sizes}"
        self._add(f"dispatch {what}: {', '.join(bindings)}")
        super().dispatch(request)

    def _add(self, line: str) -> None:
        self.commands.append(line)
        self._log.lines.append(line)


class _Queue(InterpreterQueue):
    def __init__(self, log: Log):
        super().__init__("recording0")
        self._log = log

    def submit_batches(self, batches: Sequence[SubmissionBatch], fence: FenceValue | None) -> None:
        for batch in batches:
            for commands in batch.command_buffers:
                assert isinstance(commands.impl, _CommandBuffer)
                dispatches = [line for line in commands.impl.commands if line.startswith("dispatch")]
                self._log.work += [line.partition(":")[0] for line in dispatches]
            names = [self._log.name(commands.impl, "c") for commands in batch.command_buffers]
            waits, signals = len(batch.wait_semaphores), len(batch.signal_semaphores)
            value = "no fence" if fence is None else f"fence to {fence.value}"
            self._log.lines.append(f"submit {names} after {waits}, signals {signals}, {value}")
        super().submit_batches(batches, fence)


class _Fence(HostFence):
    def __init__(self, log: Log, initial: int):
        super().__init__(initial)
        self._log = log

    def wait(self, value: int, timeout: float | None = None) -> None:
        self._log.lines.append(f"wait for {value}")
        self._log.work.append("wait")
        super().wait(value, timeout)


class RecordingDevice(HostDevice):
    """A device that is no driver's of ours."""

    def __init__(self) -> None:
        self._log = Log()
        queue = _Queue(self._log)
        info = DeviceInfo("recording", "writes down what is asked of it", "recording")
        super().__init__(info, _Allocator(self._log), [queue], [queue])

    @property
    def log(self) -> list[str]:
        """The calls so far."""
        return self._log.lines

    @property
    def work(self) -> list[str]:
        """What was dispatched, and when the host waited."""
        return self._log.work

    def take_log(self) -> list[str]:
        """The calls since the last time."""
        lines, self._log.lines = self._log.lines, []
        return lines

    def make_command_buffer(self, mode: CommandBufferMode, categories: CommandCategory) -> CommandBuffer:
        return _CommandBuffer(self._log, mode, categories)

    def create_executable_cache(self) -> ExecutableCache:
        self._log.lines.append("create_executable_cache")
        return _Cache(self._log)

    def create_fence(self, initial: int = 0) -> Fence:
        self._log.lines.append(f"create_fence {initial}")
        return _Fence(self._log, initial)
