"""HostEvent: an event of a queue that runs its commands one after the other."""

from iree.hal.event import Event
from iree.hal.status import FailedPrecondition


class HostEvent(Event):
    """Only the queue's commands touch it, so it needs no lock."""

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        """What signal_event does."""
        self._is_set = True

    def reset(self) -> None:
        """What reset_event does."""
        self._is_set = False

    def check_set(self) -> None:
        """What wait_events does. FailedPrecondition: no earlier command has set it, so none ever would."""
        if not self._is_set:
            raise FailedPrecondition(
                "wait_events for an event that no earlier command has signalled: it would never end"
            )
