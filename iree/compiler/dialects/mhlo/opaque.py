"""Attributes and types of which nothing but their text is kept: what they say changes nothing here."""

from xdsl.ir import Data
from xdsl.irdl import irdl_attr_definition
from xdsl.parser import AttrParser
from xdsl.printer import Printer

from iree.compiler.ir.opaque_text import parse_opaque_text


class OpaqueText(Data[str]):
    """An attribute or type that is written `<text>`."""

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> str:
        return parse_opaque_text(parser)

    def print_parameter(self, printer: Printer) -> None:
        printer.print_string(f"<{self.data}>")


@irdl_attr_definition
class OutputOperandAlias(OpaqueText):
    """#mhlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0, operand_tuple_indices = []>

    That a result may lie where an operand lay; only a call can know.
    """

    name = "mhlo.output_operand_alias"
