"""NullCommandQueue: every submission is complete at once, in the right order."""

from iree.hal.command_buffer import CommandBuffer
from iree.hal.host.command_queue import HostCommandQueue


class NullCommandQueue(HostCommandQueue):
    """Semaphores and fences work as for every driver."""

    def execute(self, command_buffer: CommandBuffer) -> None:
        pass
