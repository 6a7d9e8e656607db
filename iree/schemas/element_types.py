"""Element types: one number and one name each, the same in the IR, in the module file and in the tools.

The names are MLIR's. A type is stored as its NumPy dtype, little-endian; i1 takes one byte, 0 or 1.
"""

import dataclasses

import ml_dtypes
import numpy as np


@dataclasses.dataclass(frozen=True)
class ElementType:
    """One scalar type. `number` is what the module file holds and never changes; `name` is MLIR's."""

    number: int
    name: str
    dtype: np.dtype

    @property
    def byte_width(self) -> int:
        """Bytes one element takes in a buffer."""
        return self.dtype.itemsize

    def __str__(self) -> str:
        return self.name


def _of(number: int, name: str, dtype: type) -> ElementType:
    return ElementType(number, name, np.dtype(dtype))


ELEMENT_TYPES: tuple[ElementType, ...] = (
    _of(1, "i1", np.bool_),
    _of(2, "i8", np.int8),
    _of(3, "i16", np.int16),
    _of(4, "i32", np.int32),
    _of(5, "i64", np.int64),
    _of(6, "ui8", np.uint8),
    _of(7, "ui16", np.uint16),
    _of(8, "ui32", np.uint32),
    _of(9, "ui64", np.uint64),
    _of(10, "f16", np.float16),
    _of(11, "bf16", ml_dtypes.bfloat16),
    _of(12, "f32", np.float32),
    _of(13, "f64", np.float64),
    _of(14, "complex<f32>", np.complex64),
    _of(15, "complex<f64>", np.complex128),
)

_BY_NUMBER = {t.number: t for t in ELEMENT_TYPES}
_BY_NAME = {t.name: t for t in ELEMENT_TYPES}
_BY_DTYPE = {t.dtype: t for t in ELEMENT_TYPES}


def from_number(number: int) -> ElementType:
    """The type with this number in a module file. KeyError: this version does not know it."""
    return _BY_NUMBER[number]


def from_name(name: str) -> ElementType:
    """The type MLIR calls `name`: "f32", "ui8", "complex<f32>". KeyError: there is none."""
    return _BY_NAME[name]


def from_dtype(dtype: np.dtype) -> ElementType:
    """The type stored as `dtype`. KeyError: there is none."""
    return _BY_DTYPE[np.dtype(dtype)]
