"""Factors of matrices and equations of triangular ones. transforms/input/expand_linear_algebra.py dissolves them.

%1 = mhlo.cholesky %0, lower = true : tensor<3x4x4xf32>
%2 = "mhlo.triangular_solve"(%1, %b) <{left_side = true, lower = true, unit_diagonal = false,
     transpose_a = #mhlo<transpose NO_TRANSPOSE>}> : (tensor<3x4x4xf32>, tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
"""

from enum import auto
from typing import Any, Self

from xdsl.dialects.builtin import BoolAttr, IntegerAttr, TensorType, i1
from xdsl.dialects.utils.enum_attribute import EnumAttribute
from xdsl.ir import SSAValue
from xdsl.irdl import irdl_attr_definition, irdl_op_definition, operand_def, opt_prop_def, prop_def, result_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.attributes import EnumSyntax, UpperCase
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.rules import require_elements, require_result
from iree.compiler.dialects.mhlo.types import Elements, shape_of, shapes_agree, sizes_agree, tensor
from iree.compiler.ir.diagnostics import require


class TransposeKind(UpperCase):
    """What an equation does with its matrix first."""

    TRANSPOSE_INVALID = auto()
    NO_TRANSPOSE = auto()
    TRANSPOSE = auto()
    ADJOINT = auto()


@irdl_attr_definition
class TransposeA(EnumSyntax, EnumAttribute[TransposeKind]):
    """#mhlo<transpose NO_TRANSPOSE>"""

    name = "mhlo.transpose"


def is_set(flag: IntegerAttr[Any] | None) -> bool:
    """The value of a flag that may be left out."""
    return flag is not None and flag.value.data != 0


@irdl_op_definition
class Cholesky(HloOp):
    """The triangular matrix that times its adjoint is the operand: L L^H if lower, U^H U if not.

    Of the operand only that triangle is read; the other triangle of the result is 0.

    (C1) The operand's elements are fractional.
    (C2) Its last two dimensions have one size.
    (C3) The result has the operand's type.
    """

    name = "mhlo.cholesky"
    a = operand_def(TensorType)
    lower = opt_prop_def(IntegerAttr.constr(i1))
    result = result_def(TensorType)

    def __init__(self, a: SSAValue, lower: bool):
        super().__init__(operands=[a], properties={"lower": BoolAttr.from_bool(lower)}, result_types=[a.type])

    @property
    def is_lower(self) -> bool:
        """Whether the result is a lower triangle."""
        return is_set(self.lower)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 1)
        properties = {}
        if parser.parse_optional_punctuation(",") is not None:
            parser.parse_keyword("lower")
            parser.parse_punctuation("=")
            properties["lower"] = BoolAttr.from_bool(parser.parse_boolean())
        return cls.parse_end(parser, names, properties)

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        printer.print_string(f", lower = {str(self.is_lower).lower()}")
        assembly.print_end_short(printer, self)

    def verify_(self) -> None:
        type_ = tensor(self.a)
        require_elements(self, "C1", type_, Elements.FRACTIONAL)
        shape = type_.get_shape()
        require(self, "C2", len(shape) >= 2 and sizes_agree(*shape[-2:]), f"the operand is {type_}")
        require_result(self, "C3", tensor(self.result), type_, shape)


@irdl_op_definition
class TriangularSolve(HloOp):
    """The X of op(A) X = B if left_side, of X op(A) = B if not, for a triangular A.

    A's other triangle is not read, nor its diagonal where that is said to be 1.

    (C1) Both operands have the same fractional elements.
    (C2) A's last two dimensions have one size.
    (C3) The operands have the same batch dimensions, and B has A's size where they meet.
    (C4) transpose_a is NO_TRANSPOSE, TRANSPOSE or ADJOINT.
    (C5) The result has B's type.
    """

    name = "mhlo.triangular_solve"
    a = operand_def(TensorType)
    b = operand_def(TensorType)
    left_side = prop_def(IntegerAttr.constr(i1))
    lower = prop_def(IntegerAttr.constr(i1))
    unit_diagonal = prop_def(IntegerAttr.constr(i1))
    transpose_a = prop_def(TransposeA)
    result = result_def(TensorType)

    def __init__(
        self, a: SSAValue, b: SSAValue, *, left: bool, lower: bool, unit: bool, transpose: TransposeKind
    ) -> None:
        flags = {"left_side": left, "lower": lower, "unit_diagonal": unit}
        super().__init__(
            operands=[a, b],
            properties={
                **{name: BoolAttr.from_bool(flag) for name, flag in flags.items()},
                "transpose_a": TransposeA(transpose),
            },
            result_types=[b.type],
        )

    def verify_(self) -> None:
        a, b = tensor(self.a), tensor(self.b)
        require_elements(self, "C1", a, Elements.FRACTIONAL)
        require(self, "C1", a.element_type == b.element_type, f"the operands are {a} and {b}")
        rank, other = a.get_num_dims(), b.get_num_dims()
        require(self, "C2", rank >= 2 and sizes_agree(*shape_of(self.a)[-2:]), f"A is {a}")
        fits = other == rank and shapes_agree(a.get_shape()[:-2], b.get_shape()[:-2])
        met = -2 if is_set(self.left_side) else -1
        require(self, "C3", fits and sizes_agree(a.get_shape()[-1], b.get_shape()[met]), f"A is {a}, B is {b}")
        legal = self.transpose_a.data is not TransposeKind.TRANSPOSE_INVALID
        require(self, "C4", legal, f"transpose_a is {self.transpose_a.data.value}")
        require_result(self, "C5", tensor(self.result), b, b.get_shape())


LINEAR_ALGEBRA = (Cholesky, TriangularSolve)
