"""NullDevice: a queue for each kind of command, and host synchronisation."""

from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.command_category import CommandCategory
from iree.hal.device_info import DeviceInfo
from iree.hal.executable_cache import ExecutableCache
from iree.hal.host.device import HostDevice
from iree.hal.null.allocator import NullAllocator
from iree.hal.null.command_buffer import NullCommandBuffer
from iree.hal.null.command_queue import NullCommandQueue
from iree.hal.null.executable_cache import NullExecutableCache


class NullDevice(HostDevice):
    """The dispatch queue transfers too."""

    def __init__(self, info: DeviceInfo) -> None:
        dispatch_queue = NullCommandQueue("dispatch0")
        transfer_queue = NullCommandQueue("transfer0", CommandCategory.TRANSFER)
        super().__init__(info, NullAllocator(), [dispatch_queue], [transfer_queue])

    def make_command_buffer(self, mode: CommandBufferMode, categories: CommandCategory) -> CommandBuffer:
        return NullCommandBuffer(mode, categories)

    def create_executable_cache(self) -> ExecutableCache:
        return NullExecutableCache()
