"""HostFence: a fence in this process's memory."""

from iree.hal.fence import Fence
from iree.hal.host.timeline import Timeline


class HostFence(Timeline, Fence):
    """A Timeline with the name of a fence."""
