"""Ops that only say what must not be moved past what, or that a value stays where it is; the values are their operands.

    %1:2 = mhlo.optimization_barrier %a, %b : tensor<4xf32>, tensor<4xi32>
    %t = "mhlo.create_token"() : () -> !mhlo.token
    %2 = "mhlo.add_dependency"(%a, %t) : (tensor<4xf32>, !mhlo.token) -> tensor<4xf32>

Nothing here has side effects that could be ordered: transforms/input/drop_ordering.py puts the operands in their place.
"""

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import TensorType
from xdsl.ir import Attribute, ParametrizedAttribute, TypeAttribute
from xdsl.irdl import (
    irdl_attr_definition,
    irdl_op_definition,
    operand_def,
    result_def,
    var_operand_def,
    var_result_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.ir.diagnostics import require


@irdl_attr_definition
class Token(ParametrizedAttribute, TypeAttribute):
    """!mhlo.token: what orders side effects; it has no value."""

    name = "mhlo.token"


class _Listed(HloOp):
    """An op that is written with any number of operands."""

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = [] if (first := parser.parse_optional_unresolved_operand()) is None else [first]
        while names and parser.parse_optional_punctuation(",") is not None:
            names.append(parser.parse_unresolved_operand())
        return cls.parse_end(parser, names)

    def print(self, printer: Printer) -> None:
        if self.operands:
            assembly.print_operands(printer, self.operands)
        assembly.print_attributes(printer, self.attributes)
        printer.print_string(" : ")
        printer.print_list(self.result_types, printer.print_attribute)


@irdl_op_definition
class OptimizationBarrier(_Listed):
    """Its operands, computed before anything that uses its results.

    (C1) The results have the operands' types.
    """

    name = "mhlo.optimization_barrier"
    operand = var_operand_def(Attribute)
    result = var_result_def(Attribute)

    def verify_(self) -> None:
        _require_same(self, self.operand_types)


@irdl_op_definition
class CreateToken(_Listed):
    """A token that waits for nothing."""

    name = "mhlo.create_token"
    result = result_def(Token)


@irdl_op_definition
class AfterAll(_Listed):
    """A token that waits for others."""

    name = "mhlo.after_all"
    inputs = var_operand_def(Token)
    result = result_def(Token)


@irdl_op_definition
class AddDependency(HloOp):
    """Its operand, once a token is there.

    (C1) The result has the operand's type.
    """

    name = "mhlo.add_dependency"
    operand = operand_def(Attribute)
    token = operand_def(Token)
    output = result_def(Attribute)

    def verify_(self) -> None:
        _require_same(self, [self.operand.type])


@irdl_op_definition
class Copy(HloOp):
    """Its operand.

    (C1) The result has the operand's type.
    """

    name = "mhlo.copy"
    operand = operand_def(TensorType)
    result = result_def(TensorType)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        return cls.parse_regular(parser, 1)

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_end_short(printer, self)

    def verify_(self) -> None:
        _require_same(self, [self.operand.type])


def _require_same(op: HloOp, wanted: Sequence[Attribute]) -> None:
    got = list(op.result_types)
    require(op, "C1", got == list(wanted), f"the results are {', '.join(map(str, got))}")


ORDERING = (OptimizationBarrier, CreateToken, AfterAll, AddDependency, Copy)
