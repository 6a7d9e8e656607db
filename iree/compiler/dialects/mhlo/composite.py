"""mhlo.composite: a call of a function that says what the op of another name does.

%1 = mhlo.composite "vendor.gelu" %0 {decomposition = @gelu} : (tensor<4xf32>) -> tensor<4xf32>
"""

from typing import Self

from xdsl.dialects.builtin import DictionaryAttr, FlatSymbolRefAttrConstr, IntegerAttr, StringAttr, TensorType, i32
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    opt_prop_def,
    prop_def,
    traits_def,
    var_operand_def,
    var_result_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import Pure

from iree.compiler.dialects.mhlo import assembly


@irdl_op_definition
class Composite(IRDLOperation):
    """What its decomposition gives. The input stage makes it a call: transforms/input/call_decompositions.py."""

    name = "mhlo.composite"
    inputs = var_operand_def(TensorType)
    composite_name = prop_def(StringAttr, prop_name="name")
    composite_attributes = opt_prop_def(DictionaryAttr)
    decomposition = prop_def(FlatSymbolRefAttrConstr)
    version = opt_prop_def(IntegerAttr.constr(i32))
    outputs = var_result_def(TensorType)
    traits = traits_def(Pure())

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        name = StringAttr(parser.parse_str_literal())
        names = [] if (first := parser.parse_optional_unresolved_operand()) is None else [first]
        while names and parser.parse_optional_punctuation(",") is not None:
            names.append(parser.parse_unresolved_operand())
        attributes = parser.parse_optional_attr_dict()
        own = {key: attributes.pop(key) for key in list(attributes) if key in cls.get_irdl_definition().properties}
        operands, results = assembly.parse_signature(parser, names)
        return cls.create(
            operands=operands, result_types=results, properties={"name": name, **own}, attributes=attributes
        )

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_attribute(self.composite_name)
        if self.inputs:
            assembly.print_operands(printer, self.inputs)
        held = {key: value for key, value in self.properties.items() if key != "name"}
        printer.print_op_attributes({**held, **self.attributes})
        assembly.print_signature(printer, self)
