"""Anything that holds an array, as the array that a function takes; values never change on the way.

A NumPy array, or what NumPy or DLPack can see as one, must have the type that the function states. Python's own numbers
have no width: they take the function's, where it holds them (integers exactly, floats rounded). An array that lies on
the function's device is taken as it is.
"""

from typing import Any

import numpy as np

from iree.hal.device import Device
from iree.hal.status import InvalidArgument
from iree.runtime.vm.device_array import DeviceArray
from iree.runtime.vm.function_def import BufferType
from iree.schemas.element_types import from_dtype

Array = np.ndarray[Any, Any]

_PYTHON_NUMBERS = (bool, int, float, complex)
_KINDS = ("bool", "integer", "float", "complex")


class ArgumentError(InvalidArgument, TypeError, ValueError):
    """A call with arguments that the function does not take. The text names the argument as the user did."""


def to_argument(value: object, of: BufferType, label: str, device: Device) -> Array | DeviceArray:
    """`value` as an array of the type, on the host or on the device. ArgumentError: it is none; `label` names it."""
    if not isinstance(value, DeviceArray):
        return to_array(value, of, label)
    if value.is_deleted():
        raise ArgumentError(f"{label} is {value!r}: give what the call returned that it was donated to")
    if value.device is not device:
        raise ArgumentError(
            f"{label} lies on another device, {value.device.info.name}; the function runs on {device.info.name}: "
            "give np.asarray(array)"
        )
    _check_dtype(value.dtype, of, label)
    _check_shape(value.shape, of, label)
    return value


def to_array(value: object, of: BufferType, label: str) -> Array:
    """`value` as an array of the type, on the host. ArgumentError: it is none; `label` names it."""
    array = _from_python(value, of, label) if _is_python(value) else _from_object(value, of, label)
    _check_shape(array.shape, of, label)
    return array


def _check_dtype(dtype: np.dtype, of: BufferType, label: str) -> None:
    if dtype != of.dtype:
        raise ArgumentError(
            f"{label} has type {dtype}, needs {of.dtype} ({of}): "
            f"convert it with .astype({of.dtype.name!r}) where the values allow it"
        )


def _check_shape(shape: tuple[int, ...], of: BufferType, label: str) -> None:
    if shape != of.shape and not _fits(shape, of.shape):
        needed = "(" + ", ".join("?" if size < 0 else str(size) for size in of.shape) + ",)"[len(of.shape) != 1 :]
        raise ArgumentError(f"{label} has shape {shape}, needs {needed} ({of})")


def _fits(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return len(shape) == len(wanted) and all(size in (-1, own) for own, size in zip(shape, wanted, strict=True))


def _from_object(value: object, of: BufferType, label: str) -> Array:
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise ArgumentError(f"{label} has masked elements: say what they hold, with .filled(0)")
    try:
        if hasattr(value, "__array__") or not hasattr(value, "__dlpack__"):
            array = np.asarray(value)
        else:
            array = np.from_dlpack(value)
    except Exception as error:  # whatever a foreign class raises
        raise ArgumentError(
            f"{label} ({type(value).__name__}) cannot be read as an array: {error}; needs {of}"
        ) from error
    if array.dtype == of.dtype:
        return array
    if array.dtype.newbyteorder("=") == of.dtype:
        return array.astype(of.dtype)
    if array.dtype == object:
        raise ArgumentError(f"{label} is of type {type(value).__name__}, which is no array; needs {of}")
    _check_dtype(array.dtype, of, label)
    return array


def _is_python(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_python(item) for item in value)
    return isinstance(value, _PYTHON_NUMBERS) and not isinstance(value, np.generic)


def _from_python(value: object, of: BufferType, label: str) -> Array:
    try:
        wide = np.asarray(value)
    except ValueError as error:
        raise ArgumentError(f"{label} is not rectangular: {error}; needs {of}") from None
    if wide.size == 0:
        return np.empty(wide.shape, of.dtype)
    if wide.dtype == object:
        raise ArgumentError(f"{label} has integers of more than 64 bits; needs {of}")
    given, wanted = _KINDS.index(from_dtype(wide.dtype).kind), _KINDS.index(of.element_type.kind)
    if given > wanted or (given < wanted and given == 0):
        raise ArgumentError(f"{label} has {_KINDS[given]} values, needs {_KINDS[wanted]} ({of})")
    with np.errstate(over="ignore", invalid="ignore"):
        array = wide.astype(of.dtype)
        kept = _same_kind_of_float(array, wide) if given >= 2 else _same_integer(array.real, wide)
    if not kept.all():
        raise ArgumentError(f"{label} has the value {wide[~kept].flat[0]}, which {of.element_type} cannot hold")
    return array


def _same_kind_of_float(array: Array, wide: Array) -> Any:
    """Where a number is still one, infinity still infinite, and NaN still NaN."""
    return (np.isfinite(array) == np.isfinite(wide)) & (np.isnan(array) == np.isnan(wide))


def _same_integer(array: Array, wide: Array) -> Any:
    return (array.astype(wide.dtype) == wide) & ((array < 0) == (wide < 0))
