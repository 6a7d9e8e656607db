"""Workers: threads on which calls go on while their callers do something else.

They are daemons: at the end of Python a call that still waits is given up, and one that runs has a moment to end.
"""

import atexit
import functools
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

_IDLE_SECONDS: Final = 10.0  # after which a thread that has nothing to do ends
_LAST_SECONDS: Final = 2.0  # that what runs has at the end of Python

ENDING = threading.Event()  # Python ends: what goes on for long should not


class Workers:
    """Runs tasks, in the order of their coming, on as many threads as there are tasks, or on `most` of them.

    A task must not raise; with `most`, it must not wait for a later one.
    """

    def __init__(self, most: int | None = None):
        self._most = most
        lock = threading.Lock()
        self._changed = threading.Condition(lock)  # there is a task
        self._rests = threading.Condition(lock)  # a thread has nothing to do
        self._tasks: deque[Callable[[], None]] = deque()
        self._idle = 0
        self._threads: set[threading.Thread] = set()

    def start(self, task: Callable[[], None]) -> None:
        """Has the task run soon. RuntimeError: there can be no more threads."""
        with self._changed:
            self._tasks.append(task)
            if self._idle >= len(self._tasks):
                self._changed.notify()
            elif self._most is None or len(self._threads) < self._most:
                self._add_thread()

    def join(self, deadline: float) -> None:
        """Waits until nothing runs, or time.monotonic() is `deadline`."""
        with self._rests:
            self._rests.wait_for(self._is_done, max(0.0, deadline - time.monotonic()))

    def _is_done(self) -> bool:
        return not self._tasks and self._idle == len(self._threads)

    def _add_thread(self) -> None:
        _end_first()
        thread = threading.Thread(target=self._work, name="iree-call", daemon=True)
        self._threads.add(thread)
        try:
            thread.start()
        except RuntimeError:
            self._threads.remove(thread)
            self._tasks.pop()
            raise

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._tasks and not self._wait_for_task():
                    self._threads.remove(threading.current_thread())
                    return
                task = self._tasks.popleft()
            task()
            del task  # and with it the arguments of a call

    def _wait_for_task(self) -> bool:
        self._idle += 1
        self._rests.notify_all()
        try:
            return self._changed.wait_for(lambda: bool(self._tasks), _IDLE_SECONDS)
        finally:
            self._idle -= 1


COMPUTING: Final = Workers(most=4)  # for calls that wait for nothing but the device
WAITING: Final = Workers()  # for all others: each may wait for another


@functools.cache
def _end_first() -> None:
    """When there are devices already, so that at the end calls are over before these are gone."""
    atexit.register(_end)


def _end() -> None:
    ENDING.set()
    deadline = time.monotonic() + _LAST_SECONDS
    for workers in (COMPUTING, WAITING):
        workers.join(deadline)
