"""Names that C accepts, each given once."""

import re

_KEYWORDS = frozenset(
    [
        "auto",
        "break",
        "case",
        "char",
        "const",
        "continue",
        "default",
        "do",
        "double",
        "else",
        "enum",
        "extern",
        "float",
        "for",
        "goto",
        "if",
        "inline",
        "int",
        "long",
        "register",
        "restrict",
        "return",
        "short",
        "signed",
        "sizeof",
        "static",
        "struct",
        "switch",
        "typedef",
        "union",
        "unsigned",
        "void",
        "volatile",
        "while",
        "main",
        "NAN",
        "INFINITY",
        "isnan",
        "memcpy",
        "memset",
    ]
)  # and what the includes define that a kernel uses


class Names:
    """The names taken in one scope and all scopes around it."""

    def __init__(self, taken: set[str] | frozenset[str] = frozenset()) -> None:
        self.taken = set(taken)

    def new(self, wanted: str) -> str:
        """`wanted`, as an identifier, with a number where it is taken."""
        base = identifier(wanted)
        name, number = base, 1
        while name in self.taken or name in _KEYWORDS:
            name, number = f"{base}_{number}" if base[-1].isdigit() else f"{base}{number}", number + 1
        self.taken.add(name)
        return name


def identifier(text: str) -> str:
    """A text as an identifier that C leaves to programs."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_") or "v"
    return f"v{name}" if name[0].isdigit() else name
