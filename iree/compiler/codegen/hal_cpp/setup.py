"""What an object has and makes when it is made: lines of the constructor, and declarations."""

from collections.abc import Sequence

from xdsl.ir import Attribute

from iree.compiler.codegen.hal.statements import MakeBuffer, MakeCommands, MakeConstant, MakePart, MakeRows
from iree.compiler.codegen.hal_cpp.methods import HAL
from iree.compiler.codegen.hal_cpp.source import comment, layout
from iree.compiler.codegen.hal_cpp.types import length_text

_IN = "  "


def setup_lines(setup: Sequence[object]) -> list[str]:
    """The lines for all of them."""
    return [line for making in setup for line in _lines(making)]


def setup_declarations(setup: Sequence[object]) -> list[str]:
    """The declarations of all of them."""
    return [_declaration(making) for making in setup]


def _lines(making: object) -> list[str]:
    match making:
        case MakeConstant(name, why, part):
            return [*comment(_IN, why), f"{_IN}{name} = constants.subspan({part.start}, {part.length});"]
        case MakeBuffer(name, why, type_, on_host):
            return [*comment(_IN, why), f"{_IN}{name} = {_allocation(type_, on_host=on_host)};"]
        case MakeRows(name, why, types):
            row = layout(_IN, f"for (auto &row : {name}) row = {{", [_allocation(type_) for type_ in types], "};")
            return [*comment(_IN, why), *row]
        case MakePart(name, why, buffer, offset, type_):
            return [*comment(_IN, why), f"{_IN}{name} = {buffer}.subspan({offset}, {length_text(type_)});"]
    assert isinstance(making, MakeCommands)
    record = f"[this](auto &commands, auto &buffers) {{ {making.record}(commands, buffers); }}"
    return layout(_IN, f"{making.attribute} = {{", ["*_device", record], "};")


def _declaration(making: object) -> str:
    match making:
        case MakeConstant() | MakeBuffer() | MakePart():
            return f"{_IN}{HAL}Buffer {making.attribute};"
        case MakeRows():
            return f"{_IN}std::vector<{HAL}Buffer> {making.attribute}[2];"
    assert isinstance(making, MakeCommands)
    return f"{_IN}{HAL}IndirectCommandBuffer {making.attribute};"


def _allocation(type_: Attribute, *, on_host: bool = False) -> str:
    kind = "" if on_host else ", kTransient, MemoryType::kDeviceLocal"
    return f"_device->allocator().allocate({length_text(type_)}{kind})"
