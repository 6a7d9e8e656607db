"""Python source in the layout of ruff: what fits on a line stands on one, all else has a line for each item.

statement("commands.dispatch", Group("(", ("request",), ")"))
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

WIDTH = 120
_STEP = "    "


@dataclass(frozen=True)
class Group:
    """What stands in brackets, after what: `opening` ends in the bracket."""

    opening: str
    items: Sequence["Node"]
    closing: str

    @property
    def is_call(self) -> bool:
        """Arguments or parameters, which may stand on one line of their own; the items of a list or tuple may not."""
        return self.opening not in ("(", "[")

    @property
    def flat(self) -> str:
        """All on one line."""
        lone = self.opening == "(" and len(self.items) == 1
        return f"{self.opening}{', '.join(map(flat, self.items))}{',' * lone}{self.closing}"


Node: TypeAlias = str | Group


def call(function: str, *arguments: Node) -> Group:
    """A call."""
    return Group(f"{function}(", arguments, ")")


def row(*items: Node) -> Group:
    """A list."""
    return Group("[", items, "]")


def tuple_of(items: Sequence[Node]) -> Group:
    """A tuple."""
    return Group("(", items, ")")


def flat(node: Node) -> str:
    """All on one line."""
    return node if isinstance(node, str) else node.flat


def layout(indent: str, head: str, node: Node, tail: str = "") -> list[str]:
    """The lines of `head`, the node and `tail`."""
    line = f"{indent}{head}{flat(node)}{tail}"
    if len(line) <= WIDTH or isinstance(node, str):
        return [line]
    inner = indent + _STEP
    together = inner + ", ".join(map(flat, node.items))
    if node.is_call and len(together) <= WIDTH:
        body = [together]
    else:
        comma = "" if node.is_call and len(node.items) == 1 else ","
        body = [line for item in node.items for line in layout(inner, "", item, comma)]
    return [f"{indent}{head}{node.opening}", *body, f"{indent}{node.closing}{tail}"]


def comment(indent: str, text: str) -> list[str]:
    """`text` as a comment, on as many lines as it takes; those after the first stand further in."""
    width = WIDTH - len(indent) - 2
    lines = textwrap.wrap(text, width, subsequent_indent="    ", break_on_hyphens=False)
    return [f"{indent}# {line}" for line in lines]


def docstring(indent: str, first: str, *more: str) -> list[str]:
    """A docstring: a sentence, then paragraphs, which are wrapped."""
    if not more and len(indent) + len(first) + 6 <= WIDTH:
        return [f'{indent}"""{first}"""']
    lines = textwrap.wrap(first, WIDTH - len(indent) - 3, break_on_hyphens=False)
    for paragraph in more:
        lines += ["", *textwrap.wrap(paragraph, WIDTH - len(indent), break_on_hyphens=False)]
    return [f'{indent}"""{lines[0]}', *(f"{indent}{line}".rstrip() for line in lines[1:]), f'{indent}"""']


def text_literal(text: str) -> str:
    """A string literal as ruff writes it."""
    literal = repr(text)
    if literal[0] == "'" and '"' not in text:
        return '"' + literal[1:-1].replace("\\'", "'") + '"'
    return literal
