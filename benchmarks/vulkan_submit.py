"""What the HAL adds on Vulkan to a launch, to a chain of launches and to recording, against bare Vulkan in one process.

    LP_NUM_THREADS=0 ./bazelw run //benchmarks:vulkan_submit
    LP_NUM_THREADS=0 ./bazelw run //benchmarks:vulkan_submit -- --json

launch   one simple_mul, submitted and waited for; bare: one vkQueueSubmit and one vkWaitSemaphores, of the same
         recorded command buffer, with structures made beforehand
chain    the same for 100 dispatches, each on the last one's result, with a barrier after each
record   one dispatch of that chain, recorded without checks; bare: the same vkCmd calls with structures made beforehand
checked  the same with the checks of commands around it
"""

import argparse
from collections.abc import Callable, Sequence
from typing import cast

import numpy as np

from benchmarks import measure
from iree.hal.access_scope import AccessScope
from iree.hal.barrier import MemoryBarrier
from iree.hal.buffer import Buffer
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.cts import spirv_executables
from iree.hal.dispatch_request import BufferBinding, DispatchRequest
from iree.hal.executable import Executable, ExecutableSpec
from iree.hal.execution_stage import ExecutionStage
from iree.hal.fence import FenceValue
from iree.hal.submission_batch import SubmissionBatch
from iree.hal.vulkan.buffer import place_of
from iree.hal.vulkan.command_buffer import VulkanCommandBuffer
from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.driver import VulkanDriver
from iree.hal.vulkan.executable import VulkanExecutable
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.raw import NULL, ffi, new, vk
from iree.hal.vulkan.recording import Recording
from iree.hal.vulkan.timeline import Timeline
from iree.schemas import element_types
from iree.schemas.file_format import ExecutableFormat

LENGTH = 100
RECORDED = 100  # dispatches of one recording
F32 = element_types.from_name("f32")
BARRIER = [MemoryBarrier(AccessScope.DISPATCH_WRITE, AccessScope.DISPATCH_READ)]
STAGE = ExecutionStage.DISPATCH


def prepare(device: VulkanDevice) -> Executable:
    """a * b over four f32."""
    spec = ExecutableSpec(ExecutableFormat.SPIRV, memoryview(spirv_executables.simple_mul()), "simple_mul")
    return device.create_executable_cache().prepare_executable(spec)


def floats(device: VulkanDevice, value: float) -> Buffer:
    """Four of them."""
    buffer = device.allocator.allocate(16)
    buffer.write(np.full(4, value, np.float32))
    return buffer


def multiplication(executable: Executable, *buffers: Buffer) -> DispatchRequest:
    """The product of the first two goes into the third."""
    return DispatchRequest(executable, 0, (4, 1, 1), [BufferBinding(buffer, (4,), F32) for buffer in buffers])


def recorded(device: VulkanDevice, requests: Sequence[DispatchRequest]) -> CommandBuffer:
    """The dispatches with barriers between them, to be submitted many times."""
    commands = device.create_command_buffer(CommandBufferMode.REUSABLE)
    commands.begin()
    for request in requests:
        commands.dispatch(request)
        if len(requests) > 1:
            commands.execution_barrier(STAGE, STAGE, BARRIER)
    commands.end()
    return commands


def through_the_hal(device: VulkanDevice, commands: CommandBuffer) -> Callable[[], None]:
    """Submit and wait as any user of the HAL does."""
    fence = device.create_fence()
    queue = device.dispatch_queues[0]
    values = iter(range(1, 1 << 60))

    def launch() -> None:
        value = next(values)
        queue.submit([SubmissionBatch((), [commands])], FenceValue(fence, value))
        fence.wait(value)

    return launch


def bare(logical: LogicalDevice, recording: Recording) -> Callable[[], None]:
    """The least that Vulkan asks for."""
    timeline = Timeline(logical)
    commands = ffi.new("VkCommandBuffer[1]", [recording.commands])
    semaphores = ffi.new("VkSemaphore[1]", [timeline.handle])
    value = ffi.new("uint64_t[1]")
    values = new("VkTimelineSemaphoreSubmitInfo", signalSemaphoreValueCount=1, pSignalSemaphoreValues=value)
    info = new(
        "VkSubmitInfo",
        pNext=values,
        commandBufferCount=1,
        pCommandBuffers=commands,
        signalSemaphoreCount=1,
        pSignalSemaphores=semaphores,
    )
    wait = new("VkSemaphoreWaitInfo", semaphoreCount=1, pSemaphores=semaphores, pValues=value)
    submit, wait_semaphores = logical.functions.vkQueueSubmit, logical.functions.vkWaitSemaphores
    device, queue = logical.handle, logical.queues[0]
    kept = timeline, values, commands, semaphores  # pointers alone do not

    def launch() -> None:
        assert kept
        value[0] += 1
        submit(queue, 1, info, NULL)
        wait_semaphores(device, wait, 1_000_000_000)

    return launch


def recording_through_the_hal(device: VulkanDevice, request: DispatchRequest, checked: bool) -> Callable[[], None]:
    """Records the dispatch many times."""
    commands = device.create_command_buffer(validate=checked)

    def record() -> None:
        commands.begin()
        for _ in range(RECORDED):
            commands.dispatch(request)
        commands.end()

    return record


def bare_recording(logical: LogicalDevice, request: DispatchRequest) -> Callable[[], None]:
    """The same calls of Vulkan."""
    executable = cast(VulkanExecutable, request.executable)
    kernel, layout, compute = executable.kernels[0], executable.kernels[0].layout, vk.VK_PIPELINE_BIND_POINT_COMPUTE
    infos = ffi.new("VkDescriptorBufferInfo[]", len(request.bindings))
    for info, binding in zip(infos, request.bindings, strict=True):
        home, info.offset = place_of(binding.buffer)
        info.buffer, info.range = home.handle, binding.buffer.byte_length
    storage = vk.VK_DESCRIPTOR_TYPE_STORAGE_BUFFER
    write = new("VkWriteDescriptorSet", descriptorType=storage, descriptorCount=len(infos), pBufferInfo=infos)
    functions = logical.functions
    push, dispatch = functions.vkCmdPushDescriptorSetKHR, functions.vkCmdDispatch

    def record() -> None:
        recording = Recording(logical, one_time=True)
        commands, pipeline_layout = recording.commands, layout.pipeline_layout
        functions.vkCmdBindPipeline(commands, compute, kernel.pipeline)
        for _ in range(RECORDED):
            push(commands, compute, pipeline_layout, 0, 1, write)
            dispatch(commands, 4, 1, 1)
        recording.end()
        assert infos

    return record


def main() -> None:
    """Prints one line for each case."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    device = cast(VulkanDevice, VulkanDriver().create_device())
    logical, executable = device.logical, prepare(device)
    four, two, ones, first, second = (floats(device, value) for value in (4, 2, 1, 3, 0))
    product = floats(device, 0)
    single = multiplication(executable, four, two, product)
    pair = multiplication(executable, first, ones, second), multiplication(executable, second, ones, first)
    launch, chain = recorded(device, [single]), recorded(device, [*pair] * (LENGTH // 2))
    impls = [cast(VulkanCommandBuffer, commands.impl) for commands in (launch, chain)]
    rows: dict[str, dict[str, float]] = {}

    def compare(name: str, ours: Callable[[], None], floor: Callable[[], None], repeats: int, scale: int = 1) -> None:
        found = measure.in_turns([ours, floor], options.rounds, repeats)
        ours_now, floor_now = (measure.summary([time / scale for time in times]) for times in found)
        rows[name] = {
            **ours_now,
            "bare_best": floor_now["best_us"],
            "bare_median": floor_now["median_us"],
            "ratio": ours_now["median_us"] / floor_now["median_us"],
        }

    compare("launch", through_the_hal(device, launch), bare(logical, impls[0].recording), options.repeats)
    compare("chain", through_the_hal(device, chain), bare(logical, impls[1].recording), options.repeats // 5)
    assert np.frombuffer(product.read(), np.float32).tolist() == [8] * 4
    assert np.frombuffer(first.read(), np.float32).tolist() == [3] * 4
    floor = bare_recording(logical, single)
    for name, checked in (("record", False), ("checked", True)):
        compare(name, recording_through_the_hal(device, single, checked), floor, options.repeats // 5, RECORDED)
    measure.show(rows, options.json)


if __name__ == "__main__":
    main()
