"""Integers of 2 and 4 bits in constants.

An attribute holds each in a byte, with its sign in the high bits, as xDSL reads it. NumPy and the hexadecimal text of
MLIR have its bits in the low ones: -1 of i4 is 0xFF here and 0x0F there.
"""

from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray
from xdsl.dialects.builtin import IntegerType, Signedness
from xdsl.ir import Attribute

_DTYPES: dict[tuple[int, bool], np.dtype[Any]] = {
    (2, True): np.dtype(ml_dtypes.int2),
    (4, True): np.dtype(ml_dtypes.int4),
    (2, False): np.dtype(ml_dtypes.uint2),
    (4, False): np.dtype(ml_dtypes.uint4),
}

TYPES: dict[Attribute, np.dtype[Any]] = {
    IntegerType(bits, Signedness.SIGNLESS if signed else Signedness.UNSIGNED): dtype
    for (bits, signed), dtype in _DTYPES.items()
}


def narrow_dtype(type_: Attribute) -> np.dtype[Any] | None:
    """NumPy's type for an integer type of 2 or 4 bits. None: it is none."""
    if not isinstance(type_, IntegerType):
        return None
    return _DTYPES.get((type_.bitwidth, type_.signedness.data != Signedness.UNSIGNED))


def attribute_bytes(array: NDArray[Any], dtype: np.dtype[Any]) -> bytes:
    """The elements as an attribute holds them."""
    return array.view(dtype).astype(_whole(dtype)).tobytes()


def array_from(data: bytes, dtype: np.dtype[Any]) -> NDArray[Any]:
    """The elements that an attribute holds, as NumPy has them: a copy that cannot be written."""
    array = np.frombuffer(data, _whole(dtype)).astype(dtype)
    array.flags.writeable = False
    return array


def attribute_bytes_of_hex(data: bytes, dtype: np.dtype[Any]) -> bytes:
    """As an attribute holds what MLIR writes in hexadecimal."""
    return attribute_bytes(np.frombuffer(data, np.uint8), dtype)


def hex_bytes_of_attribute(data: bytes, dtype: np.dtype[Any]) -> bytes:
    """The inverse."""
    return array_from(data, dtype).tobytes()


def _whole(narrow: np.dtype[Any]) -> np.dtype[Any]:
    """The integer of a whole byte that holds a narrower one."""
    return np.dtype(np.int8 if narrow in (_DTYPES[2, True], _DTYPES[4, True]) else np.uint8)
