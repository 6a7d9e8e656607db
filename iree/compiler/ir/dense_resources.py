"""Reads dense_resource<name> constants, whose data stands at the end of the text.

They become dense<...> constants of the same parse. In xDSL the data lives in the process: when a second text has the
same name, it is lost.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from xdsl.dialects.builtin import BytesAttr, DenseIntOrFPElementsAttr, i1
from xdsl.utils.lexer import Span
from xdsl.utils.mlir_lexer import MLIRTokenKind

from iree.compiler.ir.dense_literals import parse_constant_type

if TYPE_CHECKING:
    from iree.compiler.ir.parser import AsmParser


class Resources:
    """The data section `{-# dialect_resources: { builtin: { name: "0x.." } } #-}` of one text.

    It stands behind its uses, so it is read at the first of them. `given`: data that is not in the text.
    """

    def __init__(self, parser: "AsmParser", given: Mapping[str, bytes]):
        self._blobs: dict[str, bytes] = {**given}
        self._section = parser.lexer.input.content.rfind("{-#")
        self._end = -1
        if self._section >= 0:
            resume = parser._current_token.span.start
            parser._resume_from(self._section)
            parser.parse_punctuation("{-#")
            self._parse_entries(parser, ())
            self._end = parser._current_token.span.end
            parser.parse_punctuation("#-}")
            parser._resume_from(resume)

    def skip_section(self, parser: "AsmParser") -> None:
        """Steps over the section that was read. ParseError: it is another one; a file has one at its end."""
        if parser._current_token.span.start != self._section:
            parser.raise_error("a file has one data section {-# #-}, at its end")
        parser._resume_from(self._end)

    def parse_use(self, parser: "AsmParser") -> DenseIntOrFPElementsAttr:
        """`<name> : type`, read as the dense constant whose data the section holds under the name."""
        with parser.in_angle_brackets():
            start = parser._current_token.span
            name = parser.parse_identifier_or_str_literal(" for a resource")
        parser.parse_punctuation(":")
        type_ = parse_constant_type(parser)
        if name == "__elided__":
            parser.raise_error("this constant was left out when the text was printed; print it without elision", start)
        if name not in self._blobs:
            parser.raise_error(f"the file holds no data for dense_resource<{name}>", start)
        blob = self._blobs[name]
        element = type_.get_element_type()
        size = math.prod(type_.get_shape()) * element.compile_time_size
        if len(blob) != size:
            parser.raise_error(f"dense_resource<{name}> holds {len(blob)} bytes, {type_} takes {size}", start)
        if element == i1:
            blob = bytes((np.frombuffer(blob, np.uint8) != 0) * np.uint8(0xFF))
        return DenseIntOrFPElementsAttr(type_, BytesAttr(blob))

    def _parse_entries(self, parser: "AsmParser", path: tuple[str, ...]) -> None:
        """`key: value, ...` up to the closing bracket; a value is such a list again in braces, or a string."""

        def entry() -> None:
            key = parser.parse_identifier_or_str_literal(" for a resource")
            parser.parse_punctuation(":")
            if parser.parse_optional_punctuation("{") is not None:
                self._parse_entries(parser, (*path, key))
                parser.parse_punctuation("}")
                return
            span = parser._current_token.span
            text = parser.parse_optional_str_literal()
            if text is None:
                parser.parse_boolean()
            elif path[:1] == ("dialect_resources",):
                self._blobs[key] = self._blob(parser, text, span)

        if parser._current_token.kind not in (MLIRTokenKind.R_BRACE, MLIRTokenKind.FILE_METADATA_END):
            parser.parse_comma_separated_list(parser.Delimiter.NONE, entry)

    def _blob(self, parser: "AsmParser", text: str, span: Span[str]) -> bytes:
        """A resource's text is its alignment, four bytes, and then its data."""
        try:
            raw = bytes.fromhex(text.removeprefix("0x"))
        except ValueError:
            parser.raise_error("the data of a resource is hexadecimal", span)
        if len(raw) < 4:
            parser.raise_error("the data of a resource begins with its alignment, four bytes", span)
        return raw[4:]
