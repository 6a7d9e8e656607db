"""What the HAL adds to a launch on Vulkan: one simple_mul through a queue and a fence, against a bare loop over Vulkan.

    LP_NUM_THREADS=0 ./bazelw run //benchmarks:vulkan_submit

Both submit the same recorded command buffer to the same VkQueue and wait for it with a timeline semaphore, in turns, in
one process; the ratio of their medians is what to look at. Recording is timed apart: dispatches a command buffer, with
and without the checks around it, with a barrier after each.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import cast

import numpy as np

from benchmarks.measure import in_turns
from iree.hal.access_scope import AccessScope
from iree.hal.barrier import MemoryBarrier
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.cts import spirv_executables
from iree.hal.dispatch_request import BufferBinding, DispatchRequest
from iree.hal.executable import ExecutableSpec
from iree.hal.execution_stage import ExecutionStage
from iree.hal.fence import FenceValue
from iree.hal.submission_batch import SubmissionBatch
from iree.hal.vulkan.command_buffer import VulkanCommandBuffer
from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.driver import VulkanDriver
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.raw import NULL, ffi, new
from iree.hal.vulkan.recording import Recording
from iree.hal.vulkan.timeline import Timeline
from iree.schemas import element_types
from iree.schemas.file_format import ExecutableFormat

BARRIER = [MemoryBarrier(AccessScope.DISPATCH_WRITE, AccessScope.DISPATCH_READ)]


def simple_mul_request(device: VulkanDevice) -> DispatchRequest:
    """4 * 2 over four f32."""
    f32 = element_types.from_name("f32")
    spec = ExecutableSpec(ExecutableFormat.SPIRV, memoryview(spirv_executables.simple_mul()), "simple_mul")
    executable = device.create_executable_cache().prepare_executable(spec)
    buffers = [device.allocator.allocate(16) for _ in range(3)]
    for buffer, value in zip(buffers, (4, 2, 99999), strict=True):
        buffer.write(np.full(4, value, np.float32))
    return DispatchRequest(executable, 0, (4, 1, 1), [BufferBinding(buffer, (4,), f32) for buffer in buffers])


def recorded(device: VulkanDevice, request: DispatchRequest) -> CommandBuffer:
    """One dispatch, to be submitted many times."""
    commands = device.create_command_buffer(CommandBufferMode.REUSABLE)
    commands.begin()
    commands.dispatch(request)
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
    """The least that Vulkan asks for: one vkQueueSubmit and one vkWaitSemaphores of structures made beforehand."""
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


def record_cost(device: VulkanDevice, request: DispatchRequest, validate: bool, barrier: bool, count: int) -> float:
    """Microseconds a dispatch: the best of ten recordings of `count`."""
    best = float("inf")
    commands = device.create_command_buffer(validate=validate)
    for _ in range(10):
        commands.begin()
        start = time.perf_counter_ns()
        for _ in range(count):
            commands.dispatch(request)
            if barrier:
                commands.execution_barrier(ExecutionStage.DISPATCH, ExecutionStage.DISPATCH, BARRIER)
        best = min(best, (time.perf_counter_ns() - start) / 1000 / count)
        commands.end()
    return best


def main() -> None:
    """Prints one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--dispatches", type=int, default=1000)
    options = parser.parse_args()
    device = cast(VulkanDevice, VulkanDriver().create_device())
    request = simple_mul_request(device)
    commands = recorded(device, request)
    impl = cast(VulkanCommandBuffer, commands.impl)
    launches = [through_the_hal(device, commands), bare(device.logical, impl.recording)]
    hal, least = in_turns(launches, options.rounds, options.repeats)
    assert request.bindings[2].buffer.read() == np.full(4, 8, np.float32).tobytes()
    print(f"device                     {device.info.name}")
    for name, found in (("through the HAL", hal), ("bare Vulkan", least)):
        print(f"{name:<26} {min(found):.1f} us at best, {statistics.median(found):.1f} median")
    print(f"ratio of medians           {statistics.median(hal) / statistics.median(least):.2f}")
    for validate, barrier in ((False, False), (False, True), (True, False), (True, True)):
        name = f"record{', checked' if validate else ''}{', barrier' if barrier else ''}"
        print(f"{name:<26} {record_cost(device, request, validate, barrier, options.dispatches):.2f} us a dispatch")


if __name__ == "__main__":
    main()
