"""Program: what the generated functions of a module share: executables, constants, variables, functions of the host.

A variable lies in one buffer between calls, in the constant that it starts with if nothing ever stores to it. Where
only exported functions themselves load and store it, a call copies the new value there at its end. Where loops and
branches do too, a call works on a copy, which stores and loads go to, and copies that back at its end.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, MemRefType, ModuleOp, SymbolRefAttr
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation

from iree.compiler.codegen.hal.module_contents import ModuleContents, Part
from iree.compiler.codegen.hal.names import Names
from iree.compiler.codegen.hal.spelling import Spelling
from iree.compiler.codegen.hal.statements import MakeConstant
from iree.compiler.dialects import iree, ll_seq
from iree.compiler.dialects.buffers import memref_of
from iree.compiler.ir.printer import print_attribute
from iree.compiler.ir.rewriting import ops_of


class Storage(enum.Enum):
    """Where a variable's value is while a call runs."""

    CONSTANT = "nothing stores to it"
    HOME = "its own buffer, until the call's end brings the new value"
    COPY = "a copy that the call works on"


@dataclass(frozen=True)
class Variable:
    """A variable: the attributes of its buffer and of the copy that calls work on."""

    attribute: str
    copy: str
    type: MemRefType[Any]
    storage: Storage
    initial: Part


class Program:
    """One module. `attributes`: the names that the class has; `setup`: how it makes what functions share."""

    def __init__(self, module: ModuleOp, contents: ModuleContents, name: str, spelling: Spelling):
        self.name = name
        self.contents = contents
        self.spelling = spelling
        self.functions = {op.sym_name.data: op for op in module.ops if isinstance(op, FuncOp)}
        self.attributes = Names(spelling, spelling.reserved_attributes)
        self.setup: list[MakeConstant] = []
        self.executables = {name: self.attributes.unique(name, private=True) for name in contents.executables}
        self._constants: dict[Part, str] = {}
        self.variables = {op.sym_name.data: self._variable(op) for op in module.ops if isinstance(op, iree.Global)}
        self.custom_calls = sorted({op.target.data for op in ops_of(module, ll_seq.CustomCall)})

    @property
    def exports(self) -> list[FuncOp]:
        """The functions that users call."""
        return [function for function in self.functions.values() if iree.MODULE_EXPORT in function.attributes]

    def constant(self, value: DenseIntOrFPElementsAttr) -> str:
        """The attribute of a constant's buffer."""
        part = self.contents.constant(value)
        if part not in self._constants:
            attribute = self.attributes.unique(f"constant_{len(self._constants)}", private=True)
            self._constants[part] = attribute
            said = f"Matches IR: iree_ll_seq.constant {print_attribute(value, elide_large=8)}"
            self.setup.append(MakeConstant(attribute, said, part))
        return self._constants[part]

    def entry_point(self, name: SymbolRefAttr) -> tuple[str, int]:
        """The attribute of an executable, and the entry point's number in it."""
        executable = name.root_reference.data
        number = self.contents.executables[executable].entry_points.index(name.nested_references.data[0].data)
        return self.executables[executable], number

    def variables_of(self, function: FuncOp, *kinds: type[Operation]) -> list[Variable]:
        """The variables that a function loads or stores, by such ops, also in what it calls."""
        names = {
            op.variable.root_reference.data
            for each in self.reached(function)
            for op in each.body.block.ops
            if isinstance(op, kinds) and isinstance(op, ll_seq.GlobalLoad | ll_seq.GlobalStore)
        }
        return [variable for name, variable in self.variables.items() if name in names]

    def reached(self, function: FuncOp) -> list[FuncOp]:
        """The function and all that it calls, each once."""
        found, pending = [function], [function]
        while pending:
            for called in callees(pending.pop()):
                if self.functions[called] not in found:
                    found.append(self.functions[called])
                    pending.append(self.functions[called])
        return found

    def _variable(self, op: iree.Global) -> Variable:
        name = op.sym_name.data
        attribute = self.attributes.unique(name)
        initial = self.contents.constant(op.value)
        storage = self._storage(name)
        copy = self.attributes.unique(f"{attribute}_now", private=True) if storage is Storage.COPY else ""
        if storage is Storage.CONSTANT:
            attribute = self.constant(op.value)
        return Variable(attribute, copy, memref_of(op.value.type), storage, initial)

    def _storage(self, name: str) -> Storage:
        users = [op for function in self.functions.values() for op in function.body.block.ops if _is_of(op, name)]
        if not any(isinstance(op, ll_seq.GlobalStore) for op in users):
            return Storage.CONSTANT
        exports = self.exports
        return Storage.HOME if all(op.parent_op() in exports for op in users) else Storage.COPY


def callees(function: FuncOp) -> Iterator[str]:
    """The functions that a function calls itself."""
    for op in function.body.block.ops:
        if isinstance(op, ll_seq.While):
            yield op.condition.root_reference.data
            yield op.body.root_reference.data
        elif isinstance(op, ll_seq.Case):
            yield from (branch.root_reference.data for branch in op.branches)


def _is_of(op: Operation, variable: str) -> bool:
    if not isinstance(op, ll_seq.GlobalLoad | ll_seq.GlobalStore):
        return False
    return op.variable.root_reference.data == variable
