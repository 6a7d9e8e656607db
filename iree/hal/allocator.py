"""Allocator: makes buffers that its device can use."""

from abc import ABC, abstractmethod

from iree.hal.allocator_statistics import AllocatorStatistics, MemoryUsage
from iree.hal.buffer import Buffer, BytesLike
from iree.hal.buffer_usage import BufferUsage
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.status import FailedPrecondition, InvalidArgument

DEFAULT_MEMORY_TYPE = MemoryType.HOST_LOCAL | MemoryType.DEVICE_VISIBLE
CONSTANT_USAGE = BufferUsage.CONSTANT | BufferUsage.ALL

# As plain integers: looking up a member takes longer than the rest of a check.
_DEVICE_VISIBLE, _HOST_VISIBLE = int(MemoryType.DEVICE_VISIBLE), int(MemoryType.HOST_VISIBLE)
_MAPPING, _WRITE = int(BufferUsage.MAPPING), int(MemoryAccess.WRITE)


class Allocator(ABC):
    """A driver implements allocate_memory and wrap_memory.

    Where it has more limits than most also why_not, and where it counts memory itself count and statistics.
    """

    def __init__(self) -> None:
        self._memory_usage = MemoryUsage()

    @abstractmethod
    def allocate_memory(self, byte_length: int, usage: BufferUsage, memory_type: MemoryType) -> Buffer:
        """Hook: a buffer of zeros with all access. The arguments have passed can_allocate."""

    @abstractmethod
    def wrap_memory(self, data: BytesLike, usage: BufferUsage, access: MemoryAccess) -> Buffer:
        """Hook: a buffer over `data` itself, or over a copy where access has no WRITE. Unimplemented: cannot share."""

    def can_allocate(
        self, byte_length: int, usage: BufferUsage = BufferUsage.ALL, memory_type: MemoryType = DEFAULT_MEMORY_TYPE
    ) -> bool:
        """Whether allocate takes these: memory the device sees, and the host too where it is to be mapped."""
        return self.why_not(byte_length, usage, memory_type) is None

    def why_not(self, byte_length: int, usage: BufferUsage, memory_type: MemoryType) -> str | None:
        """What keeps allocate from taking these; None when nothing does."""
        if not memory_type._value_ & _DEVICE_VISIBLE:
            return f"{memory_type} cannot be seen by the device: add MemoryType.DEVICE_VISIBLE"
        if usage._value_ & _MAPPING and not memory_type._value_ & _HOST_VISIBLE:
            return (
                f"{memory_type} cannot be mapped by the host: add MemoryType.HOST_VISIBLE or drop BufferUsage.MAPPING"
            )
        return None

    def can_use_buffer(self, buffer: Buffer, intended_usage: BufferUsage) -> bool:
        """Whether this allocator's device can use `buffer` for this."""
        return (
            buffer.allocator is self
            and bool(buffer.memory_type & MemoryType.DEVICE_VISIBLE)
            and buffer.usage & intended_usage == intended_usage
        )

    def allocate(
        self, byte_length: int, usage: BufferUsage = BufferUsage.ALL, memory_type: MemoryType = DEFAULT_MEMORY_TYPE
    ) -> Buffer:
        """A buffer of `byte_length` zeros; 0 is fine.

        FailedPrecondition: no such memory for such use. ResourceExhausted: not that much.
        """
        if byte_length < 0:
            raise InvalidArgument(f"cannot allocate {byte_length} bytes")
        reason = self.why_not(byte_length, usage, memory_type)
        if reason is not None:
            raise FailedPrecondition(f"cannot allocate {byte_length} bytes for {usage}: {reason}")
        buffer = self.allocate_memory(byte_length, usage, memory_type)
        self.count(buffer)
        return buffer

    def count(self, buffer: Buffer) -> None:
        """Hook: `buffer` was allocated. Stays empty where the driver counts the memory itself."""
        self._memory_usage.add(buffer.memory, buffer.byte_length)

    def statistics(self) -> AllocatorStatistics:
        """How much memory is in use, was at most, and is reserved."""
        return self._memory_usage.statistics()

    def wrap(
        self, data: BytesLike, usage: BufferUsage = BufferUsage.ALL, access: MemoryAccess = MemoryAccess.READ
    ) -> Buffer:
        """A buffer over memory of the host, which must not be resized while the buffer lives.

        Reading needs no copy where the driver can do without. WRITE reaches `data` itself, or the driver refuses.
        """
        if access._value_ & _WRITE and _is_readonly(data):
            raise InvalidArgument("cannot wrap read-only memory for WRITE: copy it, or ask for MemoryAccess.READ")
        return self.wrap_memory(data, usage, access)

    def allocate_constant(self, data: memoryview) -> Buffer:
        """A buffer with the bytes of a module's constant, which never change."""
        return self.wrap_memory(data, CONSTANT_USAGE, MemoryAccess.READ)

    def allocate_constants(self, segment: memoryview) -> Buffer | None:
        """One buffer over all constants of a module; None: the device takes a copy of each that it needs."""
        return self.allocate_constant(segment)


def _is_readonly(data: BytesLike) -> bool:
    return not data.flags.writeable if hasattr(data, "flags") else memoryview(data).readonly
