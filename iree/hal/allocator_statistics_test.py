"""MemoryUsage counts what is live; AllocatorStatistics says how well blocks are filled."""

import threading

from iree.hal.allocator_statistics import AllocatorStatistics, MemoryUsage


class Memory:
    """Something that can die."""


def test_what_dies_is_not_live_any_more() -> None:
    usage = MemoryUsage()
    first, second = Memory(), Memory()
    usage.add(first, 100)
    usage.add(second, 28)
    assert usage.statistics() == AllocatorStatistics(128, 2, 128, 2, 128, 2, 0)
    del first
    assert usage.statistics() == AllocatorStatistics(28, 1, 128, 2, 28, 1, 0)
    usage.add(Memory(), 1)
    assert usage.statistics() == AllocatorStatistics(28, 1, 128, 3, 28, 1, 0)
    assert second


def test_threads_count_together() -> None:
    usage = MemoryUsage()

    def work() -> None:
        for _ in range(1000):
            usage.add(Memory(), 3)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = usage.statistics()
    assert (found.live_bytes, found.live_count, found.total_count) == (0, 0, 4000)
    assert 3 <= found.peak_bytes <= 12_000


def test_fragmentation_is_what_one_allocation_could_not_get() -> None:
    assert AllocatorStatistics(40, 1, 40, 1, 100, 1, 60).fragmentation == 0
    assert AllocatorStatistics(40, 1, 40, 1, 100, 1, 15).fragmentation == 0.75
    assert AllocatorStatistics(100, 1, 100, 1, 100, 1, 0).fragmentation == 0


def test_statistics_are_told_in_words() -> None:
    assert str(AllocatorStatistics(40, 2, 64, 3, 100, 1, 15)) == (
        "40 bytes live in 2 allocations, 64 at most; 3 made; 100 bytes reserved in 1 blocks, "
        "75% of the free bytes fragmented"
    )
