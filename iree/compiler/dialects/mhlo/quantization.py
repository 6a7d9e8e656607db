"""Numbers to small integers and back. transforms/input/lower_quantized_types.py dissolves them.

%1 = mhlo.uniform_quantize %0 : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 0.5:3>>
%2 = mhlo.uniform_dequantize %1 : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<4xf32>
"""

from typing import Self

from xdsl.dialects.builtin import TensorType
from xdsl.irdl import irdl_op_definition, operand_def, result_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.base import HloOp


class _Quantization(HloOp):
    """One operand and one result, of which one at least is quantized."""

    operand = operand_def(TensorType)
    result = result_def(TensorType)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        return cls.parse_regular(parser, 1)

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_end(printer, self)


@irdl_op_definition
class UniformQuantize(_Quantization):
    """The nearest number that the result's type holds, of a float or of a number that is quantized in another way."""

    name = "mhlo.uniform_quantize"


@irdl_op_definition
class UniformDequantize(_Quantization):
    """The number that a quantized one stands for."""

    name = "mhlo.uniform_dequantize"


QUANTIZATION = (UniformQuantize, UniformDequantize)
