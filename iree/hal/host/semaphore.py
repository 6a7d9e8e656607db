"""HostSemaphore and HostBinarySemaphore: semaphores in this process's memory."""

from iree.hal.host.timeline import CHANGED, Timeline
from iree.hal.semaphore import BinarySemaphore, Semaphore
from iree.hal.status import FailedPrecondition, HalError


class HostSemaphore(Timeline, Semaphore):
    """A Timeline with the name of a semaphore."""


class HostBinarySemaphore(BinarySemaphore):
    """Signals and waits are claimed when they are submitted, so that each signal has one wait. Call with LOCK held.

    claim_signal -> set         when a batch is submitted, when it is complete
    claim_wait   -> take        when a batch is submitted, when it starts
    """

    def __init__(self, initial: bool = False):
        self._signalled = initial
        self._signal_claimed = False
        self._wait_claimed = False
        self._error: HalError | None = None

    def claim_wait(self) -> None:
        """FailedPrecondition: another batch waits already, or nothing will ever signal it."""
        if self._wait_claimed:
            raise FailedPrecondition(
                "wait for a binary semaphore that another batch waits for already: use one for each"
            )
        if not self._signalled and not self._signal_claimed and self._error is None:
            raise FailedPrecondition(
                "wait for a binary semaphore that nothing signals: submit the batch that does first"
            )
        self._wait_claimed = True

    def claim_signal(self) -> None:
        """FailedPrecondition: it is signalled, or about to be, and nothing has taken that."""
        if self._signalled or self._signal_claimed:
            raise FailedPrecondition("signal of a binary semaphore that is signalled already: wait for it first")
        self._signal_claimed = True

    def release_wait(self) -> None:
        """The batch that claimed a wait was not submitted after all."""
        self._wait_claimed = False

    def release_signal(self) -> None:
        """The batch that claimed a signal was not submitted after all."""
        self._signal_claimed = False

    def is_settled(self) -> bool:
        """Whether the wait that was claimed would end at once."""
        return self._signalled or self._error is not None

    def take(self) -> None:
        """The wait that was claimed is over. Raises what the semaphore failed with."""
        if self._error is not None:
            raise self._error.again() from self._error
        self._signalled = self._wait_claimed = False

    def set(self) -> None:
        """The signal that was claimed has come."""
        self._signalled, self._signal_claimed = True, False
        CHANGED.notify_all()

    def fail(self, error: HalError) -> None:
        """The signal that was claimed will not come."""
        self._signal_claimed = False
        self._error = self._error or error
        CHANGED.notify_all()
