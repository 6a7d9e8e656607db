"""DeviceArray: an array that stays on a device between calls.

    x = asdevicearray(context.device, np.float32([1, 2, 3, 4]))
    y = module.simple_mul(x, x)      a DeviceArray: no copy on the way in, none on the way out
    np.asarray(y)                    a copy on the host

A function that gets one gives such arrays back. Nothing ever changes what an array holds; a call to which it is donated
ends it.
"""

import contextlib
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from iree.hal.allocator import DEFAULT_MEMORY_TYPE
from iree.hal.buffer import Buffer, SubspanBuffer
from iree.hal.device import Device
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.status import FailedPrecondition, InvalidArgument
from iree.runtime.vm.function_def import BufferType
from iree.schemas.element_types import from_dtype

Array = np.ndarray[Any, Any]

_MEMORY: Final = DEFAULT_MEMORY_TYPE | MemoryType.DEVICE_LOCAL
_DLPACK_CPU: Final = 1
_MOST_SPARE = 4


class DeviceArray:
    """Made by asdevicearray and by calls. Any number of threads may use it."""

    __slots__ = ("__weakref__", "_give_back", "_held", "device", "type")

    def __init__(
        self, device: Device, buffer: Buffer, of: BufferType, give_back: Callable[[Buffer], None] | None = None
    ):
        """`give_back` gets the buffer when nobody can see it any more: no user, and no call in flight."""
        self.device = device
        self.type = of
        self._held = [buffer]  # or nothing
        self._give_back = give_back

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each dimension."""
        return self.type.shape

    @property
    def dtype(self) -> np.dtype:
        """The NumPy type of one element."""
        return self.type.dtype

    @property
    def ndim(self) -> int:
        """How many dimensions it has."""
        return len(self.type.shape)

    @property
    def size(self) -> int:
        """How many elements it has."""
        return int(np.prod(self.type.shape, dtype=np.int64))

    @property
    def nbytes(self) -> int:
        """Bytes that the elements take."""
        return self.type.byte_length

    @property
    def buffer(self) -> Buffer:
        """What it lies in. FailedPrecondition: it was deleted, or donated to a call."""
        try:
            return self._held[0]
        except IndexError:
            pass
        raise FailedPrecondition(f"{self!r}: use what that call returned, or keep a copy with np.asarray before it")

    def fits(self, device: Device, dtype: np.dtype, shape: tuple[int, ...]) -> bool:
        """Whether it lies on the device, has this type, and was not deleted."""
        of = self.type
        return self.device is device and of.shape == shape and of.element_type.dtype is dtype and bool(self._held)

    def is_deleted(self) -> bool:
        """Whether it is gone: deleted, or donated to a call."""
        return not self._held

    def delete(self) -> None:
        """Lets go of the memory now instead of when the array is collected, or when calls that use it are over."""
        with contextlib.suppress(IndexError):
            self._held.pop()

    def to_host(self) -> Array:
        """A copy as a NumPy array. FailedPrecondition: it was deleted, or donated to a call."""
        return self._view().copy()

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> Array:
        """A copy; with copy=False the memory itself, which cannot be written. ValueError: not in this type."""
        if copy is not False:
            return self.to_host().astype(dtype or self.dtype, copy=False)
        if dtype not in (None, self.dtype):
            raise ValueError(f"{self!r} is no array of {np.dtype(dtype)} without a copy: give copy=None")
        return self._shared_view()

    def __dlpack__(self, *, copy: bool | None = None, **options: Any) -> Any:
        """The memory itself, not to be written, for a consumer that can promise not to; else a copy."""
        if not copy:
            try:
                return self._shared_view().__dlpack__(**options)
            except BufferError:
                if copy is False:
                    raise
        return self.to_host().__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return _DLPACK_CPU, 0

    def __copy__(self) -> "DeviceArray":
        return asdevicearray(self.device, self.to_host())

    def __deepcopy__(self, _: object) -> "DeviceArray":
        return self.__copy__()

    def __reduce__(self) -> str:
        raise TypeError(f"{self!r} cannot be pickled: give np.asarray(array)")

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a DeviceArray without dimensions")
        return self.shape[0]

    def __bool__(self) -> bool:
        return bool(self.to_host())

    def __int__(self) -> int:
        return int(self.to_host())

    def __float__(self) -> float:
        return float(self.to_host())

    def __complex__(self) -> complex:
        return complex(self.to_host())

    def __str__(self) -> str:
        return str(self.to_host()) if self._held else repr(self)

    def __repr__(self) -> str:
        return f"<DeviceArray {self.type} on {self.device.info.driver}{', deleted' * self.is_deleted()}>"

    def __del__(self) -> None:
        if self._give_back is not None and self._held:
            self._give_back(self._held[0])

    def _view(self) -> Array:
        return self.buffer.map(MemoryAccess.READ).array(self.dtype, self.shape)

    def _shared_view(self) -> Array:
        """The memory, which is nobody else's from now on: whoever has the view may keep it."""
        self._give_back = None
        return self._view()


def asdevicearray(device: Device, value: npt.ArrayLike, dtype: npt.DTypeLike | None = None) -> DeviceArray:
    """A copy of an array on a device; `value` itself where it lies there already, in this type.

    InvalidArgument: no device has elements of this type. ResourceExhausted: no memory.
    """
    if isinstance(value, DeviceArray) and value.device is device and dtype in (None, value.dtype):
        return value
    array = np.asarray(value, dtype)
    native = array.dtype.newbyteorder("=")
    try:
        of = BufferType(from_dtype(native), array.shape)
    except KeyError:
        raise InvalidArgument(f"no device has elements of type {array.dtype}: give a dtype") from None
    buffer = allocate(device, of.byte_length)
    buffer.map(MemoryAccess.DISCARD_WRITE).array(native, array.shape)[...] = array
    return DeviceArray(device, buffer, of)


def allocate(device: Device, byte_length: int) -> Buffer:
    """Memory for an array, by a name of its own: what was recorded for it goes with it."""
    return SubspanBuffer(device.allocator.allocate(byte_length, memory_type=_MEMORY), 0, byte_length)


class SpareBuffers:
    """Buffers for results: when an array is gone, its buffer serves another one, for which all is recorded already."""

    def __init__(self, device: Device, of: BufferType):
        self._device = device
        self._type = of
        self._spare: list[Buffer] = []

    def take(self) -> Buffer:
        """A buffer that nobody has. ResourceExhausted: no memory."""
        try:
            return self._spare.pop()
        except IndexError:
            return allocate(self._device, self._type.byte_length)

    def array(self, buffer: Buffer) -> DeviceArray:
        """The array in a buffer that was taken, which comes back when it is gone."""
        return DeviceArray(self._device, buffer, self._type, self._give_back)

    def _give_back(self, buffer: Buffer) -> None:
        if len(self._spare) < _MOST_SPARE:
            self._spare.append(buffer)
