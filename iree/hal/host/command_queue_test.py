"""The host's queue: when it uses a thread, and what becomes of errors. What all queues do is in cts."""

import threading
from collections.abc import Callable

import pytest

from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.command_category import CommandCategory
from iree.hal.fence import FenceValue
from iree.hal.host.command_queue import LONG, HostCommandQueue
from iree.hal.host.fence import HostFence
from iree.hal.host.semaphore import HostBinarySemaphore, HostSemaphore
from iree.hal.null.command_buffer import NullCommandBuffer
from iree.hal.semaphore import SemaphoreValue
from iree.hal.status import DataLoss, DeadlineExceeded, FailedPrecondition, Internal, ResourceExhausted
from iree.hal.submission_batch import SubmissionBatch
from iree.hal.testing.interrupt import interrupted_at


class Calling(NullCommandBuffer):
    """Commands that are one call."""

    def __init__(self, call: Callable[[], object], categories: CommandCategory = CommandCategory.ALL, work: int = 0):
        super().__init__(CommandBufferMode.REUSABLE, categories)
        self.begin()
        self.actions.append(call)
        self.work = work
        self.end()


class CallingQueue(HostCommandQueue):
    """Makes the calls and remembers the threads."""

    def __init__(self, categories: CommandCategory = CommandCategory.ALL) -> None:
        super().__init__("test", categories)
        self.threads: list[threading.Thread] = []

    def execute(self, command_buffer: CommandBuffer) -> None:
        self.threads.append(threading.current_thread())
        super().execute(command_buffer)


def batch(call: Callable[[], object], *waits: SemaphoreValue, work: int = 0) -> SubmissionBatch:
    return SubmissionBatch(waits, [Calling(call, work=work)])


def raising(error: BaseException) -> Callable[[], object]:
    def call() -> None:
        raise error

    return call


def test_work_that_can_run_runs_in_the_callers_thread() -> None:
    queue, semaphore, fence = CallingQueue(), HostSemaphore(1), HostFence()
    queue.submit([batch(int, SemaphoreValue(semaphore, 1))], FenceValue(fence, 1))
    assert fence.query() == 1
    assert queue.threads == [threading.current_thread()]


def test_thread_lives_while_work_waits() -> None:
    queue, semaphore, fence = CallingQueue(), HostSemaphore(), HostFence()
    assert queue._worker is None
    queue.submit([batch(int, SemaphoreValue(semaphore, 1)), batch(int)], FenceValue(fence, 1))
    queue.submit([batch(int)], FenceValue(fence, 2))
    worker = queue._worker
    assert worker is not None
    assert worker.is_alive()
    assert not queue.threads
    semaphore.signal(1)
    fence.wait(2, 10)
    assert set(queue.threads) == {worker}
    worker.join(10)  # it waits for more for a while
    assert not worker.is_alive()
    queue.submit([batch(int)], FenceValue(fence, 3))
    assert queue.threads[-1] is threading.current_thread()


def test_long_work_runs_beside_its_caller() -> None:
    queue, go, fence = CallingQueue(), threading.Event(), HostFence()
    queue.submit([batch(lambda: go.wait(10), work=LONG - 1), batch(int, work=1)], FenceValue(fence, 1))
    assert fence.query() == 0
    with pytest.raises(DeadlineExceeded, match="value 1 was not reached in 0.01 s"):
        fence.wait(1, 0.01)
    go.set()
    fence.wait(1, 10)
    assert len(set(queue.threads) - {threading.current_thread()}) == 1


def test_queues_run_beside_each_other() -> None:
    both, fences = threading.Barrier(2), [HostFence(), HostFence()]
    for queue, fence in zip((CallingQueue(), CallingQueue()), fences, strict=True):
        queue.submit([batch(lambda: both.wait(10), work=LONG)], FenceValue(fence, 1))
    for fence in fences:
        fence.wait(1)


def test_who_waits_runs_what_nobody_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    queue, fence, other = CallingQueue(), HostFence(), HostFence()
    monkeypatch.setattr(queue, "_work", lambda: None)  # a worker that never comes
    queue.submit([batch(int, work=LONG)], FenceValue(other, 1))
    queue.submit([batch(int, work=LONG)], FenceValue(fence, 1))
    queue.submit([batch(int)], FenceValue(fence, 2))
    with pytest.raises(DeadlineExceeded):
        fence.wait(2, 0.01)  # nobody knows how long it takes
    other.wait(1)
    fence.wait(2)
    assert queue.threads == [threading.current_thread()] * 3
    queue.wait_idle(0)


def test_first_batches_run_before_one_that_waits() -> None:
    queue, semaphore, done = CallingQueue(), HostSemaphore(), []
    queue.submit([batch(lambda: done.append(1)), batch(lambda: done.append(2), SemaphoreValue(semaphore, 1))])
    assert done == [1]
    semaphore.signal(1)
    queue.wait_idle(10)
    assert done == [1, 2]


def test_submissions_of_many_threads_run_one_at_a_time() -> None:
    queue, running, most = CallingQueue(), [0], [0]

    def work() -> None:
        running[0] += 1
        most[0] = max(most[0], running[0])
        threading.Event().wait(0.001)
        running[0] -= 1

    threads = [threading.Thread(target=queue.submit, args=[[batch(work)]]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    queue.wait_idle(10)
    assert most == [1]
    assert len(queue.threads) == 8


def test_busy_queue_is_not_idle() -> None:
    queue, started, go = CallingQueue(), threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        go.wait(10)

    thread = threading.Thread(target=queue.submit, args=[[batch(work)]])
    thread.start()
    started.wait(10)
    with pytest.raises(DeadlineExceeded, match=r'queue "test" was still busy after 0\.01 s'):
        queue.wait_idle(0.01)
    go.set()
    queue.wait_idle(10)
    thread.join(10)


@pytest.mark.parametrize(
    ("error", "kind"),
    [(DataLoss("x"), DataLoss), (MemoryError("x"), ResourceExhausted), (ZeroDivisionError("x"), Internal)],
)
def test_error_of_a_command_reaches_the_fence_and_stays(error: Exception, kind: type[Exception]) -> None:
    queue, fence = CallingQueue(), HostFence()
    queue.submit([batch(raising(error)), batch(pytest.fail)], FenceValue(fence, 1))
    with pytest.raises(kind, match="x"):
        fence.wait(1)
    later = HostFence()
    queue.submit([batch(pytest.fail)], FenceValue(later, 1))
    with pytest.raises(kind, match="x"):
        later.wait(1)
    with pytest.raises(kind, match="x"):
        queue.wait_idle()


def test_error_on_the_worker_thread_fails_all_that_is_queued() -> None:
    queue, semaphore, fences = CallingQueue(), HostSemaphore(), [HostFence(), HostFence()]
    binary = HostBinarySemaphore()
    signal = SubmissionBatch((), (), [SemaphoreValue(binary)])
    queue.submit([batch(raising(DataLoss("x")), SemaphoreValue(semaphore, 1)), signal], FenceValue(fences[0], 1))
    queue.submit([SubmissionBatch([SemaphoreValue(HostSemaphore(), 1)])], FenceValue(fences[1], 1))
    semaphore.signal(1)
    for fence in fences:
        with pytest.raises(DataLoss, match="x"):
            fence.wait(1, 10)
    assert binary.is_settled()


def test_interrupt_loses_the_submission_but_not_the_queue() -> None:
    queue, fence = CallingQueue(), HostFence()
    with pytest.raises(KeyboardInterrupt):
        queue.submit([batch(raising(KeyboardInterrupt()))], FenceValue(fence, 1))
    with pytest.raises(Internal, match="KeyboardInterrupt"):
        fence.wait(1)
    again = HostFence()
    queue.submit([batch(int)], FenceValue(again, 1))
    again.wait(1)


def test_commands_for_another_kind_of_queue_are_refused() -> None:
    queue = CallingQueue(CommandCategory.TRANSFER)
    assert queue.can_transfer
    assert not queue.can_dispatch
    queue.submit([SubmissionBatch((), [Calling(int, CommandCategory.TRANSFER)])])
    with pytest.raises(FailedPrecondition, match="submit of DISPATCH commands to a queue that runs only TRANSFER"):
        queue.submit([SubmissionBatch((), [Calling(int, CommandCategory.DISPATCH)])])


def test_refused_submission_leaves_no_claims() -> None:
    queue, first, second = CallingQueue(), HostBinarySemaphore(), HostBinarySemaphore()
    with pytest.raises(FailedPrecondition):
        queue.submit([SubmissionBatch([SemaphoreValue(second)], (), [SemaphoreValue(first)])])
    queue.submit([SubmissionBatch((), (), [SemaphoreValue(first)]), SubmissionBatch([SemaphoreValue(first)])])
    queue.wait_idle(10)


@pytest.mark.parametrize("work", [0, LONG])
@pytest.mark.parametrize("waits", [False, True])
def test_queue_works_on_wherever_it_was_interrupted(work: int, waits: bool) -> None:
    def is_interrupted(step: int) -> bool:
        queue, fence, gate = CallingQueue(), HostFence(), HostSemaphore(0 if waits else 1)

        def call() -> None:
            queue.submit([batch(int, SemaphoreValue(gate, 1), work=work)], FenceValue(fence, 1))
            gate.signal(2)
            fence.wait(1)

        if not interrupted_at(step, "/iree/hal/host/", call):
            return False
        gate.signal(3)
        again = HostFence()
        queue.submit([batch(int)], FenceValue(again, 1))
        again.wait(1, 10)
        queue.wait_idle(10)
        return True

    steps = 0
    while is_interrupted(steps):
        steps += 1
    assert steps > 50
