"""Host fences and semaphores. What they share with other drivers' is in cts."""

import threading
import time

import pytest

from iree.hal.host.fence import HostFence
from iree.hal.host.semaphore import HostBinarySemaphore, HostSemaphore
from iree.hal.host.timeline import LOCK, Timeline
from iree.hal.status import DataLoss, DeadlineExceeded, FailedPrecondition, InvalidArgument


@pytest.mark.parametrize("cls", [Timeline, HostFence, HostSemaphore])
def test_value_only_grows(cls: type[Timeline]) -> None:
    timeline = cls(3)
    timeline.signal(4)
    assert timeline.query() == 4
    with pytest.raises(InvalidArgument, match="signal of value 4: it is at 4 already and can only grow"):
        timeline.signal(4)


def test_signal_after_failure_raises_the_failure() -> None:
    timeline = Timeline()
    timeline.fail(DataLoss("gone"))
    with pytest.raises(DataLoss, match="gone"):
        timeline.signal(1)


def test_deadline_is_kept() -> None:
    start = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"value 1 was not reached in 0\.05 s: it is at 0"):
        Timeline().wait(1, 0.05)
    assert 0.04 < time.monotonic() - start < 5


def test_many_threads_wait_for_one_value() -> None:
    timeline = Timeline()
    threads = [threading.Thread(target=timeline.wait, args=[2]) for _ in range(5)]
    for thread in threads:
        thread.start()
    timeline.signal(1)
    assert all(thread.is_alive() for thread in threads)
    timeline.signal(2)
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def test_binary_semaphore_goes_through_its_states() -> None:
    semaphore = HostBinarySemaphore()
    with LOCK:
        for _ in range(2):
            with pytest.raises(FailedPrecondition, match="nothing signals"):
                semaphore.claim_wait()
            semaphore.claim_signal()
            with pytest.raises(FailedPrecondition, match="signalled already"):
                semaphore.claim_signal()
            semaphore.claim_wait()
            with pytest.raises(FailedPrecondition, match="another batch waits"):
                semaphore.claim_wait()
            assert not semaphore.is_settled()
            semaphore.set()
            assert semaphore.is_settled()
            semaphore.take()


def test_claims_can_be_given_back() -> None:
    semaphore = HostBinarySemaphore(True)
    with LOCK:
        semaphore.claim_wait()
        semaphore.release_wait()
        semaphore.claim_wait()
        semaphore.take()
        semaphore.claim_signal()
        semaphore.release_signal()
        semaphore.claim_signal()


def test_failed_binary_semaphore_ends_its_wait() -> None:
    semaphore = HostBinarySemaphore()
    with LOCK:
        semaphore.claim_signal()
        semaphore.claim_wait()
        semaphore.fail(DataLoss("first"))
        semaphore.fail(DataLoss("second"))
        assert semaphore.is_settled()
        with pytest.raises(DataLoss, match="first"):
            semaphore.take()
