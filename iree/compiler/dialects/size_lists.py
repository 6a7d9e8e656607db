"""Lists of sizes, of which some are only known to a call, as attribute and as text: `[[2*d0+3], 512, 1]`."""

from collections.abc import Sequence

from xdsl.ir import Data
from xdsl.irdl import irdl_attr_definition
from xdsl.parser import AttrParser
from xdsl.printer import Printer

from iree.compiler.ir import sizes


@irdl_attr_definition
class SizeList(Data[tuple[int, ...]]):
    """#iree.size_list<[[2*d0+3], 512, 1]>"""

    name = "iree.size_list"

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> tuple[int, ...]:
        with parser.in_angle_brackets():
            return parse_size_list(parser)

    def print_parameter(self, printer: Printer) -> None:
        printer.print_string(f"<{sizes.shape_text(self.data)}>")


def parse_size_list(parser: AttrParser) -> tuple[int, ...]:
    """Reads `[[d0], 512]`."""
    return tuple(parser.parse_comma_separated_list(parser.Delimiter.SQUARE, lambda: parse_size(parser)))


def parse_size(parser: AttrParser) -> int:
    """Reads `512` or `[d0]`."""
    if parser.parse_optional_punctuation("[") is None:
        return parser.parse_integer()
    words = []
    while parser.parse_optional_punctuation("]") is None:
        words.append(parser._current_token.text)
        parser._consume_token()
    try:
        return sizes.parse("".join(words))
    except sizes.SizeError as error:
        parser.raise_error(str(error))


def size_list_text(values: Sequence[int]) -> str:
    """What parse_size_list reads."""
    return sizes.shape_text(values)
