"""Checks a function's bytecode against its module, instruction by instruction, and gives it back decoded.

What passes defines each local once and before its use, names only what the module has, stays inside its buffers, copies
into no argument or constant, and returns what its signature says. Whoever executes it need not look again.
"""

import keyword
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from iree.runtime.vm.function_def import BufferType, FunctionDef, checked_type
from iree.runtime.vm.module_file import ModuleFile, ModuleVariable
from iree.schemas import element_types, sizes
from iree.schemas.instruction import Operand
from iree.schemas.sequencer_bytecode import SEQUENCER

MAX_WORKLOAD = (1 << 31) - 1
MAX_CALL_DEPTH = 32
MAX_INSTRUCTIONS = 1 << 22  # of a function, and of what it calls each time that it does
_MAX_LOCALS = 1 << 16

_Ints = tuple[int, ...]


class DecodedInstruction(NamedTuple):
    """One instruction and where it stands."""

    offset: int
    name: str
    operands: tuple[Operand, ...]


class DecodedFunction(NamedTuple):
    """A checked function; `types` are those of its locals."""

    instructions: tuple[DecodedInstruction, ...]
    types: tuple[BufferType | None, ...]  # None: a local that nothing defines


def verify_function(module: ModuleFile, ordinal: int) -> DecodedFunction:
    """The function, decoded. ValueError: the function, the offset, and what is wrong there.

    What a function leaves to its caller is checked once it is known (FunctionDef.at): see verify_sizes.
    """
    function = module.functions[ordinal]
    checker = _Checker(module, function)
    try:
        checker.check_header()
        instructions = [DecodedInstruction(o, i.name, v) for o, i, v in SEQUENCER.decode(function.bytecode)]
        for position, instruction in enumerate(instructions):
            checker.offset = instruction.offset
            name = instruction.name
            getattr(checker, f"{name}_" if keyword.iskeyword(name) else name)(*instruction.operands)
            if (instruction.name == "return") != (position == len(instructions) - 1):
                raise ValueError("return is not the last instruction")
        if not instructions:
            raise ValueError("it has no instructions")
        _measure(module, ordinal, {})
    except ValueError as error:
        raise ValueError(f"@{function.name}, byte {checker.offset} of its bytecode: {error}") from None
    return DecodedFunction(tuple(instructions), tuple(checker.types))


def functions_called(function: FunctionDef) -> list[int]:
    """The ordinals of the functions that a function calls. ValueError: its bytecode cannot be decoded."""
    decoded = SEQUENCER.decode(function.bytecode)
    return [callee for _, instruction, operands in decoded for callee in callees_of(instruction.name, operands)]


def verify_sizes(function: FunctionDef, is_exported: bool) -> None:
    """Checks what a function that leaves sizes to its caller says of them. ValueError: what is wrong.

    What is not exported is called by functions that have the same symbols.
    """
    if function.symbol_count > sizes.MAX_SYMBOLS:
        raise ValueError(f"@{function.name}: {function.symbol_count} sizes of its caller's choice")
    try:
        _check_signature(function)
        patterns = [size for shape in function.argument_sizes for size in shape]
        missing = sizes.solve([(pattern, 1) for pattern in patterns], function.symbol_count)
        if is_exported and None in missing:
            raise ValueError(f"no argument says what d{missing.index(None)} is")
        _ = function.conditions
        functions_called(function)
    except ValueError as error:
        raise ValueError(f"@{function.name}: {error}") from None


def _check_signature(function: FunctionDef) -> None:
    """ValueError: a type is none, or names and nesting are not of these arguments and results."""
    _ = function.results, function.abi
    if len(function.argument_names) != len(function.arguments):
        raise ValueError(f"{len(function.argument_names)} names for {len(function.arguments)} arguments")


def _measure(module: ModuleFile, ordinal: int, known: dict[int, tuple[int, int] | None]) -> tuple[int, int]:
    """How deep a function's calls nest, and how many instructions it has with those of all its calls.

    ValueError: it calls itself, however indirectly, or one of the two is too much.
    """
    depth, count = 0, 0
    known[ordinal] = None
    for _, instruction, operands in SEQUENCER.decode(module.functions[ordinal].bytecode):
        count += 1
        for callee in callees_of(instruction.name, operands):
            if callee >= len(module.functions):
                raise ValueError(f"call of function {callee!r}; there are {len(module.functions)}")
            measured = known[callee] if callee in known else _measure(module, callee, known)
            if measured is None or measured[0] >= MAX_CALL_DEPTH:
                raise ValueError(f"calls nest without end or deeper than {MAX_CALL_DEPTH}")
            depth = max(depth, measured[0] + 1)
            count += measured[1]
    if count > MAX_INSTRUCTIONS:
        raise ValueError(f"a call runs {count} instructions, more than {MAX_INSTRUCTIONS}")
    known[ordinal] = depth, count
    return depth, count


def callees_of(name: str, operands: tuple[Operand, ...]) -> Iterator[int]:
    """The functions that an instruction calls."""
    for letter, operand in zip(SEQUENCER.by_name[name].operands, operands, strict=True):
        if letter == "f" and isinstance(operand, int):
            yield operand
        elif letter == "F" and isinstance(operand, tuple):
            yield from operand


def _stored_in(function: FunctionDef) -> set[Operand]:
    """The variables that a function stores to."""
    decoded = SEQUENCER.decode(function.bytecode)
    return {operands[0] for _, instruction, operands in decoded if instruction.name == "global_store"}


def _check_donated(function: FunctionDef) -> None:
    if any(number >= len(function.arguments) for number in function.donated):
        raise ValueError(f"arguments {_listed(function.donated)} are donated; there are {len(function.arguments)}")


class _Checker:
    """One method for each instruction, named like it."""

    def __init__(self, module: ModuleFile, function: FunctionDef):
        self.module = module
        self.function = function
        self.offset = 0
        self.types: list[BufferType | None] = []
        self.writable: set[int] = set()
        self.stored = _stored_in(function)  # variables

    def check_header(self) -> None:
        function = self.function
        if not len(function.arguments) <= function.local_count <= _MAX_LOCALS:
            raise ValueError(f"{function.local_count} locals for {len(function.arguments)} arguments")
        _check_signature(function)
        offsets = [offset for offset, _ in function.locations]
        if offsets != sorted(offsets):
            raise ValueError("its source locations are not in order")
        _check_donated(function)
        self.writable.update(function.donated)
        self.types = [*function.arguments, *[None] * (function.local_count - len(function.arguments))]

    def constant(self, ordinal: int, result: int) -> None:
        if ordinal >= len(self.module.constants):
            raise ValueError(f"constant {ordinal}; there are {len(self.module.constants)}")
        self._define(result, self.module.constants[ordinal].type)

    def call(self, ordinal: int, arguments: tuple[int, ...], results: tuple[int, ...]) -> None:
        callee = self._callee(ordinal)
        self._given(callee, arguments)
        self._define_all(f"@{callee.name}", results, callee.results)

    def execute(self, ordinal: int, arguments: _Ints) -> None:
        self.call(ordinal, arguments, ())

    def while_(self, condition: int, body: int, trips: _Ints, carried: _Ints, captures: _Ints, results: _Ints) -> None:
        asked, repeated = self._callee(condition), self._callee(body)
        for callee in (asked, repeated):
            self._given(callee, carried + captures)
        if [(of.element_type.name, of.shape) for of in asked.results] != [("i1", ())]:
            raise ValueError(f"the condition @{asked.name} returns {asked.results}, not one i1")
        self._same(f"results of @{repeated.name}", carried, repeated.results)
        if len(trips) > 1 or any(trip < 0 for trip in trips):
            raise ValueError(f"a trip count of {trips}")
        self._define_all(f"@{repeated.name}", results, repeated.results)

    def case(self, selector: int, branches: _Ints, captures: _Ints, results: _Ints) -> None:
        of = self._type(selector)
        if of.shape or of.element_type.name not in ("i1", "i32"):
            raise ValueError(f"a case by {of}, which is no i1 or i32")
        if not branches:
            raise ValueError("a case without branches")
        for branch in branches:
            callee = self._callee(branch)
            self._given(callee, captures)
            if callee.results != self._callee(branches[0]).results:
                raise ValueError(f"@{callee.name} returns {callee.results}, other than the first branch")
        self._define_all("the case", results, self._callee(branches[0]).results)

    def global_load(self, variable: int, result: int) -> None:
        self._define(result, self._variable(variable).type)
        if variable in self.stored:  # its memory may be written before it is stored to: it holds the same then
            self.writable.add(result)

    def global_store(self, variable: int, value: int) -> None:
        of = self._variable(variable)
        self._same(f"the value of @{of.name}", (value,), (of.type,))

    def _variable(self, ordinal: int) -> ModuleVariable:
        if ordinal >= len(self.module.variables):
            raise ValueError(f"variable {ordinal}; there are {len(self.module.variables)}")
        return self.module.variables[ordinal]

    def static_dispatch(self, entry: tuple[int, int], workload: _Ints, read: _Ints, written: _Ints) -> None:
        executable, entry_point = entry
        if executable >= len(self.module.executables):
            raise ValueError(f"executable {executable}; there are {len(self.module.executables)}")
        of = self.module.executables[executable]
        if entry_point >= len(of.entry_points):
            raise ValueError(f"entry point {entry_point} of {of.name}; there are {len(of.entry_points)}")
        if len(workload) != 3 or any(not 0 <= w <= MAX_WORKLOAD for w in workload):
            raise ValueError(f"workload {workload} is not x, y, z")
        for binding in read:
            self._type(binding)
        self._check_writable("a dispatch", written)

    def dynamic_dispatch(
        self, entry: tuple[int, int], workload: _Ints, symbols: _Ints, read: _Ints, written: _Ints
    ) -> None:
        self.static_dispatch(entry, workload, read, written)
        if any(not 0 <= size <= MAX_WORKLOAD for size in symbols):
            raise ValueError(f"sizes {symbols} are more than an executable can count with")

    def custom_call(self, imported: int, inputs: _Ints, outputs: _Ints, config: bytes) -> None:
        if imported >= len(self.module.imports):
            raise ValueError(f"import {imported}; there are {len(self.module.imports)}")
        for local in inputs:
            self._type(local)
        self._check_writable("custom_call", outputs)
        config.decode()

    def alloc_heap(self, element_type: int, shape: tuple[int, ...], result: int) -> None:
        self._define(result, checked_type(element_type, shape))
        self.writable.add(result)

    def alloc_stack(self, length: _Ints, result: int) -> None:
        if len(length) != 1:
            raise ValueError(f"a stack of {_listed(length)} bytes")
        self._define(result, checked_type(element_types.from_name("i8").number, length))
        self.writable.add(result)

    def static_slice(self, element_type: int, shape: _Ints, source: int, offset: _Ints, result: int) -> None:
        of, room = checked_type(element_type, shape), self._type(source).byte_length
        if len(offset) != 1 or not 0 <= offset[0] <= room - of.byte_length:
            raise ValueError(
                f"a slice of {of.byte_length} bytes at byte {_listed(offset)} of %{source}, which has {room}"
            )
        self._define(result, of)
        if source in self.writable:
            self.writable.add(result)

    def barrier(self) -> None:
        pass

    def static_copy(self, source: int, source_offset: _Ints, target: int, target_offset: _Ints, lengths: _Ints) -> None:
        if not len(source_offset) == len(target_offset) == len(lengths) == 1:
            raise ValueError("a copy has one offset on each side and one length")
        (length,) = lengths
        for local, offset in ((source, source_offset[0]), (target, target_offset[0])):
            of = self._type(local)
            if min(offset, length) < 0 or offset + length > of.byte_length:
                raise ValueError(f"copy of {length} bytes at byte {offset} of %{local}, which has {of.byte_length}")
        self._check_writable("static_copy", (target,))

    def reshape(self, source: int, shape: tuple[int, ...], result: int) -> None:
        of = self._type(source)
        if any(d < 0 for d in shape) or math.prod(shape) != math.prod(of.shape):
            raise ValueError(f"{of} does not have the elements of shape {shape}")
        self._define(result, BufferType(of.element_type, shape))
        if source in self.writable:
            self.writable.add(result)

    def return_(self, results: _Ints) -> None:
        self._same("results", results, self.function.results)

    def _check_writable(self, what: str, locals_: _Ints) -> None:
        for local in locals_:
            self._type(local)
            if local not in self.writable:
                raise ValueError(f"{what} writes %{local}, which is an argument or a constant")

    def _callee(self, ordinal: int) -> FunctionDef:
        if ordinal >= len(self.module.functions):
            raise ValueError(f"call of function {ordinal}; there are {len(self.module.functions)}")
        return self.module.functions[ordinal]

    def _given(self, callee: FunctionDef, locals_: _Ints) -> None:
        """A function is called with what it takes, and may write what it writes."""
        self._same(f"arguments of @{callee.name}", locals_, callee.arguments)
        _check_donated(callee)
        self._check_writable(f"@{callee.name}", tuple(locals_[number] for number in callee.donated))

    def _define_all(self, what: str, results: _Ints, types: Sequence[BufferType]) -> None:
        if len(results) != len(types):
            raise ValueError(f"{what} has {len(types)} results, not {len(results)}")
        for result, of in zip(results, types, strict=True):
            self._define(result, of)

    def _type(self, local: int) -> BufferType:
        of = self.types[local] if local < len(self.types) else None
        if of is None:
            raise ValueError(f"%{local} is used before it is defined")
        return of

    def _define(self, local: int, of: BufferType) -> None:
        if local >= len(self.types) or self.types[local] is not None:
            raise ValueError(f"%{local} is defined twice, or is not one of {len(self.types)} locals")
        self.types[local] = of

    def _same(self, what: str, locals_: tuple[int, ...], types: tuple[BufferType, ...]) -> None:
        if len(locals_) != len(types):
            raise ValueError(f"{what}: {len(locals_)}, should be {len(types)}")
        for local, of in zip(locals_, types, strict=True):
            if self._type(local) != of:
                raise ValueError(f"{what}: %{local} has type {self._type(local)}, should be {of}")


def _listed(numbers: _Ints) -> str:
    return ", ".join(map(str, numbers))
