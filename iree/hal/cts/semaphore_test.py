"""Timeline semaphores: what orders submissions."""

import threading

import pytest

from iree.hal.buffer import Buffer
from iree.hal.command_buffer import CommandBuffer
from iree.hal.cts.commands import recorded
from iree.hal.device import Device
from iree.hal.fence import FenceValue
from iree.hal.semaphore import SemaphoreValue
from iree.hal.status import DataLoss, DeadlineExceeded, InvalidArgument, Unavailable
from iree.hal.submission_batch import SubmissionBatch


def filling(device: Device, buffer: Buffer, pattern: bytes) -> CommandBuffer:
    """Commands that leave a mark."""
    return recorded(device, lambda c: c.fill_buffer(buffer, pattern))


def test_host_sees_and_sets_the_value(device: Device) -> None:
    semaphore = device.create_semaphore(3)
    assert semaphore.query() == 3
    semaphore.signal(5)
    assert semaphore.query() == 5
    semaphore.wait(4)
    with pytest.raises(InvalidArgument, match="5"):
        semaphore.signal(5)


def test_host_waits_for_the_value(device: Device) -> None:
    semaphore = device.create_semaphore()
    with pytest.raises(DeadlineExceeded):
        semaphore.wait(1, timeout=0.01)
    timer = threading.Timer(0.02, semaphore.signal, [1])
    timer.start()
    semaphore.wait(1, timeout=10)
    timer.join()


def test_first_failure_stays(device: Device) -> None:
    semaphore = device.create_semaphore()
    semaphore.fail(DataLoss("first"))
    semaphore.fail(Unavailable("second"))
    for attempt in (semaphore.query, lambda: semaphore.wait(1)):
        with pytest.raises(DataLoss, match="first"):
            attempt()


def test_batch_waits_for_the_host(computing_device: Device) -> None:
    device, semaphore = computing_device, computing_device.create_semaphore()
    fence, buffer = device.create_fence(), device.allocator.allocate(4)
    batch = SubmissionBatch([SemaphoreValue(semaphore, 2)], [filling(device, buffer, b"a")])
    device.dispatch_queues[0].submit([batch], FenceValue(fence, 1))
    semaphore.signal(1)
    with pytest.raises(DeadlineExceeded):
        fence.wait(1, timeout=0.05)
    assert buffer.read() == bytes(4)
    semaphore.signal(2)
    fence.wait(1, timeout=10)
    assert buffer.read() == b"aaaa"


def test_batch_signals_when_it_is_complete(device: Device) -> None:
    semaphore = device.create_semaphore()
    batch = SubmissionBatch(signal_semaphores=[SemaphoreValue(semaphore, 7)])
    device.dispatch_queues[0].submit([batch])
    semaphore.wait(7, timeout=10)
    assert semaphore.query() == 7


def test_batches_of_a_submission_signal_each_other(computing_device: Device) -> None:
    device, semaphore = computing_device, computing_device.create_semaphore()
    fence, buffer = device.create_fence(), device.allocator.allocate(4)
    batches = [
        SubmissionBatch((), [filling(device, buffer, b"a")], [SemaphoreValue(semaphore, 1)]),
        SubmissionBatch(
            [SemaphoreValue(semaphore, 1)], [filling(device, buffer, b"b")], [SemaphoreValue(semaphore, 2)]
        ),
    ]
    device.dispatch_queues[0].submit(batches, FenceValue(fence, 1))
    fence.wait(1, timeout=10)
    assert semaphore.query() == 2
    assert buffer.read() == b"bbbb"


def test_batch_waits_for_all_its_semaphores(device: Device) -> None:
    semaphores = [device.create_semaphore() for _ in range(2)]
    fence = device.create_fence()
    batch = SubmissionBatch([SemaphoreValue(semaphore, 1) for semaphore in semaphores])
    device.dispatch_queues[0].submit([batch], FenceValue(fence, 1))
    semaphores[1].signal(1)
    with pytest.raises(DeadlineExceeded):
        fence.wait(1, timeout=0.02)
    semaphores[0].signal(1)
    fence.wait(1, timeout=10)


def test_waiting_batch_holds_up_those_behind_it(computing_device: Device) -> None:
    device, semaphore = computing_device, computing_device.create_semaphore()
    queue, fence, buffer = device.dispatch_queues[0], device.create_fence(), device.allocator.allocate(4)
    queue.submit(
        [SubmissionBatch([SemaphoreValue(semaphore, 1)], [filling(device, buffer, b"a")])], FenceValue(fence, 1)
    )
    queue.submit([SubmissionBatch((), [filling(device, buffer, b"b")])], FenceValue(fence, 2))
    with pytest.raises(DeadlineExceeded):
        fence.wait(1, timeout=0.05)
    semaphore.signal(1)
    fence.wait(2, timeout=10)
    assert buffer.read() == b"bbbb"


def test_queue_with_waiting_work_is_not_idle(device: Device) -> None:
    semaphore, queue = device.create_semaphore(), device.dispatch_queues[0]
    queue.wait_idle(timeout=10)
    queue.submit([SubmissionBatch([SemaphoreValue(semaphore, 1)])])
    with pytest.raises(DeadlineExceeded):
        queue.wait_idle(timeout=0.02)
    with pytest.raises(DeadlineExceeded):
        device.wait_idle(timeout=0.02)
    semaphore.signal(1)
    device.wait_idle(timeout=10)


def test_queue_works_on_after_it_was_idle(computing_device: Device) -> None:
    device, buffer = computing_device, computing_device.allocator.allocate(4)
    for turn in range(3):
        semaphore, fence = device.create_semaphore(), device.create_fence()
        batch = SubmissionBatch([SemaphoreValue(semaphore, 1)], [filling(device, buffer, bytes([turn]))])
        device.dispatch_queues[0].submit([batch], FenceValue(fence, 1))
        semaphore.signal(1)
        fence.wait(1, timeout=10)
        device.wait_idle(timeout=10)
        assert buffer.read() == bytes([turn] * 4)


def test_semaphore_of_another_driver_is_refused(device: Device) -> None:
    class Stranger:
        pass

    commands = recorded(device, lambda _: None)
    stranger = SemaphoreValue(Stranger(), 1)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="Stranger"):
        device.dispatch_queues[0].submit([SubmissionBatch([stranger], [commands])])
    with pytest.raises(InvalidArgument, match="Stranger"):
        device.dispatch_queues[0].submit([SubmissionBatch((), [commands], [stranger])])
    device.submit_and_wait(commands)
