"""check: what a program expects of itself. A file of functions without arguments is then a test, run by check_module.

    func.func @abs() {
      %x = mhlo.constant dense<[-1.0, 2.0]> : tensor<2xf32>
      %0 = mhlo.abs %x : tensor<2xf32>
      check.expect_eq_const(%0, dense<[1.0, 2.0]> : tensor<2xf32>) : tensor<2xf32>
      return
    }

    expect_true, expect_false, expect_all_true    elements are true; are false
    expect_eq             bits are equal; every NaN is equal to every other
    expect_almost_eq      |value - expected| <= atol + rtol * |expected|; atol = 1e-4, rtol = 0 unless given
    expect_close          min_ulp_difference to max_ulp_difference (0 to 3) floats lie from one to the other

Written by users, in StableHLO's form and in IREE's. lower-checks makes calls of the host's functions of these names.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from xdsl.dialects.builtin import (
    DenseIntOrFPElementsAttr,
    FloatAttr,
    IntegerAttr,
    IntegerType,
    TensorType,
    f64,
    i64,
)
from xdsl.ir import Attribute, Dialect, Operation
from xdsl.irdl import IRDLOperation, irdl_op_definition, operand_def, opt_prop_def, prop_def
from xdsl.parser import Parser, UnresolvedOperand
from xdsl.printer import Printer

from iree.compiler.ir.diagnostics import require

ALMOST = ("atol", "rtol", "tolerance")
CLOSE = ("min_ulp_difference", "max_ulp_difference")


class Expectation(IRDLOperation):
    """An op that compares tensors and gives nothing.

    `CONSTANT`: whether what is expected is an attribute, `value`; `SETTINGS`: properties that are numbers.
    """

    CONSTANT: ClassVar[bool] = False
    SETTINGS: ClassVar[tuple[str, ...]] = ()

    @property
    def given_settings(self) -> dict[str, float | int]:
        """The settings that the op states."""
        found = {name: self.properties.get(name) for name in self.SETTINGS}
        return {n: a.value.data for n, a in found.items() if isinstance(a, IntegerAttr | FloatAttr)}

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Reads IREE's form, in parentheses, or StableHLO's, without; settings as `name number` or attributes."""
        parenthesised = parser.parse_optional_punctuation("(") is not None
        names = [parser.parse_unresolved_operand()]
        properties: dict[str, Attribute] = {}
        while parser.parse_optional_punctuation(",") is not None:
            if (name := parser.parse_optional_unresolved_operand()) is not None:
                names.append(name)
            elif cls.CONSTANT and "value" not in properties:
                properties["value"] = parser.parse_attribute()
            else:
                properties |= cls._parse_setting(parser)
        if parenthesised:
            parser.parse_punctuation(")")
        attributes = parser.parse_optional_attr_dict()
        own = {name: attributes.pop(name) for name in cls.SETTINGS if name in attributes}
        return cls._resolved(parser, names, {**properties, **own}, attributes)

    @classmethod
    def _parse_setting(cls, parser: Parser) -> dict[str, Attribute]:
        name = parser.expect(
            lambda: next((one for one in cls.SETTINGS if parser.parse_optional_keyword(one)), None),
            f"expected one of {', '.join(cls.SETTINGS) or 'no settings'}",
        )
        parser.parse_optional_punctuation("=")
        number = parser.parse_number()
        return {name: FloatAttr(number, f64) if name in ALMOST else IntegerAttr(int(number), i64)}

    @classmethod
    def _resolved(
        cls,
        parser: Parser,
        names: Sequence[UnresolvedOperand],
        properties: Mapping[str, Attribute],
        attributes: Mapping[str, Attribute],
    ) -> Self:
        """Reads the types: one for all operands or one for each; none where the expected constant tells it."""
        value = properties.get("value")
        position = parser.pos
        if parser.parse_optional_punctuation(":") is None and isinstance(value, DenseIntOrFPElementsAttr):
            types: Sequence[Attribute] = [value.get_type()]
        else:
            types = parser.parse_comma_separated_list(parser.Delimiter.NONE, parser.parse_type)
        types = [*types] * len(names) if len(types) == 1 else types
        operands = parser.resolve_operands(names, types, position)
        return cls.create(operands=operands, properties=properties, attributes=attributes)

    def print(self, printer: Printer) -> None:
        with printer.in_parens():
            printer.print_list(self.operands, printer.print_operand)
            if self.CONSTANT:
                printer.print_string(", ")
                printer.print_attribute(self.properties["value"])
            for name, number in self.given_settings.items():
                printer.print_string(f", {name} {_spelled(number)}")
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.operands[0].type)

    def verify_(self) -> None:
        types = [operand.type for operand in self.operands]
        value = self.properties.get("value")
        if isinstance(value, DenseIntOrFPElementsAttr):
            types.append(value.get_type())
        require(self, "C1", len(set(types)) == 1, f"the types are {', '.join(map(str, types))}")


def _spelled(number: float | int) -> str:
    """A number as MLIR reads it: 1e-05 is none, 1.0e-05 is."""
    mantissa, exponent, rest = repr(number).partition("e")
    return f"{mantissa}.0e{rest}" if exponent and "." not in mantissa else repr(number)


class _Truth(Expectation):
    """Looks at the elements of a tensor of booleans or integers. (C1) of what looks at one tensor always holds."""

    operand = operand_def(TensorType)

    def verify_(self) -> None:
        type_ = self.operand.type
        assert isinstance(type_, TensorType)
        require(self, "C2", isinstance(type_.element_type, IntegerType), f"{type_} has no truth")


@irdl_op_definition
class ExpectTrue(_Truth):
    """Every element is true. (C2) Elements are booleans or integers."""

    name = "check.expect_true"


@irdl_op_definition
class ExpectAllTrue(_Truth):
    """Every element is true. (C2) Elements are booleans or integers."""

    name = "check.expect_all_true"


@irdl_op_definition
class ExpectFalse(_Truth):
    """No element is true. (C2) Elements are booleans or integers."""

    name = "check.expect_false"


class _Pair(Expectation):
    lhs = operand_def(TensorType)
    rhs = operand_def(TensorType)


class _PairConst(Expectation):
    CONSTANT: ClassVar[bool] = True
    lhs = operand_def(TensorType)
    value = prop_def(DenseIntOrFPElementsAttr)


@irdl_op_definition
class ExpectEq(_Pair):
    """check.expect_eq(%a, %b) : tensor<4xf32>

    (C1) Both have the same type.
    """

    name = "check.expect_eq"


@irdl_op_definition
class ExpectEqConst(_PairConst):
    """check.expect_eq_const(%a, dense<1.0> : tensor<4xf32>) : tensor<4xf32>

    (C1) Both have the same type.
    """

    name = "check.expect_eq_const"


@irdl_op_definition
class ExpectAlmostEq(_Pair):
    """check.expect_almost_eq(%a, %b, atol 0.01, rtol 1e-05) : tensor<4xf32>

    `tolerance` is another name of `atol`. (C1) Both have the same type.
    """

    name = "check.expect_almost_eq"
    SETTINGS: ClassVar[tuple[str, ...]] = ALMOST
    atol = opt_prop_def(FloatAttr)
    rtol = opt_prop_def(FloatAttr)
    tolerance = opt_prop_def(FloatAttr)


@irdl_op_definition
class ExpectAlmostEqConst(_PairConst):
    """check.expect_almost_eq_const(%a, dense<1.0> : tensor<4xf32>, atol 0.01) : tensor<4xf32>

    `tolerance` is another name of `atol`. (C1) Both have the same type.
    """

    name = "check.expect_almost_eq_const"
    SETTINGS: ClassVar[tuple[str, ...]] = ALMOST
    atol = opt_prop_def(FloatAttr)
    rtol = opt_prop_def(FloatAttr)
    tolerance = opt_prop_def(FloatAttr)


@irdl_op_definition
class ExpectClose(_Pair):
    """check.expect_close(%a, %b, max_ulp_difference 1) : tensor<4xf32>

    (C1) Both have the same type.
    """

    name = "check.expect_close"
    SETTINGS: ClassVar[tuple[str, ...]] = CLOSE
    min_ulp_difference = opt_prop_def(IntegerAttr)
    max_ulp_difference = opt_prop_def(IntegerAttr)


@irdl_op_definition
class ExpectCloseConst(_PairConst):
    """check.expect_close_const(%a, dense<1.0> : tensor<4xf32>, max_ulp_difference 1) : tensor<4xf32>

    (C1) Both have the same type.
    """

    name = "check.expect_close_const"
    SETTINGS: ClassVar[tuple[str, ...]] = CLOSE
    min_ulp_difference = opt_prop_def(IntegerAttr)
    max_ulp_difference = opt_prop_def(IntegerAttr)


EXPECTATIONS: tuple[type[Operation], ...] = (
    ExpectTrue,
    ExpectFalse,
    ExpectAllTrue,
    ExpectEq,
    ExpectEqConst,
    ExpectAlmostEq,
    ExpectAlmostEqConst,
    ExpectClose,
    ExpectCloseConst,
)

DIALECT = Dialect("check", [*EXPECTATIONS], [])
