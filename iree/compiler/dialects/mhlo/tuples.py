"""Tuples: values that stand for several. What comes in with them, transforms/input/dissolve_tuples.py takes apart.

%0 = mhlo.tuple %a, %b : tuple<tensor<4xf32>, tensor<i32>>
%1 = mhlo.get_tuple_element %0[1] : (tuple<tensor<4xf32>, tensor<i32>>) -> tensor<i32>
"""

from collections.abc import Sequence
from typing import Any, Self

from xdsl.dialects.builtin import I32, ArrayAttr, IntegerAttr, TupleType, i32
from xdsl.ir import SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, prop_def, result_def, var_operand_def
from xdsl.parser import Parser, UnresolvedOperand
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.ir.diagnostics import require


@irdl_op_definition
class Tuple(HloOp):
    """Several values as one.

    (C1) The result is the tuple of the operands' types.
    """

    name = "mhlo.tuple"
    values = var_operand_def()
    result = result_def(TupleType)

    def __init__(self, values: Sequence[SSAValue]):
        super().__init__(operands=[list(values)], result_types=[_tuple_of(values)])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names: list[UnresolvedOperand] = []
        while (name := parser.parse_optional_unresolved_operand()) is not None:
            names.append(name)
            if parser.parse_optional_punctuation(",") is None:
                break
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        position = parser.pos
        type_ = parser.parse_type()
        if not isinstance(type_, TupleType):
            parser.raise_error("expected a tuple type")
        operands = parser.resolve_operands(names, list(type_.types), position)
        return cls.create(operands=operands, result_types=[type_], attributes=attributes)

    def print(self, printer: Printer) -> None:
        if self.values:
            assembly.print_operands(printer, self.operands)
        assembly.print_attributes(printer, self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.result.type)

    def verify_(self) -> None:
        expected = _tuple_of(self.values)
        require(self, "C1", self.result.type == expected, f"the result is {self.result.type}, not {expected}")


@irdl_op_definition
class GetTupleElement(HloOp):
    """One of the values of a tuple.

    (C1) The tuple has a value of that number.
    (C2) The result has its type.
    """

    name = "mhlo.get_tuple_element"
    operand = operand_def(TupleType)
    index = prop_def(IntegerAttr[I32])
    result = result_def()

    def __init__(self, operand: SSAValue, index: int):
        assert isinstance(operand.type, TupleType)
        super().__init__(
            operands=[operand],
            properties={"index": IntegerAttr(index, i32)},
            result_types=[list(operand.type.types)[index]],
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        name = parser.parse_unresolved_operand()
        with parser.in_square_brackets():
            index = IntegerAttr(parser.parse_integer(), i32)
        return cls.parse_end(parser, [name], {"index": index})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        printer.print_string(f"[{self.index.value.data}]")
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        type_, index = self.operand.type, self.index.value.data
        assert isinstance(type_, TupleType)
        types = list(type_.types)
        require(self, "C1", 0 <= index < len(types), f"there is no value {index} in {type_}")
        require(self, "C2", self.result.type == types[index], f"the result is {self.result.type}, not {types[index]}")


def _tuple_of(values: Sequence[SSAValue]) -> TupleType:
    types: list[Any] = [value.type for value in values]
    return TupleType(ArrayAttr(types))


TUPLES = (Tuple, GetTupleElement)
