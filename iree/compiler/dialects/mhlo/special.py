"""CHLO's mathematical functions, elementwise.

    %1 = chlo.erf %0 : tensor<4xf32> -> tensor<4xf32>          printed mhlo.erf %0 : tensor<4xf32>
    %3 = chlo.zeta %1, %2 : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>

The input stage writes all of them with ops that every target has: transforms/input/expand_special_functions.py.
"""

from typing import ClassVar

from xdsl.dialects.builtin import FloatAttr, IntegerAttr, TensorType, i1
from xdsl.irdl import BaseAttr, irdl_op_definition, operand_def, prop_def, result_def

from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.elementwise import Binary, Unary
from iree.compiler.dialects.mhlo.rules import require_result
from iree.compiler.dialects.mhlo.types import Elements, Tensor, shape_of, tensor, with_elements


class SpecialUnary(Unary):
    """A function of one number that is written with others."""


class SpecialBinary(Binary):
    """A function of two numbers that is written with others."""

    ACCEPTS: ClassVar = Elements.FLOAT


@irdl_op_definition
class Acos(SpecialUnary):
    """The angle in [0, pi] whose cosine is x."""

    name = "mhlo.acos"


@irdl_op_definition
class Acosh(SpecialUnary):
    """The number >= 0 whose hyperbolic cosine is x."""

    name = "mhlo.acosh"


@irdl_op_definition
class Asin(SpecialUnary):
    """The angle in [-pi/2, pi/2] whose sine is x."""

    name = "mhlo.asin"


@irdl_op_definition
class Asinh(SpecialUnary):
    """The number whose hyperbolic sine is x."""

    name = "mhlo.asinh"


@irdl_op_definition
class Atan(SpecialUnary):
    """The angle in [-pi/2, pi/2] whose tangent is x."""

    name = "mhlo.atan"


@irdl_op_definition
class Atanh(SpecialUnary):
    """The number whose hyperbolic tangent is x."""

    name = "mhlo.atanh"


@irdl_op_definition
class BesselI1e(SpecialUnary):
    """The modified Bessel function of the first kind, of order 1, times exp(-|x|)."""

    name = "mhlo.bessel_i1e"
    ACCEPTS: ClassVar = Elements.FLOAT


@irdl_op_definition
class Cosh(SpecialUnary):
    """The hyperbolic cosine."""

    name = "mhlo.cosh"


@irdl_op_definition
class Digamma(SpecialUnary):
    """The derivative of lgamma; NaN at 0, -1, -2, .."""

    name = "mhlo.digamma"
    ACCEPTS: ClassVar = Elements.FLOAT


@irdl_op_definition
class Erf(SpecialUnary):
    """The error function: 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x."""

    name = "mhlo.erf"
    ACCEPTS: ClassVar = Elements.FLOAT


@irdl_op_definition
class ErfInv(SpecialUnary):
    """The number whose error function is x; infinite at -1 and 1, NaN beyond."""

    name = "mhlo.erf_inv"
    ACCEPTS: ClassVar = Elements.FLOAT


@irdl_op_definition
class Erfc(SpecialUnary):
    """1 - erf(x), relatively exact for a large x."""

    name = "mhlo.erfc"
    ACCEPTS: ClassVar = Elements.FLOAT


@irdl_op_definition
class Lgamma(SpecialUnary):
    """The logarithm of the absolute value of the gamma function."""

    name = "mhlo.lgamma"
    ACCEPTS: ClassVar = Elements.FLOAT


@irdl_op_definition
class Sinh(SpecialUnary):
    """The hyperbolic sine."""

    name = "mhlo.sinh"


class Predicate(SpecialUnary):
    """Whether a float is of some kind."""

    ACCEPTS: ClassVar = Elements.FLOAT

    @classmethod
    def infer(cls, operand: Tensor) -> Tensor:
        return with_elements(operand, i1)


@irdl_op_definition
class IsInf(Predicate):
    """Whether it is infinite."""

    name = "mhlo.is_inf"


@irdl_op_definition
class IsNegInf(Predicate):
    """Whether it is -infinity."""

    name = "mhlo.is_neg_inf"


@irdl_op_definition
class IsPosInf(Predicate):
    """Whether it is +infinity."""

    name = "mhlo.is_pos_inf"


@irdl_op_definition
class Mulhi(SpecialBinary):
    """The upper half of the bits of the product of two integers."""

    name = "mhlo.mulhi"
    ACCEPTS: ClassVar = Elements.INTEGER


@irdl_op_definition
class NextAfter(SpecialBinary):
    """The float next to lhs on the way to rhs."""

    name = "mhlo.next_after"


@irdl_op_definition
class Polygamma(SpecialBinary):
    """The lhs-th derivative of digamma at rhs."""

    name = "mhlo.polygamma"


@irdl_op_definition
class Zeta(SpecialBinary):
    """The Hurwitz zeta function: the sum of (k + rhs)^-lhs over k = 0, 1, 2, .."""

    name = "mhlo.zeta"


@irdl_op_definition
class ConstantLike(HloOp):
    """One number in every element of a tensor of the operand's shape.

        %1 = "mhlo.constant_like"(%0) <{value = 1.0 : f32}> : (tensor<4xf32>) -> tensor<4xf32>

    (C1) The result has the operand's shape, and elements of the value's type.
    """

    name = "mhlo.constant_like"
    operand = operand_def(TensorType)
    value = prop_def(BaseAttr(FloatAttr) | BaseAttr(IntegerAttr))
    result = result_def(TensorType)

    def verify_(self) -> None:
        wanted = TensorType(self.value.type, shape_of(self.operand))
        require_result(self, "C1", tensor(self.result), wanted, wanted.get_shape())


SPECIAL = (
    Acos, Acosh, Asin, Asinh, Atan, Atanh, BesselI1e, ConstantLike, Cosh, Digamma, Erf, ErfInv, Erfc, IsInf, IsNegInf,
    IsPosInf, Lgamma, Mulhi, NextAfter, Polygamma, Sinh, Zeta,
)  # fmt: skip
