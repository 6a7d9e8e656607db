"""What goes wrong on a queue reaches everyone who waits, and stays."""

import pytest

from iree.hal.cts.commands import recorded
from iree.hal.device import Device
from iree.hal.fence import FenceValue
from iree.hal.semaphore import SemaphoreValue
from iree.hal.status import DataLoss, DeadlineExceeded, Unavailable
from iree.hal.submission_batch import SubmissionBatch


def test_failed_semaphore_fails_the_fence_with_its_cause(device: Device) -> None:
    semaphore, fence = device.create_semaphore(), device.create_fence()
    semaphore.fail(DataLoss("the first cause"))
    device.dispatch_queues[0].submit([SubmissionBatch([SemaphoreValue(semaphore, 1)])], FenceValue(fence, 1))
    with pytest.raises(DataLoss, match="the first cause"):
        fence.wait(1, timeout=10)
    assert isinstance(fence.status(), DataLoss)


def test_failure_of_what_a_batch_waits_for_ends_its_wait(device: Device) -> None:
    semaphore, fence = device.create_semaphore(), device.create_fence()
    device.dispatch_queues[0].submit([SubmissionBatch([SemaphoreValue(semaphore, 1)])], FenceValue(fence, 1))
    with pytest.raises(DeadlineExceeded):
        fence.wait(1, timeout=0.02)
    semaphore.fail(DataLoss("the first cause"))
    with pytest.raises(DataLoss, match="the first cause"):
        fence.wait(1, timeout=10)


def test_failed_batch_does_not_run(computing_device: Device) -> None:
    device, semaphore = computing_device, computing_device.create_semaphore()
    fence, buffer = device.create_fence(), device.allocator.allocate(4)
    semaphore.fail(DataLoss("the first cause"))
    commands = recorded(device, lambda c: c.fill_buffer(buffer, b"a"))
    device.dispatch_queues[0].submit(
        [SubmissionBatch([SemaphoreValue(semaphore, 1)], [commands])], FenceValue(fence, 1)
    )
    with pytest.raises(DataLoss):
        fence.wait(1, timeout=10)
    assert buffer.read() == bytes(4)


def test_failure_cascades_through_semaphores(device: Device) -> None:
    first, second, fence = device.create_semaphore(), device.create_semaphore(), device.create_fence()
    queue = device.dispatch_queues[0]
    queue.submit([SubmissionBatch([SemaphoreValue(first, 1)], (), [SemaphoreValue(second, 1)])])
    queue.submit([SubmissionBatch([SemaphoreValue(second, 1)])], FenceValue(fence, 1))
    first.fail(DataLoss("the first cause"))
    with pytest.raises(DataLoss, match="the first cause"):
        fence.wait(1, timeout=10)
    with pytest.raises(DataLoss, match="the first cause"):
        second.wait(1, timeout=10)


def test_failure_is_sticky(device: Device) -> None:
    """A later submission is taken, and fails with the first cause, whatever else goes wrong."""
    semaphores, fences = [device.create_semaphore() for _ in range(3)], [device.create_fence() for _ in range(4)]
    queue = device.dispatch_queues[0]
    semaphores[0].fail(DataLoss("the first cause"))
    semaphores[1].fail(Unavailable("a later one"))
    queue.submit([SubmissionBatch([SemaphoreValue(semaphores[0], 1)])], FenceValue(fences[0], 1))
    queue.submit([SubmissionBatch([SemaphoreValue(semaphores[1], 1)])], FenceValue(fences[1], 1))
    queue.submit([SubmissionBatch([SemaphoreValue(semaphores[2], 1)])], FenceValue(fences[2], 1))  # never signalled
    queue.submit([SubmissionBatch(command_buffers=[recorded(device, lambda _: None)])], FenceValue(fences[3], 1))
    for fence in fences:
        with pytest.raises(DataLoss, match="the first cause"):
            fence.wait(1, timeout=10)
    with pytest.raises(DataLoss, match="the first cause"):
        queue.wait_idle(timeout=10)
    with pytest.raises(DataLoss, match="the first cause"):
        device.submit_and_wait(recorded(device, lambda _: None))
