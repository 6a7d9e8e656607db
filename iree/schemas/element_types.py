"""Element types: one number and one name each, the same in the IR, in the module file and in the tools.

The names are MLIR's. A type is stored as its NumPy dtype, little-endian. i1 takes one byte, 0 or 1; integers of 2 and 4
bits take one each too, in its low bits.
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
    def kind(self) -> str:
        """ "bool", "integer", "float" or "complex"."""
        if self.name == "i1":
            return "bool"
        return "integer" if self.name[0] in "iu" else "complex" if self.name[0] == "c" else "float"

    @property
    def bit_width(self) -> int:
        """Bits that the value of one element has."""
        narrow = _NARROW.get(self.name)
        return narrow if narrow is not None else 8 * self.byte_width

    @property
    def byte_width(self) -> int:
        """Bytes one element takes in a buffer."""
        return self.dtype.itemsize

    def __str__(self) -> str:
        return self.name


_NARROW = {"i1": 1, "i2": 2, "ui2": 2, "i4": 4, "ui4": 4}


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
    _of(16, "i2", ml_dtypes.int2),
    _of(17, "ui2", ml_dtypes.uint2),
    _of(18, "i4", ml_dtypes.int4),
    _of(19, "ui4", ml_dtypes.uint4),
    _of(20, "f8E5M2", ml_dtypes.float8_e5m2),
    _of(21, "f8E4M3FN", ml_dtypes.float8_e4m3fn),
    _of(22, "f8E4M3", ml_dtypes.float8_e4m3),
    _of(23, "f8E3M4", ml_dtypes.float8_e3m4),
    _of(24, "f8E5M2FNUZ", ml_dtypes.float8_e5m2fnuz),
    _of(25, "f8E4M3FNUZ", ml_dtypes.float8_e4m3fnuz),
    _of(26, "f8E4M3B11FNUZ", ml_dtypes.float8_e4m3b11fnuz),
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
