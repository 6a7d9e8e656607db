"""What the dialects over buffers share: buffer types, and the ops that each of them has under its own name."""

import math
from collections.abc import Sequence
from typing import Any, Self

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, FunctionType, MemRefType, TensorType, VectorType
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import IRDLOperation, operand_def, prop_def, result_def, traits_def, var_operand_def
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import IsTerminator, Pure

from iree.compiler.ir.constants import element_type_of
from iree.compiler.ir.diagnostics import require


def memref_of(tensor: TensorType[Any] | VectorType[Any] | MemRefType[Any]) -> MemRefType[Any]:
    """The buffer that holds a value of this type: of a tensor's, or of whatever a dense attribute has."""
    return MemRefType(tensor.element_type, tensor.shape)


def buffer_type(value: SSAValue) -> MemRefType[Any]:
    """The type of a value that is a buffer."""
    assert isinstance(value.type, MemRefType)
    return value.type


def tensor_of(memref: MemRefType[Any]) -> TensorType[Any]:
    """The tensor that a buffer of this type holds."""
    return TensorType(memref.element_type, memref.shape)


def require_buffer_of(op: IRDLOperation, tensor: Attribute, memref: Attribute) -> None:
    """(C1) of the ops between tensors and buffers."""
    matches = isinstance(tensor, TensorType) and memref == memref_of(tensor)
    require(op, "C1", matches, f"{memref} is not the buffer of {tensor}")


def byte_length(type_: Attribute) -> int:
    """The bytes of such a buffer: a size like any other, that only a call may know."""
    assert isinstance(type_, MemRefType)
    return math.prod(type_.get_shape()) * element_type_of(type_).byte_width


class ConstantBuffer(IRDLOperation):
    """A buffer whose contents never change.

        %0 = iree.constant dense<[4, 1, 1]> : tensor<3xi32>

    (C1) The result is the buffer of the value's type.
    """

    value = prop_def(DenseIntOrFPElementsAttr)
    buffer = result_def(MemRefType)
    traits = traits_def(Pure())

    def __init__(self, value: DenseIntOrFPElementsAttr):
        super().__init__(properties={"value": value}, result_types=[memref_of(value.type)])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        value = parser.parse_attribute()
        if not isinstance(value, DenseIntOrFPElementsAttr):
            parser.raise_error("expected dense<...> : tensor<...>")
        return cls(value)

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_attribute(self.value)

    def verify_(self) -> None:
        require_constant(self, self.value, self.buffer.type)


class HeapBuffer(IRDLOperation):
    """Reserves one buffer of the result's size.

        %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>

    (C1) The result shape is static.
    """

    buffer = result_def(MemRefType)

    def __init__(self, type_: Attribute):
        super().__init__(result_types=[type_])

    def verify_(self) -> None:
        type_ = self.buffer.type
        require(self, "C1", type_.has_static_shape(), f"{type_} has a dynamic size")


class BufferValue(IRDLOperation):
    """The tensor value that a buffer holds.

        %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>

    (C1) The operand is the buffer of the result's type.
    """

    source = operand_def(MemRefType)
    value = result_def(TensorType)
    traits = traits_def(Pure())
    assembly_format = "`` `(` $source `:` type($source) `)` attr-dict `:` type($value)"

    def __init__(self, source: Any):
        super().__init__(operands=[source], result_types=[tensor_of(source.type)])

    def verify_(self) -> None:
        require_buffer_of(self, self.value.type, self.source.type)


class BuffersReturn(IRDLOperation):
    """Hands buffers back to the caller.

    iree_hl_seq.return %1 : memref<4xf32>
    """

    values = var_operand_def(MemRefType)
    traits = traits_def(IsTerminator())
    assembly_format = "($values^ `:` type($values))? attr-dict"

    def __init__(self, values: Sequence[SSAValue]):
        super().__init__(operands=[values])


def parse_bindings(parser: Parser) -> Sequence[SSAValue]:
    """Reads `(%a, %b) : (memref<..>, memref<..>) -> ()`."""
    operands = parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_unresolved_operand)
    parser.parse_punctuation(":")
    position = parser.pos
    types = parser.parse_function_type()
    return parser.resolve_operands(operands, types.inputs.data, position)


def print_bindings(printer: Printer, bindings: Sequence[SSAValue]) -> None:
    """Writes what parse_bindings reads."""
    with printer.in_parens():
        printer.print_list(bindings, printer.print_operand)
    printer.print_string(" : ")
    printer.print_attribute(FunctionType.from_lists([b.type for b in bindings], []))


def require_constant(op: IRDLOperation, value: DenseIntOrFPElementsAttr, buffer: Attribute) -> None:
    """(C1) of constants."""
    expected = memref_of(value.type)
    require(op, "C1", buffer == expected, f"the result is {buffer}, the value {expected}")
