"""Names of the IR as identifiers, each given once."""

import re
from collections.abc import Iterable
from typing import Protocol


class Naming(Protocol):
    """A language's identifiers."""

    def identifier(self, text: str) -> str:
        """`text` as an identifier."""

    def again(self, name: str, number: int) -> str:
        """The identifier in place of `name`, which was given `number` times before."""


class Names:
    """Identifiers of one scope; those of `taken` are never given."""

    def __init__(self, naming: Naming, taken: Iterable[str] = ()):
        self._naming = naming
        self._taken = set(taken)

    def unique(self, text: str, private: bool = False) -> str:
        """An identifier for `text`, or another one where that was given before. A `private` one begins with _."""
        wanted = self._naming.identifier(text)
        wanted = f"_{wanted}" if private and not wanted.startswith("_") else wanted
        name, number = wanted, 0
        while name in self._taken:
            number += 1
            name = self._naming.again(wanted, number)
        self._taken.add(name)
        return name

    def __contains__(self, name: str) -> bool:
        return name in self._taken


def class_name(text: str) -> str:
    """`text` as the name of a class: simple_mul is SimpleMul."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    name = "".join(word[0].upper() + word[1:] for word in words) or "Compiled"
    return f"_{name}" if name[0].isdigit() else name
