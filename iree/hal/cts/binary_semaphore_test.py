"""Binary semaphores: each signal is taken by one wait."""

import pytest

from iree.hal.cts.commands import recorded
from iree.hal.device import Device
from iree.hal.fence import FenceValue
from iree.hal.semaphore import BinarySemaphore, SemaphoreValue
from iree.hal.status import FailedPrecondition
from iree.hal.submission_batch import SubmissionBatch


def waiting(semaphore: BinarySemaphore) -> SubmissionBatch:
    """A batch that only waits."""
    return SubmissionBatch(wait_semaphores=[SemaphoreValue(semaphore)])


def signalling(semaphore: BinarySemaphore) -> SubmissionBatch:
    """A batch that only signals."""
    return SubmissionBatch(signal_semaphores=[SemaphoreValue(semaphore)])


def test_wait_takes_the_signal_of_an_earlier_batch(device: Device) -> None:
    semaphore, fence, queue = device.create_binary_semaphore(), device.create_fence(), device.dispatch_queues[0]
    for turn in (1, 3):
        queue.submit([signalling(semaphore)], FenceValue(fence, turn))
        queue.submit([waiting(semaphore)], FenceValue(fence, turn + 1))
        fence.wait(turn + 1, timeout=10)


def test_batches_of_one_submission_pair_up(device: Device) -> None:
    semaphore, fence = device.create_binary_semaphore(), device.create_fence()
    device.dispatch_queues[0].submit([signalling(semaphore), waiting(semaphore)], FenceValue(fence, 1))
    fence.wait(1, timeout=10)


def test_semaphore_may_start_signalled(device: Device) -> None:
    fence = device.create_fence()
    device.dispatch_queues[0].submit([waiting(device.create_binary_semaphore(True))], FenceValue(fence, 1))
    fence.wait(1, timeout=10)


def test_wait_that_nothing_would_end_is_refused(device: Device) -> None:
    semaphore, commands = device.create_binary_semaphore(), recorded(device, lambda _: None)
    queue = device.dispatch_queues[0]
    with pytest.raises(FailedPrecondition, match="nothing signals"):
        queue.submit([SubmissionBatch([SemaphoreValue(semaphore)], [commands])])
    device.submit_and_wait(commands)


def test_second_wait_for_one_signal_is_refused(device: Device) -> None:
    semaphore, queue = device.create_binary_semaphore(), device.dispatch_queues[0]
    queue.submit([signalling(semaphore)])
    queue.submit([waiting(semaphore)])
    with pytest.raises(FailedPrecondition):
        queue.submit([waiting(semaphore)])
    device.wait_idle(timeout=10)


def test_second_signal_that_no_wait_took_is_refused(device: Device) -> None:
    semaphore, queue = device.create_binary_semaphore(), device.dispatch_queues[0]
    queue.submit([signalling(semaphore)])
    with pytest.raises(FailedPrecondition, match="signalled already"):
        queue.submit([signalling(semaphore)])
    queue.submit([waiting(semaphore)])
    queue.submit([signalling(semaphore)])
    device.wait_idle(timeout=10)


def test_refused_submission_claims_nothing(device: Device) -> None:
    first, second, queue = device.create_binary_semaphore(), device.create_binary_semaphore(), device.dispatch_queues[0]
    with pytest.raises(FailedPrecondition):
        queue.submit([signalling(first), waiting(second)])
    queue.submit([signalling(first), waiting(first)])
    device.wait_idle(timeout=10)
