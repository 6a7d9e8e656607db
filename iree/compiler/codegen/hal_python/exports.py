"""The methods that users call: each exported function in a synchronous and in an asynchronous form.

    simple_mul(a, b)                                              arrays in, new arrays out
    simple_mul_async(device, wait, a, b, out0, signal, fence)     buffers that the caller has, and no waiting
"""

from collections.abc import Sequence

from xdsl.dialects.builtin import ArrayAttr, StringAttr
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute

from iree.compiler.codegen.hal_python.function import IN, FunctionWriter
from iree.compiler.codegen.hal_python.names import Names, class_name
from iree.compiler.codegen.hal_python.program import Program
from iree.compiler.codegen.hal_python.scope import Scope
from iree.compiler.codegen.hal_python.source import Group, call, docstring, layout, row, text_literal, tuple_of
from iree.compiler.codegen.hal_python.types import (
    array_hint,
    element_name,
    memref,
    people_text,
    shape_text,
    size_text,
)
from iree.compiler.dialects import iree
from iree.compiler.dialects.size_lists import SizeList
from iree.compiler.ir import sizes
from iree.compiler.ir.diagnostics import fail

_MOST_SIZES = 8  # choices of sizes that an object keeps what it has made for


class Export:
    """An exported function: its types, and its methods."""

    def __init__(self, writer: FunctionWriter, name: str):
        self.writer = writer
        self.name = name
        self.symbol = writer.function.sym_name.data
        self.arguments = list(zip(writer.arguments, writer.function.function_type.inputs, strict=True))
        self.results = list(zip(writer.outputs, writer.function.function_type.outputs, strict=True))
        self.dims = {argument: memref(type_).get_shape() for argument, type_ in self.arguments}

    @property
    def synchronous_head(self) -> list[str]:
        """The synchronous method's signature."""
        parameters = ["self", *(f"{name}: {array_hint(type_)}" for name, type_ in self.arguments)]
        hints = [array_hint(type_) for _, type_ in self.results]
        returned = hints[0] if len(hints) == 1 else f"tuple[{', '.join(hints)}]" if hints else "None"
        return layout("    ", "", Group(f"def {self.name}(", parameters, f") -> {returned}:"))

    @property
    def asynchronous_head(self) -> list[str]:
        """The asynchronous method's signature."""
        views = [f"{name}: BufferView" for name, _ in (*self.arguments, *self.results)]
        before = ["self", "device: Device", "wait_semaphores: Sequence[SemaphoreValue]"]
        after = ["signal_semaphores: Sequence[SemaphoreValue]", "signal_fence: FenceValue | None"]
        return layout("    ", "", Group(f"def {self.name}_async(", [*before, *views, *after], ") -> None:"))

    def synchronous(self) -> list[str]:
        """The synchronous method, and the buffers that it works on."""
        views = self.writer.scope.attributes.unique(f"_{self.name}_views")
        names = Names([*self.writer.arguments, *self.writer.outputs, "self"])
        inputs = [names.unique(f"{name}_view") for name, _ in self.arguments]
        outputs = [name for name, _ in self.results]
        said = f"Runs @{self.symbol} on {_listed(self.arguments)}, and gives {_listed(self.results, 'nothing')}."
        lines = [*self.synchronous_head, *docstring(IN, said)]
        if inputs or outputs:
            take = ", ".join([*inputs, *outputs])
            lines.append(f"{IN}{take if len(inputs + outputs) > 1 else f'({take},)'} = self.{views}")
        lines += [f"{IN}{view}.write({name})" for view, (name, _) in zip(inputs, self.arguments, strict=True)]
        lines.append(f"{IN}self._calls += 1")
        passed = ["self.device", "()", *inputs, *outputs, "()", "FenceValue(self._fence, self._calls)"]
        lines += layout(IN, "", call(f"self.{self.name}_async", *passed))
        lines.append(f"{IN}self._fence.wait(self._calls)")
        if outputs:
            lines.append(f"{IN}return {', '.join(f'{name}.read()' for name in outputs)}")
        return [*lines, "", *self._views(views)] if inputs or outputs else lines

    def asynchronous(self) -> list[str]:
        """The asynchronous method."""
        writer = self.writer
        said = f"Starts @{self.symbol} on {_listed(self.arguments)}; {_listed(self.results, 'nothing')} is written."
        waits = [] if writer.is_straight else ["Where the host has to decide something, this waits for what it needs."]
        matches = f"Matches IR: {writer.text.signature}"
        lines = [*self.asynchronous_head, *docstring(IN, said, *waits, matches)]
        lines += self._requirements()
        if writer.is_straight:
            commands = []
            if writer.last_bind is not None:
                lines += layout(IN, "commands = ", _bind_of(writer.last_bind))
                commands = ["commands"]
            batch = call("SubmissionBatch", "wait_semaphores", row(*commands), "signal_semaphores")
            lines += layout(IN, "batch = ", batch)
            return [*lines, f"{IN}device.dispatch_queues[0].submit([batch], signal_fence)"]
        lines.append(f"{IN}call = _Call(device, wait_semaphores)")
        buffers = [f"{name}.buffer" for name, _ in (*self.arguments, *self.results)]
        lines += layout(IN, "", call(f"self.{writer.method_name}", "call", *buffers))
        return [*lines, f"{IN}call.end(signal_semaphores, signal_fence)"]

    def _requirements(self) -> list[str]:
        lines, before = [], [name for name, _ in self.arguments]
        for name, type_ in self.arguments:
            lines += layout(IN, "", call(f"{name}.require", text_literal(name), shape_text(type_), element_name(type_)))
        for name, type_ in self.results:
            needed = [text_literal(name), shape_text(type_), element_name(type_)]
            apart = [f"apart_from={row(*before).flat}"] if before else []
            lines += layout(IN, "", call(f"{name}.require", *needed, *apart))
            before.append(name)
        return lines

    def _views(self, attribute: str) -> list[str]:
        said = f"Where {self.name} has its arguments and results."
        lines = ["    @cached_property", f"    def {attribute}(self) -> tuple[BufferView, ...]:", *docstring(IN, said)]
        views = []
        for _, type_ in (*self.arguments, *self.results):
            arguments = ["self.device.allocator", shape_text(type_), element_name(type_)]
            views.append(call("BufferView.allocate", *arguments))
        return [*lines, *layout(IN, "return ", tuple_of(views))]


def write_exports(program: Program, scope: Scope) -> list[str]:
    """Writes all exported functions: what the methods of the module's class are, and the classes before it."""
    classes: list[str] = []
    for function in program.exports:
        name = program.attributes.unique(function.sym_name.data)
        program.attributes.unique(f"{name}_async")
        if _symbols(function):
            classes += _sized(program, scope, function, name)
        else:
            _write_methods(program, scope, function, name)
    return classes


def _write_methods(program: Program, scope: Scope, function: FuncOp, name: str) -> Export:
    writer = FunctionWriter(program, scope, function)
    export = Export(writer, name)
    if not writer.is_straight:
        scope.private[function.sym_name.data] = scope.attributes.unique(f"_{name}")
    start = len(scope.methods)
    writer.write()
    own = [export.synchronous(), export.asynchronous()]
    if not writer.is_straight:
        own.append(writer.private_method())
    scope.methods[start:start] = own
    return export


def _symbols(function: FuncOp) -> list[int]:
    found = {symbol for type_ in function.function_type.inputs for size in memref(type_).get_shape()
             for symbol in sizes.symbols_of(size)}
    return list(range(max(found) + 1)) if found else []


def _sized(program: Program, scope: Scope, function: FuncOp, name: str) -> list[str]:
    """The class for a choice of sizes; the module's methods look for the object of the call's sizes."""
    symbols = [f"d{number}" for number in _symbols(function)]
    made = f"_{class_name(name)}For"
    attributes = Names(["self", "module", "device", *symbols, name, f"{name}_async"])
    inner = Scope("self.module", attributes)
    export = _write_methods(program, inner, function, name)
    cache, find = program.attributes.unique(f"_{name}_for_sizes"), program.attributes.unique(f"_{name}_for")
    scope.setup.append(f"{IN}self.{cache}: dict[tuple[int, ...], {made}] = {{}}")
    arguments = [argument for argument, _ in export.arguments]
    results = [result for result, _ in export.results]
    shapes = ", ".join(f"{argument}.shape" for argument in arguments)
    scope.methods.append(
        [
            *export.synchronous_head,
            *docstring(IN, f"Runs @{export.symbol} on {_listed(export.arguments)}, and gives {_listed(export.results, 'nothing')}.",
),
            f"{IN}{'return ' * bool(results)}self.{find}({shapes}).{name}({', '.join(arguments)})",
        ]
    )
    passed = ["device", "wait_semaphores", *arguments, *results, "signal_semaphores", "signal_fence"]
    scope.methods.append(
        [
            *export.asynchronous_head,
            *docstring(IN, f"Starts @{export.symbol}; see {made}.{name}_async. InvalidArgument: no such sizes."),
            *layout(IN, f"self.{find}({shapes})", call(f".{name}_async", *passed)),
        ]
    )
    scope.methods.append(_find_method(export, find, cache, made, symbols))
    head = [f"class {made}:", *docstring("    ", f"@{export.symbol} for one choice of {', '.join(symbols)}, the sizes that a call chooses.")]
    parameters = ["self", f'module: "{class_name(program.name)}Module"', *(f"{symbol}: int" for symbol in symbols)]
    init = layout("    ", "", Group("def __init__(", parameters, ") -> None:"))
    init += [f"{IN}self.module = module", f"{IN}self.device = device = module.device"]
    init += [f"{IN}self.{symbol} = {symbol}" for symbol in symbols]
    init += [f"{IN}self._fence, self._calls = device.create_fence(), 0", *inner.setup]
    lines = [*head, "", *init]
    for method in inner.methods:
        lines += ["", *method]
    return [*lines, "", ""]


def _find_method(export: Export, find: str, cache: str, made: str, symbols: Sequence[str]) -> list[str]:
    """The method that solves the sizes of a call, and finds or makes the object for them."""
    parameters = ["self", *(f"{argument}: tuple[int, ...]" for argument in export.dims)]
    lines = layout("    ", "", Group(f"def {find}(", parameters, f") -> {made}:"))
    lines += docstring(IN, f"What carries @{export.symbol} out for arguments of these shapes.")
    ranks = " or ".join(f"len({argument}) != {len(shape)}" for argument, shape in export.dims.items() if shape)
    takes = f"{export.name} takes {_listed(export.arguments)}"
    lines.append(f"{IN}if {ranks}:")
    lines += layout(f"{IN}    ", "raise ", call("InvalidArgument", text_literal(takes)))
    where = []
    for number, symbol in enumerate(symbols):
        argument, dim = _deciding(export, number)
        lines.append(f"{IN}{symbol} = {argument}[{dim}]")
        where.append(f"size {dim} of {argument} is {{{symbol}}}")
    given = ", ".join(where)
    pairs = export.writer.function.attributes.get(iree.CONDITIONS, ArrayAttr([]))
    assert isinstance(pairs, ArrayAttr)
    for pair in pairs.data:
        size, text = pair.data
        assert isinstance(size, SizeList)
        assert isinstance(text, StringAttr)
        lines.append(f"{IN}if {size_text(size.data[0], '')} < 0:")
        said = text_literal(f"{export.name}: {text.data}, where {given}")
        lines += layout(f"{IN}    ", "raise ", call("InvalidArgument", f"f{said}"))
    key = tuple_of(list(symbols)).flat
    lines.append(f"{IN}if {key} not in self.{cache}:")
    lines.append(f"{IN}    for oldest in list(self.{cache})[:-{_MOST_SIZES - 1}]:")
    lines.append(f"{IN}        del self.{cache}[oldest]")
    lines.append(f"{IN}    self.{cache}[{key}] = {made}(self, {', '.join(symbols)})")
    return [*lines, f"{IN}return self.{cache}[{key}]"]


def _deciding(export: Export, symbol: int) -> tuple[str, int]:
    """The argument, and which of its sizes, that a symbol is."""
    for argument, shape in export.dims.items():
        for dim, size in enumerate(shape):
            if sizes.lone_symbol(size) == symbol:
                return argument, dim
    fail(export.writer.function, f"no argument has d{symbol} as a size of its own")


def _listed(values: Sequence[tuple[str, Attribute]], none: str = "no arguments") -> str:
    return ", ".join(f"{name}: {people_text(type_)}" for name, type_ in values) or none


def _bind_of(bind: str) -> Group:
    opening, _, inner = bind.partition("([")
    return call(opening, row(*inner.removesuffix("])").split(", ")))
