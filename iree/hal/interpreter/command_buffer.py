"""InterpreterCommandBuffer: a list of calls, bound when they are recorded."""

from collections.abc import Callable
from functools import partial

import numpy as np

from iree.hal.buffer import Buffer, BytesLike, as_bytes, fill_bytes
from iree.hal.dispatch_request import DispatchRequest
from iree.hal.host.command_buffer import HostCommandBuffer
from iree.hal.interpreter.buffer import InterpreterBuffer
from iree.hal.interpreter.executable import InterpreterExecutable
from iree.hal.interpreter.plan import CALL_WORK
from iree.hal.status import InvalidArgument


class InterpreterCommandBuffer(HostCommandBuffer):
    """Ranges, shapes and kernels are worked out while recording."""

    def fill_buffer(self, target: Buffer, pattern: bytes, offset: int = 0, length: int | None = None) -> None:
        length = target.check_range(offset, length)
        self._append(partial(fill_bytes, _bytes(target, offset, length).data, pattern), length)

    def discard_buffer(self, buffer: Buffer) -> None:
        pass

    def update_buffer(self, data: BytesLike, target: Buffer, offset: int = 0) -> None:
        source = np.frombuffer(bytes(as_bytes(data)), np.uint8)
        self._append(partial(np.copyto, _bytes(target, offset, len(source)), source), len(source))

    def copy_buffer(
        self,
        source: Buffer,
        target: Buffer,
        source_offset: int = 0,
        target_offset: int = 0,
        length: int | None = None,
    ) -> None:
        length = min(source.check_range(source_offset, length), target.check_range(target_offset, length))
        read, written = _bytes(source, source_offset, length), _bytes(target, target_offset, length)
        self._append(partial(np.copyto, written, read), length)

    def dispatch(self, request: DispatchRequest) -> None:
        executable = request.executable
        if not isinstance(executable, InterpreterExecutable):
            raise InvalidArgument(
                f'executable "{executable.name}" was not prepared by this device: use its ExecutableCache'
            )
        if 0 not in request.workload:
            self.actions += executable.bind(request.entry_point, request.bindings, request.sizes)
            self.work += executable.work(request.entry_point, request.sizes)

    def _append(self, action: Callable[[], object], byte_length: int) -> None:
        self.actions.append(action)
        self.work += CALL_WORK + byte_length


def _bytes(buffer: Buffer, offset: int, length: int) -> np.ndarray:
    allocation = buffer.allocated_buffer
    assert isinstance(allocation, InterpreterBuffer)
    start = buffer.byte_offset + offset
    return allocation.bytes[start : start + length]
