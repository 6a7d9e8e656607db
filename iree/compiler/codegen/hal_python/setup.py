"""What an object makes when it is made, as lines of __init__."""

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.ir import Attribute

from iree.compiler.codegen.hal.statements import MakeBuffer, MakeCommands, MakeConstant, MakePart, MakeRows
from iree.compiler.codegen.hal_python.source import Group, call, comment, layout
from iree.compiler.codegen.hal_python.types import length_text

_IN = "        "
_TRANSIENT = ("memory_type=MemoryType.DEVICE_LOCAL", "usage=TRANSIENT")


@dataclass(frozen=True)
class MakeSizes:
    """The objects of class `made` for the sizes of calls."""

    attribute: str
    made: str


def setup_lines(setup: Sequence[object]) -> list[str]:
    """The lines for all of them."""
    return [line for making in setup for line in _lines(making)]


def _lines(making: object) -> list[str]:
    match making:
        case MakeConstant(name, why, part):
            return [*comment(_IN, why), f"{_IN}self.{name} = constant({part.start}, {part.length})"]
        case MakeBuffer(name, why, type_, on_host):
            return [*comment(_IN, why), *layout(_IN, f"self.{name} = ", _allocation(type_, on_host=on_host))]
        case MakeRows(name, why, types):
            return [*comment(_IN, why), *_rows(f"self.{name} = ", types)]
        case MakePart(name, why, buffer, offset, type_):
            subspan = call(f"{buffer}.subspan", str(offset), length_text(type_))
            return [*comment(_IN, why), *layout(_IN, f"self.{name} = ", subspan)]
        case MakeCommands(name, record):
            return layout(_IN, f"self.{name} = ", call("IndirectCommandBuffer", "device", f"self.{record}"))
    assert isinstance(making, MakeSizes)
    return [f"{_IN}self.{making.attribute}: dict[tuple[int, ...], {making.made}] = {{}}"]


def _rows(head: str, types: Sequence[Attribute]) -> list[str]:
    buffers = [_allocation(type_).flat for type_ in types]
    line = f"{_IN}{head}[({', '.join(buffers)},) for _ in range(2)]"
    if len(line) <= 110 and len(buffers) == 1:
        return [line]
    inner = [f"{_IN}        {buffer}," for buffer in buffers]
    return [f"{_IN}{head}[", f"{_IN}    (", *inner, f"{_IN}    )", f"{_IN}    for _ in range(2)", f"{_IN}]"]


def _allocation(type_: Attribute, *, on_host: bool = False) -> Group:
    return call("device.allocator.allocate", length_text(type_), *(() if on_host else _TRANSIENT))
