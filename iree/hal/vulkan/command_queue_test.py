"""Submission: what is held back, what fails, and what is kept alive."""

import gc
import threading
import weakref

import numpy as np
import pytest

from iree.hal.buffer import Buffer
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.execution_stage import ExecutionStage
from iree.hal.fence import FenceValue
from iree.hal.host.fence import HostFence
from iree.hal.semaphore import Semaphore, SemaphoreValue
from iree.hal.status import DeadlineExceeded, FailedPrecondition, HalError, Internal, InvalidArgument, ResourceExhausted
from iree.hal.submission_batch import SubmissionBatch
from iree.hal.testing.interrupt import interrupted_at
from iree.hal.vulkan.command_queue import VulkanCommandQueue
from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.driver import VulkanDriver
from iree.hal.vulkan.errors import DeviceLost
from iree.hal.vulkan.raw import vk
from iree.hal.vulkan.recording import Recording


def fill(device: VulkanDevice, target: Buffer, byte: int) -> CommandBuffer:
    commands = device.create_command_buffer(CommandBufferMode.REUSABLE)
    commands.begin()
    commands.fill_buffer(target, bytes([byte]))
    commands.end()
    return commands


def copy(device: VulkanDevice, source: Buffer, target: Buffer) -> CommandBuffer:
    commands = device.create_command_buffer(CommandBufferMode.REUSABLE)
    commands.begin()
    commands.copy_buffer(source, target)
    commands.end()
    return commands


def queue_of(device: VulkanDevice) -> VulkanCommandQueue:
    queue = device.dispatch_queues[0]
    assert isinstance(queue, VulkanCommandQueue)
    return queue


def waits(semaphore: Semaphore, value: int, *commands: CommandBuffer) -> SubmissionBatch:
    return SubmissionBatch([SemaphoreValue(semaphore, value)], commands)


def signals(semaphore: Semaphore, value: int, *commands: CommandBuffer) -> SubmissionBatch:
    return SubmissionBatch((), commands, [SemaphoreValue(semaphore, value)])


def test_command_buffers_of_one_queue_run_in_order_without_barriers(device: VulkanDevice) -> None:
    a, b, c = (device.allocator.allocate(1 << 20) for _ in range(3))
    for byte in range(1, 5):
        device.submit_and_wait(fill(device, a, byte), copy(device, a, b), copy(device, b, c))
        assert c.read() == bytes([byte]) * (1 << 20)


def test_a_batch_that_the_host_must_allow_is_held_back_with_all_behind_it(device: VulkanDevice) -> None:
    a, b = device.allocator.allocate(64), device.allocator.allocate(64)
    gate, fence = device.create_semaphore(), device.create_fence()
    queue = queue_of(device)
    queue.submit([waits(gate, 2, fill(device, a, 7))], FenceValue(fence, 1))
    queue.submit([SubmissionBatch((), [copy(device, a, b)])], FenceValue(fence, 2))
    gate.signal(1)
    with pytest.raises(DeadlineExceeded, match=r"2 batches still wait for semaphores"):
        queue.wait_idle(0.01)
    assert fence.query() == 0
    gate.signal(2)
    fence.wait(2)
    assert b.read() == b"\7" * 64
    queue.wait_idle(10)


def test_a_wait_for_submitted_work_is_the_devices_affair(device: VulkanDevice) -> None:
    a, b = device.allocator.allocate(64), device.allocator.allocate(64)
    done, fence = device.create_semaphore(), device.create_fence()
    batches = [signals(done, 1, fill(device, a, 3)), waits(done, 1, copy(device, a, b))]
    queue_of(device).submit(batches, FenceValue(fence, 9))
    fence.wait(9)
    assert (fence.query(), done.query(), b.read()) == (9, 1, b"\3" * 64)


def test_a_failed_semaphore_fails_what_waits_for_it_and_the_queue(device: VulkanDevice) -> None:
    a = device.allocator.allocate(64)
    gate, after, fence, later = (
        device.create_semaphore(), device.create_semaphore(), device.create_fence(), device.create_fence()
    )  # fmt: skip
    queue = queue_of(device)
    batch = SubmissionBatch([SemaphoreValue(gate, 1)], [fill(device, a, 1)], [SemaphoreValue(after, 1)])
    queue.submit([batch], FenceValue(fence, 1))
    gate.fail(Internal("the producer broke"))
    for wait in (lambda: fence.wait(1), lambda: after.wait(1), lambda: queue.wait_idle(1), fence.query):
        with pytest.raises(Internal, match="the producer broke"):
            wait()
    assert isinstance(fence.status(), Internal)
    assert a.read() == bytes(64)
    queue.submit([SubmissionBatch()], FenceValue(later, 1))
    with pytest.raises(Internal, match="the producer broke"):
        later.wait(1)
    with pytest.raises(Internal, match="the producer broke"):
        device.submit_and_wait(fill(device, a, 1))


def test_a_waiting_thread_learns_of_a_failure(device: VulkanDevice) -> None:
    fence = device.create_fence()
    threading.Timer(0.05, fence.fail, [Internal("given up")]).start()
    with pytest.raises(Internal, match="given up"):
        fence.wait(1)


def test_a_waiting_thread_learns_of_a_signal(device: VulkanDevice) -> None:
    fence = device.create_fence()
    threading.Timer(0.05, fence.signal, [4]).start()
    fence.wait(3, 10)
    assert fence.query() == 4


def test_a_wait_ends_when_its_time_is_up(device: VulkanDevice) -> None:
    fence = device.create_fence(5)
    with pytest.raises(DeadlineExceeded, match=r"6 \(now 5\) was not reached"):
        fence.wait(6, 0.01)


@pytest.mark.parametrize("value", [0, 3, 4])
def test_signals_must_increase(device: VulkanDevice, value: int) -> None:
    semaphore = device.create_semaphore(4)
    with pytest.raises(InvalidArgument, match="the value is 4"):
        semaphore.signal(value)
    with pytest.raises(InvalidArgument, match="greater than 4"):
        queue_of(device).submit([signals(semaphore, value)])


def test_signals_of_one_submission_must_increase(device: VulkanDevice) -> None:
    semaphore = device.create_semaphore()
    with pytest.raises(InvalidArgument, match="greater than 2"):
        queue_of(device).submit([signals(semaphore, 2), signals(semaphore, 2)])
    queue_of(device).submit([signals(semaphore, 1), signals(semaphore, 2)])
    semaphore.wait(2)


def test_the_host_must_not_overtake_submitted_work(device: VulkanDevice) -> None:
    gate, semaphore = device.create_semaphore(), device.create_semaphore()
    batch = SubmissionBatch([SemaphoreValue(gate, 1)], (), [SemaphoreValue(semaphore, 5)])
    queue_of(device).submit([batch])
    with pytest.raises(InvalidArgument, match="submitted work will signal 5"):
        semaphore.signal(5)
    with pytest.raises(InvalidArgument, match="greater than 5"):
        queue_of(device).submit([signals(semaphore, 4)])
    semaphore.signal(3)
    gate.signal(1)
    semaphore.wait(5)


def test_a_fence_value_that_is_on_its_way_already(device: VulkanDevice) -> None:
    gate, fence = device.create_semaphore(), device.create_fence()
    queue_of(device).submit([waits(gate, 1)], FenceValue(fence, 2))
    with pytest.raises(InvalidArgument, match="greater than 2"):
        queue_of(device).submit([], FenceValue(fence, 2))
    gate.signal(1)
    fence.wait(2)


def test_a_fence_alone(device: VulkanDevice) -> None:
    fence = device.create_fence()
    queue_of(device).submit([], FenceValue(fence, 1))
    fence.wait(1)


def test_binary_semaphores_pair_one_signal_with_one_wait(device: VulkanDevice) -> None:
    a, b = device.allocator.allocate(64), device.allocator.allocate(64)
    binary, fence = device.create_binary_semaphore(), device.create_fence()
    queue = queue_of(device)
    wait = SubmissionBatch([SemaphoreValue(binary)], [copy(device, a, b)])
    signal = SubmissionBatch((), [fill(device, a, 4)], [SemaphoreValue(binary)])
    with pytest.raises(FailedPrecondition, match="nothing signals"):
        queue.submit([wait])
    queue.submit([signal, wait], FenceValue(fence, 1))
    queue.submit([signal])
    with pytest.raises(FailedPrecondition, match="signalled already"):
        queue.submit([signal])
    with pytest.raises(FailedPrecondition, match="nothing signals"):
        queue.submit([wait, wait])
    queue.submit([wait], FenceValue(fence, 2))
    fence.wait(2)
    assert b.read() == b"\4" * 64


def test_a_binary_semaphore_that_starts_signalled(device: VulkanDevice) -> None:
    binary, fence = device.create_binary_semaphore(True), device.create_fence()
    wait = SubmissionBatch([SemaphoreValue(binary)])
    queue_of(device).submit([wait], FenceValue(fence, 1))
    fence.wait(1)
    with pytest.raises(FailedPrecondition, match="nothing signals"):
        queue_of(device).submit([wait])


def test_a_wait_for_an_event_that_nothing_signals_fails(device: VulkanDevice) -> None:
    commands = device.create_command_buffer()
    commands.begin()
    event = device.create_event()
    commands.wait_events([event], ExecutionStage.TRANSFER, ExecutionStage.TRANSFER)
    commands.end()
    with pytest.raises(FailedPrecondition, match="no earlier command signals"):
        device.submit_and_wait(commands)


def test_semaphores_and_fences_of_another_device_are_refused(device: VulkanDevice) -> None:
    other = VulkanDriver(validation=False).create_device()
    queue = queue_of(device)
    with pytest.raises(InvalidArgument, match="another device"):
        queue.submit([waits(other.create_semaphore(), 0)])
    with pytest.raises(InvalidArgument, match="another device"):
        queue.submit([signals(other.create_semaphore(), 1)])
    with pytest.raises(InvalidArgument, match="another device"):
        queue.submit([SubmissionBatch([SemaphoreValue(other.create_binary_semaphore(True))])])
    with pytest.raises(InvalidArgument, match="another device"):
        queue.submit([], FenceValue(other.create_fence(), 1))
    with pytest.raises(InvalidArgument, match="HostFence: it belongs to another driver"):
        queue.submit([], FenceValue(HostFence(), 1))


def test_more_than_the_prepared_structures_hold(device: VulkanDevice) -> None:
    buffers = [device.allocator.allocate(16) for _ in range(50)]
    semaphores = [device.create_semaphore() for _ in range(40)]
    fence = device.create_fence()
    first = SubmissionBatch(
        (), [fill(device, buffer, 1) for buffer in buffers], [SemaphoreValue(one, 1) for one in semaphores]
    )
    second = SubmissionBatch([SemaphoreValue(one, 1) for one in semaphores])
    queue_of(device).submit([first, second], FenceValue(fence, 1))
    fence.wait(1)
    assert all(buffer.read() == b"\1" * 16 for buffer in buffers)


def test_any_thread_may_submit(device: VulkanDevice) -> None:
    results: dict[int, bytes] = {}
    errors: list[BaseException] = []

    def work(byte: int) -> None:
        try:
            a, b = device.allocator.allocate(4096), device.allocator.allocate(4096)
            for _ in range(20):
                device.submit_and_wait(fill(device, a, byte), copy(device, a, b))
            results[byte] = b.read()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=[byte]) for byte in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert results == {byte: bytes([byte]) * 4096 for byte in range(1, 5)}


def test_what_submitted_work_uses_lives_until_it_is_done(device: VulkanDevice) -> None:
    gate, fence = device.create_semaphore(), device.create_fence()
    source, target = device.allocator.allocate(64), device.allocator.allocate(64)
    source.fill(b"\x06")
    commands = copy(device, source, target)
    alive = weakref.ref(source)
    queue_of(device).submit([waits(gate, 1, commands)], FenceValue(fence, 1))
    del source, commands
    gc.collect()
    assert alive() is not None
    gate.signal(1)
    fence.wait(1)
    gc.collect()
    assert target.read() == b"\x06" * 64
    assert alive() is None


def test_nobody_waits_and_what_was_used_is_let_go(device: VulkanDevice) -> None:
    queue = queue_of(device)
    targets = [device.allocator.allocate(16) for _ in range(60)]
    alive = [weakref.ref(target) for target in targets]
    for target in targets:
        queue.submit([SubmissionBatch((), [fill(device, target, 1)])])
    del targets, target
    queue._progress.wait(queue._submitted)
    queue.submit([SubmissionBatch()])
    assert sum(reference() is not None for reference in alive) <= 8
    queue.wait_idle()
    assert sum(reference() is not None for reference in alive) == 0


def test_wait_any_names_the_fence_that_came(device: VulkanDevice) -> None:
    fences = [device.create_fence() for _ in range(3)]
    fences[1].signal(5)
    assert device.wait_any_fence([FenceValue(fence, 5) for fence in fences]) == 1
    with pytest.raises(DeadlineExceeded, match="was not reached"):
        device.wait_any_fence([FenceValue(fences[0], 1), FenceValue(fences[2], 1)], 0.01)
    fences[2].fail(Internal("broken"))
    with pytest.raises(Internal, match="broken"):
        device.wait_any_fence([FenceValue(fences[0], 1), FenceValue(fences[2], 1)])
    with pytest.raises(InvalidArgument, match="of no fence"):
        device.wait_any_fence([])
    with pytest.raises(InvalidArgument, match="HostFence"):
        device.wait_any_fence([FenceValue(HostFence(), 1)])


@pytest.mark.parametrize(
    ("result", "error"),
    [(vk.VK_ERROR_DEVICE_LOST, DeviceLost), (vk.VK_ERROR_OUT_OF_DEVICE_MEMORY, ResourceExhausted)],
)
def test_a_submission_that_vulkan_refuses_fails_its_fence(
    device: VulkanDevice, monkeypatch: pytest.MonkeyPatch, result: int, error: type[HalError]
) -> None:
    fence = device.create_fence()
    monkeypatch.setattr(device.logical.functions, "vkQueueSubmit", lambda *arguments: result)
    queue_of(device).submit([SubmissionBatch()], FenceValue(fence, 1))
    monkeypatch.undo()
    for _ in range(2):
        with pytest.raises(error, match="vkQueueSubmit returned"):
            fence.wait(1)
    with pytest.raises(error, match="vkQueueSubmit returned"):
        device.wait_idle()


def test_a_lost_device_keeps_its_first_cause(device: VulkanDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    fence = device.create_fence()
    lost = vk.VK_ERROR_DEVICE_LOST
    monkeypatch.setattr(device.logical.functions, "vkWaitSemaphores", lambda *arguments: lost)
    with pytest.raises(DeviceLost, match="vkWaitSemaphores returned VK_ERROR_DEVICE_LOST"):
        fence.wait(1)
    monkeypatch.undo()
    with pytest.raises(DeviceLost, match="vkWaitSemaphores"):
        device.create_fence()
    with pytest.raises(DeviceLost, match="vkWaitSemaphores"):
        device.submit_and_wait(device.create_command_buffer())


def test_a_queue_that_failed_makes_no_device_memory(device: VulkanDevice) -> None:
    gate = device.create_semaphore()
    queue_of(device).submit([waits(gate, 1)])
    gate.fail(Internal("broken"))
    recording = Recording(device.logical, one_time=True)
    recording.end()
    with pytest.raises(Internal, match="broken"):
        queue_of(device).run(recording)


def test_results_are_those_of_numpy_after_many_submissions(device: VulkanDevice) -> None:
    """Recordings and pools are used again and again."""
    a, b = device.allocator.allocate(400), device.allocator.allocate(400)
    for seed in range(50):
        values = np.random.default_rng(seed).standard_normal(100).astype(np.float32)
        a.write(values)
        device.submit_and_wait(copy(device, a, b))
        np.testing.assert_array_equal(np.frombuffer(b.read(), np.float32), values)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # what is raised while an object dies
def test_queue_works_on_wherever_it_was_interrupted(device: VulkanDevice) -> None:
    """What was handed on runs once, what was not never; nobody waits for ever, and nothing is kept for ever."""
    queue, other = queue_of(device), device.dispatch_queues[1]

    def is_interrupted(step: int) -> bool:
        source, target = device.allocator.allocate(16), device.allocator.allocate(16)
        fence, gate, done = device.create_fence(), device.create_semaphore(), device.create_semaphore()
        binary = device.create_binary_semaphore()
        batch = SubmissionBatch(
            [SemaphoreValue(gate, 1)], [copy(device, source, target)], [SemaphoreValue(done, 1), SemaphoreValue(binary)]
        )
        source.fill(b"\x01")
        other.submit([waits(done, 1)])

        def call() -> None:
            queue.submit([batch, SubmissionBatch([SemaphoreValue(binary)])], FenceValue(fence, 1))
            gate.signal(1)
            fence.wait(1)

        interrupted = interrupted_at(step, "/iree/hal/vulkan/", call)
        if interrupted and gate.query() == 0:
            gate.signal(1)
        assert gate.promised == 1  # type: ignore[attr-defined]
        if done.planned:  # type: ignore[attr-defined]
            done.wait(1, 10)
            fence.wait(1, 10)
            assert target.read() == b"\x01" * 16
        else:
            done.signal(1)
            assert target.read() == bytes(16)
        queue.wait_idle(10)
        other.wait_idle(10)
        assert not queue._in_flight.kept
        return interrupted

    steps = 0
    while is_interrupted(steps):
        steps += 1
    assert steps > 50
