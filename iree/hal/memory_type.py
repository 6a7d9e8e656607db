"""Where a buffer's memory lies and who can reach it."""

import enum


class MemoryType(enum.IntFlag):
    """Properties of memory; combine them with |."""

    NONE = 0
    TRANSIENT = 1  # lives inside one command buffer: opaque even where the host could see it
    HOST_VISIBLE = 2  # the host can map it
    HOST_COHERENT = 4  # host and device see each other's writes without a flush
    HOST_CACHED = 8  # fast to read for the host
    HOST_LOCAL = 6  # ordinary host memory
    DEVICE_VISIBLE = 16  # the device can use it, maybe slowly
    DEVICE_LOCAL = 48  # fastest for the device

    def __str__(self) -> str:
        return self.name or str(int(self))
