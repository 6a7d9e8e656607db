"""InterpreterDevice: this process as a device."""

from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.command_category import CommandCategory
from iree.hal.device_info import DeviceInfo
from iree.hal.executable_cache import ExecutableCache
from iree.hal.host.device import HostDevice
from iree.hal.interpreter.allocator import InterpreterAllocator
from iree.hal.interpreter.command_buffer import InterpreterCommandBuffer
from iree.hal.interpreter.command_queue import InterpreterQueue
from iree.hal.interpreter.executable_cache import InterpreterExecutableCache


class InterpreterDevice(HostDevice):
    """Two queues for all commands and one for transfers. Each runs beside the others, as far as NumPy lets threads."""

    def __init__(self, info: DeviceInfo) -> None:
        dispatch_queues = [InterpreterQueue("dispatch0"), InterpreterQueue("dispatch1")]
        transfer_queue = InterpreterQueue("transfer0", CommandCategory.TRANSFER)
        super().__init__(info, InterpreterAllocator(), dispatch_queues, [transfer_queue])

    def make_command_buffer(self, mode: CommandBufferMode, categories: CommandCategory) -> CommandBuffer:
        return InterpreterCommandBuffer(mode, categories)

    def create_executable_cache(self) -> ExecutableCache:
        return InterpreterExecutableCache()
