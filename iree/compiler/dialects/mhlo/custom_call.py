"""mhlo.custom_call: a function that whoever runs the module registers under a name.

%0 = mhlo.custom_call @my_function(%a) {backend_config = "alpha=2"} : (tensor<4xf32>) -> tensor<4xf32>
"""

import json
from collections.abc import Sequence
from typing import Any, Self

from xdsl.dialects.builtin import (
    ArrayAttr,
    DenseArrayBase,
    DictionaryAttr,
    FloatAttr,
    IntegerAttr,
    IntegerType,
    StringAttr,
    SymbolRefAttr,
    TensorType,
    UnitAttr,
    i1,
)
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import irdl_op_definition, opt_prop_def, prop_def, traits_def, var_operand_def, var_result_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.base import Attributes, HloOp
from iree.compiler.ir.diagnostics import require

# How XLA's buffers are to be laid out and shared, and how XLA calls: our functions are given arrays.
IGNORED = frozenset({"api_version", "has_side_effect", "operand_layouts", "output_operand_aliases", "result_layouts"})
FFI_CONFIG = "mhlo.backend_config"  # where JAX writes the attributes of a foreign function


@irdl_op_definition
class CustomCall(HloOp):
    """Calls a function by its name, on the host. It may have effects, so that each call stays and in its order.

        %0:2 = mhlo.custom_call @my_function(%a) {backend_config = "..."} : (T) -> (T, U)

    A dictionary that configures the call is held as JSON.

    (C1) The name is not empty.
    (C2) There are no called computations: a function of the host cannot call back.
    """

    name = "mhlo.custom_call"
    inputs = var_operand_def(TensorType)
    call_target_name = prop_def(StringAttr)
    backend_config = opt_prop_def(StringAttr)
    called_computations = opt_prop_def(ArrayAttr)
    results_ = var_result_def(TensorType)
    traits = traits_def()

    def __init__(self, target: str, inputs: Sequence[SSAValue], result_types: Sequence[Attribute], config: str = ""):
        properties = {"call_target_name": StringAttr(target), "backend_config": StringAttr(config) if config else None}
        super().__init__(operands=[list(inputs)], result_types=[list(result_types)], properties=properties)

    @property
    def config(self) -> str:
        """The text that the function is given; empty where there is none."""
        return "" if self.backend_config is None else self.backend_config.data

    @classmethod
    def normalized(cls, properties: Attributes, attributes: Attributes) -> tuple[Attributes, Attributes]:
        kept = {name: value for name, value in properties.items() if name not in IGNORED}
        others = {name: value for name, value in attributes.items() if name not in IGNORED}
        configs = [*filter(None, (others.pop(FFI_CONFIG, None), kept.pop("backend_config", None)))]
        text = next(filter(None, map(_config_text, configs)), "")
        if text:
            kept["backend_config"] = StringAttr(text)
        if kept.get("called_computations") == ArrayAttr([]):
            del kept["called_computations"]
        return super().normalized(kept, others)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        target = parser.parse_symbol_name()
        names = parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_unresolved_operand)
        return cls.parse_end(parser, names, {"call_target_name": target})

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.call_target_name.data)
        with printer.in_parens():
            printer.print_list(self.inputs, printer.print_operand)
        own = {name: value for name, value in self.properties.items() if name != "call_target_name"}
        assembly.print_attributes(printer, {**own, **self.attributes})
        assembly.print_signature(printer, self)

    def verify_(self) -> None:
        require(self, "C1", bool(self.call_target_name.data), "it is empty")
        called = self.called_computations
        require(self, "C2", called is None, f"it calls {called}")


def _config_text(attribute: Attribute) -> str:
    """A string as it is, anything else as JSON; nothing of an empty dictionary."""
    if isinstance(attribute, StringAttr):
        return attribute.data
    value = _json_value(attribute)
    return json.dumps(value, sort_keys=True) if value else ""


def _json_value(attribute: Attribute) -> Any:
    match attribute:
        case DictionaryAttr():
            return {name: _json_value(value) for name, value in attribute.data.items()}
        case ArrayAttr():
            return [_json_value(value) for value in attribute.data]
        case DenseArrayBase():
            is_flag = attribute.elt_type == i1
            return [bool(value) if is_flag else value for value in attribute.get_values()]
        case IntegerAttr(type=IntegerType() as type_):
            return bool(attribute.value.data) if type_ == i1 else attribute.value.data
        case IntegerAttr() | FloatAttr():
            return attribute.value.data
        case StringAttr():
            return attribute.data
        case SymbolRefAttr():
            return attribute.string_value()
        case UnitAttr():
            return True
    return str(attribute)
