"""VulkanCommandBuffer: HAL commands as Vulkan commands, recorded straight into a VkCommandBuffer.

Everything here is on the way of every dispatch: structures are made once and filled anew, and the raw entry points are
called.

Command buffers of one queue run one after the other: each ends with a barrier that orders all it did before all that
follows, the host's reads included.
"""

import math
import struct
from collections.abc import Sequence
from typing import Any, Final

from iree.hal.allocator import DEFAULT_MEMORY_TYPE, Allocator
from iree.hal.barrier import BufferBarrier, MemoryBarrier
from iree.hal.buffer import Buffer, BytesLike, as_bytes
from iree.hal.buffer_usage import BufferUsage
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.command_category import CommandCategory
from iree.hal.dispatch_request import BufferBinding, DispatchRequest
from iree.hal.event import Event
from iree.hal.execution_stage import ExecutionStage
from iree.hal.status import FailedPrecondition, InvalidArgument, ResourceExhausted
from iree.hal.vulkan.barrier import Barrier, all_commands, event_barrier, execution_barrier, final_barrier
from iree.hal.vulkan.buffer import VulkanBuffer, place_of
from iree.hal.vulkan.event import VulkanEvent
from iree.hal.vulkan.executable import Kernel, VulkanExecutable
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.raw import NULL, ffi, new, vk
from iree.hal.vulkan.recording import Recording

_MOST_UPDATED: Final = 65536  # bytes that one vkCmdUpdateBuffer takes
_STAGED_FROM: Final = 1 << 20  # so many bytes are not written into the command buffer itself
_MOST_ELEMENTS: Final = (1 << 31) - 1  # kernels count in 32 bits
_FILLED_FROM: Final = 16  # fewer bytes at odd places are copied, not filled


class VulkanCommandBuffer(CommandBuffer):
    """Records into `recording`, a new one each time that it begins."""

    def __init__(
        self, device: LogicalDevice, allocator: Allocator, mode: CommandBufferMode, categories: CommandCategory
    ) -> None:
        super().__init__(mode, categories)
        self._device = device
        self._functions = device.functions
        self._allocator = allocator
        self._recording_now: Recording | None = None
        self._commands: Any = None  # of the recording, as is _kept
        self._kept: list[object] = []
        self._pipeline: Any = None  # the one bound last
        self._copy = ffi.new("VkBufferCopy *")
        self._descriptors = _DescriptorWrite(8)
        self._longest_binding = device.properties.max_storage_buffer_range
        self._misaligned = device.properties.storage_buffer_alignment - 1
        self._most_groups = device.properties.max_workgroup_count

    @property
    def recording(self) -> Recording:
        """What was recorded last. FailedPrecondition: nothing was."""
        if self._recording_now is None:
            raise FailedPrecondition("the command buffer was never recorded: call begin and end first")
        return self._recording_now

    def begin_recording(self) -> None:
        recording = Recording(self._device, one_time=self._is_one_shot)
        self._recording_now = recording
        self._commands, self._kept, self._pipeline = recording.commands, recording.kept, None

    def end_recording(self) -> None:
        self._pipeline_barrier(final_barrier())
        self.recording.end()

    def execution_barrier(
        self,
        source_stages: ExecutionStage,
        target_stages: ExecutionStage,
        memory_barriers: Sequence[MemoryBarrier] = (),
        buffer_barriers: Sequence[BufferBarrier] = (),
    ) -> None:
        self._pipeline_barrier(execution_barrier(source_stages, target_stages, memory_barriers, buffer_barriers))

    def signal_event(self, event: Event, source_stages: ExecutionStage) -> None:
        self._functions.vkCmdSetEvent(self._commands, self._use_event(event, True), all_commands())

    def reset_event(self, event: Event, source_stages: ExecutionStage) -> None:
        self._functions.vkCmdResetEvent(self._commands, self._use_event(event, False), all_commands())

    def wait_events(
        self,
        events: Sequence[Event],
        source_stages: ExecutionStage,
        target_stages: ExecutionStage,
        memory_barriers: Sequence[MemoryBarrier] = (),
        buffer_barriers: Sequence[BufferBarrier] = (),
    ) -> None:
        if not events:
            self.execution_barrier(source_stages, target_stages, memory_barriers, buffer_barriers)
            return
        handles = ffi.new("VkEvent[]", [self._use_event(event, None) for event in events])
        source, target, count, memory = event_barrier(target_stages, memory_barriers, buffer_barriers)
        self._functions.vkCmdWaitEvents(
            self._commands, len(events), handles, source, target, count, memory, 0, NULL, 0, NULL
        )

    def discard_buffer(self, buffer: Buffer) -> None:
        """Nothing: Vulkan has no use for the hint."""

    def fill_buffer(self, target: Buffer, pattern: bytes, offset: int = 0, length: int | None = None) -> None:
        """vkCmdFillBuffer writes whole words at multiples of 4; what is left at either end is copied from the host."""
        length = target.byte_length - offset if length is None else length
        home, start = place_of(target)
        start += offset
        head = -start % 4
        if length < _FILLED_FROM and (head or length % 4):
            self._copy_from_host(memoryview(pattern * (length // len(pattern))), home, start)
            return
        word = pattern * (4 // len(pattern))
        word = word[head:] + word[:head]
        tail = (length - head) % 4
        body = length - head - tail
        if body:
            value = int.from_bytes(word, "little")
            self._functions.vkCmdFillBuffer(self._commands, home.handle, start + head, body, value)
        if head:
            self._copy_from_host(memoryview(word[-head:]), home, start)
        if tail:
            self._copy_from_host(memoryview(word[:tail]), home, start + head + body)
        self._kept.append(home)

    def update_buffer(self, data: BytesLike, target: Buffer, offset: int = 0) -> None:
        """vkCmdUpdateBuffer writes whole words at multiples of 4; the rest is copied from the host."""
        source = as_bytes(data)
        home, start = place_of(target)
        start += offset
        body = 0 if start % 4 or len(source) >= _STAGED_FROM else len(source) & ~3
        words = ffi.from_buffer(source)
        for position in range(0, body, _MOST_UPDATED):
            size = min(_MOST_UPDATED, body - position)
            self._functions.vkCmdUpdateBuffer(self._commands, home.handle, start + position, size, words + position)
        if body < len(source):
            self._copy_from_host(source[body:], home, start + body)
        self._kept.append(home)

    def copy_buffer(
        self,
        source: Buffer,
        target: Buffer,
        source_offset: int = 0,
        target_offset: int = 0,
        length: int | None = None,
    ) -> None:
        if length is None:
            length = min(source.byte_length - source_offset, target.byte_length - target_offset)
        source_home, source_start = place_of(source)
        target_home, target_start = place_of(target)
        self._copy_bytes(source_home, source_start + source_offset, target_home, target_start + target_offset, length)

    def dispatch(self, request: DispatchRequest) -> None:
        """Each workgroup does a tile of the workload; a workload of nothing launches nothing."""
        executable = request.executable
        if not isinstance(executable, VulkanExecutable):
            raise InvalidArgument(f'executable "{executable.name}" was not prepared by this device: use its cache')
        kernel = executable.kernels[request.entry_point]
        x, y, z = request.workload
        if len(request.bindings) != kernel.binding_count:
            raise InvalidArgument(f"{kernel.name} takes {kernel.binding_count} bindings, not {len(request.bindings)}")
        if not (x and y and z):
            return
        tile_x, tile_y, tile_z = kernel.tile
        x, y, z = -(-x // tile_x), -(-y // tile_y), -(-z // tile_z)
        most_x, most_y, most_z = self._most_groups
        if x > most_x or y > most_y or z > most_z:
            raise ResourceExhausted(
                f"{kernel.name}: workload {request.workload} in tiles of {kernel.tile} takes {(x, y, z)} workgroups; "
                f"the device launches {self._most_groups} at most: compile it with larger tiles"
            )
        functions, commands = self._functions, self._commands
        if self._pipeline is not kernel.pipeline:
            functions.vkCmdBindPipeline(commands, vk.VK_PIPELINE_BIND_POINT_COMPUTE, kernel.pipeline)
            self._pipeline = kernel.pipeline
            self._kept.append(executable)
        if kernel.binding_count:
            self._bind(kernel, request.bindings)
        if kernel.symbol_count:
            self._push_sizes(kernel, request)
        functions.vkCmdDispatch(commands, x, y, z)

    def _bind(self, kernel: Kernel, bindings: Sequence[BufferBinding]) -> None:
        places: list[int] = []
        kept = self._kept
        for binding in bindings:
            buffer = binding.buffer
            home = buffer.allocated_buffer
            assert isinstance(home, VulkanBuffer)
            start = home.start + buffer.byte_offset
            length = (buffer.byte_length + 3) & ~3 or 4
            if start & self._misaligned or length > self._longest_binding:
                length = self._fit(kernel, len(places) // 3, binding, start)
            places += (home.number, start, length)
            kept.append(home)
        layout = kernel.layout
        if layout.is_pushed:
            write = self._descriptors.for_places(places)
            self._functions.vkCmdPushDescriptorSetKHR(
                self._commands, vk.VK_PIPELINE_BIND_POINT_COMPUTE, layout.pipeline_layout, 0, 1, write
            )
            return
        sets = self.recording.descriptor_set(layout.set_layout, kernel.binding_count)
        write = self._descriptors.for_places(places)
        write.dstSet = sets[0]
        self._functions.vkUpdateDescriptorSets(self._device.handle, 1, write, 0, NULL)
        self._functions.vkCmdBindDescriptorSets(
            self._commands, vk.VK_PIPELINE_BIND_POINT_COMPUTE, layout.pipeline_layout, 0, 1, sets, 0, NULL
        )

    def _push_sizes(self, kernel: Kernel, request: DispatchRequest) -> None:
        """Says the sizes that the kernel has to know, once it is known to be for them."""
        count = kernel.symbol_count
        kernel.definition.check_sizes(request.sizes)
        for index, binding in enumerate(request.bindings):
            if math.prod(binding.shape) > _MOST_ELEMENTS:
                elements = math.prod(binding.shape)
                raise ResourceExhausted(
                    f"binding {index} of {kernel.name} has {elements} elements, more than {_MOST_ELEMENTS}"
                )
        values = ffi.new("int32_t[]", list(request.sizes[:count]))
        stage = vk.VK_SHADER_STAGE_COMPUTE_BIT
        self._functions.vkCmdPushConstants(self._commands, kernel.layout.pipeline_layout, stage, 0, 4 * count, values)

    def _fit(self, kernel: Kernel, index: int, binding: BufferBinding, start: int) -> int:
        """How much of a buffer that is too long is bound: what its shape takes. Raises where that will not do."""
        if start & self._misaligned:
            raise InvalidArgument(
                f"binding {index} of {kernel.name} starts {binding.buffer.byte_offset} bytes into its allocation; "
                f"the device binds at multiples of {self._misaligned + 1}: copy it to a buffer of its own"
            )
        length = (binding.byte_length + 3) & ~3 or 4
        if length > self._longest_binding:
            raise ResourceExhausted(
                f"binding {index} of {kernel.name} takes {binding.byte_length} bytes; the device binds at most "
                f"{self._longest_binding} (maxStorageBufferRange): split the array"
            )
        return length

    def _pipeline_barrier(self, barrier: Barrier) -> None:
        source, target, count, memory = barrier
        self._functions.vkCmdPipelineBarrier(self._commands, source, target, 0, count, memory, 0, NULL, 0, NULL)

    def _use_event(self, event: Event, is_set: bool | None) -> Any:
        if not isinstance(event, VulkanEvent) or event.device is not self._device:
            raise InvalidArgument("an event of another device: create it with this device")
        self.recording.event_uses.append((event, is_set))
        return event.handle

    def _copy_from_host(self, data: memoryview, home: VulkanBuffer, start: int) -> None:
        """Bytes as they are now, to any place."""
        if not data:
            return
        staging = self._allocator.allocate_memory(len(data), BufferUsage.ALL, DEFAULT_MEMORY_TYPE)
        staging.write(data)
        staging_home, staging_start = place_of(staging)
        self._copy_bytes(staging_home, staging_start, home, start, len(data))

    def _copy_bytes(
        self, source: VulkanBuffer, source_start: int, target: VulkanBuffer, target_start: int, length: int
    ) -> None:
        if not length:
            return
        region = self._copy
        region.srcOffset, region.dstOffset, region.size = source_start, target_start, length
        self._functions.vkCmdCopyBuffer(self._commands, source.handle, target.handle, 1, region)
        self._kept += (source, target)


class _DescriptorWrite:
    """One VkWriteDescriptorSet for all bindings: descriptors past a binding's last go on with the next one."""

    def __init__(self, capacity: int) -> None:
        self._grow(capacity)

    def _grow(self, capacity: int) -> None:
        self._packers = [struct.Struct("=" + "QQQ" * count) for count in range(capacity + 1)]
        self._infos = ffi.new("VkDescriptorBufferInfo[]", capacity)
        self._bytes = ffi.buffer(self._infos)
        self._write = new(
            "VkWriteDescriptorSet", descriptorType=vk.VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, pBufferInfo=self._infos
        )

    def for_places(self, places: list[int]) -> Any:
        """The write for buffers given as VkBuffer, offset, length, VkBuffer, ..."""
        count = len(places) // 3
        if count >= len(self._packers):
            self._grow(2 * count)
        self._packers[count].pack_into(self._bytes, 0, *places)
        self._write.descriptorCount = count
        return self._write
