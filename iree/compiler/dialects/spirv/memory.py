"""Constants, pointers into buffers, and what goes through them."""

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import (
    ArrayAttr,
    FloatAttr,
    IntAttr,
    IntegerAttr,
    IntegerType,
    VectorType,
    i1,
    i32,
)
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    base,
    irdl_op_definition,
    operand_def,
    prop_def,
    result_def,
    traits_def,
    var_operand_def,
)
from xdsl.parser import Parser, UnresolvedOperand
from xdsl.printer import Printer
from xdsl.traits import Pure
from xdsl.utils.exceptions import VerifyException

from iree.compiler.dialects.spirv.types import FUNCTION, ArrayType, PointerType, RuntimeArrayType, StructType
from iree.compiler.ir.diagnostics import require


@irdl_op_definition
class Constant(IRDLOperation):
    """A number known now.

    %0 = spirv.Constant 0 : i32
    %1 = spirv.Constant 1.5 : f32
    %2 = spirv.Constant true
    """

    name = "spirv.Constant"
    value = prop_def(base(IntegerAttr) | base(FloatAttr))
    result = result_def()
    traits = traits_def(Pure())

    def __init__(self, value: IntegerAttr[IntegerType] | FloatAttr):
        super().__init__(properties={"value": value}, result_types=[value.type])

    @staticmethod
    def integer(value: int, type_: IntegerType = i32) -> "Constant":
        """`value` as an integer; i1 is a truth value."""
        return Constant(IntegerAttr(value, type_))

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        truth = parser.parse_optional_boolean()
        if truth is not None:
            return cls(IntegerAttr(int(truth), i1))
        value = parser.parse_attribute()
        if not isinstance(value, IntegerAttr | FloatAttr):
            parser.raise_error("expected a number with its type")
        return cls(value)

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_attribute(self.value)


@irdl_op_definition
class AccessChain(IRDLOperation):
    """The pointer to a part of what a pointer points to.

        %2 = spirv.AccessChain %0[%1, %i] : !spirv.ptr<!spirv.struct<...>, StorageBuffer>, i32, i32
             -> !spirv.ptr<f32, StorageBuffer>

    The walkthrough gives the base's type only.

    (C1) The result points to the part that the indices name; a struct's member is named by a constant.
    """

    name = "spirv.AccessChain"
    pointer = operand_def(PointerType)
    indices = var_operand_def()
    part = result_def(PointerType)
    traits = traits_def(Pure())

    def __init__(self, pointer: SSAValue, indices: Sequence[SSAValue]):
        super().__init__(operands=[pointer, indices], result_types=[part_of(pointer.type, indices)])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        pointer = parser.parse_unresolved_operand()
        indices = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, parser.parse_unresolved_operand)
        parser.parse_punctuation(":")
        pointer_type = parser.parse_type()
        index_types: list[Attribute] = [i32] * len(indices)
        if parser.parse_optional_punctuation(","):
            index_types = list(parser.parse_comma_separated_list(parser.Delimiter.NONE, parser.parse_type))
            parser.parse_punctuation("->")
            parser.parse_type()
        resolved = parser.resolve_operands(indices, index_types, parser.pos)
        return cls(parser.resolve_operand(pointer, pointer_type), resolved)

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_operand(self.pointer)
        with printer.in_square_brackets():
            printer.print_list(self.indices, printer.print_operand)
        printer.print_string(" : ")
        printer.print_list([self.pointer.type, *(index.type for index in self.indices)], printer.print_attribute)
        printer.print_string(" -> ")
        printer.print_attribute(self.part.type)

    def verify_(self) -> None:
        expected = part_of(self.pointer.type, self.indices)
        require(self, "C1", self.part.type == expected, f"the result is {self.part.type}, the part {expected}")


def part_of(base: Attribute, indices: Sequence[SSAValue]) -> PointerType:
    """The type of the pointer that AccessChain makes of a `base` of this type."""
    if not isinstance(base, PointerType):
        raise VerifyException(f"{base} is not a pointer")
    pointee: Attribute = base.pointee
    for index in indices:
        if isinstance(pointee, StructType):
            number = index.owner.value if isinstance(index.owner, Constant) else None
            if not isinstance(number, IntegerAttr) or not 0 <= number.value.data < len(pointee.members):
                raise VerifyException(f"a member of {pointee} needs a constant index below {len(pointee.members)}")
            pointee = pointee.members.data[number.value.data]
        elif isinstance(pointee, ArrayType | RuntimeArrayType):
            pointee = pointee.element
        else:
            raise VerifyException(f"{pointee} has no parts")
    return PointerType(pointee, base.storage_class)


@irdl_op_definition
class Load(IRDLOperation):
    """The value that a pointer points to.

        %1 = spirv.Load "StorageBuffer" %0 : f32

    (C1) The result is what the pointer points to.
    """

    name = "spirv.Load"
    pointer = operand_def(PointerType)
    result = result_def()

    def __init__(self, pointer: SSAValue):
        assert isinstance(pointer.type, PointerType)
        super().__init__(operands=[pointer], result_types=[pointer.type.pointee])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        storage_class = parser.parse_str_literal()
        pointer = parser.parse_unresolved_operand()
        parser.parse_punctuation(":")
        return cls(parser.resolve_operand(pointer, PointerType.of(parser.parse_type(), storage_class)))

    def print(self, printer: Printer) -> None:
        _print_storage_class(printer, self.pointer)
        printer.print_operand(self.pointer)
        printer.print_string(" : ")
        printer.print_attribute(self.result.type)

    def verify_(self) -> None:
        require(
            self, "C1", _pointee(self.pointer) == self.result.type, f"{self.pointer.type} gives no {self.result.type}"
        )


@irdl_op_definition
class Store(IRDLOperation):
    """Writes a value where a pointer points to.

        spirv.Store "StorageBuffer" %0, %1 : f32

    (C1) The value is of the type that the pointer points to.
    """

    name = "spirv.Store"
    pointer = operand_def(PointerType)
    value = operand_def()

    def __init__(self, pointer: SSAValue, value: SSAValue):
        super().__init__(operands=[pointer, value])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        storage_class = parser.parse_str_literal()
        pointer: UnresolvedOperand = parser.parse_unresolved_operand()
        parser.parse_punctuation(",")
        value = parser.parse_unresolved_operand()
        parser.parse_punctuation(":")
        type_ = parser.parse_type()
        pointer_value = parser.resolve_operand(pointer, PointerType.of(type_, storage_class))
        return cls(pointer_value, parser.resolve_operand(value, type_))

    def print(self, printer: Printer) -> None:
        _print_storage_class(printer, self.pointer)
        printer.print_operand(self.pointer)
        printer.print_string(", ")
        printer.print_operand(self.value)
        printer.print_string(" : ")
        printer.print_attribute(self.value.type)

    def verify_(self) -> None:
        require(
            self, "C1", _pointee(self.pointer) == self.value.type, f"{self.pointer.type} takes no {self.value.type}"
        )


def _pointee(pointer: SSAValue) -> Attribute | None:
    return pointer.type.pointee if isinstance(pointer.type, PointerType) else None


def _print_storage_class(printer: Printer, pointer: SSAValue) -> None:
    assert isinstance(pointer.type, PointerType)
    printer.print_string(f' "{pointer.type.storage_class.data}" ')


@irdl_op_definition
class Variable(IRDLOperation):
    """Memory that one invocation has for itself while the function runs.

        %0 = spirv.Variable : !spirv.ptr<f32, Function>

    (C1) The storage class is Function.
    """

    name = "spirv.Variable"
    pointer = result_def(PointerType)
    assembly_format = "attr-dict `:` type($pointer)"

    def __init__(self, type_: Attribute):
        super().__init__(result_types=[PointerType.of(type_, FUNCTION)])

    def verify_(self) -> None:
        storage_class = self.pointer.type.storage_class.data
        require(self, "C1", storage_class == FUNCTION, f"a variable cannot lie in {storage_class}")


@irdl_op_definition
class CompositeExtract(IRDLOperation):
    """One element of a vector.

        %1 = spirv.CompositeExtract %0[0 : i32] : vector<3xi32>

    (C1) The index lies in the vector.
    """

    name = "spirv.CompositeExtract"
    composite = operand_def(VectorType)
    indices = prop_def(ArrayAttr[IntAttr])
    component = result_def()
    traits = traits_def(Pure())

    def __init__(self, composite: SSAValue, index: int):
        assert isinstance(composite.type, VectorType)
        super().__init__(
            operands=[composite],
            properties={"indices": ArrayAttr([IntAttr(index)])},
            result_types=[composite.type.element_type],
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        composite = parser.parse_unresolved_operand()
        with parser.in_square_brackets():
            index = parser.parse_integer()
            parser.parse_punctuation(":")
            parser.parse_type()
        parser.parse_punctuation(":")
        return cls(parser.resolve_operand(composite, parser.parse_type()), index)

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_operand(self.composite)
        printer.print_string(f"[{self.indices.data[0].data} : i32] : ")
        printer.print_attribute(self.composite.type)

    def verify_(self) -> None:
        assert isinstance(self.composite.type, VectorType)
        size = self.composite.type.get_shape()[0]
        index = self.indices.data[0].data
        require(self, "C1", 0 <= index < size, f"{self.composite.type} has no element {index}")
