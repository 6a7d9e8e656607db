"""Reads text in brackets whose meaning nobody here needs."""

from xdsl.parser import AttrParser
from xdsl.utils.mlir_lexer import MLIRTokenKind

_DEEPER = {MLIRTokenKind.LESS: 1, MLIRTokenKind.GREATER: -1}


def parse_opaque_text(parser: AttrParser) -> str:
    """What stands between `<` and its `>`, as it is written. ParseError: there is no `<` here, or nothing closes it."""
    parser.parse_punctuation("<")
    start = parser._current_token.span.start
    depth = 1
    while True:
        token = parser._current_token
        depth += _DEEPER.get(token.kind, 0)
        if depth == 0:
            text: str = parser.lexer.input.content[start : token.span.start]
            parser.parse_punctuation(">")
            return text
        if token.kind == MLIRTokenKind.EOF:
            parser.raise_error("expected '>'")
        parser._consume_token()
