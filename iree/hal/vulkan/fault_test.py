"""Every call of Vulkan that can fail does, once in turn: who waits learns the first cause, and no memory is lost."""

import gc
import re
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import pytest

from iree.hal.buffer_usage import BufferUsage
from iree.hal.command_buffer import CommandBuffer
from iree.hal.cts.commands import floats, multiplication, recorded, simple_mul_of, values
from iree.hal.fence import FenceValue
from iree.hal.memory_type import MemoryType
from iree.hal.semaphore import SemaphoreValue
from iree.hal.status import HalError, ResourceExhausted
from iree.hal.submission_batch import SubmissionBatch
from iree.hal.vulkan.command_queue import VulkanCommandQueue
from iree.hal.vulkan.conftest import driver
from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.errors import DeviceLost
from iree.hal.vulkan.raw import ffi, vk

MakeDevice: TypeAlias = Callable[[], VulkanDevice]


# What makes a block of memory: where it fails, free blocks are given back and a smaller one is made.
TRIED_AGAIN = {"vkAllocateMemory", "vkBindBufferMemory", "vkCreateBuffer", "vkMapMemory"}


class Faults:
    """Stands before the functions of a device. Its call number `at` that could fail returns `result` instead."""

    def __init__(self, device: VulkanDevice, at: int = -1, result: int = 0) -> None:
        self._functions = device.logical.functions
        self._own = {name: call for name, call in vars(self._functions).items() if self._can_fail(call)}
        self.calls: list[str] = []
        for name, call in self._own.items():
            setattr(self._functions, name, self._standing_before(name, call, at, result))

    def _can_fail(self, call: Any) -> bool:
        return str(ffi.typeof(call).result.cname) == "enum VkResult"

    def _standing_before(self, name: str, call: Any, at: int, result: int) -> Callable[..., int]:
        def called(*arguments: Any) -> int:
            self.calls.append(name)
            return result if len(self.calls) - 1 == at else int(call(*arguments))

        return called

    def end(self) -> None:
        """From now on nothing fails any more."""
        vars(self._functions).update(self._own)


def everything(device: VulkanDevice) -> None:
    """Allocates on either side, prepares, records, submits on two queues, waits, reads."""
    hidden = device.allocator.allocate(64, BufferUsage.TRANSFER, MemoryType.DEVICE_LOCAL)
    buffers = [floats(device, *[value] * 4) for value in (4.0, 2.0, 0.0)]
    request = multiplication(simple_mul_of(device), buffers)
    done, fence = device.create_semaphore(), device.create_fence()

    def record(commands: CommandBuffer) -> None:
        commands.dispatch(request)
        commands.update_buffer(bytes(3), hidden, 1)

    commands = recorded(device, record)
    device.dispatch_queues[0].submit([SubmissionBatch((), [commands], [SemaphoreValue(done, 1)])])
    device.dispatch_queues[1].submit([SubmissionBatch([SemaphoreValue(done, 1)])], FenceValue(fence, 1))
    fence.wait(1)
    done.wait(1)
    done.signal(2)
    assert fence.query() == 1
    for queue in device.dispatch_queues:
        queue.wait_idle()
    assert values(buffers[2]) == [8.0] * 4


@pytest.fixture(params=[True, False])
def push_descriptors(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def make_device(push_descriptors: bool) -> Callable[[], VulkanDevice]:
    return lambda: cast(VulkanDevice, driver(push_descriptors).create_device())


def count_calls(device: VulkanDevice) -> list[str]:
    faults = Faults(device)
    everything(device)
    faults.end()
    assert {"vkAllocateMemory", "vkQueueSubmit", "vkWaitSemaphores", "vkEndCommandBuffer"} <= set(faults.calls)
    return faults.calls


def test_a_lost_device_tells_everyone_its_first_cause(make_device: MakeDevice) -> None:
    for at, name in enumerate(count_calls(make_device())):
        lost = make_device()
        pending, gate, fence = lost.create_semaphore(), lost.create_semaphore(), lost.create_fence()
        batch = SubmissionBatch([SemaphoreValue(gate, 1)], (), [SemaphoreValue(pending, 1)])
        lost.transfer_queues[0].submit([batch], FenceValue(fence, 1))
        faults = Faults(lost, at, vk.VK_ERROR_DEVICE_LOST)
        cause = re.escape(f"vulkan: {name}") + ".* returned VK_ERROR_DEVICE_LOST: the device was lost"
        with pytest.raises(DeviceLost, match=cause):
            everything(lost)
        faults.end()
        attempts: list[Callable[[], object]] = [
            lambda lost=lost: everything(lost),  # type: ignore[misc]
            lambda lost=lost: lost.wait_idle(1),  # type: ignore[misc]
            lambda lost=lost: lost.transfer_queues[0].wait_idle(),  # type: ignore[misc]
            lambda pending=pending: pending.query(),  # type: ignore[misc]
            lambda fence=fence: fence.wait(1, 1),  # type: ignore[misc]
            lambda pending=pending: pending.wait(1),  # type: ignore[misc]
            lambda lost=lost: lost.allocator.allocate(1 << 27),  # type: ignore[misc]
            lambda lost=lost: lost.create_fence(),  # type: ignore[misc]
            lambda lost=lost: lost.transfer_queues[0].submit([SubmissionBatch()]),  # type: ignore[misc]
        ]
        for attempt in attempts:
            with pytest.raises(DeviceLost, match=cause):
                attempt()
        lost.close()


@pytest.mark.parametrize("result", [vk.VK_ERROR_OUT_OF_DEVICE_MEMORY, vk.VK_ERROR_OUT_OF_HOST_MEMORY])
def test_out_of_memory_is_told_and_survived(make_device: MakeDevice, result: int) -> None:
    for at, name in enumerate(count_calls(make_device())):
        device = make_device()
        faults = Faults(device, at, result)
        if name in TRIED_AGAIN:
            everything(device)
        else:
            with pytest.raises(ResourceExhausted, match=f"vulkan: {name}.* returned VK_ERROR_OUT_OF_"):
                everything(device)
        faults.end()
        gc.collect()
        if any(isinstance(queue, VulkanCommandQueue) and queue._failure for queue in device.command_queues):
            with pytest.raises(ResourceExhausted, match=f"vulkan: {name} returned VK_ERROR_OUT_OF_"):
                device.wait_idle(1)
        else:
            everything(device)
            gc.collect()
            assert device.allocator.statistics().live_count == 0
        device.close()


def test_more_than_any_device_has(device: VulkanDevice) -> None:
    for byte_length in (1 << 40, (1 << 62) - 1, 1 << 64):
        with pytest.raises(ResourceExhausted):
            device.allocator.allocate(byte_length)
    everything(device)


def test_error_of_the_hal_is_raised_anew_each_time(device: VulkanDevice) -> None:
    faults = Faults(device, 0, vk.VK_ERROR_DEVICE_LOST)
    errors: list[HalError] = []
    for _ in range(2):
        with pytest.raises(DeviceLost) as info:
            device.create_fence().wait(1)
        errors.append(info.value)
    faults.end()
    assert errors[0] is not errors[1]
    assert str(errors[0]) == str(errors[1])
