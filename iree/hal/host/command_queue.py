"""HostCommandQueue: a queue that runs command buffers in this process.

A submission that can start and soon ends runs inside submit(), without a change of thread. One that has to wait for a
semaphore, or that takes long, is put aside with all that is submitted after it; a worker thread takes it from there.
Who waits for its fence before the worker has begun runs it instead: there is nothing else to do meanwhile.
"""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Final

from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_category import CommandCategory
from iree.hal.command_queue import CommandQueue
from iree.hal.fence import FenceValue
from iree.hal.host.command_buffer import HostCommandBuffer
from iree.hal.host.fence import HostFence
from iree.hal.host.semaphore import HostBinarySemaphore, HostSemaphore
from iree.hal.host.timeline import CHANGED, LOCK, Timeline
from iree.hal.semaphore import SemaphoreValue
from iree.hal.status import DeadlineExceeded, HalError, InvalidArgument, as_hal_error
from iree.hal.submission_batch import SubmissionBatch

LONG: Final = 8 << 20  # bytes that a submission touches, from which on it takes long: half a millisecond, about
_LINGER_SECONDS: Final = 1.0  # that a worker waits for more work before it ends
_LOOK_AGAIN_SECONDS: Final = 0.002  # after which wait_idle looks for what nobody announces


class _Submission:
    """What is left of one call of submit."""

    def __init__(self, batches: Sequence[SubmissionBatch], fence: FenceValue | None):
        self.batches = deque(batches)
        self.fence = fence
        self.is_pending = False
        self.is_over = False  # well or not

    def signals(self, fence: Timeline) -> bool:
        """Whether its end sets `fence`."""
        own: object = None if self.fence is None else self.fence.fence
        return own is fence

    def is_ready(self) -> bool:
        """Whether the next batch can start, or fail because what it waits for has failed."""
        return not self.batches or all(_is_settled(wait) for wait in self.batches[0].wait_semaphores)


class HostCommandQueue(CommandQueue):
    """Runs the actions of HostCommandBuffers; a driver that needs more around them overrides execute.

    A user may interrupt any thread but the worker between any two steps. So locks are only taken by `with`, a
    submission is pending until it is over, and whoever finds one that is over drops it.
    """

    def __init__(self, name: str, categories: CommandCategory = CommandCategory.ALL):
        super().__init__(name, categories)
        self._running = threading.Lock()  # held by the one thread that executes
        self._pending: deque[_Submission] = deque()  # appended to by any thread; taken from by the one that executes
        self._error: HalError | None = None
        self._worker: threading.Thread | None = None
        self._worker_lock = threading.Lock()
        self._wake: SimpleQueue[None] = SimpleQueue()  # tells the worker to look again

    def execute(self, command_buffer: CommandBuffer) -> None:
        """Hook: runs all commands of the driver's own command buffer, in order."""
        assert isinstance(command_buffer, HostCommandBuffer)
        for action in command_buffer.actions:
            action()

    def submit_batches(self, batches: Sequence[SubmissionBatch], fence: FenceValue | None) -> None:
        if any(batch.wait_semaphores or batch.signal_semaphores for batch in batches):
            _claim(batches)
        submission = _Submission(batches, fence)
        if not self._pending and not self._running.locked() and _work(batches) < LONG:
            with self._running:
                if not self._pending:
                    self._advance(submission)
                    if submission.is_over:
                        return
                    self._pending.appendleft(submission)
                    submission.is_pending = True
        if fence is not None and isinstance(fence.fence, HostFence):
            fence.fence.helper = self
        if not submission.is_pending:
            self._pending.append(submission)
        self._wake_worker()

    def help(self, fence: Timeline, value: int) -> None:
        """A thread that waits for `fence` runs what signals it, as long as it is first in line and nobody has begun."""
        while not fence.is_settled(value) and not self._running.locked():
            with self._running:
                if not self._pending or not self._pending[0].signals(fence) or not self._can_advance():
                    return
                self._advance_first()

    def wait_idle(self, timeout: float | None = None) -> None:
        deadline = None if timeout is None else time.monotonic() + timeout
        while self._pending or self._running.locked():
            if deadline is not None and time.monotonic() >= deadline:
                state = "busy" if self._running.locked() else "waiting for a semaphore"
                raise DeadlineExceeded(f'queue "{self.name}" was still {state} after {timeout} s')
            with LOCK:
                CHANGED.wait(_LOOK_AGAIN_SECONDS)
        if self._error is not None:
            raise self._error.again() from self._error

    def _wake_worker(self) -> None:
        with self._worker_lock:
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(target=self._work, name=f"iree-queue-{self.name}", daemon=True)
                self._worker.start()
        self._wake.put(None)

    def _work(self) -> None:
        """Advances the oldest submission whenever it can, until there has been none for a while."""
        while True:
            with self._running:
                if self._pending:
                    with contextlib.suppress(BaseException):  # it is what the submission failed with
                        self._advance_first()
            if self._pending:
                with LOCK:
                    CHANGED.wait_for(self._can_advance)
                continue
            try:
                self._wake.get(timeout=_LINGER_SECONDS)
            except Empty:
                with self._worker_lock:
                    if not self._pending:
                        self._worker = None
                        return

    def _can_advance(self) -> bool:
        """Whether the oldest submission can do something, or there is none."""
        try:
            return self._error is not None or self._pending[0].is_ready()
        except IndexError:  # another thread has just taken it
            return True

    def _advance_first(self) -> None:
        first = self._pending[0]
        try:
            self._advance(first)
        finally:
            if first.is_over:
                self._pending.popleft()
                with LOCK:
                    CHANGED.notify_all()

    def _advance(self, submission: _Submission) -> None:
        """Runs the batches that can run; then the submission is over, or the next one must wait."""
        if submission.is_over:
            return
        try:
            while submission.batches:
                self._raise_failure()
                if not submission.is_ready():
                    return
                self._run(submission.batches[0])
                submission.batches.popleft()
            self._raise_failure()
            if submission.fence is not None:
                submission.fence.fence.signal(submission.fence.value)
            submission.is_over = True
        except Exception as error:
            self._error = self._error or as_hal_error(error)
            _fail(submission, self._error)
        except BaseException as error:  # the user interrupts: this submission is lost, the queue is not
            _fail(submission, as_hal_error(error))
            raise

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


def _work(batches: Sequence[SubmissionBatch]) -> int:
    work = 0
    for batch in batches:
        for command_buffer in batch.command_buffers:
            impl = command_buffer.impl
            if isinstance(impl, HostCommandBuffer):
                work += impl.work
    return work


def _claim(batches: Sequence[SubmissionBatch]) -> None:
    """Claims all binary semaphores or, where one cannot be claimed, none."""
    undo: list[Callable[[], None]] = []
    with LOCK:
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
        except BaseException:
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
    with LOCK:
        semaphore.take()


def _signal(signal: SemaphoreValue) -> None:
    semaphore, value = signal
    if isinstance(semaphore, HostSemaphore):
        semaphore.signal(value)
        return
    assert isinstance(semaphore, HostBinarySemaphore)
    with LOCK:
        semaphore.set()


def _fail(submission: _Submission, error: HalError) -> None:
    """The submission is over; tells everyone who waits for what is left of it."""
    submission.is_over = True
    for batch in submission.batches:
        for semaphore, _ in batch.signal_semaphores:
            if isinstance(semaphore, HostSemaphore):
                semaphore.fail(error)
            elif isinstance(semaphore, HostBinarySemaphore):
                with LOCK:
                    semaphore.fail(error)
    if submission.fence is not None:
        submission.fence.fence.fail(error)
