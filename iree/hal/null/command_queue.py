"""NullCommandQueue: every submission is complete at once, in the right order."""

from iree.hal.host.command_queue import HostCommandQueue


class NullCommandQueue(HostCommandQueue):
    """Semaphores, fences and events work as for every driver."""
