"""The methods of a class that are its own: those that record commands, and those that carry a function out.

void LoopModule::_loop_body(Call &call, const Buffer &i, const Buffer &out0) {
  call.add(_loop_body_commands.bind({i, out0}));
}
"""

from collections.abc import Sequence

from iree.compiler.codegen.hal.places import Place
from iree.compiler.codegen.hal.statements import (
    Add,
    Barrier,
    Branch,
    Command,
    Copy,
    Dispatch,
    FunctionMethod,
    HostCall,
    Loop,
    RecordMethod,
    Statement,
)
from iree.compiler.codegen.hal_cpp.source import call, comment, layout
from iree.compiler.codegen.hal_cpp.types import braces, element_name, length_text, shape_text

_IN = "  "
_INNER = "    "
HAL = "iree::hal::"  # in the header, where no names are taken over


def record_declaration(method: RecordMethod) -> list[str]:
    """The declaration of the method that records commands."""
    return layout("  ", f"void {method.name}(", _record_parameters(method, HAL), ");")


def record_definition(method: RecordMethod, class_name: str) -> list[str]:
    """The method that records commands."""
    lines = comment("", method.what)
    lines += layout("", f"void {class_name}::{method.name}(", _record_parameters(method), ") {")
    if method.chosen:
        taken = [f"&{name} = buffers[{number}]" for number, name in enumerate(method.chosen)]
        lines += layout(_IN, "const Buffer ", taken, ";")
    lines += [line for command in method.commands for line in _command(command)]
    return [*lines, f"{_IN}commands.execution_barrier(kWork, ExecutionStage::kHost, kToHost);", "}"]


def function_declaration(method: FunctionMethod) -> list[str]:
    """The declaration of the method that carries a function out."""
    return layout("  ", f"void {method.name}(", _function_parameters(method, HAL), ");")


def function_definition(method: FunctionMethod, class_name: str) -> list[str]:
    """The method that carries a function out."""
    lines = comment("", f"Adds the commands of @{method.symbol}.", f"Matches IR: {method.signature}")
    lines += layout("", f"void {class_name}::{method.name}(", _function_parameters(method), ") {")
    return [*lines, *(line for statement in method.body for line in _statement(statement)), "}"]


def _record_parameters(method: RecordMethod, hal: str = "") -> list[str]:
    buffers = f"const std::vector<{hal}Buffer> &{'buffers' * bool(method.chosen)}"
    return [f"{hal}CommandBuffer &commands", buffers.rstrip()]


def _function_parameters(method: FunctionMethod, hal: str = "") -> list[str]:
    call_name = "call" if method.body else ""
    names = _mentioned(method)
    return [
        f"{hal}Call &{call_name}",
        *(f"const {hal}Buffer &{name if name in names else ''}" for name in method.parameters),
    ]


def _mentioned(method: FunctionMethod) -> set[str]:
    """The parameters that the body needs: compilers warn of others that have a name."""
    text = "\n".join(line for statement in method.body for line in _statement(statement))
    words = set("".join(letter if letter.isalnum() or letter == "_" else " " for letter in text).split())
    return {name for name in method.parameters if name in words}


def bind(commands: str, buffers: Sequence[str]) -> str:
    """The expression of recorded commands for these buffers."""
    return f"{commands}.bind({braces(buffers)})"


def _command(command: Command) -> list[str]:
    match command:
        case Barrier():
            return [f"{_IN}commands.execution_barrier(kWork, kWork, kBetweenCommands);"]
        case Dispatch(why, executable, entry_point, workload, _, read, written):
            bindings = [_binding(place, "kRead") for place in read] + [_binding(place) for place in written]
            head = f"commands.dispatch({{{executable}, {entry_point}, {braces(workload)}, {{"
            return [*comment(_IN, why), *layout(_IN, head, bindings, "}});")]
        case Copy(why, source, target):
            offsets = (source.buffer, target.buffer, str(source.offset), str(target.offset))
            return [*comment(_IN, why), *call(_IN, "commands.copy_buffer", *offsets, length_text(source.type))]


def _binding(place: Place, *access: str) -> str:
    return braces([place.text, shape_text(place.type), element_name(place.type), *access])


def _statement(statement: Statement) -> list[str]:
    match statement:
        case Add(commands, buffers):
            return call(_IN, "call.add", bind(commands, buffers))
        case Loop():
            return [*comment(_IN, statement.why), *_loop(statement)]
        case Branch():
            return [*comment(_IN, statement.why), *_branch(statement)]
    assert isinstance(statement, HostCall)
    raise AssertionError("generator.py refuses functions of the host")


def _loop(loop: Loop) -> list[str]:
    names, after, captures, lines = loop.names, loop.after, loop.captures, list[str]()
    asks = loop.trips is None
    for number, (name, initial) in enumerate(zip(names, loop.initial, strict=True)):
        lines.append(f"{_IN}Buffer {name} = {f'{loop.rows}[0][{number}]' if asks else initial};")
    lines.append(f"{_IN}for (int64_t turn = 0;{'' if asks else f' turn < {loop.trips}'}; ++turn) {{")
    if asks:
        lines += call(_INNER, loop.condition, "call", *names, *captures, loop.goes_on)
        lines.append(f"{_INNER}if (call.reads({loop.goes_on}) == 0) break;")
    for number, name in enumerate(after):
        lines.append(f"{_INNER}const Buffer {name} = {loop.rows}[(turn + 1) % 2][{number}];")
    lines += call(_INNER, loop.body, "call", *names, *captures, *after)
    lines += [f"{_INNER}{name} = {new};" for name, new in zip(names, after, strict=True)]
    return [*lines, f"{_IN}}}"]


def _branch(branch: Branch) -> list[str]:
    passed = ("call", *branch.captures, *branch.results)
    if len(branch.branches) == 1:
        return call(_IN, branch.branches[0], *passed)
    lines = [f"{_IN}switch (call.reads({branch.selector})) {{"]
    for number, function in enumerate(branch.branches):
        is_last = number == len(branch.branches) - 1
        lines.append(f"{_INNER}{'default' if is_last else f'case {number}'}:")
        lines += [*call(f"{_INNER}  ", function, *passed), f"{_INNER}  break;"]
    return [*lines, f"{_IN}}}"]
