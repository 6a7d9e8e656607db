"""What the host decides: loops, branches, and calls of its own functions, as statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.ir import SSAValue

from iree.compiler.codegen.hal.places import whole
from iree.compiler.codegen.hal.statements import Branch, HostCall, Loop
from iree.compiler.dialects import ll_seq
from iree.compiler.ir.location import location_of

if TYPE_CHECKING:
    from iree.compiler.codegen.hal.function import FunctionWriter


def write_while(writer: FunctionWriter, op: ll_seq.While) -> None:
    """A loop: what it carries lies in one of two rows of buffers before a turn, in the other after it.

    A loop that may end before its first turn begins with a copy: the memory of what it starts from may serve for others
    while the results are in use.
    """
    trips = None if op.trip_count is None else op.trip_count.value.data
    body = writer.called(op.body.root_reference.data)
    inits = writer.places_of(op.carried)
    hints = writer.program.functions[op.body.root_reference.data].body.block.args
    names = [writer.names.unique(hints[number].name_hint or "carried") for number in range(len(inits))]
    after = [writer.names.unique(f"next_{name}") for name in names]
    name = f"{writer.name}_{_base(writer, op.results)}"
    why = writer.matches(op)
    rows = writer.scope.allocate_rows(name, why, [value.type for value in op.results]) if names else ""
    goes_on = condition = ""
    if trips is None:
        for number, init in enumerate(inits):
            writer.copy(why, init, whole(writer.scope.spelling.carried(rows, number), init.type, is_fixed=True))
    writer.end_stretch()
    if trips is None:
        asked = op.condition.root_reference.data
        (flag,) = writer.program.functions[asked].function_type.outputs
        goes_on = writer.scope.allocate(f"{name}_goes_on", f"Whether to go on. {why}", flag, on_host=True)
        condition = writer.called(asked)
    captures = [place.text for place in writer.places_of(op.captures)]
    initial = [place.text for place in inits]
    writer.body.append(Loop(why, rows, names, after, initial, captures, trips, condition, goes_on, body))
    for result, result_name in zip(op.results, names, strict=True):
        writer.places[result] = whole(result_name, result.type)


def write_case(writer: FunctionWriter, op: ll_seq.Case) -> None:
    """A choice among functions."""
    branches = [writer.called(branch.root_reference.data) for branch in op.branches]
    why = writer.matches(op)
    selector = writer.on_host(op.selector, why)
    writer.copy(why, writer.places[op.selector], selector)
    writer.end_stretch()
    captures = [place.text for place in writer.places_of(op.captures)]
    for result in op.results:
        writer.places[result] = writer.result_place(result, why)
    results = [writer.places[result].text for result in op.results]
    writer.body.append(Branch(why, selector.text, branches, captures, results))


def write_custom_call(writer: FunctionWriter, op: ll_seq.CustomCall) -> None:
    """A call of a function of the host."""
    why = writer.matches(op)
    inputs = [writer.on_host(value, why) for value in op.inputs]
    outputs = [writer.on_host(value, why) for value in op.outputs]
    for value, place in zip(op.inputs, inputs, strict=True):
        writer.copy(why, writer.places[value], place)
    writer.end_stretch()
    location, target = location_of(op), op.target.data
    where = f"custom call @{target} of @{writer.function.sym_name.data}" + (f" at {location}" if location else "")
    table = writer.scope.shared("custom_calls")
    writer.body.append(HostCall(why, table, target, where, op.config.data, inputs, outputs))
    for value, place in zip(op.outputs, outputs, strict=True):
        writer.copy(why, place, writer.places[value])


def _base(writer: FunctionWriter, results: list[SSAValue] | tuple[SSAValue, ...]) -> str:
    """What the IR calls the results of an op together."""
    return writer.text.name(results[0]).partition("_")[0] if results else "loop"
