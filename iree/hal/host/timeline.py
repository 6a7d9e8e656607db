"""Timeline: the value that a host fence or a host semaphore is.

One condition guards and announces all of them, so that a thread can wait for several at once.
"""

import threading
from typing import Protocol

from iree.hal.status import DeadlineExceeded, HalError, InvalidArgument

# CHANGED is entered by its lock: its own way in takes longer, and an interrupt in the midst would lock it for good.
LOCK = threading.Lock()
CHANGED = threading.Condition(LOCK)


class Helped(Protocol):
    """A queue that a waiting thread can help."""

    def help(self, fence: "Timeline", value: int) -> None: ...


class Timeline:
    """A value that only grows, or an error that stays. Its `helper` has pending work that will signal it."""

    def __init__(self, initial: int = 0):
        self.helper: Helped | None = None
        self._value = initial
        self._error: HalError | None = None

    def query(self) -> int:
        """The value now. Raises what the timeline failed with."""
        self.raise_failure()
        return self._value

    def status(self) -> HalError | None:
        """What the timeline failed with; None while it has not."""
        return self._error

    def signal(self, value: int) -> None:
        """Sets the value. InvalidArgument: it is not greater than the one now."""
        with LOCK:
            self.raise_failure()
            if value <= self._value:
                raise InvalidArgument(f"signal of value {value}: it is at {self._value} already and can only grow")
            self._value = value
            CHANGED.notify_all()

    def fail(self, error: HalError) -> None:
        """Every wait, now and later, raises `error`. The first failure stays."""
        with LOCK:
            if self._error is None:
                self._error = error
            CHANGED.notify_all()

    def wait(self, value: int, timeout: float | None = None) -> None:
        """Blocks until the value is reached. DeadlineExceeded: `timeout` seconds passed."""
        if not self.is_settled(value):
            if self.helper is not None and timeout is None:
                self.helper.help(self, value)
            with LOCK:
                if not CHANGED.wait_for(lambda: self.is_settled(value), timeout):
                    raise DeadlineExceeded(f"value {value} was not reached in {timeout} s: it is at {self._value}")
        self.raise_failure()

    def is_settled(self, value: int) -> bool:
        """Whether a wait for `value` would end at once."""
        return self._value >= value or self._error is not None

    def raise_failure(self) -> None:
        """Raises what the timeline failed with, if it has."""
        if self._error is not None:
            raise self._error.again() from self._error
