"""Comparison, selection, clamping, conversion: elementwise ops whose operands and result differ in type.

%1 = mhlo.compare LT, %a, %b, FLOAT : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
%2 = mhlo.select %1, %a, %b : tensor<4xi1>, tensor<4xf32>
%3 = mhlo.clamp %lo, %a, %hi : (tensor<f32>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
%4 = mhlo.convert %a : (tensor<4xf32>) -> tensor<4xi32>
"""

from typing import Self

from xdsl.dialects.builtin import TensorType, i1
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, opt_prop_def, prop_def, result_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.attributes import Comparison, ComparisonDirection, ComparisonType, Direction
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.types import (
    Elements,
    elements_of,
    shapes_agree,
    spell,
    tensor,
    types_agree,
    with_elements,
)
from iree.compiler.ir.diagnostics import require

COMPARISONS = {
    Elements.BOOLEAN: (Comparison.UNSIGNED,),
    Elements.UNSIGNED: (Comparison.UNSIGNED,),
    Elements.SIGNED: (Comparison.SIGNED,),
    Elements.FLOAT: (Comparison.FLOAT, Comparison.TOTALORDER),
    Elements.COMPLEX: (Comparison.FLOAT,),
}
"""How each group of elements can be compared; the first is what a compare op without a type means."""


@irdl_op_definition
class Compare(HloOp):
    """Compares element by element. With NaN, only NE is true (FLOAT); -NaN < -inf < .. < inf < NaN (TOTALORDER).

    (C1) Both operands have one type.
    (C2) The comparison type fits the elements.
    (C3) The result has the operands' shape, and i1 for elements.
    """

    name = "mhlo.compare"
    lhs = operand_def(TensorType)
    rhs = operand_def(TensorType)
    comparison_direction = prop_def(ComparisonDirection)
    compare_type = opt_prop_def(ComparisonType)
    result = result_def(TensorType)

    def __init__(self, lhs: SSAValue, rhs: SSAValue, direction: Direction, comparison: Comparison | None = None):
        super().__init__(
            operands=[lhs, rhs],
            result_types=[with_elements(tensor(lhs), i1)],
            properties={
                "comparison_direction": ComparisonDirection(direction),
                "compare_type": ComparisonType(comparison) if comparison is not None else None,
            },
        )

    @property
    def direction(self) -> Direction:
        """What is asked."""
        return self.comparison_direction.data

    @property
    def comparison(self) -> Comparison:
        """How the operands are read, whether the op says it or leaves it to the elements."""
        written = self.compare_type
        if written is not None and written.data is not Comparison.NOTYPE:
            return written.data
        return COMPARISONS[elements_of(tensor(self.lhs).element_type)][0]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        properties: dict[str, Attribute] = {
            "comparison_direction": ComparisonDirection(parser.parse_str_enum(Direction)),
        }
        parser.parse_punctuation(",")
        names = assembly.parse_operands(parser, 2)
        if parser.parse_optional_punctuation(",") is not None:
            properties["compare_type"] = ComparisonType(parser.parse_str_enum(Comparison))
        return cls.parse_end(parser, names, properties)

    def print(self, printer: Printer) -> None:
        printer.print_string(f" {self.direction.value},")
        assembly.print_operands(printer, self.operands)
        if self.compare_type is not None:
            printer.print_string(f", {self.compare_type.data.value}")
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        lhs, rhs, result = tensor(self.lhs), tensor(self.rhs), tensor(self.result)
        require(self, "C1", types_agree(lhs, rhs), f"the operands are {lhs} and {rhs}")
        allowed = COMPARISONS.get(elements_of(lhs.element_type), ())
        fits = bool(allowed) and self.comparison in allowed
        require(self, "C2", fits, f"{lhs.element_type} is compared as {' or '.join(allowed)}")
        expected = with_elements(lhs, i1)
        require(self, "C3", types_agree(result, expected), f"the result is {result}, not {expected}")


@irdl_op_definition
class Select(HloOp):
    """on_true where pred is true, on_false elsewhere.

    (C1) pred has i1 for elements, and no dimensions or those of on_true.
    (C2) on_true, on_false and the result have one type.
    """

    name = "mhlo.select"
    pred = operand_def(TensorType)
    on_true = operand_def(TensorType)
    on_false = operand_def(TensorType)
    result = result_def(TensorType)

    def __init__(self, pred: SSAValue, on_true: SSAValue, on_false: SSAValue):
        super().__init__(operands=[pred, on_true, on_false], result_types=[on_true.type])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 3)
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        position = parser.pos
        if (signature := parser.parse_optional_function_type()) is not None:
            inputs, results = signature.inputs.data, signature.outputs.data
        else:
            pred = parser.parse_type()
            parser.parse_punctuation(",")
            type_ = parser.parse_type()
            inputs, results = (pred, type_, type_), (type_,)
        operands = parser.resolve_operands(names, inputs, position)
        return cls.create(operands=operands, result_types=results, attributes=attributes)

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        if len({self.on_true.type, self.on_false.type, self.result.type}) > 1:
            assembly.print_end(printer, self)
            return
        assembly.print_attributes(printer, self.attributes)
        printer.print_string(" : ")
        printer.print_list((self.pred.type, self.result.type), printer.print_attribute)

    def verify_(self) -> None:
        pred, on_true, on_false, result = map(tensor, (self.pred, self.on_true, self.on_false, self.result))
        fits = pred.get_num_dims() == 0 or shapes_agree(pred.get_shape(), on_true.get_shape())
        require(self, "C1", pred.element_type == i1 and fits, f"pred is {pred}, on_true is {on_true}")
        same = types_agree(on_true, on_false) and types_agree(on_true, result)
        require(self, "C2", same, f"on_true is {on_true}, on_false {on_false}, the result {result}")


@irdl_op_definition
class Clamp(HloOp):
    """min(max(operand, min), max), element by element.

    (C1) min and max have no dimensions or those of the operand.
    (C2) All have the same elements, and the result the operand's type.
    """

    name = "mhlo.clamp"
    min = operand_def(TensorType)
    operand = operand_def(TensorType)
    max = operand_def(TensorType)
    result = result_def(TensorType)

    def __init__(self, min: SSAValue, operand: SSAValue, max: SSAValue):
        super().__init__(operands=[min, operand, max], result_types=[operand.type])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        return cls.parse_regular(parser, 3)

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_end_short(printer, self)

    def verify_(self) -> None:
        minimum, operand, maximum, result = map(tensor, (self.min, self.operand, self.max, self.result))
        for limit in (minimum, maximum):
            fits = limit.get_num_dims() == 0 or shapes_agree(limit.get_shape(), operand.get_shape())
            require(self, "C1", fits, f"a limit is {limit}, the operand {operand}")
        elements = {minimum.element_type, operand.element_type, maximum.element_type}
        same = len(elements) == 1 and types_agree(operand, result)
        require(self, "C2", same, f"min is {minimum}, the operand {operand}, max {maximum}, the result {result}")


@irdl_op_definition
class Convert(HloOp):
    """The same values in another element type. To i1: whether not zero. Floats to integers: towards zero.

    (C1) The result has the operand's shape.
    """

    name = "mhlo.convert"
    operand = operand_def(TensorType)
    result = result_def(TensorType)

    def __init__(self, operand: SSAValue, element_type: Attribute):
        super().__init__(operands=[operand], result_types=[with_elements(tensor(operand), element_type)])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        return cls.parse_regular(parser, 1)

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        operand, result = tensor(self.operand).get_shape(), tensor(self.result).get_shape()
        require(self, "C1", shapes_agree(operand, result), f"the result is {spell(result)}, not {spell(operand)}")


CHOICE = (Compare, Select, Clamp, Convert)
