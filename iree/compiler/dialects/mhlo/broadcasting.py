"""CHLO's ops: elementwise ops whose operands need not have one shape, and a square.

    %2 = chlo.broadcast_add %0, %1 : (tensor<4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>      printed mhlo.broadcast_add

Shapes are aligned at their last dimensions, and sizes of 1 are repeated, as in NumPy. The input stage replaces all of
these by the ops they stand for: transforms/input/expand_broadcasting_ops.py.
"""

from collections.abc import Callable
from typing import ClassVar, Self

from xdsl.dialects.builtin import AnyFloat, ComplexType, TensorType, i1
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, opt_prop_def, prop_def, result_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly, elementwise, inference, representation, special
from iree.compiler.dialects.mhlo.attributes import ComparisonDirection, ComparisonType, ints
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.elementwise import Unary
from iree.compiler.dialects.mhlo.rules import INTS
from iree.compiler.dialects.mhlo.types import Elements, element_of, shape_of, tensor, types_agree
from iree.compiler.ir.diagnostics import require


class Broadcasting(HloOp):
    """What the ops share whose operands are brought to the result's shape.

    (C1) Operands whose values meet have the same elements.
    (C2) broadcast_dimensions, if given, are ascending dimensions of the result, one for each of the lower operand's.
    (C3) The result has the elements that the op gives, and the operands' shapes broadcast together.
    """

    result = result_def(TensorType)

    def dimensions_of(self, operand: SSAValue) -> tuple[int, ...]:
        """The result dimensions that an operand's own become."""
        rank, result_rank = len(shape_of(operand)), len(shape_of(self.result))
        given = self.properties.get("broadcast_dimensions")
        if given is not None and rank < result_rank:
            return ints(given)  # type: ignore[arg-type]
        return tuple(range(result_rank - rank, result_rank))

    def met_operands(self) -> list[SSAValue]:
        """The operands whose values meet each other."""
        return list(self.operands)

    def result_element(self) -> Attribute:
        """The elements that the op gives."""
        return element_of(self.met_operands()[0])

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_attributes(printer, self.properties)
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        types = ", ".join(str(value.type) for value in self.operands)
        elements = {element_of(value) for value in self.met_operands()}
        require(self, "C1", len(elements) == 1, f"the operands are {types}")
        rank = max(len(shape_of(value)) for value in self.operands)
        aligned = []
        for value in self.operands:
            dims = self.dimensions_of(value) if len(shape_of(self.result)) == rank else ()
            holds = len(dims) == len(shape_of(value)) and list(dims) == sorted(set(dims) & set(range(rank)))
            require(self, "C2", holds, f"{value.type} along {list(dims)} for {self.result.type}")
            aligned.append(inference.aligned(shape_of(value), dims, rank))
        expected = inference.broadcast_together(aligned)
        require(self, "C3", expected is not None, f"{types} cannot be broadcast together")
        wanted = TensorType(self.result_element(), expected or ())
        same = types_agree(tensor(self.result), wanted)
        require(self, "C3", same, f"the result is {self.result.type}, not {wanted}")


class BroadcastingBinary(Broadcasting):
    """The elementwise op APPLIES on operands brought to the result's shape."""

    APPLIES: ClassVar[Callable[..., HloOp]]
    lhs = operand_def(TensorType)
    rhs = operand_def(TensorType)
    broadcast_dimensions = opt_prop_def(INTS)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        return cls.parse_regular(parser, 2)


@irdl_op_definition
class BroadcastAdd(BroadcastingBinary):
    """Add."""

    name = "mhlo.broadcast_add"
    APPLIES: ClassVar = elementwise.Add


@irdl_op_definition
class BroadcastAnd(BroadcastingBinary):
    """And."""

    name = "mhlo.broadcast_and"
    APPLIES: ClassVar = elementwise.And


@irdl_op_definition
class BroadcastAtan2(BroadcastingBinary):
    """Atan2."""

    name = "mhlo.broadcast_atan2"
    APPLIES: ClassVar = elementwise.Atan2


@irdl_op_definition
class BroadcastComplex(BroadcastingBinary):
    """Complex."""

    name = "mhlo.broadcast_complex"
    APPLIES: ClassVar = representation.Complex

    def result_element(self) -> Attribute:
        part = element_of(self.lhs)
        return ComplexType(part) if isinstance(part, AnyFloat) else part


@irdl_op_definition
class BroadcastDivide(BroadcastingBinary):
    """Divide."""

    name = "mhlo.broadcast_divide"
    APPLIES: ClassVar = elementwise.Divide


@irdl_op_definition
class BroadcastMaximum(BroadcastingBinary):
    """Maximum."""

    name = "mhlo.broadcast_maximum"
    APPLIES: ClassVar = elementwise.Maximum


@irdl_op_definition
class BroadcastMinimum(BroadcastingBinary):
    """Minimum."""

    name = "mhlo.broadcast_minimum"
    APPLIES: ClassVar = elementwise.Minimum


@irdl_op_definition
class BroadcastMultiply(BroadcastingBinary):
    """Multiply."""

    name = "mhlo.broadcast_multiply"
    APPLIES: ClassVar = elementwise.Multiply


@irdl_op_definition
class BroadcastNextAfter(BroadcastingBinary):
    """NextAfter."""

    name = "mhlo.broadcast_next_after"
    APPLIES: ClassVar = special.NextAfter


@irdl_op_definition
class BroadcastOr(BroadcastingBinary):
    """Or."""

    name = "mhlo.broadcast_or"
    APPLIES: ClassVar = elementwise.Or


@irdl_op_definition
class BroadcastPolygamma(BroadcastingBinary):
    """Polygamma."""

    name = "mhlo.broadcast_polygamma"
    APPLIES: ClassVar = special.Polygamma


@irdl_op_definition
class BroadcastPower(BroadcastingBinary):
    """Power."""

    name = "mhlo.broadcast_power"
    APPLIES: ClassVar = elementwise.Power


@irdl_op_definition
class BroadcastRemainder(BroadcastingBinary):
    """Remainder."""

    name = "mhlo.broadcast_remainder"
    APPLIES: ClassVar = elementwise.Remainder


@irdl_op_definition
class BroadcastShiftLeft(BroadcastingBinary):
    """ShiftLeft."""

    name = "mhlo.broadcast_shift_left"
    APPLIES: ClassVar = elementwise.ShiftLeft


@irdl_op_definition
class BroadcastShiftRightArithmetic(BroadcastingBinary):
    """ShiftRightArithmetic."""

    name = "mhlo.broadcast_shift_right_arithmetic"
    APPLIES: ClassVar = elementwise.ShiftRightArithmetic


@irdl_op_definition
class BroadcastShiftRightLogical(BroadcastingBinary):
    """ShiftRightLogical."""

    name = "mhlo.broadcast_shift_right_logical"
    APPLIES: ClassVar = elementwise.ShiftRightLogical


@irdl_op_definition
class BroadcastSubtract(BroadcastingBinary):
    """Subtract."""

    name = "mhlo.broadcast_subtract"
    APPLIES: ClassVar = elementwise.Subtract


@irdl_op_definition
class BroadcastXor(BroadcastingBinary):
    """Xor."""

    name = "mhlo.broadcast_xor"
    APPLIES: ClassVar = elementwise.Xor


@irdl_op_definition
class BroadcastZeta(BroadcastingBinary):
    """Zeta."""

    name = "mhlo.broadcast_zeta"
    APPLIES: ClassVar = special.Zeta


@irdl_op_definition
class BroadcastCompare(Broadcasting):
    """Compare."""

    name = "mhlo.broadcast_compare"
    lhs = operand_def(TensorType)
    rhs = operand_def(TensorType)
    broadcast_dimensions = opt_prop_def(INTS)
    comparison_direction = prop_def(ComparisonDirection)
    compare_type = opt_prop_def(ComparisonType)

    def result_element(self) -> Attribute:
        return i1

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        return cls.parse_regular(parser, 2)


@irdl_op_definition
class BroadcastSelect(Broadcasting):
    """Select."""

    name = "mhlo.broadcast_select"
    pred = operand_def(TensorType)
    on_true = operand_def(TensorType)
    on_false = operand_def(TensorType)

    def met_operands(self) -> list[SSAValue]:
        return [self.on_true, self.on_false]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        return cls.parse_regular(parser, 3)


@irdl_op_definition
class Square(Unary):
    """x * x."""

    name = "mhlo.square"
    ACCEPTS: ClassVar = Elements.NUMBER


BROADCASTING = (
    BroadcastAdd, BroadcastAnd, BroadcastAtan2, BroadcastComplex, BroadcastDivide, BroadcastMaximum,
    BroadcastMinimum, BroadcastMultiply, BroadcastOr, BroadcastPower, BroadcastRemainder, BroadcastShiftLeft,
    BroadcastShiftRightArithmetic, BroadcastShiftRightLogical, BroadcastSubtract, BroadcastXor, BroadcastNextAfter,
    BroadcastPolygamma, BroadcastZeta, BroadcastCompare, BroadcastSelect, Square,
)  # fmt: skip
