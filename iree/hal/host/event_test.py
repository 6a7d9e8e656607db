"""Host events."""

import pytest

from iree.hal.host.event import HostEvent
from iree.hal.status import FailedPrecondition


def test_event_is_set_until_it_is_reset() -> None:
    event = HostEvent()
    event.set()
    event.check_set()
    event.check_set()
    event.reset()
    with pytest.raises(FailedPrecondition, match="no earlier command has signalled"):
        event.check_set()
