"""All exported functions: methods of the module's class. One of sizes that a call chooses has a class of its own.

    def predict(self, x, w):
        return self._predict_for(x.shape, w.shape).predict(x, w)

The class has what the function needs for one choice of sizes; objects for those used last are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects.func import FuncOp

from iree.compiler.codegen.hal.export import Export, export_name, write_export
from iree.compiler.codegen.hal.names import Names, class_name
from iree.compiler.codegen.hal.program import Program
from iree.compiler.codegen.hal.scope import Scope
from iree.compiler.codegen.hal.statements import FunctionMethod, RecordMethod
from iree.compiler.codegen.hal.types import listed, memref
from iree.compiler.codegen.hal_python.export import asynchronous, asynchronous_head, synchronous, synchronous_head
from iree.compiler.codegen.hal_python.methods import IN, function_method, record_method
from iree.compiler.codegen.hal_python.setup import MakeSizes, setup_lines
from iree.compiler.codegen.hal_python.source import Group, call, docstring, layout, text_literal, tuple_of
from iree.compiler.codegen.hal_python.types import size_text
from iree.compiler.dialects.known_sizes import conditions_of
from iree.compiler.ir import sizes
from iree.compiler.ir.diagnostics import op_error

_MOST_SIZES = 8  # choices of sizes that an object keeps what it has made for
LARGEST = (1 << 31) - 1  # executables count with 32 bits


@dataclass(frozen=True)
class SizedMethods:
    """Methods of the module's class that leave the work to the object for the call's sizes, as lines."""

    texts: list[list[str]]


def write_exports(program: Program, scope: Scope) -> list[str]:
    """Writes all exported functions: what the methods of the module's class are, and the classes before it."""
    classes: list[str] = []
    made: list[str] = []
    for function in program.exports:
        name = export_name(program, function)
        if _symbols(function):
            made.append(f"_{class_name(name)}For")
            while made[-1] in made[:-1]:
                made[-1] += "_"
            classes += _sized(program, scope, function, name, made[-1])
        else:
            write_export(program, scope, function, name)
    return classes


def methods(scope: Scope) -> list[list[str]]:
    """The methods of a class, as lines."""
    return [text for method in scope.methods for text in _texts(method)]


def _texts(method: object) -> list[list[str]]:
    match method:
        case RecordMethod():
            return [record_method(method)]
        case FunctionMethod():
            return [function_method(method)]
        case Export():
            return [synchronous(method), asynchronous(method)]
    assert isinstance(method, SizedMethods)
    return method.texts


def _symbols(function: FuncOp) -> list[int]:
    found = {
        symbol
        for type_ in function.function_type.inputs
        for size in memref(type_).get_shape()
        for symbol in sizes.symbols_of(size)
    }
    return list(range(max(found) + 1)) if found else []


def _sized(program: Program, scope: Scope, function: FuncOp, name: str, made: str) -> list[str]:
    """Class `made` for a choice of sizes; the module's methods look for the object of the call's sizes."""
    symbols = [f"d{number}" for number in _symbols(function)]
    taken = [*program.spelling.reserved_attributes, "module", *symbols, name, f"{name}_async"]
    inner = Scope(program.spelling, Names(program.spelling, taken), is_module=False)
    export = write_export(program, inner, function, name)
    cache = program.attributes.unique(f"{name}_for_sizes", private=True)
    find = program.attributes.unique(f"{name}_for", private=True)
    scope.setup.append(MakeSizes(cache, made))
    scope.methods.append(
        SizedMethods([*_delegates(export, find, made), _find_method(export, find, cache, made, symbols)])
    )
    said = f"@{export.symbol} for one choice of {', '.join(symbols)}, the sizes that a call chooses."
    parameters = ["self", f'module: "{class_name(program.name)}Module"', *(f"{symbol}: int" for symbol in symbols)]
    lines = [f"class {made}:", *docstring("    ", said), ""]
    lines += layout("    ", "", Group("def __init__(", parameters, ") -> None:"))
    lines += [f"{IN}self.module = module", f"{IN}self.device = device = module.device"]
    lines += [f"{IN}self.{symbol} = {symbol}" for symbol in symbols]
    lines += [f"{IN}self._fence, self._calls = device.create_fence(), 0", *setup_lines(inner.setup)]
    for method in methods(inner):
        lines += ["", *method]
    return [*lines, "", ""]


def _delegates(export: Export, find: str, made: str) -> list[list[str]]:
    """The methods of the module's class, which leave the work to the object for the call's sizes."""
    arguments, results = [name for name, _ in export.arguments], [name for name, _ in export.results]
    shapes = ", ".join(f"{argument}.shape" for argument in arguments)
    takes, gives = listed(export.arguments), listed(export.results, "nothing")
    returned = "return " * bool(results)
    passed = ["device", "wait_semaphores", *arguments, *results, "signal_semaphores", "signal_fence"]
    return [
        [
            *synchronous_head(export),
            *docstring(IN, f"Runs @{export.symbol} on {takes}, and gives {gives}."),
            *layout(IN, f"{returned}self.{find}({shapes})", call(f".{export.name}", *arguments)),
        ],
        [
            *asynchronous_head(export),
            *docstring(IN, f"Starts @{export.symbol} on {takes}; {gives} is written. See {made}."),
            *layout(IN, f"self.{find}({shapes})", call(f".{export.name}_async", *passed)),
        ],
    ]


def _find_method(export: Export, find: str, cache: str, made: str, symbols: Sequence[str]) -> list[str]:
    """The method that solves the sizes of a call, and finds or makes the object for them."""
    parameters = ["self", *(f"{argument}: tuple[int, ...]" for argument in export.dims)]
    lines = layout("    ", "", Group(f"def {find}(", parameters, f") -> {made}:"))
    lines += docstring(IN, f"What carries @{export.symbol} out for arguments of these shapes.")
    ranks = " or ".join(f"len({argument}) != {len(shape)}" for argument, shape in export.dims.items() if shape)
    lines.append(f"{IN}if {ranks}:")
    takes = text_literal(f"{export.name} takes {listed(export.arguments)}")
    lines += layout(f"{IN}    ", "raise ", call("InvalidArgument", takes))
    for number, symbol in enumerate(symbols):
        argument, dim = _deciding(export, number)
        lines.append(f"{IN}{symbol} = {argument}[{dim}]")
    lines += _conditions(export, symbols)
    key = tuple_of(list(symbols)).flat
    return [
        *lines,
        f"{IN}if {key} not in self.{cache}:",
        f"{IN}    for oldest in list(self.{cache})[:-{_MOST_SIZES - 1}]:",
        f"{IN}        del self.{cache}[oldest]",
        f"{IN}    self.{cache}[{key}] = {made}(self, {', '.join(symbols)})",
        f"{IN}return self.{cache}[{key}]",
    ]


def _conditions(export: Export, symbols: Sequence[str]) -> list[str]:
    """What has to hold of the sizes, in the words that the module file has for it."""
    lines = []
    places = [_deciding(export, number) for number in range(len(symbols))]
    given = [
        f"size {dim} of {argument} is {{{symbol}}}" for symbol, (argument, dim) in zip(symbols, places, strict=True)
    ]
    for size, text in conditions_of(export.writer.function):
        lines.append(f"{IN}if {size_text(size, '')} < 0:")
        said = text_literal(f"{export.name}: {text}, where {', '.join(given)}")
        lines += layout(f"{IN}    ", "raise ", call("InvalidArgument", f"f{said}"))
    largest = " or ".join(f"{symbol} > {LARGEST}" for symbol in symbols)
    return [
        *lines,
        f"{IN}if {largest}:",
        f'{IN}    raise InvalidArgument("{export.name}: a size is more than {LARGEST}")',
    ]


def _deciding(export: Export, symbol: int) -> tuple[str, int]:
    """The argument, and which of its sizes, that a symbol is."""
    for argument, shape in export.dims.items():
        for dim, size in enumerate(shape):
            if sizes.lone_symbol(size) == symbol:
                return argument, dim
    raise op_error(export.writer.function, f"no argument has d{symbol} as a size of its own")
