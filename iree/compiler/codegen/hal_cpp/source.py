"""C++ source in lines of at most 120 characters: what fits on a line stands on one."""

import json
import textwrap
from collections.abc import Sequence

WIDTH = 120


def layout(indent: str, head: str, parts: Sequence[str], tail: str) -> list[str]:
    """head part, part, part tail; what does not fit goes on in further lines, four places further in."""
    lines, line = [], indent + head
    for number, part in enumerate(parts):
        piece = part + (", " if number < len(parts) - 1 else tail)
        if len(line) + len(piece.rstrip()) > WIDTH and line.strip():
            lines.append(line.rstrip())
            line = f"{indent}    "
        line += piece
    return [*lines, line if parts else line + tail]


def call(indent: str, function: str, *arguments: str) -> list[str]:
    """A call as a statement."""
    return layout(indent, f"{function}(", arguments, ");")


def comment(indent: str, first: str, *more: str) -> list[str]:
    """A sentence as a comment, then paragraphs, on as many lines as it takes."""
    lines: list[str] = []
    for text in (first, *more):
        wrapped = textwrap.wrap(text, WIDTH - len(indent) - 3, break_on_hyphens=False)
        lines += [f"{indent}//"] * bool(lines) + [f"{indent}// {line}" for line in wrapped]
    return [f"{line} ." if line.endswith("\\") else line for line in lines]  # a comment must not go on in the next line


def text_literal(text: str) -> str:
    """A string literal: JSON's escapes are C++'s."""
    return json.dumps(text)
