"""Reads the constants of a text: dense<...> of every element type.

xDSL reads floats written as bits (`dense<0xFF800000>`, which is -inf) as numbers without a word, and knows only one of
the two ways in which MLIR writes i1 in hexadecimal.
"""

import dataclasses
import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    AnyFloat,
    BytesAttr,
    ComplexType,
    DenseIntOrFPElementsAttr,
    IndexType,
    IntegerType,
    MemRefType,
    TensorType,
    VectorType,
    i1,
)
from xdsl.utils.lexer import Span
from xdsl.utils.mlir_lexer import MLIRTokenKind

from iree.compiler.ir.constants import dtype_of, element_bytes
from iree.compiler.ir.narrow_integers import attribute_bytes_of_hex, narrow_dtype

if TYPE_CHECKING:
    from iree.compiler.ir.parser import AsmParser

LARGEST_CONSTANT = 1 << 32  # bytes of one constant after a splat is expanded


@dataclasses.dataclass(frozen=True)
class Literal:
    """One number of the text. `bits` says that it is hexadecimal: a float's bits, not its value."""

    value: float
    bits: bool
    span: Span[str]


def parse_dense(parser: "AsmParser", type_: Any) -> DenseIntOrFPElementsAttr:
    """`<...> : type` of a dense attribute; the type is read here unless the caller knows it."""
    start = parser._current_token.span
    if parser._current_token.kind != MLIRTokenKind.LESS:
        parser.raise_error("expected '<' after dense")
    nested = _decimal_lists(parser)
    if nested is None:
        parser.parse_punctuation("<")
        nested = _parse_literal(parser)
        parser.parse_punctuation(">")
    if type_ is None:
        parser.parse_punctuation(":", " after a dense constant")
        type_ = parse_constant_type(parser)
    size = type_.get_element_type().compile_time_size
    if math.prod(type_.get_shape()) * size > LARGEST_CONSTANT:
        parser.raise_error(f"a constant {type_} is too large; broadcast a smaller one", start)
    if isinstance(nested, str):
        return DenseIntOrFPElementsAttr(type_, BytesAttr(_encode_hex(parser, nested, type_, start)))
    return DenseIntOrFPElementsAttr(type_, BytesAttr(_encode(parser, nested, type_, start)))


def parse_constant_type(parser: "AsmParser") -> TensorType[Any] | VectorType[Any] | MemRefType[Any]:
    """The type of a constant. ParseError: it is no shaped type of numbers with a static shape."""
    position = parser.pos
    type_ = parser.parse_type()
    if not isinstance(type_, TensorType | VectorType | MemRefType):
        parser.raise_error(f"a constant cannot be a {type_}, only a tensor, vector or memref", position)
    if DYNAMIC_INDEX in type_.get_shape():
        parser.raise_error(f"a constant needs a static shape, not {type_}", position)
    element = type_.get_element_type()
    if not isinstance(element, IntegerType | IndexType | AnyFloat | ComplexType):
        parser.raise_error(f"a constant holds numbers, not {element}", position)
    try:
        element.compile_time_size  # noqa: B018
    except NotImplementedError:
        parser.raise_error(f"constants of {element} cannot be read", position)
    return type_


def _decimal_lists(parser: "AsmParser") -> list[Any] | None:
    """The fast way for `<[[1, 2], [3, 4]]>`: brackets, decimal numbers and booleans are JSON. None: it is no JSON."""
    content: str = parser.lexer.input.content
    begin = parser._current_token.span.end
    end = content.find(">", begin)
    if end < 0 or not content[begin:end].lstrip().startswith("["):
        return None
    try:
        nested = json.loads(content[begin:end])
        flat, _ = _flatten(nested)
    except ValueError:
        return None  # hexadecimal, complex, trailing dots, comments; or an error, to be found token by token
    kinds = {type(value) for value in flat}
    if not (kinds <= {int, float} or kinds == {bool}) or not all(map(math.isfinite, flat)):
        return None
    parser._resume_from(end + 1)
    return list(nested)


def _parse_literal(parser: "AsmParser") -> Any:
    """What stands between `<` and `>`: nested lists of Literal, (Literal, Literal) for complex, or hexadecimal text."""
    match parser._current_token.kind:
        case MLIRTokenKind.GREATER:
            return []
        case MLIRTokenKind.ELLIPSIS:
            parser.raise_error("this constant was left out when the text was printed; print it without elision")
        case MLIRTokenKind.STRING_LIT:
            return parser.parse_str_literal()
    return _parse_element(parser)


def _parse_element(parser: "AsmParser") -> Any:
    match parser._current_token.kind:
        case MLIRTokenKind.L_SQUARE:
            return parser.parse_comma_separated_list(parser.Delimiter.SQUARE, lambda: _parse_element(parser))
        case MLIRTokenKind.L_PAREN:
            with parser.in_parens():
                real = _parse_number(parser)
                parser.parse_punctuation(",")
                return real, _parse_number(parser)
    return _parse_number(parser)


def _parse_number(parser: "AsmParser") -> Literal:
    span = parser._current_token.span
    boolean = parser.parse_optional_boolean()
    if boolean is not None:
        return Literal(boolean, False, span)
    bits = parser._current_token.text.startswith(("0x", "0X"))
    value = parser.parse_optional_number()
    if value is None:
        parser.raise_error("expected a number, true or false")
    return Literal(value, bits, span)


def _flatten(nested: Any) -> tuple[list[Any], list[int]]:
    """The numbers of nested lists and their shape. ValueError: the lists are ragged."""
    flat, shape = [nested], []
    while flat and isinstance(flat[0], list):
        length = len(flat[0])
        if any(not isinstance(item, list) or len(item) != length for item in flat):
            raise ValueError("the lists of this constant differ in length")
        shape.append(length)
        flat = [value for item in flat for value in item]
    if any(isinstance(item, list) for item in flat):
        raise ValueError("the lists of this constant differ in depth")
    return flat, shape


def _encode(parser: "AsmParser", nested: Any, type_: Any, start: Span[str]) -> bytes:
    """The bytes of a constant written as numbers."""
    try:
        flat, shape = _flatten(nested)
    except ValueError as error:
        parser.raise_error(str(error), start)
    expected = list(type_.get_shape())
    count = math.prod(expected)
    if isinstance(nested, list) and shape != expected and (flat or count):
        parser.raise_error(f"the constant's shape is {shape}, but its type is {type_}", start)
    element = type_.get_element_type()
    if flat and type(flat[0]) is float and (data := _encode_floats(flat, element)) is not None:
        return data
    if flat and type(flat[0]) is bool and element == i1:
        return bytes(np.array(flat, np.uint8) * np.uint8(0xFF))
    data = b"".join(_encode_element(parser, value, element, start) for value in flat)
    return data if isinstance(nested, list) else data * count


def _encode_floats(values: list[float], element: Any) -> bytes | None:
    """Many plain numbers at once. None: some do not fit, and the caller finds which."""
    try:
        dtype = dtype_of(element)
    except TypeError:
        return None
    if not isinstance(element, AnyFloat):
        return None
    with np.errstate(over="ignore"):
        array = np.array(values, np.float64).astype(dtype)
    return array.tobytes() if bool(np.isfinite(array).all()) else None


def _encode_element(parser: "AsmParser", value: Any, element: Any, start: Span[str]) -> bytes:
    if isinstance(element, ComplexType):
        if not isinstance(value, tuple):
            parser.raise_error(f"{element} is written (real, imaginary)", _span_of(value, start))
        return b"".join(_encode_element(parser, part, element.element_type, start) for part in value)
    if isinstance(value, tuple):
        parser.raise_error(f"(real, imaginary) is no {element}", _span_of(value, start))
    literal = value if isinstance(value, Literal) else Literal(value, False, start)
    if isinstance(literal.value, bool) and element != i1:
        parser.raise_error(f"{str(literal.value).lower()} is no {element}", literal.span)
    if isinstance(element, AnyFloat):
        if literal.bits and 0 <= literal.value < 1 << element.bitwidth:
            return int(literal.value).to_bytes(int(element.compile_time_size), "little")
        if literal.bits:
            parser.raise_error(f"{element} has {element.bitwidth} bits", literal.span)
        if math.isinf(literal.value):
            parser.raise_error("the number is too large; write infinity as its bits in hexadecimal", literal.span)
    elif isinstance(literal.value, float):
        parser.raise_error(f"a number with a fraction is no {element}", literal.span)
    try:
        return element_bytes(element, literal.value)
    except ValueError as error:
        parser.raise_error(str(error), literal.span)


def _span_of(value: Any, start: Span[str]) -> Span[str]:
    if isinstance(value, tuple):
        return _span_of(value[0], start)
    return value.span if isinstance(value, Literal) else start


def _encode_hex(parser: "AsmParser", text: str, type_: Any, start: Span[str]) -> bytes:
    """The bytes of a constant written as "0x..": all elements or one."""
    try:
        if not text.startswith("0x"):
            raise ValueError(text)
        raw = bytes.fromhex(text[2:])
    except ValueError:
        parser.raise_error('a constant in hexadecimal is written "0x0123..." with an even number of digits', start)
    count: int = math.prod(type_.get_shape())
    element = type_.get_element_type()
    if element == i1:
        return _booleans(parser, raw, count, start)
    if (narrow := narrow_dtype(element)) is not None:
        raw = attribute_bytes_of_hex(raw, narrow)
    if len(raw) == element.compile_time_size:
        return raw * count
    if len(raw) != count * element.compile_time_size:
        parser.raise_error(f"{len(raw)} bytes are no {type_}, which takes {count * element.compile_time_size}", start)
    return raw


def _booleans(parser: "AsmParser", raw: bytes, count: int, start: Span[str]) -> bytes:
    """Elements of i1 take a bit each in MLIR up to 2025 and a byte each since; one byte may stand for all elements.

    A byte that the two read differently is refused.
    """
    if len(raw) == count and count > 1:
        return bytes(np.where(np.frombuffer(raw, np.uint8), 0xFF, 0).astype(np.uint8))
    if len(raw) == 1 and (raw in b"\x00\xff" or count > 8 or (raw == b"\x01" and count == 1)):
        return b"\x00" * count if raw == b"\x00" else b"\xff" * count
    if len(raw) != (count + 7) // 8:
        parser.raise_error(f"{len(raw)} bytes are no {count} elements of i1, at a bit or a byte each", start)
    if count <= 8:
        parser.raise_error("this may be a bit for each i1 or one byte for all; write true and false instead", start)
    bits = np.unpackbits(np.frombuffer(raw, np.uint8), count=count, bitorder="little")
    return bytes(bits * np.uint8(0xFF))
