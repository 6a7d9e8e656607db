"""Arrays as text, for tools and tests.

    4xf32=1 2 3 4        2x2xi32=[1 2][3 4]        f32=2        1x28x28x1xf32        4x1=00,010203

Sizes, element type, then the elements in order. Without elements all are zero; one element stands for all. Brackets and
commas are looks only. Types are those of the IR (i1, i8, ui8, bf16, ...), u8 too for ui8, and 1, 2, 4 or 8 for that
many raw bytes in hex. An integer may be given by the number with the same bits: i16 65535 is -1.
"""

import math
import re

import numpy as np

from iree.hal.status import InvalidArgument
from iree.schemas.element_types import ELEMENT_TYPES, ElementType, from_dtype

_TYPES: dict[str, ElementType] = {t.name: t for t in ELEMENT_TYPES if t.dtype.kind != "c"}
_TYPES.update({name.replace("i", ""): _TYPES[name] for name in ("ui8", "ui16", "ui32", "ui64")})
_RAW = {"1": np.uint8, "2": np.uint16, "4": np.uint32, "8": np.uint64}
_MAX_ELEMENTS = 1024


def parse_shaped_array(text: str) -> np.ndarray:
    """The array that `text` shows. InvalidArgument: it shows none; the message says what is wrong with which part."""
    head, equals, data = text.partition("=")
    *sizes, name = head.strip().split("x")
    if not all(size.isdecimal() for size in sizes):
        raise InvalidArgument(f'"{text}": "{head}" is not a type like 4xf32, 2x2xi32 or f32')
    shape = tuple(int(size) for size in sizes)
    if name in _RAW:
        return _parse_raw(text, shape, np.dtype(_RAW[name]), data)
    if name not in _TYPES:
        raise InvalidArgument(f'"{text}": no element type "{name}": there are {", ".join([*_TYPES, *_RAW])}')
    dtype = _TYPES[name].dtype
    if not equals:
        return np.zeros(shape, dtype)
    values = [_parse_element(text, token, dtype) for token in re.sub(r"[\[\],]", " ", data).split()]
    return _shaped(text, np.array(values, dtype), shape)


def format_shaped_array(array: np.ndarray, max_elements: int = _MAX_ELEMENTS) -> str:
    """`array` as parse_shaped_array takes it, with "..." for what comes after `max_elements`."""
    kind = "x".join([*map(str, array.shape), from_dtype(array.dtype).name])
    with np.errstate(over="ignore"):
        return f"{kind}={_format_rows(array, [max_elements])}"


def _parse_raw(text: str, shape: tuple[int, ...], dtype: np.dtype, data: str) -> np.ndarray:
    try:
        values = np.frombuffer(bytes.fromhex(re.sub(r"[\[\],\s]", "", data)), dtype)
    except ValueError:
        raise InvalidArgument(f'"{text}": the data is not elements of {dtype.itemsize} bytes in hex') from None
    return _shaped(text, values, shape) if data else np.zeros(shape, dtype)


def _shaped(text: str, values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if len(values) == 1:
        return np.full(shape, values[0])
    if len(values) != math.prod(shape):
        raise InvalidArgument(f'"{text}" has {len(values)} elements, {math.prod(shape)} are needed (or one for all)')
    return values.reshape(shape).copy()


def _parse_element(text: str, token: str, dtype: np.dtype) -> bool | int | np.ndarray:
    try:
        if dtype.kind == "b":
            return {"0": False, "1": True, "false": False, "true": True}[token.lower()]
        return _parse_integer(text, token, dtype) if dtype.kind in "iu" else _parse_float(text, token, dtype)
    except (KeyError, ValueError):
        raise InvalidArgument(f'"{text}": "{token}" is not a {from_dtype(dtype)}') from None


def _parse_integer(text: str, token: str, dtype: np.dtype) -> int:
    value, bits = int(token), 8 * dtype.itemsize
    if not -(1 << bits - 1) <= value < 1 << bits:
        raise InvalidArgument(f'"{text}": {value} does not fit into {bits} bits')
    value %= 1 << bits
    return value - (1 << bits) if dtype.kind == "i" and value >> bits - 1 else value


def _parse_float(text: str, token: str, dtype: np.dtype) -> np.ndarray:
    value = np.asarray(float(token))
    with np.errstate(over="ignore"):
        rounded = value.astype(dtype)
    if np.isinf(rounded) and not np.isinf(value):
        raise InvalidArgument(f'"{text}": {token} is larger than any {from_dtype(dtype)}')
    return rounded


def _format_rows(array: np.ndarray, left: list[int]) -> str:
    """Elements with spaces between them, rows in brackets. `left` counts down."""
    if array.ndim > 1:
        rows = []
        for row in array:
            if left[0] <= 0 and row.size:
                rows.append("...")
                break
            rows.append(f"[{_format_rows(row, left)}]")
        return "".join(rows)
    shown = array.reshape(-1)[: max(left[0], 0)]
    left[0] -= array.size
    return " ".join([_format_element(value) for value in shown] + ["..."] * (len(shown) < array.size))


def _format_element(value: np.generic) -> str:
    """As few digits as give the same value back."""
    if value.dtype.kind in "biu":
        return str(int(value))
    number = float(value)
    for digits in range(1, 17):
        text = f"{number:.{digits}g}"
        if np.asarray(float(text)).astype(value.dtype) == value:
            return text
    return f"{number:.17g}"
