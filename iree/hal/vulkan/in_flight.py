"""InFlight: keeps what submitted work uses alive until the device has finished with it."""

import threading
from collections import deque

from iree.hal.vulkan.timeline import Timeline


class InFlight:
    """`progress` counts submissions of one queue; each is kept under the value that its end sets progress to."""

    def __init__(self, progress: Timeline) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self.kept: deque[tuple[int, object]] = deque()

    def keep(self, value: int, thing: object) -> None:
        """Keeps `thing` until progress reaches `value`. To keep it again does nothing."""
        if not self.kept or self.kept[-1][0] < value:
            self.kept.append((value, thing))

    def release_unwaited(self) -> None:
        """Lets go of what the device says is finished.

        The submission that set progress last is kept: its other semaphores may not be set yet, and Vulkan forbids to
        destroy them before.
        """
        if self.kept:
            self.release(self._progress.value() - 1)

    def release(self, finished: int) -> None:
        """Lets go of the submissions up to `finished`, which the caller knows to be over in every respect."""
        dropped = []  # outside the lock: anything may happen then
        with self._lock:
            while self.kept and self.kept[0][0] <= finished:
                dropped.append(self.kept.popleft())

    def __del__(self) -> None:
        device = self._progress.device
        if self.kept and device.live:  # empty after the end of Python destroyed everything
            device.functions.vkDeviceWaitIdle(device.handle)
