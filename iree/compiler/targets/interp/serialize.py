"""iree_ll_interp -> the bytes of an InterpExecutableDef: one bytecode function for each entry point."""

from collections.abc import Sequence

import flatbuffers
from xdsl.dialects.builtin import DenseArrayBase, IntegerAttr, MemRefType
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Operation, SSAValue

from iree.compiler.dialects import iree, ll_interp
from iree.compiler.ir.constants import array_of, element_type_of, is_splat
from iree.compiler.ir.diagnostics import op_error
from iree.compiler.ir.location import stored_location_of
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.ir.sizes import SizeTable, unpacked
from iree.schemas import interp_executable_def_generated as fb
from iree.schemas.file_format import ExecutableFormat
from iree.schemas.instruction import Operand
from iree.schemas.interpreter_bytecode import INTERPRETER


def serialize_executable(inner: Operation) -> bytes:
    """The executable's file. CompileError: an op is no instruction of the interpreter."""
    executable = fb.InterpExecutableDefT()
    executable.functions = [_FunctionEncoder(function).encode() for function in entry_points_of(inner)]
    builder = flatbuffers.Builder(1024)
    builder.Finish(executable.Pack(builder), file_identifier=ExecutableFormat.INTERP.to_bytes(4, "big"))
    return bytes(builder.Output())


def entry_points_of(inner: Operation) -> list[FuncOp]:
    """The executable's entry points in the order of their ordinals."""

    def ordinal(function: FuncOp) -> int:
        number = function.attributes[iree.ORDINAL]
        assert isinstance(number, IntegerAttr)
        return int(number.value.data)

    return sorted((f for f in ops_of(inner, FuncOp) if iree.EXECUTABLE_EXPORT in f.attributes), key=ordinal)


class _FunctionEncoder:
    """Turns one entry point into bytecode. Every value gets a local of its own, arguments first."""

    def __init__(self, function: FuncOp):
        self.function = function
        self.locals: dict[SSAValue, int] = {}
        self.sizes = SizeTable()

    def encode(self) -> fb.InterpFunctionDefT:
        block = self.function.body.block
        for argument in block.args:
            self._define(argument)
        encoded = fb.InterpFunctionDefT()
        encoded.name = self.function.sym_name.data
        encoded.arguments = [self._type(argument.type) for argument in block.args]
        code, encoded.locations = bytearray(), []
        for op in block.ops:
            if location := stored_location_of(op):
                at = fb.InterpLocationDefT()
                at.bytecodeOffset, at.source = len(code), location
                encoded.locations.append(at)
            code += self._instruction(op)
        encoded.bytecode = list(code)
        encoded.localCount = len(self.locals)
        encoded.symbolCount, encoded.sizes = self.sizes.symbol_count, []
        for row in self.sizes.rows:
            size = fb.InterpSizeDefT()
            size.terms = row
            encoded.sizes.append(size)
        return encoded

    def _instruction(self, op: Operation) -> bytes:
        match op:
            case iree.Return():
                return INTERPRETER.encode("return")
            case ll_interp.Constant():
                array = array_of(op.value)
                stored = array.reshape(-1)[:1] if is_splat(op.value) else array
                type_ = self._type_operands(op.buffer)
                return INTERPRETER.encode("constant", *type_, stored.tobytes(), self._define(op.buffer))
            case ll_interp.Sizes():
                names = self.sizes.names(op.sizes.data)
                return INTERPRETER.encode("sizes", *self._type_operands(op.buffer), names, self._define(op.buffer))
            case ll_interp.AllocHeap():
                return INTERPRETER.encode("alloc_heap", *self._type_operands(op.buffer), self._define(op.buffer))
            case ll_interp.Reshape():
                shape = self.sizes.names(op.buffer.type.get_shape())
                return INTERPRETER.encode("reshape", self.locals[op.source], shape, self._define(op.buffer))
            case ll_interp.DynamicCopy():
                return INTERPRETER.encode("dynamic_copy", *self._uses(op.operands))
            case ll_interp.Compute():
                return INTERPRETER.encode(op.instruction.name, *self._operands(op))
        raise op_error(op, "is no instruction of the interpreter")

    def _operands(self, op: ll_interp.Compute) -> list[Operand]:
        """The op's operands in the order of its instruction's letters."""
        buffers = list(self._uses(op.buffers))
        names = iter(ll_interp.attribute_names(op.instruction))
        operands: list[Operand] = []
        for letter in op.instruction.operands:
            match letter:
                case "p":
                    predicate = op.attributes["predicate"]
                    assert isinstance(predicate, IntegerAttr)
                    operands.append(predicate.value.data)
                case "I":
                    integers = op.attributes[next(names)]
                    assert isinstance(integers, DenseArrayBase)
                    operands.append(self.sizes.names([unpacked(number) for number in integers.iter_values()]))
                case "S":
                    operands.append(tuple(buffers[:-1]))
                    del buffers[:-1]
                case _:
                    operands.append(buffers.pop(0))
        return operands

    def _define(self, value: SSAValue) -> int:
        return self.locals.setdefault(value, len(self.locals))

    def _uses(self, values: Sequence[SSAValue]) -> list[int]:
        return [self.locals[value] for value in values]

    def _type_operands(self, value: SSAValue) -> tuple[int, tuple[int, ...]]:
        assert isinstance(value.type, MemRefType)
        return element_type_of(value.type).number, self.sizes.names(value.type.get_shape())

    def _type(self, type_: Attribute) -> fb.InterpTypeDefT:
        assert isinstance(type_, MemRefType)
        encoded = fb.InterpTypeDefT()
        encoded.elementType = element_type_of(type_).number
        encoded.shape = list(self.sizes.names(type_.get_shape()))
        return encoded
