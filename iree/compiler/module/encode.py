"""The final IR as the plain data of a module file: functions become bytecode, executables the bytes of their formats.

    "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>    ->  23 0c 01 00 04 00 00 00 00 00 00 00 02 00

Every value of a function gets a local of its own, arguments first.
"""

from collections.abc import Mapping, Sequence

from xdsl.dialects.builtin import (
    DenseIntOrFPElementsAttr,
    MemRefType,
    ModuleOp,
    StringAttr,
    SymbolRefAttr,
)
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Operation, SSAValue

from iree.compiler.dialects import iree, ll_seq
from iree.compiler.dialects.buffers import byte_length
from iree.compiler.dialects.known_sizes import conditions_of
from iree.compiler.ir.constants import array_of, element_type_of
from iree.compiler.ir.diagnostics import CompileError, fail, op_error, raise_all
from iree.compiler.ir.location import stored_location_of
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.ir.sizes import SizeTable
from iree.compiler.module.module_writer import Constant, Executable, Function, Module, Type, Variable
from iree.compiler.targets.target import Target
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.schemas.sizes import FIRST

UNNAMED = "module"  # what a module is called whose IR has no name


def encode_module(module: ModuleOp, targets: Sequence[Target]) -> Module:
    """The module file's contents, from IR at the milestone "final". Its name is the IR's: `module @math { ... }`.

    CompileError: an executable has no translation, or one for a target that is not among `targets`.
    """
    by_format = {target.executable_format: target for target in targets}
    executables = _encode_executables(ops_of(module, iree.MultiArchExecutable), by_format)
    entry_points = {
        (executable.name, entry_point): (number, ordinal)
        for number, executable in enumerate(executables)
        for ordinal, entry_point in enumerate(executable.entry_points)
    }
    constants = _ConstantPool()
    imports: dict[str, int] = {}  # in order of first use
    functions = [op for op in module.ops if isinstance(op, FuncOp)]
    variables = [op for op in module.ops if isinstance(op, iree.Global)]
    ordinals = {function.sym_name.data: ordinal for ordinal, function in enumerate(functions)}
    ordinals |= {variable.sym_name.data: ordinal for ordinal, variable in enumerate(variables)}
    return Module(
        name=UNNAMED if module.sym_name is None else module.sym_name.data,
        functions=[_FunctionEncoder(f, entry_points, ordinals, constants, imports).encode() for f in functions],
        imports=list(imports),
        executables=executables,
        variables=[Variable(op.sym_name.data, constants.ordinal_of(op.value)) for op in variables],
        constants=constants.constants,
    )


class _ConstantPool:
    """The constants of a module in order of first use; one attribute is one constant."""

    def __init__(self) -> None:
        self.constants: list[Constant] = []
        self._ordinals: dict[DenseIntOrFPElementsAttr, int] = {}

    def ordinal_of(self, value: DenseIntOrFPElementsAttr) -> int:
        if value not in self._ordinals:
            self._ordinals[value] = len(self.constants)
            self.constants.append(Constant(array_of(value)))
        return self._ordinals[value]


def _encode_executables(
    executables: Sequence[iree.MultiArchExecutable], targets: Mapping[str, Target]
) -> list[Executable]:
    encoded, errors = [], []
    for executable in executables:
        variants, entry_points = [], []
        for variant in executable.executables:
            try:
                target = targets.get(variant.format.data)
                if target is None:
                    wanted = variant.format.data
                    fail(variant, f"no target was asked for that writes {wanted}; asked for: {list(targets)}")
                (inner,) = variant.body.block.ops  # a module, or the format's own kind of module
                variants.append((int(target.fourcc), target.serialize(inner)))
                entry_points = target.entry_points(inner)
            except CompileError as error:
                errors.append(error)
        encoded.append(Executable(executable.sym_name.data, entry_points, variants))
    raise_all(errors)
    return encoded


class _FunctionEncoder:
    """Turns one function into bytecode."""

    def __init__(
        self,
        function: FuncOp,
        entry_points: Mapping[tuple[str, str], tuple[int, int]],
        symbols: Mapping[str, int],
        pool: _ConstantPool,
        imports: dict[str, int],
    ):
        self.function = function
        self.entry_points = entry_points
        self.symbols = symbols  # ordinals of functions and variables
        self.pool = pool
        self.imports = imports
        self.locals: dict[SSAValue, int] = {}
        self.sizes = SizeTable()

    def encode(self) -> Function:
        function = self.function
        block = function.body.block
        arguments = [self._type(type_) for type_ in function.function_type.inputs]
        results = [self._type(type_) for type_ in function.function_type.outputs]
        for argument in block.args:
            self._define(argument)
        code, locations = bytearray(), list[tuple[int, str]]()
        for op in block.ops:
            location = stored_location_of(op)
            if location and (not locations or locations[-1][1] != location):
                locations.append((len(code), location))
            code += self._instruction(op)
        abi = function.attributes.get(iree.ABI)
        return Function(
            name=function.sym_name.data,
            arguments=arguments,
            results=results,
            argument_names=[a.name_hint or f"arg{index}" for index, a in enumerate(block.args)],
            abi=abi.data if isinstance(abi, StringAttr) else None,
            local_count=len(self.locals),
            bytecode=bytes(code),
            locations=locations,
            exported=iree.MODULE_EXPORT in function.attributes,
            symbol_count=self.sizes.symbol_count,
            conditions=[(self.sizes.name(size) - FIRST, text) for size, text in conditions_of(function)],
            sizes=self.sizes.rows,
            donated=iree.donated_arguments(function),
        )

    def _instruction(self, op: Operation) -> bytes:
        match op:
            case ll_seq.Constant():
                return SEQUENCER.encode("constant", self.pool.ordinal_of(op.value), self._define(op.buffer))
            case ll_seq.AllocHeap():
                of = self._type(op.buffer.type)
                return SEQUENCER.encode("alloc_heap", of.element_type.number, of.shape, self._define(op.buffer))
            case ll_seq.AllocStack():
                return SEQUENCER.encode("alloc_stack", (byte_length(op.buffer.type),), self._define(op.buffer))
            case ll_seq.StaticSlice():
                of, source = self._type(op.buffer.type), self.locals[op.source]
                offset = (op.offset.value.data,)
                return SEQUENCER.encode(
                    "static_slice", of.element_type.number, of.shape, source, offset, self._define(op.buffer)
                )
            case ll_seq.Barrier():
                return SEQUENCER.encode("barrier")
            case ll_seq.Execute():
                return SEQUENCER.encode("execute", self.symbols[_name(op.commands)], self._uses(op.buffers))
            case ll_seq.StaticDispatch():
                workload = tuple(int(size) for size in array_of(op.workload))
                entry_point, bindings = self._entry_point(op.entry_point), self._bindings(op)
                return SEQUENCER.encode("static_dispatch", entry_point, workload, *bindings)
            case ll_seq.DynamicDispatch():
                workload, symbols = self.sizes.names(op.workload.data), self.sizes.names(op.symbols.data)
                entry_point, bindings = self._entry_point(op.entry_point), self._bindings(op)
                return SEQUENCER.encode("dynamic_dispatch", entry_point, workload, symbols, *bindings)
            case ll_seq.GlobalLoad():
                return SEQUENCER.encode("global_load", self.symbols[_name(op.variable)], self._define(op.buffer))
            case ll_seq.GlobalStore():
                return SEQUENCER.encode("global_store", self.symbols[_name(op.variable)], self.locals[op.buffer])
            case ll_seq.While():
                functions = self.symbols[_name(op.condition)], self.symbols[_name(op.body)]
                trips = () if op.trip_count is None else (op.trip_count.value.data,)
                operands = self._uses(op.carried), self._uses(op.captures), self._defines(op)
                return SEQUENCER.encode("while", *functions, trips, *operands)
            case ll_seq.Case():
                branches = tuple(self.symbols[_name(branch)] for branch in op.branches)
                selector = self.locals[op.selector]
                return SEQUENCER.encode("case", selector, branches, self._uses(op.captures), self._defines(op))
            case ll_seq.CustomCall():
                called = self.imports.setdefault(op.target.data, len(self.imports))
                buffers = self._uses(op.inputs), self._uses(op.outputs)
                return SEQUENCER.encode("custom_call", called, *buffers, op.config.data.encode())
            case ll_seq.Return():
                return SEQUENCER.encode("return", self._uses(op.values))
        raise op_error(op, "is no instruction of the sequencer")

    def _entry_point(self, name: SymbolRefAttr) -> tuple[int, int]:
        return self.entry_points[name.root_reference.data, name.nested_references.data[0].data]

    def _bindings(self, dispatch: ll_seq.Dispatch) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """What a dispatch reads, and what it writes."""
        return self._uses(dispatch.read), self._uses(dispatch.written)

    def _type(self, type_: Attribute) -> Type:
        """The module file's type of a buffer."""
        assert isinstance(type_, MemRefType)
        return Type(element_type_of(type_), self.sizes.names(type_.get_shape()))

    def _define(self, value: SSAValue) -> int:
        return self.locals.setdefault(value, len(self.locals))

    def _defines(self, op: Operation) -> tuple[int, ...]:
        return tuple(self._define(result) for result in op.results)

    def _uses(self, values: Sequence[SSAValue]) -> tuple[int, ...]:
        return tuple(self.locals[value] for value in values)


def _name(symbol_: SymbolRefAttr) -> str:
    return symbol_.root_reference.data
