"""ml_program: a program's variables, as TensorFlow's bridge and MLIR text spell them.

ml_program.global private mutable @count(dense<0> : tensor<i32>) : tensor<i32>
%0 = ml_program.global_load @count : tensor<i32>
ml_program.global_store @count = %1 : tensor<i32>

A load gives the variable's value at that place; storing later does not change it. Calls of the module's functions share
its variables.
"""

from typing import Self

from xdsl.dialects.builtin import StringAttr, SymbolNameConstraint, SymbolRefAttr, TensorType, UnitAttr
from xdsl.ir import Attribute, Dialect, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    result_def,
    traits_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import MemoryReadEffect, MemoryWriteEffect, Pure, SymbolOpInterface

from iree.compiler.ir.diagnostics import require

PRIVATE = "private"
_VISIBILITIES = ("public", PRIVATE, "nested")


@irdl_op_definition
class Global(IRDLOperation):
    """A variable and the value it starts with.

        ml_program.global public mutable @count(dense<0> : tensor<i32>) : tensor<i32>

    (C1) The value has the variable's type.
    """

    name = "ml_program.global"
    sym_name = prop_def(SymbolNameConstraint())
    type = prop_def(Attribute)
    is_mutable = opt_prop_def(UnitAttr)
    value = opt_prop_def(Attribute)
    sym_visibility = opt_prop_def(StringAttr)
    traits = traits_def(SymbolOpInterface())

    def __init__(
        self, name: str, type_: Attribute, value: Attribute | None, *, mutable: bool, visibility: str = PRIVATE
    ):
        super().__init__(
            properties={
                "sym_name": StringAttr(name),
                "type": type_,
                "is_mutable": UnitAttr() if mutable else None,
                "value": value,
                "sym_visibility": StringAttr(visibility),
            }
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        visibility = next((word for word in _VISIBILITIES if parser.parse_optional_keyword(word)), PRIVATE)
        mutable = parser.parse_optional_keyword("mutable") is not None
        name = parser.parse_symbol_name()
        value = None
        if parser.parse_optional_punctuation("(") is not None:
            value = parser.parse_attribute()
            parser.parse_punctuation(")")
        parser.parse_punctuation(":")
        op = cls(name.data, parser.parse_type(), value, mutable=mutable, visibility=visibility)
        op.attributes.update(parser.parse_optional_attr_dict())
        return op

    def print(self, printer: Printer) -> None:
        visibility = self.sym_visibility.data if self.sym_visibility else PRIVATE
        printer.print_string(f" {visibility} {'mutable ' if self.is_mutable else ''}")
        printer.print_symbol_name(self.sym_name.data)
        if self.value is not None:
            with printer.in_parens():
                printer.print_attribute(self.value)
        printer.print_string(" : ")
        printer.print_attribute(self.type)
        printer.print_op_attributes(self.attributes)

    def verify_(self) -> None:
        value_type = None if self.value is None else getattr(self.value, "type", self.type)
        require(self, "C1", value_type in (None, self.type), f"the value is {value_type}, the variable {self.type}")


class AnyLoad(IRDLOperation):
    """What a variable holds now."""

    global_ = prop_def(SymbolRefAttr, prop_name="global")
    result = result_def(TensorType)
    assembly_format = "$global `:` type($result) attr-dict"

    def __init__(self, name: str, type_: Attribute):
        super().__init__(properties={"global": SymbolRefAttr(name)}, result_types=[type_])

    @property
    def variable(self) -> str:
        """The variable's name."""
        return self.global_.root_reference.data


@irdl_op_definition
class GlobalLoad(AnyLoad):
    """What a variable holds now.

    %0 = ml_program.global_load @count : tensor<i32>
    """

    name = "ml_program.global_load"
    traits = traits_def(MemoryReadEffect())


@irdl_op_definition
class GlobalLoadConst(AnyLoad):
    """What a variable that is not mutable holds.

    %0 = ml_program.global_load_const @scale : tensor<f32>
    """

    name = "ml_program.global_load_const"
    traits = traits_def(Pure())


@irdl_op_definition
class GlobalStore(IRDLOperation):
    """Gives a variable another value.

    ml_program.global_store @count = %0 : tensor<i32>
    """

    name = "ml_program.global_store"
    global_ = prop_def(SymbolRefAttr, prop_name="global")
    value = operand_def(TensorType)
    traits = traits_def(MemoryWriteEffect())
    assembly_format = "$global `=` $value `:` type($value) attr-dict"

    def __init__(self, name: str, value: SSAValue):
        super().__init__(properties={"global": SymbolRefAttr(name)}, operands=[value])

    @property
    def variable(self) -> str:
        """The variable's name."""
        return self.global_.root_reference.data


DIALECT = Dialect("ml_program", [Global, GlobalLoad, GlobalLoadConst, GlobalStore], [])
