"""Queues of one device: each runs its own submissions in order, none waits for another unless a semaphore says so."""

import pytest

from iree.hal.buffer import Buffer
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_category import CommandCategory
from iree.hal.cts.commands import floats, multiplication, recorded, simple_mul_of, values
from iree.hal.device import Device
from iree.hal.fence import FenceValue
from iree.hal.semaphore import Semaphore, SemaphoreValue
from iree.hal.status import DataLoss, DeadlineExceeded, FailedPrecondition
from iree.hal.submission_batch import SubmissionBatch

LARGE = 16 << 20  # bytes: no driver does this much inside of submit


def copying(device: Device, source: Buffer, target: Buffer) -> CommandBuffer:
    """A copy, for any queue."""
    return recorded(device, lambda c: c.copy_buffer(source, target), categories=CommandCategory.TRANSFER)


def batch(commands: CommandBuffer, waits: SemaphoreValue | None, signals: SemaphoreValue | None) -> SubmissionBatch:
    """One command buffer, with at most one semaphore at either side."""
    return SubmissionBatch([waits] if waits else (), [commands], [signals] if signals else ())


def at(semaphore: Semaphore, value: int) -> SemaphoreValue:
    """Shorter to read."""
    return SemaphoreValue(semaphore, value)


def test_device_has_a_queue_for_transfers_beside_that_for_dispatches(device: Device) -> None:
    assert not set(device.dispatch_queues) & set(device.transfer_queues)
    names = [queue.name for queue in device.command_queues]
    assert len(set(names)) == len(names)


def test_transfer_queue_refuses_dispatches(device: Device) -> None:
    queue = device.transfer_queues[0]
    commands = recorded(device, lambda _: None, categories=CommandCategory.DISPATCH)
    if not queue.can_dispatch:
        with pytest.raises(FailedPrecondition, match="submit of DISPATCH commands to a queue that runs only TRANSFER"):
            queue.submit([SubmissionBatch((), [commands])])


def test_queue_that_waits_holds_up_no_other(computing_device: Device) -> None:
    """The one that waits is submitted first; what it waits for comes by the other queue."""
    device, ready, fence = computing_device, computing_device.create_semaphore(), computing_device.create_fence()
    first, second, third = (device.allocator.allocate(4) for _ in range(3))
    first.write(b"abcd")
    for waiting, signalling in (
        (device.transfer_queues[0], device.dispatch_queues[0]),
        (device.dispatch_queues[0], device.transfer_queues[0]),
    ):
        value = ready.query() + 1
        waiting.submit([batch(copying(device, second, third), at(ready, value), None)], FenceValue(fence, value))
        with pytest.raises(DeadlineExceeded):
            fence.wait(value, timeout=0.02)
        signalling.submit([batch(copying(device, first, second), None, at(ready, value))])
        fence.wait(value, timeout=10)
        assert third.read() == b"abcd"
        third.fill(b"\x00")


@pytest.mark.parametrize("byte_length", [16, LARGE])
def test_two_submissions_make_progress_at_once(computing_device: Device, byte_length: int) -> None:
    """Each takes turns with the other, so neither can end before the other has begun."""
    device = computing_device
    ping, pong, fences = device.create_semaphore(), device.create_semaphore(), [device.create_fence() for _ in range(2)]
    a, b, c, d, e = (device.allocator.allocate(byte_length) for _ in range(5))
    a.fill(b"\x07")
    device.transfer_queues[0].submit(
        [
            batch(copying(device, b, c), at(ping, 1), at(pong, 1)),
            batch(copying(device, d, e), at(ping, 2), at(pong, 2)),
        ],
        FenceValue(fences[0], 1),
    )
    device.dispatch_queues[0].submit(
        [
            batch(copying(device, a, b), None, at(ping, 1)),
            batch(copying(device, c, d), at(pong, 1), at(ping, 2)),
            batch(copying(device, e, a), at(pong, 2), None),
        ],
        FenceValue(fences[1], 1),
    )
    for fence in fences:
        fence.wait(1, timeout=10)
    assert a.read() == e.read() == b"\x07" * byte_length


def test_dispatch_waits_for_a_transfer_of_another_queue(computing_device: Device) -> None:
    device, ready = computing_device, computing_device.create_semaphore()
    source, operand, target = floats(device, 1, 2, 3, 4), floats(device, 0, 0, 0, 0), floats(device, 0, 0, 0, 0)
    request = multiplication(simple_mul_of(device), [operand, operand, target])
    fence = device.create_fence()
    device.dispatch_queues[-1].submit(
        [batch(recorded(device, lambda c: c.dispatch(request)), at(ready, 1), None)], FenceValue(fence, 1)
    )
    device.transfer_queues[0].submit([batch(copying(device, source, operand), None, at(ready, 1))])
    fence.wait(1, timeout=10)
    assert values(target) == [1.0, 4.0, 9.0, 16.0]


def test_failure_of_one_queue_reaches_another_by_semaphore(device: Device) -> None:
    broken, after, fence = device.create_semaphore(), device.create_semaphore(), device.create_fence()
    nothing = recorded(device, lambda _: None, categories=CommandCategory.TRANSFER)
    device.transfer_queues[0].submit([batch(nothing, at(after, 1), None)], FenceValue(fence, 1))
    device.dispatch_queues[0].submit([SubmissionBatch([at(broken, 1)], (), [at(after, 1)])])
    broken.fail(DataLoss("the first cause"))
    with pytest.raises(DataLoss, match="the first cause"):
        fence.wait(1, timeout=10)


def test_failure_of_one_queue_leaves_the_others_alone(computing_device: Device) -> None:
    device, broken = computing_device, computing_device.create_semaphore()
    source, target, fence = device.allocator.allocate(4), device.allocator.allocate(4), device.create_fence()
    source.write(b"abcd")
    device.dispatch_queues[0].submit([SubmissionBatch([at(broken, 1)])])
    broken.fail(DataLoss("the first cause"))
    device.transfer_queues[0].submit([batch(copying(device, source, target), None, None)], FenceValue(fence, 1))
    fence.wait(1, timeout=10)
    assert target.read() == b"abcd"
    with pytest.raises(DataLoss, match="the first cause"):
        device.wait_idle(timeout=10)
