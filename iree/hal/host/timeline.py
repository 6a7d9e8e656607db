"""Timeline: the value that a host fence or a host semaphore is.

One condition guards and announces all of them, so that a thread can wait for several at once.
"""

import threading

from iree.hal.status import DeadlineExceeded, HalError, InvalidArgument

_LOCK = threading.Lock()
CHANGED = threading.Condition(_LOCK)


class Timeline:
    """A value that only grows, or an error that stays."""

    def __init__(self, initial: int = 0):
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
        with _LOCK:  # CHANGED's own, entered without a detour: every submission comes through here
            self.raise_failure()
            if value <= self._value:
                raise InvalidArgument(f"signal of value {value}: it is at {self._value} already and can only grow")
            self._value = value
            CHANGED.notify_all()

    def fail(self, error: HalError) -> None:
        """Every wait, now and later, raises `error`. The first failure stays."""
        with CHANGED:
            if self._error is None:
                self._error = error
            CHANGED.notify_all()

    def wait(self, value: int, timeout: float | None = None) -> None:
        """Blocks until the value is reached. DeadlineExceeded: `timeout` seconds passed."""
        if not self.is_settled(value):
            with CHANGED:
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
