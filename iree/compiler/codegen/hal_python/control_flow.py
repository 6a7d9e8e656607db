"""What the host decides: loops, branches, and calls of its own functions, as statements of Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.ir import SSAValue

from iree.compiler.codegen.hal_python.places import Place
from iree.compiler.codegen.hal_python.source import Node, call, layout, row, text_literal
from iree.compiler.codegen.hal_python.types import element_name, shape_text
from iree.compiler.dialects import ll_seq
from iree.compiler.ir.location import location_of

if TYPE_CHECKING:
    from iree.compiler.codegen.hal_python.function import FunctionWriter

_IN = "        "
_INNER = "            "


def write_while(writer: FunctionWriter, op: ll_seq.While) -> None:
    """A loop: what it carries lies in one of two rows of buffers before a turn, in the other after it.

    A loop that may end before its first turn begins with a copy: the memory of what it starts from may serve for others
    while the results are in use.
    """
    trips = None if op.trip_count is None else op.trip_count.value.data
    body = writer.called(op.body.root_reference.data)
    inits, captures = writer.places_of(op.carried), [place.text for place in writer.places_of(op.captures)]
    hints = writer.program.functions[op.body.root_reference.data].body.block.args
    names = [writer.names.unique(hints[number].name_hint or "carried") for number in range(len(inits))]
    after = [writer.names.unique(f"next_{name}") for name in names]
    name = f"{writer.name}_{_base(writer, op.results)}"
    rows = ""
    if names:
        rows = writer.scope.allocate_pairs(name, writer.matches(op), [value.type for value in op.results])
    if trips is None:
        copies = [Place(f"{rows}[0][{number}]", of.type, is_fixed=True) for number, of in enumerate(inits)]
        for init, copy in zip(inits, copies, strict=True):
            writer.copy(writer.matches(op), init, copy)
    writer.end_stretch()
    writer.say(op)
    if trips is None and names:
        writer.body.append(f"{_IN}{_targets(names)} = {rows}[0]")
    else:
        _assign(writer, _IN, names, [place.text for place in inits])
    turn = "turn" if names else "_"
    writer.body.append(f"{_IN}for {turn} in {'itertools.count()' if trips is None else f'range({trips})'}:")
    if trips is None:
        condition = op.condition.root_reference.data
        (flag,) = writer.program.functions[condition].function_type.outputs
        goes_on = writer.scope.allocate(
            f"{name}_goes_on", f"Whether to go on. {writer.matches(op)}", flag, on_host=True
        )
        ask = call(writer.called(condition), "call", *names, *captures, goes_on)
        writer.body += layout(_INNER, "", ask)
        writer.body += [f"{_INNER}if not call.reads({goes_on}):", f"{_INNER}    break"]
    if names:
        writer.body.append(f"{_INNER}{_targets(after)} = {rows}[(turn + 1) % 2]")
    writer.body += layout(_INNER, "", call(body, "call", *names, *captures, *after))
    _assign(writer, _INNER, names, after)
    for result, result_name in zip(op.results, names, strict=True):
        writer.places[result] = Place(result_name, result.type)


def write_case(writer: FunctionWriter, op: ll_seq.Case) -> None:
    """A choice among functions."""
    branches = [writer.called(branch.root_reference.data) for branch in op.branches]
    selector = writer.on_host(op.selector, writer.matches(op))
    writer.copy(writer.matches(op), writer.places[op.selector], selector)
    writer.end_stretch()
    captures = [place.text for place in writer.places_of(op.captures)]
    for result in op.results:
        writer.places[result] = writer.result_place(result, writer.matches(op))
    results = [writer.places[result].text for result in op.results]
    writer.say(op)
    if len(branches) == 1:
        writer.body += layout(_IN, "", call(branches[0], "call", *captures, *results))
        return
    writer.body.append(f"{_IN}branch = call.reads({selector.text})")
    for number, branch in enumerate(branches):
        keyword = "else:" if number == len(branches) - 1 else f"{'el' * (number > 0)}if branch == {number}:"
        writer.body.append(f"{_IN}{keyword}")
        writer.body += layout(_INNER, "", call(branch, "call", *captures, *results))


def write_custom_call(writer: FunctionWriter, op: ll_seq.CustomCall) -> None:
    """A call of a function of the host."""
    said = writer.matches(op)
    inputs = [writer.on_host(value, said) for value in op.inputs]
    outputs = [writer.on_host(value, said) for value in op.outputs]
    for value, place in zip(op.inputs, inputs, strict=True):
        writer.copy(said, writer.places[value], place)
    writer.end_stretch()
    writer.say(op)
    writer.body.append(f"{_IN}call.wait()")
    location = location_of(op)
    where = f"custom call @{op.target.data} of @{writer.function.sym_name.data}" + (
        f" at {location}" if location else ""
    )
    function = f"{writer.scope.shared}.custom_calls[{text_literal(op.target.data)}]"
    views = [row(*map(_view, places)) for places in (inputs, outputs)]
    texts = text_literal(where), text_literal(op.config.data)
    writer.body += layout(_IN, "", call("_call_host", function, *texts, *views))
    for value, place in zip(op.outputs, outputs, strict=True):
        writer.copy(said, place, writer.places[value])


def _view(place: Place) -> Node:
    return call("BufferView", place.text, shape_text(place.type), element_name(place.type))


def _assign(writer: FunctionWriter, indent: str, names: list[str], values: list[str]) -> None:
    if names:
        writer.body.append(f"{indent}{', '.join(names)} = {', '.join(values)}")


def _targets(names: list[str]) -> str:
    """What a row of buffers is assigned to."""
    return ", ".join(names) if len(names) > 1 else f"({names[0]},)"


def _base(writer: FunctionWriter, results: list[SSAValue] | tuple[SSAValue, ...]) -> str:
    """What the IR calls the results of an op together."""
    return writer.text.name(results[0]).partition("_")[0] if results else "loop"
