"""What xDSL 0.74 does wrong for everyone who imports it, put right once for the process.

Imported by the parser, the printer and the verifier. Each fix is one function; a test of its name shows what breaks
without it.
"""

import re
from collections.abc import Sequence
from typing import Any, NoReturn

from xdsl.dialects import arith
from xdsl.dialects.builtin import DYNAMIC_INDEX, TensorType, VectorType, i1
from xdsl.ir import Attribute, Block, Operation, SSAValue
from xdsl.ir import core as xdsl_core
from xdsl.ir.affine import AffineConstantExpr
from xdsl.irdl import AnyAttr, OperandDef, ResultDef
from xdsl.parser import AttrParser, Parser
from xdsl.printer import Printer
from xdsl.utils.exceptions import VerifyException
from xdsl.utils.mlir_lexer import MLIRLexer, MLIRTokenKind

from iree.compiler.ir import sizes


def keep_numbered_names() -> None:
    """A value called %input_1 keeps its name. xDSL cuts `_1` off on parsing and again on each clone,
    which renames the user's arguments."""
    xdsl_core._VALUE_NAME_SUFFIX_PATTERN = re.compile(r"(?!)")  # matches nothing


def end_strings_in_linear_time() -> None:
    """A string without its closing quote is an error at once. xDSL tries every way to cut it up, 2^n of them."""
    MLIRLexer._unescaped_characters_regex = re.compile(r'"(?:[^"\\\n\v\f]++|\\(?:["nt\\]|[0-9A-Fa-f]{2}))*+"')


def allow_numbered_blocks() -> None:
    """`^0:` names a block, as in MLIR. xDSL takes it for a name that a person gave, and refuses the digit."""
    Block.is_default_block_name = staticmethod(  # type: ignore[method-assign]
        lambda name: re.fullmatch(r"(bb)?\d+", name) is not None
    )


def raise_without_the_module() -> None:
    """A broken rule raises the rule's own error. xDSL first prints the whole module, constants too, into a note."""

    def emit_error(self: Operation, message: str, underlying_error: Exception) -> NoReturn:
        raise underlying_error

    Operation.emit_error = emit_error  # type: ignore[method-assign]


def mask_like(type_: Attribute) -> Attribute:
    """i1, or the tensor or vector of i1 that has the shape of `type_`."""
    match type_:
        case TensorType():
            return TensorType(i1, type_.get_shape())
        case VectorType():
            return VectorType(i1, type_.get_shape(), type_.scalable_dims)
    return i1


def compare_elementwise() -> None:
    """arith.cmpi and arith.cmpf of tensors give a tensor of i1. xDSL gives a single i1."""
    for cls in (arith.CmpiOp, arith.CmpfOp):
        _allow_any(cls, "results", "result", ResultDef(AnyAttr()))
        cls.__init__ = _comparing(cls.__init__)  # type: ignore[method-assign]
        cls.verify_ = _checking_mask(cls.verify_, lambda op: op.result, lambda op: op.lhs)  # type: ignore[method-assign]


def _comparing(init: Any) -> Any:
    def init_comparison(self: Any, operand1: Operation | SSAValue, *args: Any, **kwargs: Any) -> None:
        init(self, operand1, *args, **kwargs)
        self.result._type = mask_like(SSAValue.get(operand1).type)

    return init_comparison


def select_elementwise() -> None:
    """arith.select takes a tensor of i1 as condition, spelled as in MLIR: `%c, %a, %b : tensor<4xi1>, tensor<4xf32>`.

    xDSL takes a single i1 only.
    """

    def parse(cls: type[arith.SelectOp], parser: Parser) -> arith.SelectOp:
        operands = parser.parse_comma_separated_list(parser.Delimiter.NONE, parser.parse_unresolved_operand)
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        position = parser.pos
        types = parser.parse_comma_separated_list(parser.Delimiter.NONE, parser.parse_type)
        condition = types[0] if len(types) == 2 else i1
        values = parser.resolve_operands(operands, [condition, types[-1], types[-1]], position)
        op = cls(*values)
        op.attributes.update(attributes)
        return op

    def print_(self: arith.SelectOp, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_list(self.operands, printer.print_operand)
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        if self.cond.type != i1:
            printer.print_attribute(self.cond.type)
            printer.print_string(", ")
        printer.print_attribute(self.result.type)

    _allow_any(arith.SelectOp, "operands", "cond", OperandDef(AnyAttr()))
    arith.SelectOp.parse = classmethod(parse)  # type: ignore[assignment, method-assign]
    arith.SelectOp.print = print_  # type: ignore[assignment, method-assign]
    arith.SelectOp.verify_ = _checking_mask(  # type: ignore[method-assign]
        arith.SelectOp.verify_, lambda op: op.cond, lambda op: op.result, or_single=True
    )


def spell_sizes() -> None:
    """tensor<[2*d0+3]x4xf32> has a size that only a call knows (sizes.py). xDSL knows no size but numbers and `?`."""

    def print_dimension_list(self: Printer, dims: Sequence[int]) -> None:
        self.print_list(dims, lambda size: self.print_string("?" if size == DYNAMIC_INDEX else sizes.text(size)), "x")

    def parse_dimension_list(self: AttrParser) -> list[int]:
        dims: list[int] = []
        while True:
            if self._current_token.kind == MLIRTokenKind.L_SQUARE:
                dims.append(_parse_size(self))
            elif self._current_token.kind in (MLIRTokenKind.INTEGER_LIT, MLIRTokenKind.QUESTION):
                dims.append(self.parse_shape_dimension())
            else:
                if dims:
                    self._resume_from(self._current_token.span.start - 1)  # the x belongs to who reads the shape
                return dims
            if self._parse_optional_shape_delimiter() is None:
                return dims

    Printer.print_dimension_list = print_dimension_list  # type: ignore[method-assign]
    AttrParser.parse_dimension_list = parse_dimension_list  # type: ignore[method-assign]


def _parse_size(parser: AttrParser) -> int:
    """Reads `[2*d0+3]`."""
    start = parser._current_token.span
    text, begin = start.input.content, start.start + 1
    end = text.find("]", begin)
    try:
        size = sizes.parse(text[begin : end if end > 0 else begin])
    except sizes.SizeError as error:
        parser.raise_error(str(error))
    parser._resume_from(end + 1)
    return size


def spell_sizes_of_maps() -> None:
    """A constant of an affine map may be a size that only a call knows. xDSL prints its many digits."""
    AffineConstantExpr.__str__ = lambda self: sizes.text(self.value)  # type: ignore[method-assign]


def cast_indices_elementwise() -> None:
    """arith.index_cast takes tensors, as in MLIR. xDSL takes a single index only."""
    _allow_any(arith.IndexCastOp, "operands", "input", OperandDef(AnyAttr()))
    _allow_any(arith.IndexCastOp, "results", "result", ResultDef(AnyAttr()))
    arith.IndexCastOp.verify_ = lambda self: None  # type: ignore[method-assign]


def _allow_any(cls: Any, group: str, name: str, definition: OperandDef | ResultDef) -> None:
    definitions = getattr(cls.get_irdl_definition(), group)
    index = [key for key, _ in definitions].index(name)
    definitions[index] = (name, definition)


def _checking_mask(verify: Any, mask: Any, like: Any, or_single: bool = False) -> Any:
    def verify_(self: Any) -> None:
        verify(self)
        expected = mask_like(like(self).type)
        found = mask(self).type
        if found != expected and not (or_single and found == i1):
            raise VerifyException(f"{found} is not the {expected} that goes with {like(self).type}")

    return verify_


keep_numbered_names()
end_strings_in_linear_time()
allow_numbered_blocks()
raise_without_the_module()
compare_elementwise()
select_elementwise()
spell_sizes()
cast_indices_elementwise()
spell_sizes_of_maps()
