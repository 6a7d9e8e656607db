"""InFlight: keeps what submitted work uses alive until the device has finished with it."""

import threading
from collections import deque

from iree.hal.vulkan.timeline import Timeline


class InFlight:
    """`progress` counts submissions of one queue; each is kept under the value that its end sets progress to."""

    def __init__(self, progress: Timeline) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._kept: deque[tuple[int, object]] = deque()

    def keep(self, value: int, thing: object) -> None:
        """Keeps `thing` until progress reaches `value`."""
        self._kept.append((value, thing))

    def __len__(self) -> int:
        return len(self._kept)

    def release(self, reached: int | None = None) -> None:
        """Lets go of what finished submissions used: those up to `reached`, or all that the device names."""
        if not self._kept:
            return
        finished = []  # dropped outside the lock: anything may happen then
        with self._lock:
            reached = self._progress.value() if reached is None else reached
            while self._kept and self._kept[0][0] <= reached:
                finished.append(self._kept.popleft())

    def __del__(self) -> None:
        device = self._progress.device
        if self._kept and device.live:  # empty after the end of Python destroyed everything
            device.functions.vkDeviceWaitIdle(device.handle)
