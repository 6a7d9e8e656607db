"""Names of the IR as Python identifiers, each given once."""

import keyword
import re
from collections.abc import Iterable


class Names:
    """Identifiers of one scope; those of `taken` are never given."""

    def __init__(self, taken: Iterable[str] = ()):
        self._taken = set(taken)

    def unique(self, text: str) -> str:
        """An identifier for `text`, with underscores at its end where it was given before."""
        name = identifier(text)
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name


def identifier(text: str) -> str:
    """`text` as an identifier in lower case: %0 is v0, "my-f" is my_f."""
    name = re.sub(r"\W", "_", text, flags=re.ASCII).lower()
    if name[:1].isdigit() or not name:
        name = f"v{name}"
    return f"{name}_" if keyword.iskeyword(name) or keyword.issoftkeyword(name) else name


def class_name(text: str) -> str:
    """`text` as the name of a class: simple_mul is SimpleMul."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    name = "".join(word[0].upper() + word[1:] for word in words) or "Compiled"
    return f"_{name}" if name[0].isdigit() else name
