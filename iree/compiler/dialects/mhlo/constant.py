"""mhlo.constant: numbers known when the program is compiled; mhlo.unfoldable_constant: numbers that it must not use."""

from typing import Self

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, TensorType
from xdsl.irdl import IRDLOperation, irdl_op_definition, prop_def, result_def, traits_def
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import ConstantLike, Pure

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.types import tensor, types_agree
from iree.compiler.dialects.quant import quantization_of
from iree.compiler.ir.diagnostics import require


class AnyConstant(IRDLOperation):
    """The numbers of its value.

        %0 = mhlo.constant dense<[1.0, 2.0]> : tensor<2xf32>

    (C1) The result has the value's type.
    """

    value = prop_def(DenseIntOrFPElementsAttr)
    result = result_def(TensorType)
    traits = traits_def(Pure(), ConstantLike())

    def __init__(self, value: DenseIntOrFPElementsAttr):
        super().__init__(properties={"value": value}, result_types=[value.get_type()])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        attributes = parser.parse_optional_attr_dict()
        start = parser.pos
        value = parser.parse_attribute()
        if not isinstance(value, DenseIntOrFPElementsAttr):
            parser.raise_error("expected dense<..> : tensor<..> for the value of a constant", start, parser.pos)
        op = cls(value)
        op.attributes.update(attributes)
        return op

    def print(self, printer: Printer) -> None:
        assembly.print_attributes(printer, self.attributes)
        printer.print_string(" ")
        printer.print_attribute(self.value)

    def verify_(self) -> None:
        value, result = self.value.get_type(), tensor(self.result)
        same = isinstance(value, TensorType) and (types_agree(value, result) or quantization_of(result) is not None)
        require(self, "C1", same, f"the value is {value}, the result {result}")


@irdl_op_definition
class Constant(AnyConstant):
    """What depends on constants alone is computed when compiling: fold_constants.py."""

    name = "mhlo.constant"


@irdl_op_definition
class UnfoldableConstant(AnyConstant):
    """What depends on it is computed when the program runs, by whatever device runs it: that is what a test wants."""

    name = "mhlo.unfoldable_constant"
