"""HostCommandQueue: a queue that runs command buffers in this process.

A submission that has nothing to wait for runs inside submit(), without a change of thread. One that must wait for a
semaphore is put aside, with all that is submitted after it, and a worker thread lives for as long as there is any.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_category import CommandCategory
from iree.hal.command_queue import CommandQueue
from iree.hal.fence import FenceValue
from iree.hal.host.command_buffer import HostCommandBuffer
from iree.hal.host.semaphore import HostBinarySemaphore, HostSemaphore
from iree.hal.host.timeline import CHANGED
from iree.hal.semaphore import SemaphoreValue
from iree.hal.status import DeadlineExceeded, HalError, InvalidArgument, as_hal_error
from iree.hal.submission_batch import SubmissionBatch


class _Submission:
    """What is left of one call of submit."""

    def __init__(self, batches: Sequence[SubmissionBatch], fence: FenceValue | None):
        self.batches = deque(batches)
        self.fence = fence

    def is_ready(self) -> bool:
        """Whether the next batch can start, or fail because what it waits for has failed."""
        return not self.batches or all(_is_settled(wait) for wait in self.batches[0].wait_semaphores)


class HostCommandQueue(CommandQueue):
    """Runs the actions of HostCommandBuffers; a driver that needs more around them overrides execute."""

    def __init__(self, name: str, categories: CommandCategory = CommandCategory.ALL):
        super().__init__(name, categories)
        self._running = threading.Lock()  # held by the one thread that executes
        self._pending: deque[_Submission] = deque()
        self._worker: threading.Thread | None = None
        self._error: HalError | None = None

    def execute(self, command_buffer: CommandBuffer) -> None:
        """Hook: runs all commands of the driver's own command buffer, in order."""
        assert isinstance(command_buffer, HostCommandBuffer)
        for action in command_buffer.actions:
            action()

    def submit_batches(self, batches: Sequence[SubmissionBatch], fence: FenceValue | None) -> None:
        with self._running:
            if any(batch.wait_semaphores or batch.signal_semaphores for batch in batches):
                _claim(batches)
            submission = _Submission(batches, fence)
            if self._pending or not self._advance(submission):
                self._pending.append(submission)
                self._start_worker()

    def wait_idle(self, timeout: float | None = None) -> None:
        deadline = None if timeout is None else time.monotonic() + timeout
        if not self._running.acquire(timeout=-1 if timeout is None else timeout):
            raise DeadlineExceeded(f'queue "{self.name}" was still busy after {timeout} s')
        self._running.release()
        with CHANGED:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not CHANGED.wait_for(lambda: not self._pending, left):
                raise DeadlineExceeded(f'queue "{self.name}" was still waiting for a semaphore after {timeout} s')
        if self._error is not None:
            raise self._error.again() from self._error

    def _start_worker(self) -> None:
        if self._worker is None:
            self._worker = threading.Thread(target=self._work, name=f"iree-queue-{self.name}", daemon=True)
            self._worker.start()

    def _work(self) -> None:
        """Advances the oldest submission whenever it can, until none is left."""
        while True:
            with CHANGED:
                CHANGED.wait_for(self._can_advance)
            with self._running:
                if not self._advance(self._pending[0]):
                    continue
                with CHANGED:
                    self._pending.popleft()
                    CHANGED.notify_all()
                if not self._pending:
                    self._worker = None
                    return

    def _can_advance(self) -> bool:
        return self._error is not None or self._pending[0].is_ready()

    def _advance(self, submission: _Submission) -> bool:
        """Runs the batches that can run. False: the next one must wait. True: the submission is over, well or not."""
        try:
            while submission.batches:
                self._raise_failure()
                if not submission.is_ready():
                    return False
                self._run(submission.batches[0])
                submission.batches.popleft()
            self._raise_failure()
            if submission.fence is not None:
                submission.fence.fence.signal(submission.fence.value)
        except Exception as error:
            self._error = self._error or as_hal_error(error)
            _fail(submission, self._error)
        except BaseException as error:  # the user interrupts: this submission is lost, the queue is not
            _fail(submission, as_hal_error(error))
            raise
        return True

    def _run(self, batch: SubmissionBatch) -> None:
        for wait in batch.wait_semaphores:
            _take(wait)
        for command_buffer in batch.command_buffers:
            self.execute(command_buffer.impl)
        for signal in batch.signal_semaphores:
            _signal(signal)

    def _raise_failure(self) -> None:
        if self._error is not None:
            raise self._error


def _claim(batches: Sequence[SubmissionBatch]) -> None:
    """Claims all binary semaphores or, where one cannot be claimed, none."""
    undo: list[Callable[[], None]] = []
    with CHANGED:
        try:
            for batch in batches:
                for semaphore, _ in batch.wait_semaphores:
                    if isinstance(semaphore, HostBinarySemaphore):
                        semaphore.claim_wait()
                        undo.append(semaphore.release_wait)
                    elif not isinstance(semaphore, HostSemaphore):
                        raise InvalidArgument(f"wait for a {type(semaphore).__name__}: it belongs to another driver")
                for semaphore, _ in batch.signal_semaphores:
                    if isinstance(semaphore, HostBinarySemaphore):
                        semaphore.claim_signal()
                        undo.append(semaphore.release_signal)
                    elif not isinstance(semaphore, HostSemaphore):
                        raise InvalidArgument(f"signal of a {type(semaphore).__name__}: it belongs to another driver")
        except HalError:
            for release in undo:
                release()
            raise


def _is_settled(wait: SemaphoreValue) -> bool:
    semaphore, value = wait
    if isinstance(semaphore, HostSemaphore):
        return semaphore.is_settled(value)
    assert isinstance(semaphore, HostBinarySemaphore)
    return semaphore.is_settled()


def _take(wait: SemaphoreValue) -> None:
    semaphore, _ = wait
    if isinstance(semaphore, HostSemaphore):
        semaphore.raise_failure()
        return
    assert isinstance(semaphore, HostBinarySemaphore)
    with CHANGED:
        semaphore.take()


def _signal(signal: SemaphoreValue) -> None:
    semaphore, value = signal
    if isinstance(semaphore, HostSemaphore):
        semaphore.signal(value)
        return
    assert isinstance(semaphore, HostBinarySemaphore)
    with CHANGED:
        semaphore.set()


def _fail(submission: _Submission, error: HalError) -> None:
    """Tells everyone who waits for what is left of the submission."""
    for batch in submission.batches:
        for semaphore, _ in batch.signal_semaphores:
            if isinstance(semaphore, HostSemaphore):
                semaphore.fail(error)
            elif isinstance(semaphore, HostBinarySemaphore):
                with CHANGED:
                    semaphore.fail(error)
    if submission.fence is not None:
        submission.fence.fence.fail(error)
