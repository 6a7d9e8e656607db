"""One operand or two, one result of the same shape: arithmetic, logic, shifts.

    %1 = mhlo.abs %0 : tensor<4xf32>
    %2 = mhlo.multiply %0, %1 : tensor<4xf32>          also read: mhlo.multiply(%0, %1) : tensor<4xf32>

Each class says which elements it takes; the semantics are StableHLO's.
"""

from typing import ClassVar, Self

from xdsl.dialects.builtin import ComplexType, TensorType, i1
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, result_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.rules import require_elements
from iree.compiler.dialects.mhlo.types import Elements, Tensor, tensor, types_agree, with_elements
from iree.compiler.ir.diagnostics import require


class Unary(HloOp):
    """One operand, one result.

    (C1) The operand's elements are of a type that the op takes.
    (C2) The result's type is the operand's; is_finite's result has i1 for elements, abs's a complex number's parts.
    """

    ACCEPTS: ClassVar[Elements] = Elements.FRACTIONAL
    operand = operand_def(TensorType)
    result = result_def(TensorType)

    def __init__(self, operand: SSAValue):
        super().__init__(operands=[operand], result_types=[self.infer(tensor(operand))])

    @classmethod
    def infer(cls, operand: Tensor) -> Tensor:
        """The type of the result."""
        return operand

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        return cls.parse_regular(parser, 1)

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_end_short(printer, self)

    def verify_(self) -> None:
        operand, result = tensor(self.operand), tensor(self.result)
        require_elements(self, "C1", operand, self.ACCEPTS)
        expected = self.infer(operand)
        require(self, "C2", types_agree(result, expected), f"the result is {result}, not {expected}")


class Binary(HloOp):
    """Two operands and a result of one type.

    (C1) The operands' elements are of a type that the op takes.
    (C2) Both operands have one type.
    (C3) The result's type is the operands'.
    """

    ACCEPTS: ClassVar[Elements] = Elements.NUMBER
    lhs = operand_def(TensorType)
    rhs = operand_def(TensorType)
    result = result_def(TensorType)

    def __init__(self, lhs: SSAValue, rhs: SSAValue):
        super().__init__(operands=[lhs, rhs], result_types=[lhs.type])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        return cls.parse_regular(parser, 2)

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_end_short(printer, self)

    def verify_(self) -> None:
        lhs, rhs, result = tensor(self.lhs), tensor(self.rhs), tensor(self.result)
        require_elements(self, "C1", lhs, self.ACCEPTS)
        require(self, "C2", types_agree(lhs, rhs), f"the operands are {lhs} and {rhs}")
        require(self, "C3", types_agree(lhs, result), f"the result is {result}, the operands are {lhs}")


def part_of(element: Attribute) -> Attribute:
    """The type of a complex number's parts; any other type is its own."""
    return element.element_type if isinstance(element, ComplexType) else element


@irdl_op_definition
class Abs(Unary):
    """The distance from zero."""

    name = "mhlo.abs"
    ACCEPTS: ClassVar = Elements.SIGNED | Elements.FRACTIONAL

    @classmethod
    def infer(cls, operand: Tensor) -> Tensor:
        return with_elements(operand, part_of(operand.element_type))


@irdl_op_definition
class Cbrt(Unary):
    """The cubic root."""

    name = "mhlo.cbrt"


@irdl_op_definition
class Ceil(Unary):
    """Rounds up."""

    name = "mhlo.ceil"
    ACCEPTS: ClassVar = Elements.FLOAT


@irdl_op_definition
class Cosine(Unary):
    """The cosine of radians."""

    name = "mhlo.cosine"


@irdl_op_definition
class CountLeadingZeros(Unary):
    """How many zero bits come before the first one."""

    name = "mhlo.count_leading_zeros"
    ACCEPTS: ClassVar = Elements.INTEGER


@irdl_op_definition
class Exponential(Unary):
    """e to the power of the operand."""

    name = "mhlo.exponential"


@irdl_op_definition
class ExponentialMinusOne(Unary):
    """exp(x) - 1, exact near 0."""

    name = "mhlo.exponential_minus_one"


@irdl_op_definition
class Floor(Unary):
    """Rounds down."""

    name = "mhlo.floor"
    ACCEPTS: ClassVar = Elements.FLOAT


@irdl_op_definition
class IsFinite(Unary):
    """Whether the operand is neither infinite nor NaN."""

    name = "mhlo.is_finite"
    ACCEPTS: ClassVar = Elements.FLOAT

    @classmethod
    def infer(cls, operand: Tensor) -> Tensor:
        return with_elements(operand, i1)


@irdl_op_definition
class Log(Unary):
    """The natural logarithm."""

    name = "mhlo.log"


@irdl_op_definition
class LogPlusOne(Unary):
    """log(1 + x), exact near 0."""

    name = "mhlo.log_plus_one"


@irdl_op_definition
class Logistic(Unary):
    """1 / (1 + exp(-x))."""

    name = "mhlo.logistic"


@irdl_op_definition
class Negate(Unary):
    """-x; integers wrap."""

    name = "mhlo.negate"
    ACCEPTS: ClassVar = Elements.NUMBER


@irdl_op_definition
class Not(Unary):
    """Flips every bit; of a boolean its only one."""

    name = "mhlo.not"
    ACCEPTS: ClassVar = Elements.LOGICAL


@irdl_op_definition
class Popcnt(Unary):
    """How many bits are one."""

    name = "mhlo.popcnt"
    ACCEPTS: ClassVar = Elements.INTEGER


@irdl_op_definition
class RoundNearestAfz(Unary):
    """Rounds to the nearest integer, halves away from zero."""

    name = "mhlo.round_nearest_afz"
    ACCEPTS: ClassVar = Elements.FLOAT


@irdl_op_definition
class RoundNearestEven(Unary):
    """Rounds to the nearest integer, halves to the even one."""

    name = "mhlo.round_nearest_even"
    ACCEPTS: ClassVar = Elements.FLOAT


@irdl_op_definition
class Rsqrt(Unary):
    """1 / sqrt(x)."""

    name = "mhlo.rsqrt"


@irdl_op_definition
class Sign(Unary):
    """-1, 0 or 1; keeps -0.0 and NaN."""

    name = "mhlo.sign"
    ACCEPTS: ClassVar = Elements.SIGNED | Elements.FRACTIONAL


@irdl_op_definition
class Sine(Unary):
    """The sine of radians."""

    name = "mhlo.sine"


@irdl_op_definition
class Sqrt(Unary):
    """The square root."""

    name = "mhlo.sqrt"


@irdl_op_definition
class Tan(Unary):
    """The tangent of radians."""

    name = "mhlo.tan"


@irdl_op_definition
class Tanh(Unary):
    """The hyperbolic tangent."""

    name = "mhlo.tanh"


@irdl_op_definition
class Add(Binary):
    """The sum; integers wrap; of booleans, or."""

    name = "mhlo.add"
    ACCEPTS: ClassVar = Elements.ANY


@irdl_op_definition
class And(Binary):
    """Bitwise and."""

    name = "mhlo.and"
    ACCEPTS: ClassVar = Elements.LOGICAL


@irdl_op_definition
class Atan2(Binary):
    """The angle of the point (rhs, lhs)."""

    name = "mhlo.atan2"
    ACCEPTS: ClassVar = Elements.FRACTIONAL


@irdl_op_definition
class Divide(Binary):
    """The quotient; of integers, towards zero. x / 0 is -1 (all bits set), the smallest integer / -1 is itself."""

    name = "mhlo.divide"


@irdl_op_definition
class Maximum(Binary):
    """The larger one; NaN if one is; of booleans, or."""

    name = "mhlo.maximum"
    ACCEPTS: ClassVar = Elements.ANY


@irdl_op_definition
class Minimum(Binary):
    """The smaller one; NaN if one is; of booleans, and."""

    name = "mhlo.minimum"
    ACCEPTS: ClassVar = Elements.ANY


@irdl_op_definition
class Multiply(Binary):
    """The product; integers wrap; of booleans, and."""

    name = "mhlo.multiply"
    ACCEPTS: ClassVar = Elements.ANY


@irdl_op_definition
class Or(Binary):
    """Bitwise or."""

    name = "mhlo.or"
    ACCEPTS: ClassVar = Elements.LOGICAL


@irdl_op_definition
class Power(Binary):
    """lhs to the power of rhs."""

    name = "mhlo.power"


@irdl_op_definition
class Remainder(Binary):
    """What the division towards zero leaves: the sign is lhs's. x rem 0 is x for integers, NaN for floats."""

    name = "mhlo.remainder"


@irdl_op_definition
class ShiftLeft(Binary):
    """Shifts in zeros from the right; by the width or more, 0."""

    name = "mhlo.shift_left"
    ACCEPTS: ClassVar = Elements.INTEGER


@irdl_op_definition
class ShiftRightArithmetic(Binary):
    """Shifts in the sign from the left; by the width or more, the sign everywhere."""

    name = "mhlo.shift_right_arithmetic"
    ACCEPTS: ClassVar = Elements.INTEGER


@irdl_op_definition
class ShiftRightLogical(Binary):
    """Shifts in zeros from the left; by the width or more, 0."""

    name = "mhlo.shift_right_logical"
    ACCEPTS: ClassVar = Elements.INTEGER


@irdl_op_definition
class Subtract(Binary):
    """The difference; integers wrap."""

    name = "mhlo.subtract"


@irdl_op_definition
class Xor(Binary):
    """Bitwise exclusive or."""

    name = "mhlo.xor"
    ACCEPTS: ClassVar = Elements.LOGICAL


UNARY: tuple[type[Unary], ...] = (
    Abs, Cbrt, Ceil, Cosine, CountLeadingZeros, Exponential, ExponentialMinusOne, Floor, IsFinite, Log, LogPlusOne,
    Logistic, Negate, Not, Popcnt, RoundNearestAfz, RoundNearestEven, Rsqrt, Sign, Sine, Sqrt, Tan, Tanh,
)  # fmt: skip

BINARY: tuple[type[Binary], ...] = (
    Add, And, Atan2, Divide, Maximum, Minimum, Multiply, Or, Power, Remainder, ShiftLeft, ShiftRightArithmetic,
    ShiftRightLogical, Subtract, Xor,
)  # fmt: skip

COMMUTATIVE = (Add, And, Maximum, Minimum, Multiply, Or, Xor)


def is_commutative(op: Binary) -> bool:
    """Whether the op gives the same with its operands exchanged."""
    return isinstance(op, COMMUTATIVE)
