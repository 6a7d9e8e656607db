"""Spelling: what a language calls the things that generated functions mention; what they do is data (statements.py)."""

import abc

from xdsl.ir import Attribute

from iree.compiler.codegen.hal.names import Naming


class Spelling(Naming, abc.ABC):
    """`language` and `flag`: what people and `translate --to` call it.

    `reserved`: names that functions have for themselves; `reserved_attributes`: that classes have.
    """

    language: str
    flag: str
    reserved: tuple[str, ...]
    reserved_attributes: tuple[str, ...]

    @abc.abstractmethod
    def member(self, attribute: str) -> str:
        """The expression of an attribute of the object."""

    @abc.abstractmethod
    def of_module(self, attribute: str) -> str:
        """The expression of an attribute of the module's object, in a class that is not the module's."""

    @abc.abstractmethod
    def carried(self, rows: str, number: int) -> str:
        """The expression of a buffer of the first of two rows."""

    @abc.abstractmethod
    def subspan(self, buffer: str, offset: int, type_: Attribute) -> str:
        """The expression of a buffer that is a part of another."""
