"""Control flow over buffers: the ops that iree_hl_seq and iree_ll_seq each have under their own name.

    %0:2 = iree_ll_seq.while @cond, @body(%i, %x) captures(%n) : (memref<i32>, memref<4xf32>, memref<i32>)
           -> (memref<i32>, memref<4xf32>)
    %1 = iree_ll_seq.case %index[@f_0, @f_1](%x) : (memref<i32>, memref<4xf32>) -> memref<4xf32>

Bodies are functions of the module, so that the instructions of each stand in one row.
"""

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import (
    I64,
    ArrayAttr,
    FlatSymbolRefAttrConstr,
    FunctionType,
    IntegerAttr,
    MemRefType,
    SymbolRefAttr,
    i64,
)
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import (
    AttrSizedOperandSegments,
    IRDLOperation,
    operand_def,
    opt_prop_def,
    prop_def,
    var_operand_def,
    var_result_def,
)
from xdsl.parser import Parser, UnresolvedOperand
from xdsl.printer import Printer

from iree.compiler.ir.diagnostics import require


class BufferWhile(IRDLOperation):
    """Calls a function again and again, as long as another one says so.

        %0 = iree_hl_seq.while @cond, @body(%a) captures(%b) : (memref<4xf32>, memref<f32>) -> memref<4xf32>

    Both functions take what is carried from one time to the next, then the captures. `trip_count` is how often the body
    is called, where the compiler knows; the condition is not asked then.

    (C1) The results have the types of what is carried.
    """

    condition = prop_def(FlatSymbolRefAttrConstr)
    body = prop_def(FlatSymbolRefAttrConstr)
    trip_count = opt_prop_def(IntegerAttr[I64])
    carried = var_operand_def(MemRefType)
    captures = var_operand_def(MemRefType)
    results_ = var_result_def(MemRefType)
    irdl_options = (AttrSizedOperandSegments(as_property=True),)

    def __init__(
        self,
        condition: SymbolRefAttr,
        body: SymbolRefAttr,
        carried: Sequence[SSAValue],
        captures: Sequence[SSAValue],
        trip_count: IntegerAttr[I64] | None = None,
    ):
        super().__init__(
            operands=[list(carried), list(captures)],
            properties={"condition": condition, "body": body, "trip_count": trip_count},
            result_types=[[value.type for value in carried]],
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        condition = parse_symbol(parser)
        parser.parse_punctuation(",")
        body = parse_symbol(parser)
        carried = parse_operands(parser)
        parser.parse_keyword("captures")
        captured = parse_operands(parser)
        trip_count = None
        if parser.parse_optional_keyword("trip_count") is not None:
            parser.parse_punctuation("=")
            trip_count = IntegerAttr(parser.parse_integer(), i64)
        values, results = parse_signature(parser, [*carried, *captured])
        if list(results) != [value.type for value in values[: len(carried)]]:
            parser.raise_error("the results of a while have the types of what it carries")
        return cls(condition, body, values[: len(carried)], values[len(carried) :], trip_count)

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        print_symbols(printer, (self.condition, self.body))
        print_operands(printer, self.carried)
        printer.print_string(" captures")
        print_operands(printer, self.captures)
        if self.trip_count is not None:
            printer.print_string(f" trip_count = {self.trip_count.value.data}")
        print_signature(printer, self)

    def verify_(self) -> None:
        carried, results = [value.type for value in self.carried], list(self.result_types)
        texts = [", ".join(map(str, types)) for types in (carried, results)]
        require(self, "C1", carried == results, f"{texts[0]} is carried, the results are {texts[1]}")


class BufferCase(IRDLOperation):
    """Calls the function whose number the selector holds; the last one where there is none of that number.

        %0 = iree_hl_seq.case %index[@f_0, @f_1](%a) : (memref<i32>, memref<4xf32>) -> memref<4xf32>

    All functions take the operands. A selector of i1 holds 0 or 1.

    (C1) There is a function.
    (C2) The selector is a memref<i32> or a memref<i1>.
    """

    selector = operand_def(MemRefType)
    branches = prop_def(ArrayAttr[SymbolRefAttr])
    captures = var_operand_def(MemRefType)
    results_ = var_result_def(MemRefType)

    def __init__(
        self,
        selector: SSAValue,
        branches: Sequence[SymbolRefAttr],
        captures: Sequence[SSAValue],
        result_types: Sequence[Attribute],
    ):
        super().__init__(
            operands=[selector, list(captures)],
            properties={"branches": ArrayAttr(branches)},
            result_types=[list(result_types)],
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        selector = parser.parse_unresolved_operand()
        branches = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, lambda: parse_symbol(parser))
        captured = parse_operands(parser)
        values, results = parse_signature(parser, [selector, *captured])
        return cls(values[0], branches, values[1:], results)

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_operand(self.selector)
        with printer.in_square_brackets():
            print_symbols(printer, self.branches.data)
        print_operands(printer, self.captures)
        print_signature(printer, self)

    def verify_(self) -> None:
        require(self, "C1", bool(self.branches.data), "there is none")
        type_ = self.selector.type
        assert isinstance(type_, MemRefType)
        fits = type_.get_num_dims() == 0 and str(type_.element_type) in ("i1", "i32")
        require(self, "C2", fits, f"the selector is {type_}")


def parse_symbol(parser: Parser) -> SymbolRefAttr:
    """Reads `@name`."""
    return SymbolRefAttr(parser.parse_symbol_name())


def print_symbols(printer: Printer, symbols: Sequence[SymbolRefAttr]) -> None:
    """Writes `@a, @b`."""
    printer.print_list(symbols, lambda symbol: printer.print_symbol_name(symbol.root_reference.data))


def parse_operands(parser: Parser) -> list[UnresolvedOperand]:
    """Reads `(%a, %b)`."""
    return parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_unresolved_operand)


def print_operands(printer: Printer, operands: Sequence[SSAValue]) -> None:
    """Writes `(%a, %b)`."""
    with printer.in_parens():
        printer.print_list(operands, printer.print_operand)


def parse_signature(
    parser: Parser, operands: Sequence[UnresolvedOperand]
) -> tuple[Sequence[SSAValue], Sequence[Attribute]]:
    """Reads `: (T, U) -> T`."""
    parser.parse_punctuation(":")
    position = parser.pos
    types = parser.parse_function_type()
    return parser.resolve_operands(operands, types.inputs.data, position), types.outputs.data


def print_signature(printer: Printer, op: IRDLOperation) -> None:
    """Writes ` : (T, U) -> T`."""
    printer.print_string(" : ")
    printer.print_attribute(FunctionType.from_lists(op.operand_types, op.result_types))
