"""Scope: the class that functions are generated into: that of the module, or one for the sizes of a call.

Scope("self", ...)          static functions are methods of the module's class
Scope("self.module", ...)   a function of sizes that a call chooses has a class, made for each choice of them
"""

from collections.abc import Sequence

from xdsl.ir import Attribute

from iree.compiler.codegen.hal_python.names import Names
from iree.compiler.codegen.hal_python.source import Group, call, comment, layout
from iree.compiler.codegen.hal_python.types import length_text

_IN = "        "
_TRANSIENT = ("memory_type=MemoryType.DEVICE_LOCAL", "usage=TRANSIENT")


class Scope:
    """A class in the making. `shared` leads to what all functions of the module share."""

    def __init__(self, shared: str, attributes: Names):
        self.shared = shared
        self.attributes = attributes
        self.setup: list[str] = []  # of __init__
        self.methods: list[list[str]] = []
        self.private: dict[str, str] = {}  # function -> the method that carries it out

    def allocate(self, name: str, why: str, type_: Attribute, *, on_host: bool = False) -> str:
        """A buffer that the object has: the attribute."""
        attribute = self.attributes.unique(f"_{name}")
        self.setup += comment(_IN, why)
        self.setup += layout(_IN, f"self.{attribute} = ", allocation(type_, on_host=on_host))
        return f"self.{attribute}"

    def allocate_pairs(self, name: str, why: str, types: Sequence[Attribute]) -> str:
        """Two rows of buffers, for what a loop carries into a turn and out of it: the attribute."""
        attribute = self.attributes.unique(f"_{name}")
        self.setup += comment(_IN, why)
        buffers = [allocation(type_).flat for type_ in types]
        self.setup.append(f"{_IN}self.{attribute} = [({', '.join(buffers)},) for _ in range(2)]")
        if len(self.setup[-1]) > 110 or len(buffers) > 1:
            lines = [f"{_IN}        {buffer}," for buffer in buffers]
            self.setup[-1:] = [f"{_IN}self.{attribute} = [", f"{_IN}    (", *lines, f"{_IN}    )"]
            self.setup += [f"{_IN}    for _ in range(2)", f"{_IN}]"]
        return f"self.{attribute}"


def allocation(type_: Attribute, *, on_host: bool = False) -> Group:
    """The expression of a new buffer."""
    return call("device.allocator.allocate", length_text(type_), *(() if on_host else _TRANSIENT))
