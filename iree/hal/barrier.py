"""Barriers: what an execution_barrier or wait_events makes visible, for all memory or for one buffer.

commands.execution_barrier(WORK, WORK, BETWEEN_COMMANDS)            commands after it see those before it
commands.execution_barrier(WORK, ExecutionStage.HOST, TO_HOST)      so does the host, once all is done
"""

from typing import Final, NamedTuple

from iree.hal.access_scope import AccessScope
from iree.hal.buffer import Buffer
from iree.hal.execution_stage import ExecutionStage


class MemoryBarrier(NamedTuple):
    """Everything written in source_scope before is visible to target_scope after."""

    source_scope: AccessScope
    target_scope: AccessScope


class BufferBarrier(NamedTuple):
    """The same for a range of one buffer; length None is the rest of it."""

    source_scope: AccessScope
    target_scope: AccessScope
    buffer: Buffer
    offset: int = 0
    length: int | None = None


WORK: Final = ExecutionStage.DISPATCH | ExecutionStage.TRANSFER
_WRITES: Final = AccessScope.DISPATCH_WRITE | AccessScope.TRANSFER_WRITE
_READS: Final = AccessScope.DISPATCH_READ | AccessScope.TRANSFER_READ
BETWEEN_COMMANDS: Final = (MemoryBarrier(_WRITES, _READS | _WRITES),)
TO_HOST: Final = (MemoryBarrier(_WRITES, AccessScope.HOST_READ),)
