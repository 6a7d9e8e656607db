"""Fences: values that only grow, failures that stay."""

import threading

import pytest

from iree.hal.cts.commands import recorded
from iree.hal.device import Device
from iree.hal.fence import FenceValue
from iree.hal.status import DataLoss, DeadlineExceeded, InvalidArgument, Unavailable
from iree.hal.submission_batch import SubmissionBatch


def test_new_fence_has_its_initial_value(device: Device) -> None:
    assert device.create_fence().query() == 0
    assert device.create_fence(7).query() == 7
    assert device.create_fence().status() is None


def test_value_grows(device: Device) -> None:
    fence = device.create_fence()
    for value in (1, 2, 1000, (1 << 64) - 2):
        fence.signal(value)
        assert fence.query() == value


@pytest.mark.parametrize("value", [0, 4, 5])
def test_value_does_not_stay_or_fall(device: Device, value: int) -> None:
    fence = device.create_fence(5)
    with pytest.raises(InvalidArgument, match="5"):
        fence.signal(value)
    assert fence.query() == 5


def test_wait_ends_at_once_where_the_value_is_reached(device: Device) -> None:
    fence = device.create_fence(5)
    fence.wait(5)
    fence.wait(3, timeout=0)


def test_wait_gives_up_after_its_time(device: Device) -> None:
    fence = device.create_fence()
    for timeout in (0, 0.01):
        with pytest.raises(DeadlineExceeded):
            fence.wait(1, timeout)


def test_wait_ends_when_another_thread_signals(device: Device) -> None:
    fence = device.create_fence()
    timer = threading.Timer(0.02, fence.signal, [1])
    timer.start()
    fence.wait(1, timeout=10)
    timer.join()


def test_first_failure_stays(device: Device) -> None:
    fence = device.create_fence()
    fence.fail(DataLoss("first"))
    fence.fail(Unavailable("second"))
    assert isinstance(fence.status(), DataLoss)
    for attempt in (fence.query, lambda: fence.wait(1), lambda: fence.wait(1, timeout=0)):
        with pytest.raises(DataLoss, match="first"):
            attempt()


def test_wait_ends_when_another_thread_fails(device: Device) -> None:
    fence = device.create_fence()
    timer = threading.Timer(0.02, fence.fail, [DataLoss("gone")])
    timer.start()
    with pytest.raises(DataLoss, match="gone"):
        fence.wait(1, timeout=10)
    timer.join()


def test_two_threads_answer_each_other(device: Device) -> None:
    ping, pong = device.create_fence(), device.create_fence()

    def answer() -> None:
        for value in range(1, 6):
            ping.wait(value, timeout=10)
            pong.signal(value)

    thread = threading.Thread(target=answer)
    thread.start()
    for value in range(1, 6):
        ping.signal(value)
        pong.wait(value, timeout=10)
    thread.join()


def test_submission_signals_its_fence(device: Device) -> None:
    fence = device.create_fence()
    queue = device.dispatch_queues[0]
    for value in (1, 2, 5):
        queue.submit([SubmissionBatch(command_buffers=[recorded(device, lambda _: None)])], FenceValue(fence, value))
        fence.wait(value, timeout=10)
        assert fence.query() == value


def test_submission_of_nothing_signals_its_fence(device: Device) -> None:
    fence = device.create_fence()
    device.dispatch_queues[0].submit([], FenceValue(fence, 1))
    fence.wait(1, timeout=10)


def test_submission_whose_fence_would_not_grow_is_refused(device: Device) -> None:
    commands = recorded(device, lambda _: None)
    queue = device.dispatch_queues[0]
    with pytest.raises(InvalidArgument, match="3"):
        queue.submit([SubmissionBatch(command_buffers=[commands])], FenceValue(device.create_fence(3), 3))
    device.submit_and_wait(commands)


def test_all_fences_are_waited_for(device: Device) -> None:
    fences = [device.create_fence(value) for value in (1, 2)]
    device.wait_all_fences([])
    device.wait_all_fences([FenceValue(fences[0], 1), FenceValue(fences[1], 2)])
    with pytest.raises(DeadlineExceeded):
        device.wait_all_fences([FenceValue(fences[0], 1), FenceValue(fences[1], 3)], timeout=0.01)
    fences[1].fail(DataLoss("gone"))
    with pytest.raises(DataLoss, match="gone"):
        device.wait_all_fences([FenceValue(fences[0], 1), FenceValue(fences[1], 3)])


def test_any_fence_ends_the_wait(device: Device) -> None:
    fences = [device.create_fence() for _ in range(3)]
    wanted = [FenceValue(fence, 1) for fence in fences]
    with pytest.raises(DeadlineExceeded):
        device.wait_any_fence(wanted, timeout=0.01)
    timer = threading.Timer(0.02, fences[1].signal, [1])
    timer.start()
    assert device.wait_any_fence(wanted, timeout=10) == 1
    timer.join()
    assert device.wait_any_fence(wanted, timeout=0) == 1


def test_failed_fence_ends_the_wait_for_any(device: Device) -> None:
    fences = [device.create_fence() for _ in range(2)]
    fences[1].fail(DataLoss("gone"))
    with pytest.raises(DataLoss, match="gone"):
        device.wait_any_fence([FenceValue(fence, 1) for fence in fences], timeout=10)


def test_any_of_no_fence_is_refused(device: Device) -> None:
    with pytest.raises(InvalidArgument):
        device.wait_any_fence([])
