"""Reads and writes the parts that mhlo's text forms share.

Read: StableHLO's and MHLO's pretty forms and the older ones with the operands in parentheses, as the walkthrough has.
Written: StableHLO's pretty form under the name `mhlo.`
"""

from collections.abc import Mapping, Sequence

from xdsl.dialects.builtin import FunctionType
from xdsl.ir import Attribute, Operation, SSAValue
from xdsl.parser import AttrParser, Parser, UnresolvedOperand
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo.attributes import parse_ints
from iree.compiler.dialects.size_lists import size_list_text


def parse_operands(parser: Parser, count: int) -> list[UnresolvedOperand]:
    """Reads `%a, %b` or `(%a, %b)`."""
    parenthesised = parser.parse_optional_punctuation("(") is not None
    operands = [parser.parse_unresolved_operand()]
    while len(operands) < count:
        parser.parse_punctuation(",")
        operands.append(parser.parse_unresolved_operand())
    if parenthesised:
        parser.parse_punctuation(")")
    return operands


def parse_signature(
    parser: Parser, operands: Sequence[UnresolvedOperand]
) -> tuple[Sequence[SSAValue], Sequence[Attribute]]:
    """Reads `: (T, T) -> U`, `: T, T -> U`, `: T -> U` or `: T`.

    One type is that of all operands; without `->` the results have the types before it.
    """
    parser.parse_punctuation(":")
    position = parser.pos
    signature = parser.parse_optional_function_type()
    if signature is None:
        types = parser.parse_comma_separated_list(parser.Delimiter.NONE, parser.parse_type)
        results = [parser.parse_type()] if parser.parse_optional_punctuation("->") else types
        signature = FunctionType.from_lists(types * len(operands) if len(types) == 1 else types, results)
    return parser.resolve_operands(operands, signature.inputs.data, position), signature.outputs.data


def parse_named(parser: AttrParser, name: str) -> None:
    """Reads `, name =`."""
    parser.parse_punctuation(",")
    parser.parse_keyword(name)
    parser.parse_punctuation("=")


def parse_named_ints(parser: AttrParser, name: str) -> tuple[int, ...]:
    """Reads `, name = [1, 2]`."""
    parse_named(parser, name)
    return parse_ints(parser)


def print_operands(printer: Printer, operands: Sequence[SSAValue]) -> None:
    """Writes ` %a, %b`."""
    printer.print_string(" ")
    printer.print_list(operands, printer.print_operand)


def print_named_ints(printer: Printer, name: str, values: Sequence[int]) -> None:
    """Writes `, name = [1, -2]`."""
    printer.print_string(f", {name} = {list(values)}")


def print_named_sizes(printer: Printer, name: str, values: Sequence[int]) -> None:
    """Writes `, name = [1, ?]`: a size that is not known is a question mark."""
    printer.print_string(f", {name} = {size_list_text(values)}")


def print_attributes(printer: Printer, attributes: Mapping[str, Attribute]) -> None:
    """Writes ` {a = 1}`, or nothing where there are none."""
    printer.print_op_attributes(attributes)


def print_end(printer: Printer, op: Operation) -> None:
    """Writes the attributes and ` : (T, T) -> U`."""
    print_attributes(printer, op.attributes)
    print_signature(printer, op)


def print_signature(printer: Printer, op: Operation) -> None:
    """Writes ` : (T, T) -> U`."""
    printer.print_string(" : ")
    printer.print_attribute(FunctionType.from_lists(op.operand_types, op.result_types))


def print_end_short(printer: Printer, op: Operation) -> None:
    """As print_end, but ` : T` where one type is that of all operands and of the result."""
    if len({*op.operand_types, *op.result_types}) > 1:
        print_end(printer, op)
        return
    print_attributes(printer, op.attributes)
    printer.print_string(" : ")
    printer.print_attribute(op.result_types[0])
