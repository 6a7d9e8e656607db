"""CppSpelling: what C++ calls the things that generated methods mention."""

import re

from xdsl.ir import Attribute

from iree.compiler.codegen.hal.spelling import Spelling
from iree.compiler.codegen.hal_cpp.types import length_text

_KEYWORDS = frozenset(
    (
        "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch",
        "char", "char16_t", "char32_t", "class", "compl", "const", "const_cast", "constexpr", "continue", "decltype",
        "default", "delete", "do", "double", "dynamic_cast", "else", "enum", "explicit", "export", "extern", "false",
        "float", "for", "friend", "goto", "if", "inline", "int", "long", "mutable", "namespace", "new", "noexcept",
        "not", "not_eq", "nullptr", "operator", "or", "or_eq", "private", "protected", "public", "register",
        "reinterpret_cast", "return", "short", "signed", "sizeof", "static", "static_assert", "static_cast", "struct",
        "switch", "template", "this", "thread_local", "throw", "true", "try", "typedef", "typeid", "typename",
        "union", "unsigned", "using", "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq",
    )
)  # fmt: skip


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
        return f"{name}_" if name in _KEYWORDS else name

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
