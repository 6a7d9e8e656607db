"""shape: what TensorFlow's bridge prints where sizes are not known. transforms/input/resolve_sizes.py dissolves it.

%0 = shape.shape_of %x : tensor<?x4xf32> -> tensor<2xindex>
%1 = shape.const_shape [4] : tensor<1xindex>
%2 = shape.broadcast %0, %1 : tensor<2xindex>, tensor<1xindex> -> tensor<2xindex>
%w = shape.cstr_broadcastable %0, %1 : tensor<2xindex>, tensor<1xindex>
%3 = shape.assuming %w -> (tensor<?x4xf32>) { .. shape.assuming_yield %v : tensor<?x4xf32> }
"""

from collections.abc import Sequence
from typing import ClassVar, Self

from xdsl.dialects.builtin import ArrayAttr, IntegerAttr, TensorType, i1
from xdsl.ir import Attribute, Dialect, ParametrizedAttribute, TypeAttribute
from xdsl.irdl import (
    AnyAttr,
    IRDLOperation,
    irdl_attr_definition,
    irdl_op_definition,
    operand_def,
    prop_def,
    region_def,
    result_def,
    traits_def,
    var_operand_def,
    var_result_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import IsTerminator, NoTerminator, Pure


@irdl_attr_definition
class WitnessType(ParametrizedAttribute, TypeAttribute):
    """What says that a constraint holds."""

    name = "shape.witness"


@irdl_attr_definition
class ShapeType(ParametrizedAttribute, TypeAttribute):
    """Sizes of which it is not said how many they are."""

    name = "shape.shape"


@irdl_op_definition
class ShapeOf(IRDLOperation):
    """The sizes of a tensor."""

    name = "shape.shape_of"
    operand = operand_def(TensorType)
    result = result_def(AnyAttr())
    traits = traits_def(Pure())
    assembly_format = "$operand attr-dict `:` type($operand) `->` type($result)"


@irdl_op_definition
class NumElements(IRDLOperation):
    """The product of sizes."""

    name = "shape.num_elements"
    operand = operand_def(TensorType)
    result = result_def(AnyAttr())
    traits = traits_def(Pure())
    assembly_format = "$operand attr-dict `:` type($operand) `->` type($result)"


@irdl_op_definition
class ConstShape(IRDLOperation):
    """Sizes that are known."""

    name = "shape.const_shape"
    shape = prop_def(ArrayAttr[IntegerAttr])
    result = result_def(AnyAttr())
    traits = traits_def(Pure())

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        sizes = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, parser.parse_integer)
        parser.parse_punctuation(":")
        shape = ArrayAttr([IntegerAttr.from_index_int_value(size) for size in sizes])
        return cls(properties={"shape": shape}, result_types=[parser.parse_type()])

    def print(self, printer: Printer) -> None:
        printer.print_string(f" {[size.value.data for size in self.shape]} : ")
        printer.print_attribute(self.result.type)


class _OfShapes(IRDLOperation):
    """An op on shapes that is written `%a, %b : T, U`."""

    shapes = var_operand_def(AnyAttr())
    traits = traits_def(Pure())
    GIVES: ClassVar[Attribute | None] = WitnessType()

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = parser.parse_comma_separated_list(parser.Delimiter.NONE, parser.parse_unresolved_operand)
        parser.parse_punctuation(":")
        position = parser.pos
        types = parser.parse_comma_separated_list(parser.Delimiter.NONE, parser.parse_type)
        if (gives := cls.GIVES) is None:
            parser.parse_punctuation("->")
            gives = parser.parse_type()
        return cls(operands=[parser.resolve_operands(names, types, position)], result_types=[gives])

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_list(self.operands, printer.print_operand)
        printer.print_string(" : ")
        printer.print_list(list(self.operand_types), printer.print_attribute)
        if self.GIVES is None:
            printer.print_string(" -> ")
            printer.print_attribute(self.results[0].type)


@irdl_op_definition
class Broadcast(_OfShapes):
    """The shape that tensors of these shapes have together."""

    name = "shape.broadcast"
    result = result_def(AnyAttr())
    GIVES: ClassVar[Attribute | None] = None


@irdl_op_definition
class Concat(_OfShapes):
    """The sizes of the first, then those of the second."""

    name = "shape.concat"
    result = result_def(AnyAttr())
    GIVES: ClassVar[Attribute | None] = None


@irdl_op_definition
class ToExtentTensor(_OfShapes):
    """Sizes as a tensor."""

    name = "shape.to_extent_tensor"
    result = result_def(AnyAttr())
    GIVES: ClassVar[Attribute | None] = None


@irdl_op_definition
class SplitAt(IRDLOperation):
    """The sizes before a place, counted from the end where it is negative, and those after."""

    name = "shape.split_at"
    operand = operand_def(AnyAttr())
    index = operand_def(AnyAttr())
    head = result_def(AnyAttr())
    tail = result_def(AnyAttr())
    traits = traits_def(Pure())


@irdl_op_definition
class CstrBroadcastable(_OfShapes):
    """That tensors of these shapes have a shape together."""

    name = "shape.cstr_broadcastable"
    result = result_def(WitnessType)


@irdl_op_definition
class CstrEq(_OfShapes):
    """That these shapes are the same."""

    name = "shape.cstr_eq"
    result = result_def(WitnessType)


@irdl_op_definition
class ConstWitness(IRDLOperation):
    """That nothing has to hold."""

    name = "shape.const_witness"
    passing = prop_def(IntegerAttr.constr(i1))
    result = result_def(WitnessType)
    traits = traits_def(Pure())

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        passing = IntegerAttr(int(parser.parse_boolean()), i1)
        return cls(properties={"passing": passing}, result_types=[WitnessType()])

    def print(self, printer: Printer) -> None:
        printer.print_string(" true" if self.passing.value.data else " false")


@irdl_op_definition
class AssumingAll(IRDLOperation):
    """That all of these hold."""

    name = "shape.assuming_all"
    witnesses = var_operand_def(WitnessType)
    result = result_def(WitnessType)
    traits = traits_def(Pure())

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = parser.parse_comma_separated_list(parser.Delimiter.NONE, parser.parse_unresolved_operand)
        witnesses = [parser.resolve_operand(name, WitnessType()) for name in names]
        return cls(operands=[witnesses], result_types=[WitnessType()])

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_list(self.operands, printer.print_operand)


@irdl_op_definition
class Assuming(IRDLOperation):
    """What may be computed where something holds."""

    name = "shape.assuming"
    witness = operand_def(WitnessType)
    outputs = var_result_def()
    body = region_def("single_block")
    traits = traits_def(NoTerminator())

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        witness = parser.resolve_operand(parser.parse_unresolved_operand(), WitnessType())
        types: Sequence[Attribute] = []
        if parser.parse_optional_punctuation("->"):
            types = parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_type)
        return cls(operands=[witness], result_types=[list(types)], regions=[parser.parse_region()])

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_operand(self.witness)
        printer.print_string(" -> (")
        printer.print_list([result.type for result in self.results], printer.print_attribute)
        printer.print_string(") ")
        printer.print_region(self.body)


@irdl_op_definition
class AssumingYield(IRDLOperation):
    """Ends the body of shape.assuming."""

    name = "shape.assuming_yield"
    values = var_operand_def()
    traits = traits_def(IsTerminator())
    assembly_format = "($values^ `:` type($values))? attr-dict"


DIALECT = Dialect(
    "shape",
    [
        ShapeOf,
        NumElements,
        ConstShape,
        Broadcast,
        Concat,
        ToExtentTensor,
        SplitAt,
        CstrBroadcastable,
        CstrEq,
        ConstWitness,
        AssumingAll,
        Assuming,
        AssumingYield,
    ],
    [WitnessType, ShapeType],
)
