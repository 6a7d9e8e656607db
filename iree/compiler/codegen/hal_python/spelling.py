"""PythonSpelling: what Python calls the things that generated methods mention."""

import keyword
import re

from xdsl.ir import Attribute

from iree.compiler.codegen.hal.spelling import Spelling
from iree.compiler.codegen.hal_python.types import length_text


class PythonSpelling(Spelling):
    """See Spelling."""

    language = "Python"
    flag = "hal-python"
    reserved = (
        *("self", "call", "commands", "buffers", "device", "turn", "branch"),
        *("np", "npt", "itertools", "int", "range"),
    )
    reserved_attributes = ("self", "device", "create", "custom_calls", "_fence", "_calls")

    def identifier(self, text: str) -> str:
        """In lower case: %0 is v0, "my-f" is my_f; what begins with two underscores is Python's, and has one here."""
        name = re.sub(r"^__+", "_", re.sub(r"\W", "_", text, flags=re.ASCII).lower())
        if name[:1].isdigit() or not name:
            name = f"v{name}"
        return f"{name}_" if keyword.iskeyword(name) or keyword.issoftkeyword(name) else name

    def again(self, name: str, number: int) -> str:
        """With underscores at its end."""
        return name + "_" * number

    def member(self, attribute: str) -> str:
        """See Spelling."""
        return f"self.{attribute}"

    def of_module(self, attribute: str) -> str:
        """See Spelling."""
        return f"self.module.{attribute}"

    def carried(self, rows: str, number: int) -> str:
        """See Spelling."""
        return f"{rows}[0][{number}]"

    def subspan(self, buffer: str, offset: int, type_: Attribute) -> str:
        """See Spelling."""
        return f"{buffer}.subspan({offset}, {length_text(type_)})"
