"""Numbers in the IR and in NumPy.

A dense attribute holds its elements as little-endian bytes, row-major, splats expanded; i1 takes a byte, 0x00 or 0xFF.
Reading is free of copies, but for elements of less than a byte; writing copies the bytes once.
"""

import math
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray
from xdsl.dialects.builtin import (
    BytesAttr,
    ComplexType,
    DenseIntOrFPElementsAttr,
    Float8E3M4Type,
    Float8E4M3B11FNUZType,
    Float8E4M3FNType,
    Float8E4M3FNUZType,
    Float8E4M3Type,
    Float8E5M2FNUZType,
    Float8E5M2Type,
    FloatAttr,
    IndexType,
    IntegerAttr,
    IntegerType,
    MemRefType,
    Signedness,
    TensorType,
    VectorType,
    bf16,
    f16,
    f32,
    f64,
    i1,
)
from xdsl.ir import Attribute
from xdsl.utils.exceptions import DiagnosticException

from iree.compiler.ir import narrow_integers
from iree.schemas.element_types import ElementType, from_name

Array = NDArray[Any]

_FLOAT_DTYPES: dict[Attribute, np.dtype[Any]] = {
    bf16: np.dtype(ml_dtypes.bfloat16),
    f16: np.dtype("<f2"),
    f32: np.dtype("<f4"),
    f64: np.dtype("<f8"),
    Float8E5M2Type(): np.dtype(ml_dtypes.float8_e5m2),
    Float8E4M3FNType(): np.dtype(ml_dtypes.float8_e4m3fn),
    Float8E4M3Type(): np.dtype(ml_dtypes.float8_e4m3),
    Float8E3M4Type(): np.dtype(ml_dtypes.float8_e3m4),
    Float8E5M2FNUZType(): np.dtype(ml_dtypes.float8_e5m2fnuz),
    Float8E4M3FNUZType(): np.dtype(ml_dtypes.float8_e4m3fnuz),
    Float8E4M3B11FNUZType(): np.dtype(ml_dtypes.float8_e4m3b11fnuz),
}
_COMPLEX_DTYPES: dict[Attribute, np.dtype[Any]] = {f32: np.dtype("<c8"), f64: np.dtype("<c16")}
_INDEX_DTYPE = np.dtype("<i8")
_MLIR_TYPES: dict[np.dtype[Any], Attribute] = {
    np.dtype(np.bool_): i1,
    **{dtype: type_ for type_, dtype in (*_FLOAT_DTYPES.items(), *narrow_integers.TYPES.items())},
    **{dtype: ComplexType(type_) for type_, dtype in _COMPLEX_DTYPES.items()},  # type: ignore[type-var]
    **{np.dtype(f"<i{bits // 8}"): IntegerType(bits) for bits in (8, 16, 32, 64)},
    **{np.dtype(f"<u{bits // 8}"): IntegerType(bits, Signedness.UNSIGNED) for bits in (8, 16, 32, 64)},
}


def dtype_of(type_: Attribute) -> np.dtype[Any]:
    """How NumPy holds elements of an MLIR type; i1 is bool, index is int64. TypeError: it has no NumPy type."""
    dtype = _FLOAT_DTYPES.get(type_, narrow_integers.narrow_dtype(type_))
    match type_:
        case IndexType():
            dtype = _INDEX_DTYPE
        case IntegerType() if type_ == i1:
            dtype = np.dtype(np.bool_)
        case IntegerType() if type_.bitwidth in (8, 16, 32, 64):
            sign = "u" if type_.signedness.data == Signedness.UNSIGNED else "i"
            dtype = np.dtype(f"<{sign}{type_.bitwidth // 8}")
        case ComplexType():
            dtype = _COMPLEX_DTYPES.get(type_.element_type)
    if dtype is None:
        raise TypeError(f"{type_} has no NumPy type")
    return dtype


def element_type_of(type_: Attribute) -> ElementType:
    """The module file's element type of an MLIR type: of `f32`, or of the elements of a tensor, memref or vector.

    si32 is i32: both are signed when the number is read. TypeError: module files do not hold the type.
    """
    if isinstance(type_, TensorType | MemRefType | VectorType):
        return element_type_of(type_.get_element_type())
    name = str(type_)
    if isinstance(type_, IntegerType) and type_.signedness.data == Signedness.SIGNED:
        name = f"i{type_.bitwidth}"
    try:
        return from_name(name)
    except KeyError:
        raise TypeError(f"{name} is not an element type of module files") from None


def mlir_type_of(dtype: np.dtype[Any] | ElementType) -> Attribute:
    """The MLIR type of a NumPy or module file element type. TypeError: there is none."""
    if isinstance(dtype, ElementType):
        dtype = dtype.dtype
    try:
        return _MLIR_TYPES[dtype.newbyteorder("<") if dtype.kind in "iufc" else dtype]
    except KeyError:
        raise TypeError(f"NumPy's {dtype} has no MLIR type") from None


def tensor_type(shape: tuple[int, ...] | list[int], element: Attribute | ElementType) -> TensorType[Any]:
    """tensor<shape x element>."""
    return TensorType(mlir_type_of(element) if isinstance(element, ElementType) else element, shape)


def dense(array: Array, type_: Attribute | None = None) -> DenseIntOrFPElementsAttr:
    """The constant that holds an array, as `tensor<shape x element>` unless another type is given.

    ValueError: the given type has another shape or element size. TypeError: the array's type has no MLIR type.
    """
    array = np.asarray(array)
    if type_ is None:
        type_ = tensor_type(array.shape, mlir_type_of(array.dtype))
    if not isinstance(type_, TensorType | MemRefType | VectorType):
        raise TypeError(f"{type_} has no shape")
    dtype = dtype_of(type_.get_element_type())
    if tuple(type_.get_shape()) != array.shape or dtype.itemsize != array.dtype.itemsize:
        raise ValueError(f"an array of {array.dtype}{list(array.shape)} is no {type_}")
    if dtype == np.bool_:
        array = array.astype(np.bool_).view(np.uint8) * np.uint8(0xFF)
    elif (narrow := narrow_integers.narrow_dtype(type_.get_element_type())) is not None:
        return DenseIntOrFPElementsAttr(type_, BytesAttr(narrow_integers.attribute_bytes(array, narrow)))
    elif array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("<"))
    return DenseIntOrFPElementsAttr(type_, BytesAttr(array.tobytes()))


def array_of(attribute: Attribute) -> Array:
    """The elements of a constant, read-only and, from a byte each, without a copy. A scalar gives an array of rank 0.

    TypeError: the attribute is no constant, or NumPy has no such element type.
    """
    match attribute:
        case DenseIntOrFPElementsAttr():
            dtype = dtype_of(attribute.get_element_type())
            if dtype == np.bool_:
                array: Array = np.frombuffer(attribute.data.data, np.uint8) != 0
                array.flags.writeable = False
            elif narrow_integers.narrow_dtype(attribute.get_element_type()) is not None:
                array = narrow_integers.array_from(attribute.data.data, dtype)
            else:
                array = np.frombuffer(attribute.data.data, dtype)
            return array.reshape(attribute.get_shape())
        case IntegerAttr() if attribute.type == i1:
            return _scalar(attribute.value.data != 0, np.dtype(np.bool_))
        case IntegerAttr():
            return _scalar(attribute.value.data, dtype_of(attribute.type))
        case FloatAttr():
            return _scalar(attribute.value.data, dtype_of(attribute.type))
    raise TypeError(f"{attribute.name} is no constant of numbers")


def _scalar(value: float, dtype: np.dtype[Any]) -> Array:
    array: Array = np.array(value, dtype)
    array.flags.writeable = False
    return array


def is_splat(attribute: Attribute) -> bool:
    """Whether all elements of a constant are the same bits. A scalar is; a constant of no elements is not."""
    if isinstance(attribute, IntegerAttr | FloatAttr):
        return True
    if not isinstance(attribute, DenseIntOrFPElementsAttr):
        return False
    data = attribute.data.data
    size = attribute.get_element_type().compile_time_size
    if not data or data[:size] != data[-size:]:
        return False
    raw = np.frombuffer(data, np.uint8)
    return bool(np.array_equal(raw[size:], raw[:-size]))


def splat(value: complex | np.generic, type_: TensorType[Any]) -> DenseIntOrFPElementsAttr:
    """A constant of the type whose elements are all `value`. TypeError: NumPy has no such element type."""
    element = np.array(value, dtype_of(type_.element_type))
    return dense(np.broadcast_to(element, type_.get_shape()), type_)


def element_bytes(element_type: Any, value: Any) -> bytes:
    """One number as a dense attribute of this element type stores it. ValueError: the type cannot hold it."""
    if isinstance(element_type, ComplexType):
        return b"".join(element_bytes(element_type.element_type, part) for part in value)
    if isinstance(element_type, IntegerType | IndexType):
        if isinstance(element_type, IntegerType):
            value = element_type.get_normalized_value(int(value))
        packed: bytes = element_type.pack([value])
        return packed
    dtype = _FLOAT_DTYPES.get(element_type)
    try:
        with np.errstate(over="ignore"):
            raw: bytes = np.array(float(value)).astype(dtype).tobytes() if dtype else element_type.pack([float(value)])
        overflow = dtype is not None and math.isfinite(value) and not np.isfinite(np.frombuffer(raw, dtype)[0])
    except (OverflowError, NotImplementedError, DiagnosticException) as error:
        raise ValueError(f"{value} does not fit {element_type}") from error
    if overflow:
        raise ValueError(f"{value} does not fit {element_type}; write infinity as its bits in hexadecimal")
    return raw
