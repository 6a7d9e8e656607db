"""Ops that take sizes as data, and the one that gives a size as data. transforms/input/resolve_sizes.py dissolves them.

%n = mhlo.get_dimension_size %x, dim = 0 : (tensor<?x4xf32>) -> tensor<i32>
%1 = mhlo.dynamic_reshape %x, %shape : (tensor<?x4xf32>, tensor<1xi32>) -> tensor<?xf32>
%2 = mhlo.dynamic_broadcast_in_dim %c, %shape, dims = [] : (tensor<f32>, tensor<1xi32>) -> tensor<?xf32>
%3 = mhlo.dynamic_iota %shape, dim = 0 : (tensor<1xi32>) -> tensor<?xi32>
%4 = mhlo.real_dynamic_slice %x, %start, %limit, %strides : (..) -> tensor<?x4xf32>
%5 = mhlo.dynamic_pad %x, %c, %low, %high, %interior : (..) -> tensor<?x4xf32>

What dissolves them leaves one that takes nothing:

%n = mhlo.sizes [[d0], [2*d0+3]] : tensor<2xi32>

What sizes the results have is known once the sizes' values are: no rule here looks at them.
"""

import math
from collections.abc import Sequence
from typing import ClassVar, Self

from xdsl.dialects.builtin import BoolAttr, IntegerAttr, IntegerType, TensorType, i64
from xdsl.ir import Attribute
from xdsl.irdl import irdl_op_definition, operand_def, opt_prop_def, prop_def, result_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.attributes import GatherDimensionNumbers, int_array, ints
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.rules import INTS
from iree.compiler.dialects.size_lists import SizeList, parse_size_list, size_list_text
from iree.compiler.ir.diagnostics import require


class _Regular(HloOp):
    """An op that is written with its operands and types alone."""

    COUNT: ClassVar[int]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        return cls.parse_regular(parser, cls.COUNT)

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_end(printer, self)


class _AlongDimension(HloOp):
    """An op that is written with `, dim = 0`."""

    PROPERTY: ClassVar[str]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 1)
        assembly.parse_named(parser, "dim")
        return cls.parse_end(parser, names, {cls.PROPERTY: IntegerAttr(parser.parse_integer(), i64)})

    @property
    def along(self) -> int:
        """The dimension."""
        attribute = self.properties[self.PROPERTY]
        assert isinstance(attribute, IntegerAttr)
        return attribute.value.data

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        printer.print_string(f", dim = {self.along}")
        assembly.print_end(printer, self)


@irdl_op_definition
class GetDimensionSize(_AlongDimension):
    """The size of a dimension.

    (C1) The operand has such a dimension.
    """

    name = "mhlo.get_dimension_size"
    PROPERTY: ClassVar[str] = "dimension"
    operand = operand_def(TensorType)
    dimension = prop_def(IntegerAttr.constr(i64))
    result = result_def(TensorType)

    def verify_(self) -> None:
        type_ = self.operand.type
        assert isinstance(type_, TensorType)
        require(self, "C1", 0 <= self.along < type_.get_num_dims(), f"dimension {self.along} of {type_}")


@irdl_op_definition
class DynamicIota(_AlongDimension):
    """Counts along a dimension of a tensor of the shape."""

    name = "mhlo.dynamic_iota"
    PROPERTY: ClassVar[str] = "iota_dimension"
    output_shape = operand_def(TensorType)
    iota_dimension = prop_def(IntegerAttr.constr(i64))
    result = result_def(TensorType)


@irdl_op_definition
class DynamicReshape(_Regular):
    """The same elements in the same order under the shape."""

    name = "mhlo.dynamic_reshape"
    COUNT: ClassVar[int] = 2
    operand = operand_def(TensorType)
    output_shape = operand_def(TensorType)
    result = result_def(TensorType)


@irdl_op_definition
class RealDynamicSlice(_Regular):
    """Along each dimension, every stride-th element from start up to, not including, limit."""

    name = "mhlo.real_dynamic_slice"
    COUNT: ClassVar[int] = 4
    operand = operand_def(TensorType)
    start_indices = operand_def(TensorType)
    limit_indices = operand_def(TensorType)
    strides = operand_def(TensorType)
    result = result_def(TensorType)


@irdl_op_definition
class DynamicPad(_Regular):
    """Padding before, after and between the elements."""

    name = "mhlo.dynamic_pad"
    COUNT: ClassVar[int] = 5
    operand = operand_def(TensorType)
    padding_value = operand_def(TensorType)
    edge_padding_low = operand_def(TensorType)
    edge_padding_high = operand_def(TensorType)
    interior_padding = operand_def(TensorType)
    result = result_def(TensorType)


@irdl_op_definition
class DynamicGather(HloOp):
    """A gather whose slice sizes are an operand."""

    name = "mhlo.dynamic_gather"
    operand = operand_def(TensorType)
    start_indices = operand_def(TensorType)
    slice_sizes = operand_def(TensorType)
    dimension_numbers = prop_def(GatherDimensionNumbers)
    indices_are_sorted = opt_prop_def(BoolAttr)
    result = result_def(TensorType)


@irdl_op_definition
class DynamicBroadcastInDim(HloOp):
    """Operand dimension i becomes dimension dims[i] of a tensor of the shape.

    (C1) There is one dimension for each of the operand's.
    """

    name = "mhlo.dynamic_broadcast_in_dim"
    operand = operand_def(TensorType)
    output_dimensions = operand_def(TensorType)
    broadcast_dimensions = prop_def(INTS)
    known_expanding_dimensions = opt_prop_def(INTS)
    known_nonexpanding_dimensions = opt_prop_def(INTS)
    result = result_def(TensorType)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 2)
        dimensions = int_array(assembly.parse_named_ints(parser, "dims"))
        return cls.parse_end(parser, names, {"broadcast_dimensions": dimensions})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_named_ints(printer, "dims", ints(self.broadcast_dimensions))
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        dimensions, type_ = ints(self.broadcast_dimensions), self.operand.type
        assert isinstance(type_, TensorType)
        require(self, "C1", len(dimensions) == type_.get_num_dims(), f"dimensions {list(dimensions)} for {type_}")


@irdl_op_definition
class Sizes(HloOp):
    """Sizes as data: what the caller chose, and what follows from it.

        %0 = mhlo.sizes [[d0], [2*d0+3]] : tensor<2xi32>

    (C1) There is a size for each element of the result.
    (C2) The elements are integers.
    """

    name = "mhlo.sizes"
    sizes = prop_def(SizeList)
    value = result_def(TensorType)

    def __init__(self, sizes: Sequence[int], type_: Attribute):
        super().__init__(properties={"sizes": SizeList(tuple(sizes))}, result_types=[type_])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        sizes = parse_size_list(parser)
        parser.parse_punctuation(":")
        return cls(sizes, parser.parse_type())

    def print(self, printer: Printer) -> None:
        printer.print_string(f" {size_list_text(self.sizes.data)} : ")
        printer.print_attribute(self.value.type)

    def verify_(self) -> None:
        type_ = self.value.type
        count = len(self.sizes.data)
        require(self, "C1", count == math.prod(type_.get_shape()), f"{count} sizes for {type_}")
        require(self, "C2", isinstance(type_.element_type, IntegerType), f"sizes become {type_}")


DYNAMIC_SIZES = (
    GetDimensionSize,
    DynamicIota,
    DynamicReshape,
    RealDynamicSlice,
    DynamicPad,
    DynamicGather,
    DynamicBroadcastInDim,
)
