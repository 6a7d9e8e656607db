"""CppSpelling: what C++ calls the things that generated methods mention."""

import re

from xdsl.ir import Attribute

from iree.compiler.codegen.hal.spelling import Spelling
from iree.compiler.codegen.hal_cpp.types import length_text
from iree.compiler.codegen.runtimeless_c.reserved_names import CPP_WORDS


class CppSpelling(Spelling):
    """See Spelling. What begins with an underscore is the object's, everything else a function's or its users'."""

    language = "C++"
    flag = "hal-cpp"
    reserved = ("call", "commands", "buffers", "device", "turn", "std", "iree")
    reserved_attributes = ("device", "_device", "_fence", "_calls", "std", "iree")

    def identifier(self, text: str) -> str:
        """In lower case: %0 is v0, "my-f" is my_f."""
        name = re.sub(r"\W+|__+", "_", text, flags=re.ASCII).lower().strip("_")
        if name[:1].isdigit() or not name:
            name = f"v{name}"
        return f"{name}_" if name in CPP_WORDS else name

    def again(self, name: str, number: int) -> str:
        """With a number at its end."""
        return f"{name}_{number}" if name[-1].isdigit() else f"{name}{number}"

    def member(self, attribute: str) -> str:
        """See Spelling."""
        return attribute if attribute.startswith("_") else f"this->{attribute}"

    def of_module(self, attribute: str) -> str:
        """See Spelling: there is no other class."""
        return self.member(attribute)

    def carried(self, rows: str, number: int) -> str:
        """See Spelling."""
        return f"{rows}[0][{number}]"

    def subspan(self, buffer: str, offset: int, type_: Attribute) -> str:
        """See Spelling."""
        return f"{buffer}.subspan({offset}, {length_text(type_)})"
