"""Scope: the class that functions are generated into: that of the module, or one for the sizes of a call.

A function of sizes that a call chooses has a class of its own, made for each choice of them; its object knows that of
the module, which has what all functions share.
"""

from collections.abc import Sequence

from xdsl.ir import Attribute

from iree.compiler.codegen.hal.names import Names
from iree.compiler.codegen.hal.spelling import Spelling
from iree.compiler.codegen.hal.statements import MakeBuffer, MakeRows


class Scope:
    """A class in the making. `setup` and `methods`: objects of statements.py, Exports, and what a language adds."""

    def __init__(self, spelling: Spelling, attributes: Names, *, is_module: bool = True):
        self.spelling = spelling
        self.attributes = attributes
        self.shared = spelling.member if is_module else spelling.of_module  # an attribute that functions share
        self.setup: list[object] = []
        self.methods: list[object] = []
        self.private: dict[str, str] = {}  # function -> the method that carries it out

    def allocate(self, name: str, why: str, type_: Attribute, *, on_host: bool = False) -> str:
        """A buffer that the object has: its expression."""
        attribute = self.attributes.unique(name, private=True)
        self.setup.append(MakeBuffer(attribute, why, type_, on_host))
        return self.spelling.member(attribute)

    def allocate_rows(self, name: str, why: str, types: Sequence[Attribute]) -> str:
        """Two rows of buffers, for what a loop carries into a turn and out of it: their expression."""
        attribute = self.attributes.unique(name, private=True)
        self.setup.append(MakeRows(attribute, why, types))
        return self.spelling.member(attribute)
