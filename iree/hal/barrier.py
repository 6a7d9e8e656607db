"""Barriers: what an execution_barrier or wait_events makes visible, for all memory or for one buffer."""

from typing import NamedTuple

from iree.hal.access_scope import AccessScope
from iree.hal.buffer import Buffer


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
