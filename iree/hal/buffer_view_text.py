"""Arrays as text, for tools and tests.

    4xf32=1 2 3 4        2x2xi32=[1 2][3 4]        f32=2        1x28x28x1xf32        4x1=00,010203

Sizes, element type, then the elements in order. Without elements all are zero; one element stands for all. Brackets and
commas are looks only. Types are those of the IR (i1, i4, ui8, bf16, complex<f32>, ...), u8 too for ui8, and 1, 2, 4 or
8 for that many raw bytes in hex. An integer may be given by the number with the same bits: i16 65535 is -1. A complex
number is written as in Python: 1+2j.
"""

import math
import re

import numpy as np

from iree.hal.status import InvalidArgument
from iree.schemas.element_types import ELEMENT_TYPES, ElementType, from_dtype

_TYPES: dict[str, ElementType] = {t.name: t for t in ELEMENT_TYPES}
_TYPES.update({name.replace("i", ""): _TYPES[name] for name in ("ui8", "ui16", "ui32", "ui64")})
_RAW = {"1": np.uint8, "2": np.uint16, "4": np.uint32, "8": np.uint64}
_MAX_ELEMENTS = 1024


def parse_shaped_array(text: str) -> np.ndarray:
    """The array that `text` shows. InvalidArgument: it shows none; the message says what is wrong with which part."""
    head, equals, data = text.partition("=")
    type_ = re.fullmatch(r"((?:\d+x)*)([\w<>]*)", head.strip(), re.ASCII)
    if type_ is None:
        raise InvalidArgument(f'"{text}": "{head}" is not a type like 4xf32, 2x2xi32 or f32')
    shape, name = tuple(int(size) for size in type_[1].split("x")[:-1]), type_[2]
    if name in _RAW:
        return _parse_raw(text, shape, np.dtype(_RAW[name]), data)
    if name not in _TYPES:
        raise InvalidArgument(f'"{text}": no element type "{name}": there are {", ".join([*_TYPES, *_RAW])}')
    of = _TYPES[name]
    if not equals:
        return np.zeros(shape, of.dtype)
    values = [_parse_element(text, token, of) for token in re.sub(r"[\[\],]", " ", data).split()]
    return _shaped(text, np.array(values).astype(of.dtype), shape)


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


def _parse_element(text: str, token: str, of: ElementType) -> bool | int | np.ndarray:
    try:
        match of.kind:
            case "bool":
                return {"0": False, "1": True, "false": False, "true": True}[token.lower()]
            case "integer":
                return _parse_integer(text, token, of)
            case "float":
                return _parse_float(text, token, np.asarray(float(token)), of)
        return _parse_float(text, token, np.asarray(complex(token)), of)
    except (KeyError, ValueError):
        raise InvalidArgument(f'"{text}": "{token}" is not a {of}') from None


def _parse_integer(text: str, token: str, of: ElementType) -> int:
    value, bits = int(token), of.bit_width
    if not -(1 << bits - 1) <= value < 1 << bits:
        raise InvalidArgument(f'"{text}": {value} does not fit into {bits} bits')
    value %= 1 << bits
    return value - (1 << bits) if of.name[0] == "i" and value >> bits - 1 else value


def _parse_float(text: str, token: str, value: np.ndarray, of: ElementType) -> np.ndarray:
    with np.errstate(over="ignore"):
        rounded = value.astype(of.dtype)
    if np.isnan(rounded) != np.isnan(value) or np.isinf(rounded) != np.isinf(value):
        raise InvalidArgument(f'"{text}": {token} is larger than any {of}')
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
    of = from_dtype(value.dtype)
    if of.kind == "complex":
        real, imaginary = _format_float(value.real), _format_float(value.imag)
        return f"{real}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
    return _format_float(value) if of.kind == "float" else str(int(value))


def _format_float(value: np.generic) -> str:
    """As few digits as give the same value back."""
    number = float(value)
    for digits in range(1, 17):
        text = f"{number:.{digits}g}"
        if np.asarray(float(text)).astype(value.dtype) == value:
            return text
    return f"{number:.17g}"
