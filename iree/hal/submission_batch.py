"""SubmissionBatch: command buffers that start together once their semaphores allow it."""

from collections.abc import Sequence
from typing import NamedTuple

from iree.hal.command_buffer import CommandBuffer
from iree.hal.semaphore import SemaphoreValue


class SubmissionBatch(NamedTuple):
    """Waits for all of wait_semaphores, runs the command buffers in order, then signals all of signal_semaphores."""

    wait_semaphores: Sequence[SemaphoreValue] = ()
    command_buffers: Sequence[CommandBuffer] = ()
    signal_semaphores: Sequence[SemaphoreValue] = ()
