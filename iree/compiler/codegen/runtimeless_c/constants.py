"""Constants and variables as arrays of C."""

import textwrap
from dataclasses import dataclass

from xdsl.dialects.builtin import ComplexType, DenseIntOrFPElementsAttr, i1
from xdsl.ir import Attribute

from iree.compiler.codegen.runtimeless_c.names import Names, identifier
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
LITTLE_ENDIAN = """\
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "The weights are little-endian; this processor is not: use --c_weights=embedded."
#endif
"""


@dataclass(frozen=True, eq=False)
class Constant:
    """A constant, what it is called, and where it lies in the weights; there is no such place in a C file."""

    value: DenseIntOrFPElementsAttr
    name: str
    offset: int


class Constants:
    """The constants of a program, each once: arrays of the C file, or one file of bytes."""

    def __init__(self, names: Names, is_external: bool = False) -> None:
        self.is_external = is_external
        self._names = names
        self._known: dict[tuple[Attribute, bytes], Constant] = {}
        self._size = 0

    def add(self, value: DenseIntOrFPElementsAttr, wanted: str) -> Constant:
        """The constant of a value. `wanted`: what it may be called if it is new."""
        key = (value.type, value.data.data)
        if key not in self._known:
            name = identifier(wanted) if self.is_external else self._names.new(wanted)
            self._known[key] = Constant(value, name, self._size)
            self._size += -(-len(element_bytes(value)) // ALIGNMENT) * ALIGNMENT
        return self._known[key]

    def all(self) -> list[Constant]:
        """In the order in which they lie."""
        return list(self._known.values())

    def definitions(self) -> list[str]:
        """The arrays of the C file."""
        if self.is_external:
            return []
        return [f"static const {array_text(constant.name, constant.value)}" for constant in self.all()]

    def weights(self) -> bytes:
        """The file of all constants, little-endian, each at its offset."""
        if not self.is_external:
            return b""
        return b"".join(
            data + bytes(-len(data) % ALIGNMENT) for data in (element_bytes(each.value) for each in self.all())
        )


def element_bytes(value: DenseIntOrFPElementsAttr) -> bytes:
    """The elements of a constant as a little-endian processor has them in memory; 1 is true."""
    data: bytes = value.data.data
    return data.replace(b"\xff", b"\x01") if value.get_element_type() == i1 else data


def array_text(name: str, value: DenseIntOrFPElementsAttr) -> str:
    """The definition of an array with its contents."""
    type_ = value.get_element_type()
    array = array_of(value)
    count = max(1, array.size * (2 if isinstance(type_, ComplexType) else 1))
    numbers = elements(array, type_) if value.data.data.strip(b"\0") else ["0"]
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
