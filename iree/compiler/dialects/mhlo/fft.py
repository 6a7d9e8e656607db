"""Fourier transforms. transforms/input/expand_fft.py dissolves them.

%1 = mhlo.fft %0, type = RFFT, length = [8] : (tensor<5x8xf32>) -> tensor<5x5xcomplex<f32>>
"""

from enum import auto
from typing import Any, Self

from xdsl.dialects.builtin import ComplexType, TensorType
from xdsl.dialects.utils.enum_attribute import EnumAttribute
from xdsl.irdl import irdl_attr_definition, irdl_op_definition, operand_def, prop_def, result_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.attributes import EnumSyntax, UpperCase, int_array, ints, parse_ints
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.rules import INTS, require_elements
from iree.compiler.dialects.mhlo.types import (
    Elements,
    Tensor,
    element_of,
    shape_of,
    shapes_agree,
    spell,
    tensor,
    types_agree,
)
from iree.compiler.ir.diagnostics import require


class FftType(UpperCase):
    """From complex to complex numbers, or of real numbers and back; the inverse ones divide by the length."""

    FFT = auto()
    IFFT = auto()
    RFFT = auto()
    IRFFT = auto()


@irdl_attr_definition
class FftTypeAttr(EnumSyntax, EnumAttribute[FftType]):
    """#mhlo<fft_type RFFT>"""

    name = "mhlo.fft_type"


@irdl_op_definition
class Fft(HloOp):
    """The discrete Fourier transform along the last dimensions, one for each length.

    A real transform gives the first length/2 + 1 of its last dimension: the others are conjugates of them.

    (C1) There are 1 to 3 lengths, at most one for each dimension.
    (C2) The operand's elements are complex, of RFFT floats; f32 or f64 in either case.
    (C3) The operand's last sizes are the lengths; of IRFFT the last one is length/2 + 1.
    (C4) The result has complex elements, of IRFFT floats, and the lengths for its last sizes, of RFFT length/2 + 1.
    """

    name = "mhlo.fft"
    operand = operand_def(TensorType)
    fft_type = prop_def(FftTypeAttr)
    fft_length = prop_def(INTS)
    result = result_def(TensorType)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 1)
        assembly.parse_named(parser, "type")
        kind = FftTypeAttr(parser.parse_str_enum(FftType))
        assembly.parse_named(parser, "length")
        return cls.parse_end(parser, names, {"fft_type": kind, "fft_length": int_array(parse_ints(parser))})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        printer.print_string(f", type = {self.fft_type.data.value}")
        assembly.print_named_ints(printer, "length", ints(self.fft_length))
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        operand, kind, lengths = tensor(self.operand), self.fft_type.data, ints(self.fft_length)
        counted = 1 <= len(lengths) <= 3 and len(lengths) <= operand.get_num_dims()
        require(self, "C1", counted, f"lengths {list(lengths)} for {operand}")
        require_elements(self, "C2", operand, Elements.FLOAT if kind is FftType.RFFT else Elements.COMPLEX)
        halved = (*lengths[:-1], lengths[-1] // 2 + 1 if lengths[-1] else 0)
        takes = halved if kind is FftType.IRFFT else lengths
        last = operand.get_shape()[-len(lengths) :]
        require(self, "C3", shapes_agree(last, takes), f"the last sizes of {operand} are not {spell(takes)}")
        wanted = self._result(halved if kind is FftType.RFFT else lengths)
        result = tensor(self.result)
        require(self, "C4", types_agree(result, wanted), f"the result is {result}, not {wanted}")

    def _result(self, last: tuple[int, ...]) -> Tensor:
        element: Any = element_of(self.operand)
        part = element.element_type if isinstance(element, ComplexType) else element
        of_result = part if self.fft_type.data is FftType.IRFFT else ComplexType(part)
        return TensorType(of_result, shape_of(self.operand)[: -len(last)] + last)
