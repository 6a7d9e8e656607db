"""How numbers are made up: parts of complex numbers, bits, and bits of precision.

%1 = mhlo.real %0 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
%2 = mhlo.complex %1, %1 : tensor<4xcomplex<f32>>
%3 = mhlo.bitcast_convert %1 : (tensor<4xf32>) -> tensor<4x2xi16>
%4 = mhlo.reduce_precision %1, format = e5m10 : tensor<4xf32>
"""

import re
from typing import ClassVar, Self

from xdsl.dialects.builtin import ComplexType, FixedBitwidthType, IntegerAttr, TensorType, f32, f64, i1, i32
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, prop_def, result_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.elementwise import Unary, part_of
from iree.compiler.dialects.mhlo.rules import require_elements
from iree.compiler.dialects.mhlo.types import (
    Elements,
    Shape,
    Tensor,
    element_of,
    shapes_agree,
    spell,
    tensor,
    types_agree,
    with_elements,
)
from iree.compiler.ir.diagnostics import require


class Part(Unary):
    """One of the two numbers that make up a complex one; a float is a complex number without an imaginary part."""

    ACCEPTS: ClassVar = Elements.FRACTIONAL

    @classmethod
    def infer(cls, operand: Tensor) -> Tensor:
        return with_elements(operand, part_of(operand.element_type))


@irdl_op_definition
class Real(Part):
    """The real part."""

    name = "mhlo.real"


@irdl_op_definition
class Imag(Part):
    """The imaginary part."""

    name = "mhlo.imag"


@irdl_op_definition
class Conj(Unary):
    """The complex number with the opposite imaginary part (CHLO)."""

    name = "mhlo.conj"


@irdl_op_definition
class Complex(HloOp):
    """The complex numbers of real parts and imaginary parts.

    (C1) Both operands are of one type, with f32 or f64 for elements.
    (C2) The result has complex elements of those, and their shape.
    """

    name = "mhlo.complex"
    lhs = operand_def(TensorType)
    rhs = operand_def(TensorType)
    result = result_def(TensorType)

    def __init__(self, lhs: SSAValue, rhs: SSAValue):
        super().__init__(operands=[lhs, rhs], result_types=[_complex(tensor(lhs))])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 2)
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        position = parser.pos
        if (signature := parser.parse_optional_function_type()) is not None:
            inputs, results = signature.inputs.data, signature.outputs.data
        else:
            type_ = parser.parse_type()
            if not isinstance(type_, TensorType):
                parser.raise_error("a complex number's type is a tensor", position, parser.pos)
            part = with_elements(type_, part_of(type_.element_type))
            inputs, results = (part, part), (type_,)
        operands = parser.resolve_operands(names, inputs, position)
        return cls.create(operands=operands, result_types=results, attributes=attributes)

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        part = with_elements(tensor(self.result), part_of(element_of(self.result)))
        if self.lhs.type == self.rhs.type == part:
            assembly.print_attributes(printer, self.attributes)
            printer.print_string(" : ")
            printer.print_attribute(self.result.type)
        else:
            assembly.print_end(printer, self)

    def verify_(self) -> None:
        lhs, rhs, result = tensor(self.lhs), tensor(self.rhs), tensor(self.result)
        fits = types_agree(lhs, rhs) and lhs.element_type in (f32, f64)
        require(self, "C1", fits, f"the parts are {lhs} and {rhs}")
        expected = _complex(lhs)
        require(self, "C2", types_agree(result, expected), f"the result is {result}, not {expected}")


def _complex(part: Tensor) -> Tensor:
    return with_elements(part, ComplexType(part.element_type))  # type: ignore[type-var]


@irdl_op_definition
class BitcastConvert(HloOp):
    """The same bits as elements of another type. Of narrower ones there is one dimension more: an element's, low first.

    (C1) Elements are no booleans, unless both are, and complex only if both are.
    (C2) The wider type has a multiple of the narrower one's bits.
    (C3) The shapes are the same, but for a last dimension of the narrower type that holds one element of the wider.
    """

    name = "mhlo.bitcast_convert"
    operand = operand_def(TensorType)
    result = result_def(TensorType)

    def __init__(self, operand: SSAValue, type_: Tensor):
        super().__init__(operands=[operand], result_types=[type_])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        return cls.parse_regular(parser, 1)

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        operand, result = tensor(self.operand), tensor(self.result)
        elements = operand.element_type, result.element_type
        for kind in (i1, ComplexType):
            alike = [isinstance(e, ComplexType) if kind is ComplexType else e == i1 for e in elements]
            require(self, "C1", alike[0] == alike[1], f"{operand} cannot become {result}")
        (wide, wide_bits), (narrow, narrow_bits) = sorted(
            ((type_, _bits(type_.element_type)) for type_ in (operand, result)), key=lambda pair: -pair[1]
        )
        require(self, "C2", wide_bits % narrow_bits == 0, f"{wide_bits} bits are not made of {narrow_bits} each")
        count = wide_bits // narrow_bits
        expected: Shape = (*wide.get_shape(), *([count] if count > 1 else []))
        given = narrow.get_shape()
        require(self, "C3", shapes_agree(given, expected), f"{narrow} is {spell(given)}, not {spell(expected)}")


def _bits(element: Attribute) -> int:
    if isinstance(element, ComplexType):
        return 2 * _bits(element.element_type)
    assert isinstance(element, FixedBitwidthType)
    return element.bitwidth


@irdl_op_definition
class ReducePrecision(HloOp):
    """Rounds to what a float of fewer bits holds, and stays in its type.

    (C1) Elements are floats.
    (C2) The result's type is the operand's.
    (C3) There is a bit of exponent at least, and no negative number of mantissa bits.
    """

    name = "mhlo.reduce_precision"
    operand = operand_def(TensorType)
    exponent_bits = prop_def(IntegerAttr)
    mantissa_bits = prop_def(IntegerAttr)
    result = result_def(TensorType)

    def __init__(self, operand: SSAValue, exponent_bits: int, mantissa_bits: int):
        bits = {"exponent_bits": exponent_bits, "mantissa_bits": mantissa_bits}
        super().__init__(
            operands=[operand],
            properties={name: IntegerAttr(value, i32) for name, value in bits.items()},
            result_types=[operand.type],
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 1)
        assembly.parse_named(parser, "format")
        position = parser.pos
        written = re.fullmatch(r"e(\d+)m(\d+)", parser.parse_identifier())
        if written is None:
            parser.raise_error("a format is written e5m10: bits of exponent and of mantissa", position, parser.pos)
        bits = zip(("exponent_bits", "mantissa_bits"), written.groups(), strict=True)
        return cls.parse_end(parser, names, {name: IntegerAttr(int(value), i32) for name, value in bits})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        printer.print_string(f", format = e{self.exponent_bits.value.data}m{self.mantissa_bits.value.data}")
        assembly.print_end_short(printer, self)

    def verify_(self) -> None:
        operand, result = tensor(self.operand), tensor(self.result)
        require_elements(self, "C1", operand, Elements.FLOAT)
        require(self, "C2", types_agree(result, operand), f"the result is {result}, not {operand}")
        bits = self.exponent_bits.value.data, self.mantissa_bits.value.data
        require(self, "C3", bits[0] >= 1 and bits[1] >= 0, f"{bits[0]} bits of exponent and {bits[1]} of mantissa")


REPRESENTATION = (Real, Imag, Conj, Complex, BitcastConvert, ReducePrecision)
