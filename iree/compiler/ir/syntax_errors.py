"""Turns a place in a text into an error that shows its line."""

from typing import Any

from xdsl.utils.exceptions import MultipleSpansParseError, ParseError
from xdsl.utils.lexer import Span

from iree.compiler.ir.diagnostics import CompileError

WIDEST_LINE = 160  # characters of a source line that an error shows


def syntax_error(error: ParseError) -> CompileError:
    """xDSL's error as ours."""
    message = error.msg
    if isinstance(error, MultipleSpansParseError) and error.refs:
        message = f"{message} ({error.ref_text} line {error.refs[0][0].get_location().line})"
    return located_error(error.span, message)


def located_error(span: Span[Any], message: str) -> CompileError:
    """The error at a place of the text, with the source line and a caret below the place."""
    location = span.get_location()
    content: str = span.input.content
    start = span.input.get_start_of_line(span.start)
    line = content[start : span.input.get_end_of_line(span.start)].rstrip("\r")
    column = span.start - start
    left = max(0, column - WIDEST_LINE // 2)
    shown = line[left : left + WIDEST_LINE]
    width = max(1, min(span.end - span.start, len(shown) - (column - left)))
    notes = (f"  {shown}", f"  {' ' * (column - left)}{'^' * width}")
    return CompileError(message.strip().rstrip("."), str(location), notes)
