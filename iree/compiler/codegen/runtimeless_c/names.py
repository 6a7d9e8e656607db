"""Names that C accepts, each given once."""

import re
from collections.abc import Iterable

from iree.compiler.codegen.runtimeless_c.reserved_names import WORDS


class Names:
    """The names taken in one scope. It gives none that a scope around it has, or a scope inside it was given."""

    def __init__(self, taken: Iterable[str] = (), around: "Names | None" = None) -> None:
        self.taken = set(taken)
        self._around = around
        self._inside: set[str] = set()

    def inner(self, taken: Iterable[str] = ()) -> "Names":
        """A scope inside this one."""
        return Names(taken, self)

    def new(self, wanted: str) -> str:
        """`wanted`, as an identifier, with a number where it is taken."""
        base = identifier(wanted)
        name, number = base, 1
        while name in WORDS or name in self._inside or self._has(name):
            name, number = f"{base}_{number}" if base[-1].isdigit() else f"{base}{number}", number + 1
        self.taken.add(name)
        around = self._around
        while around is not None:
            around._inside.add(name)
            around = around._around
        return name

    def _has(self, name: str) -> bool:
        return name in self.taken or (self._around is not None and self._around._has(name))


def identifier(text: str) -> str:
    """A text as an identifier that C and Vulkan leave to programs."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_") or "v"
    return f"v{name}" if re.match(r"\d|(vk|Vk|PFN_vk)[A-Z]|VK_", name) else name
