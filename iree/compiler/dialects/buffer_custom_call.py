"""A call of a function of the host over buffers: iree_hl_seq and iree_ll_seq each have it under their own name.

iree_ll_seq.custom_call @my_function(%a, %b) outs(%c) config("alpha=2")
    : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
"""

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import MemRefType, StringAttr
from xdsl.ir import SSAValue
from xdsl.irdl import AttrSizedOperandSegments, IRDLOperation, prop_def, var_operand_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.buffer_control_flow import parse_operands, parse_signature, print_operands, print_signature


class BufferCustomCall(IRDLOperation):
    """Calls the function that is registered as `target`: it reads the inputs and writes the outputs.

    iree_hl_seq.custom_call @my_function(%a) outs(%b) : (memref<4xf32>, memref<4xf32>) -> ()
    """

    target = prop_def(StringAttr)
    config = prop_def(StringAttr)
    inputs = var_operand_def(MemRefType)
    outputs = var_operand_def(MemRefType)
    irdl_options = (AttrSizedOperandSegments(as_property=True),)

    def __init__(self, target: StringAttr, config: StringAttr, inputs: Sequence[SSAValue], outputs: Sequence[SSAValue]):
        super().__init__(
            operands=[list(inputs), list(outputs)], properties={"target": target, "config": config}, result_types=[]
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        target = parser.parse_symbol_name()
        inputs = parse_operands(parser)
        parser.parse_keyword("outs")
        outputs = parse_operands(parser)
        config = StringAttr("")
        if parser.parse_optional_keyword("config") is not None:
            with parser.in_parens():
                config = StringAttr(parser.parse_str_literal())
        values, _ = parse_signature(parser, [*inputs, *outputs])
        return cls(target, config, values[: len(inputs)], values[len(inputs) :])

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.target.data)
        print_operands(printer, self.inputs)
        printer.print_string(" outs")
        print_operands(printer, self.outputs)
        if self.config.data:
            printer.print_string(" config")
            with printer.in_parens():
                printer.print_string_literal(self.config.data)
        print_signature(printer, self)
