"""sdy: Shardy's notes on how a program is spread over devices. JAX writes them; strip-annotations drops them.

On one device a sharding says nothing, so what the notes say is kept as text.
"""

from collections.abc import Sequence
from typing import ClassVar, Self

from xdsl.dialects.builtin import StringAttr, SymbolNameConstraint, TensorType
from xdsl.ir import Attribute, Dialect, ParametrizedAttribute
from xdsl.irdl import (
    IRDLOperation,
    irdl_attr_definition,
    irdl_op_definition,
    operand_def,
    prop_def,
    result_def,
    traits_def,
)
from xdsl.parser import AttrParser, Parser
from xdsl.printer import Printer
from xdsl.traits import Pure, SymbolOpInterface

from iree.compiler.ir.opaque_text import parse_opaque_text


class Note(ParametrizedAttribute):
    """Some attribute of Shardy, as its text: #sdy.sharding<@mesh, [{"x"}, {}]>."""

    text: StringAttr

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        return [StringAttr(parse_opaque_text(parser))]

    def print_parameters(self, printer: Printer) -> None:
        printer.print_string(f"<{self.text.data}>")


@irdl_attr_definition
class Sharding(Note):
    """How one tensor is spread."""

    name = "sdy.sharding"


@irdl_attr_definition
class ShardingPerValue(Note):
    """How each result of an op is spread."""

    name = "sdy.sharding_per_value"


@irdl_attr_definition
class OpShardingRule(Note):
    """How the results of an op are spread when its operands are."""

    name = "sdy.op_sharding_rule"


@irdl_attr_definition
class MeshAxes(Note):
    """The axes of a mesh of devices."""

    name = "sdy.mesh"


@irdl_op_definition
class Mesh(IRDLOperation):
    """Gives a mesh of devices a name.

    sdy.mesh @mesh = <["x"=1]>
    """

    name: ClassVar[str] = "sdy.mesh"
    sym_name = prop_def(SymbolNameConstraint())
    mesh = prop_def(MeshAxes)
    traits = traits_def(SymbolOpInterface())

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        name = parser.parse_symbol_name()
        parser.parse_punctuation("=")
        mesh = MeshAxes.new(MeshAxes.parse_parameters(parser))
        return cls.create(properties={"sym_name": name, "mesh": mesh}, attributes=parser.parse_optional_attr_dict())

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.sym_name.data)
        printer.print_string(" = ")
        self.mesh.print_parameters(printer)
        printer.print_op_attributes(self.attributes)


@irdl_op_definition
class ShardingConstraint(IRDLOperation):
    """The operand itself, which is to be spread in some way.

    %0 = sdy.sharding_constraint %x <@mesh, [{"x"}]> : tensor<4xf32>
    """

    name: ClassVar[str] = "sdy.sharding_constraint"
    input = operand_def(TensorType)
    result = result_def(TensorType)
    sharding = prop_def(Sharding)
    traits = traits_def(Pure())

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        operand = parser.parse_unresolved_operand()
        sharding = Sharding.new(Sharding.parse_parameters(parser))
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        type_ = parser.parse_type()
        value = parser.resolve_operand(operand, type_)
        return cls.create(
            operands=[value], result_types=[type_], properties={"sharding": sharding}, attributes=attributes
        )

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_operand(self.input)
        printer.print_string(" ")
        self.sharding.print_parameters(printer)
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.result.type)


DIALECT = Dialect("sdy", [Mesh, ShardingConstraint], [MeshAxes, OpShardingRule, Sharding, ShardingPerValue])
