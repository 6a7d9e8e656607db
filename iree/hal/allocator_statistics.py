"""AllocatorStatistics: how much memory an allocator's buffers take, and how well they fill what it took."""

import dataclasses
import threading
import weakref
from collections import deque


@dataclasses.dataclass(frozen=True)
class AllocatorStatistics:
    """Memory that was allocated, not memory of others that buffers wrap in place. Padding counts as live."""

    live_bytes: int
    live_count: int  # allocations that something still refers to: a buffer, a mapping, an array over it
    peak_bytes: int  # the most that were ever live
    total_count: int  # allocations ever made
    reserved_bytes: int  # taken from the device or the system, live or kept for later
    block_count: int  # allocations of the device or the system
    largest_free_bytes: int  # the largest allocation that would need no new block

    @property
    def fragmentation(self) -> float:
        """The share of the reserved bytes that are free which the largest free range leaves out: 0 is best."""
        free = self.reserved_bytes - self.live_bytes
        return 1 - self.largest_free_bytes / free if free else 0.0

    def __str__(self) -> str:
        return (
            f"{self.live_bytes} bytes live in {self.live_count} allocations, {self.peak_bytes} at most; "
            f"{self.total_count} made; {self.reserved_bytes} bytes reserved in {self.block_count} blocks, "
            f"{self.fragmentation:.0%} of the free bytes fragmented"
        )


class MemoryCounts:
    """What is live now and was at most, for whoever knows when memory comes and goes and holds a lock then."""

    def __init__(self) -> None:
        self.live_bytes = self.live_count = self.peak_bytes = self.total_count = 0

    def take(self, byte_length: int) -> None:
        """Memory is in use."""
        self.live_bytes += byte_length
        self.live_count += 1
        self.total_count += 1
        self.peak_bytes = max(self.peak_bytes, self.live_bytes)

    def give(self, byte_length: int) -> None:
        """It is not any more."""
        self.live_bytes -= byte_length
        self.live_count -= 1

    def statistics(self, reserved_bytes: int, block_count: int, largest_free_bytes: int) -> AllocatorStatistics:
        """The figures now, with those of the blocks that the memory lies in."""
        return AllocatorStatistics(
            self.live_bytes,
            self.live_count,
            self.peak_bytes,
            self.total_count,
            reserved_bytes,
            block_count,
            largest_free_bytes,
        )


class _Live(weakref.ref[object]):
    """A reference to what is live, which knows how much that is."""

    __slots__ = ("byte_length",)

    byte_length: int


class MemoryUsage:
    """Counts allocations that the system makes one by one. Any thread may call it, and collect garbage meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live: dict[int, _Live] = {}  # by identity: what is referred to need not be hashable
        self._gone: deque[weakref.ref[object]] = deque()  # filled by whoever collects garbage
        self._counts = MemoryCounts()

    def add(self, memory: object, byte_length: int) -> None:
        """Counts an allocation, which is live for as long as `memory` is."""
        live = _Live(memory, self._gone.append)
        live.byte_length = byte_length
        with self._lock:
            self._take_back()
            self._live[id(live)] = live
            self._counts.take(byte_length)

    def statistics(self) -> AllocatorStatistics:
        """The figures now; each allocation is a block of its own."""
        with self._lock:
            self._take_back()
            return self._counts.statistics(self._counts.live_bytes, self._counts.live_count, 0)

    def _take_back(self) -> None:
        while self._gone:
            gone = self._gone.popleft()
            assert isinstance(gone, _Live)
            del self._live[id(gone)]
            self._counts.give(gone.byte_length)
