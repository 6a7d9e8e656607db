"""Interface: what the C of a program offers to its users, and how its header says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import MemRefType, ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from iree.compiler.codegen.runtimeless_c.buffers import check_buffers, described, element_type
from iree.compiler.codegen.runtimeless_c.names import Names, identifier
from iree.compiler.dialects import iree, ll_seq
from iree.compiler.ir.diagnostics import CompileError, raise_all


@dataclass(frozen=True)
class Export:
    """An exported function, what C calls it, and the types of what it takes and gives."""

    name: str
    symbol: str
    arguments: Sequence[MemRefType]
    results: Sequence[MemRefType]


@dataclass(frozen=True)
class Signature:
    """How a function is called: its C name and parameters, arguments first."""

    name: str
    arguments: Sequence[str]
    results: Sequence[str]


class Interface:
    """The functions of a program and what C calls them. `file`: what its files are called.

    `names`: those taken in the C file; `parameters`: in functions.

    CompileError: buffers that C does not have.
    """

    def __init__(self, module: ModuleOp, file: str, names: Names, parameters: Iterable[str]) -> None:
        self.file = file
        self.name = name = identifier(file)
        self.names = names
        names.taken |= {f"{name.upper()}_{end}" for end in ("H", "ARENA_BYTES", "WEIGHTS_BYTES", "WEIGHTS_CRC32")}
        self.functions = {op.sym_name.data: op for op in module.ops if isinstance(op, FuncOp)}
        _check(list(self.functions.values()))
        self.exports = [op for op in self.functions.values() if iree.MODULE_EXPORT in op.attributes]
        self._parameters = set(parameters)
        self.signatures = {own: self._signature(own, op) for own, op in self.functions.items()}

    def _signature(self, own: str, function: FuncOp) -> Signature:
        is_export = function in self.exports
        name = self.names.new(own if own == self.name or not is_export else f"{self.name}_{own}")
        names = self.names.inner(self._parameters)
        arguments = [
            names.new(argument.name_hint or f"arg{number}") for number, argument in enumerate(function.body.block.args)
        ]
        count = len(function.function_type.outputs)
        return Signature(name, arguments, [names.new(f"result{number}") for number in range(count)])

    def listed(self) -> list[Export]:
        """The exported functions."""
        found = []
        for function in self.exports:
            types = function.function_type
            name = function.sym_name.data
            symbol = self.signatures[name].name
            found.append(Export(name, symbol, list(types.inputs), list(types.outputs)))  # type: ignore[arg-type]
        return found

    def parameters(self, name: str) -> list[str]:
        """How a function's parameters are declared: arrays that it reads, then arrays that it writes."""
        function, signature = self.functions[name], self.signatures[name]
        arguments = zip(function.body.block.args, signature.arguments, strict=True)
        results = zip(returned(function), signature.results, strict=True)
        return [
            *(f"const {element_type(value)} *{argument}" for value, argument in arguments),
            *(f"{element_type(value)} *{result}" for value, result in results),
        ]

    def described(self, function: FuncOp) -> str:
        """What an exported function takes and gives, for the comment above its declaration."""
        signature = self.signatures[function.sym_name.data]
        values = [*function.body.block.args, *returned(function)]
        names = [*signature.arguments, *signature.results]
        lines = [f"{name}: {described(value.type)}" for name, value in zip(names, values, strict=True)]
        return "\n   ".join(lines) or "Takes and gives nothing."

    def header(self, said: str, includes: str, parts: Sequence[str]) -> str:
        """The header. `said`: the text of its first comment, after the file's name."""
        guard = f"{self.name.upper()}_H"
        return "\n".join(
            [
                f"/* {self.file}.h: {said} */\n",
                f"#ifndef {guard}\n#define {guard}\n\n{includes}\n",
                '#ifdef __cplusplus\nextern "C" {\n#endif\n',
                *parts,
                f"#ifdef __cplusplus\n}}\n#endif\n\n#endif /* {guard} */\n",
            ]
        )


def returned(function: FuncOp) -> Sequence[SSAValue]:
    """What a function hands back."""
    last = function.body.block.last_op
    assert isinstance(last, ll_seq.Return)
    return list(last.values)


def _check(functions: Sequence[FuncOp]) -> None:
    errors = []
    for function in functions:
        try:
            check_buffers(function)
        except CompileError as error:
            errors.append(error)
    raise_all(errors)
