"""Methods that a function becomes: those that record its commands, and the one that puts them in order.

def _record_f(self, commands: CommandBuffer, buffers: Sequence[Buffer]) -> None:
    a, out0 = buffers
    commands.dispatch(DispatchRequest(self._ex, 0, (4, 1, 1), [BufferBinding(a, (4,), F32, READ), ...]))
    commands.execution_barrier(WORK, ExecutionStage.HOST, TO_HOST)

def _loop_body(self, call: _Call, i: Buffer, out0: Buffer) -> None:
    call.add(self._loop_body_commands.bind([i, out0]))
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
from iree.compiler.codegen.hal_python.source import Group, Node, call, comment, docstring, layout, row, text_literal
from iree.compiler.codegen.hal_python.types import element_name, length_text, shape_text, sizes_text

IN = "        "
_INNER = "            "


def record_method(method: RecordMethod) -> list[str]:
    """The method that records commands."""
    head = [f"    def {method.name}(self, commands: CommandBuffer, buffers: Sequence[Buffer]) -> None:"]
    take = [f"{IN}{_targets(method.chosen)} = buffers"] if method.chosen else []
    lines = [line for command in method.commands for line in _command(command)]
    last = f"{IN}commands.execution_barrier(WORK, ExecutionStage.HOST, TO_HOST)"
    return [*head, *docstring(IN, method.what), *take, *lines, last]


def function_method(method: FunctionMethod) -> list[str]:
    """The method that carries a function out."""
    parameters = ["self", "call: _Call", *(f"{name}: Buffer" for name in method.parameters)]
    head = layout("    ", "", Group(f"def {method.name}(", parameters, ") -> None:"))
    said = docstring(IN, f"Adds the commands of @{method.symbol}.", f"Matches IR: {method.signature}")
    return [*head, *said, *(line for statement in method.body for line in _statement(statement))]


def bind(commands: str, buffers: Sequence[str]) -> Group:
    """The expression of recorded commands for these buffers."""
    return call(f"{commands}.bind", row(*buffers))


def _command(command: Command) -> list[str]:
    match command:
        case Barrier():
            return [f"{IN}commands.execution_barrier(WORK, WORK, BETWEEN_COMMANDS)"]
        case Dispatch(why, executable, entry_point, workload, symbols, read, written):
            bindings = [_binding(place, "READ") for place in read] + [_binding(place) for place in written]
            request: list[Node] = [executable, str(entry_point), sizes_text(workload), "bindings"]
            request += [] if symbols is None else [sizes_text(symbols)]
            return [
                *comment(IN, why),
                *layout(IN, "bindings = ", row(*bindings)),
                *layout(IN, "", call("commands.dispatch", call("DispatchRequest", *request))),
            ]
        case Copy(why, source, target):
            offsets = (source.buffer, target.buffer, str(source.offset), str(target.offset))
            return [
                *comment(IN, why),
                *layout(IN, "", call("commands.copy_buffer", *offsets, length_text(source.type))),
            ]


def _binding(place: Place, *access: str) -> Node:
    return call("BufferBinding", place.text, shape_text(place.type), element_name(place.type), *access)


def _statement(statement: Statement) -> list[str]:
    match statement:
        case Add(commands, buffers):
            return layout(IN, "", call("call.add", bind(commands, buffers)))
        case Loop():
            return [*comment(IN, statement.why), *_loop(statement)]
        case Branch():
            return [*comment(IN, statement.why), *_branch(statement)]
        case HostCall():
            return [*comment(IN, statement.why), *_host_call(statement)]


def _loop(loop: Loop) -> list[str]:
    names, after, captures, lines = loop.names, loop.after, loop.captures, []
    if loop.trips is None and names:
        lines.append(f"{IN}{_targets(names)} = {loop.rows}[0]")
    else:
        lines += _assign(IN, names, loop.initial)
    count = "itertools.count()" if loop.trips is None else f"range({loop.trips})"
    lines.append(f"{IN}for {'turn' if names else '_'} in {count}:")
    if loop.trips is None:
        lines += layout(_INNER, "", call(loop.condition, "call", *names, *captures, loop.goes_on))
        lines += [f"{_INNER}if not call.reads({loop.goes_on}):", f"{_INNER}    break"]
    if names:
        lines.append(f"{_INNER}{_targets(after)} = {loop.rows}[(turn + 1) % 2]")
    lines += layout(_INNER, "", call(loop.body, "call", *names, *captures, *after))
    return [*lines, *_assign(_INNER, names, after)]


def _branch(branch: Branch) -> list[str]:
    passed = ("call", *branch.captures, *branch.results)
    if len(branch.branches) == 1:
        return layout(IN, "", call(branch.branches[0], *passed))
    lines = [f"{IN}branch = call.reads({branch.selector})"]
    for number, function in enumerate(branch.branches):
        keyword = "else:" if number == len(branch.branches) - 1 else f"{'el' * (number > 0)}if branch == {number}:"
        lines.append(f"{IN}{keyword}")
        lines += layout(_INNER, "", call(function, *passed))
    return lines


def _host_call(host: HostCall) -> list[str]:
    function = f"{host.table}[{text_literal(host.target)}]"
    views = [row(*map(_view, places)) for places in (host.inputs, host.outputs)]
    texts = text_literal(host.where), text_literal(host.config)
    return [f"{IN}call.wait()", *layout(IN, "", call("_call_host", function, *texts, *views))]


def _view(place: Place) -> Node:
    return call("BufferView", place.text, shape_text(place.type), element_name(place.type))


def _assign(indent: str, names: Sequence[str], values: Sequence[str]) -> list[str]:
    return [f"{indent}{', '.join(names)} = {', '.join(values)}"] if names else []


def _targets(names: Sequence[str]) -> str:
    """What a row of buffers is assigned to."""
    return ", ".join(names) if len(names) > 1 else f"({names[0]},)"
