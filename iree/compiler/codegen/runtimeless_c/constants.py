"""Constants and variables as arrays of C."""

import textwrap

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr
from xdsl.ir import Attribute

from iree.compiler.codegen.runtimeless_c.names import Names
from iree.compiler.codegen.runtimeless_c.types import elements, memory_type
from iree.compiler.ir.constants import array_of

ALIGNMENT = 64  # bytes: a line of a cache
ALIGNED = f"""\
#if defined(__GNUC__)
#define ALIGNED __attribute__((aligned({ALIGNMENT})))
#else
#define ALIGNED
#endif
"""


class Constants:
    """The constants of a program, each once."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[tuple[Attribute, bytes], str] = {}
        self.texts: list[str] = []

    def name(self, value: DenseIntOrFPElementsAttr, wanted: str) -> str:
        """The array that holds a constant."""
        key = (value.type, value.data.data)
        if key not in self._known:
            name = self._known[key] = self._names.new(wanted)
            self.texts.append(f"static const {array_text(name, value)}")
        return self._known[key]


def array_text(name: str, value: DenseIntOrFPElementsAttr) -> str:
    """The definition of an array with its contents."""
    type_ = value.get_element_type()
    numbers = elements(array_of(value), type_)
    count = max(1, len(numbers))
    if all(number == "0" or number in ("0.0f", "0.0") for number in numbers):
        numbers = ["0"]
    head = f"{memory_type(type_)} {name}[{count}] ALIGNED = {{"
    line = ", ".join(numbers)
    if len(head) + len(line) < 100:
        return f"{head}{line}}};\n"
    return f"{head}\n{_filled(numbers)}}};\n"


def _filled(numbers: list[str]) -> str:
    """Numbers in lines; quick, as there may be millions."""
    if len(numbers) > 10_000:
        rows = [", ".join(numbers[start : start + 10]) for start in range(0, len(numbers), 10)]
        return "".join(f"  {row},\n" for row in rows)
    return textwrap.fill(", ".join(numbers), 118, initial_indent="  ", subsequent_indent="  ") + "\n"
