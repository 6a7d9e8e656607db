"""Sums of products as text says them. transforms/input/expand_einsum.py dissolves them.

%2 = mhlo.einsum %0, %1, config = "bij,bjk->bik" : (tensor<3x4x5xf32>, tensor<3x5x6xf32>) -> tensor<3x4x6xf32>
%3 = mhlo.unary_einsum %2, config = "bik->kb" : (tensor<3x4x6xf32>) -> tensor<6x3xf32>
"""

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import StringAttr, TensorType
from xdsl.irdl import irdl_op_definition, operand_def, prop_def, result_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.rules import require_result
from iree.compiler.dialects.mhlo.types import shape_of, sizes_agree, tensor
from iree.compiler.ir.diagnostics import require


class AnyEinsum(HloOp):
    """What the ops share whose dimensions have letters.

    (C1) The config has a term for each operand, `->` and a term for the result, of letters or dots.
    (C2) A term has a letter for each dimension; `...` stands for as many as are left.
    (C3) No letter comes twice in a term, and each letter of the result comes in an operand.
    (C4) A letter has one size everywhere.
    """

    einsum_config = prop_def(StringAttr)
    result = result_def(TensorType)

    @classmethod
    def parse_config(cls, parser: Parser, count: int) -> Self:
        """Reads operands and `, config = ".."`."""
        names = assembly.parse_operands(parser, count)
        assembly.parse_named(parser, "config")
        return cls.parse_end(parser, names, {"einsum_config": StringAttr(parser.parse_str_literal())})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        printer.print_string(f', config = "{self.einsum_config.data}"')
        assembly.print_end(printer, self)

    def terms(self) -> tuple[list[str], str]:
        """The letters of each operand's dimensions, and of the result's; `...` is made digits, from the last one."""
        inputs, _, output = self.einsum_config.data.replace(" ", "").partition("->")
        ranks = [len(shape_of(operand)) for operand in self.operands]
        terms = [_filled(term, rank) for term, rank in zip(inputs.split(","), ranks, strict=True)]
        return terms, _filled(output, len(shape_of(self.result)))

    def verify_(self) -> None:
        config = self.einsum_config.data
        inputs, arrow, output = config.replace(" ", "").partition("->")
        written = [*inputs.split(","), output]
        legal = all(term.replace("...", "", 1).isalpha() or not term.replace("...", "", 1) for term in written)
        counted = arrow == "->" and len(written) == len(self.operands) + 1
        require(self, "C1", counted and legal, f"the config is {config!r} for {len(self.operands)} operands")
        terms, result = self.terms()
        types = [*map(tensor, self.operands), tensor(self.result)]
        for term, type_ in zip((*terms, result), types, strict=True):
            require(self, "C2", len(term) == type_.get_num_dims(), f"{config!r} for {type_}")
            require(self, "C3", len(set(term)) == len(term), f"a letter comes twice in a term of {config!r}")
        require(self, "C3", set(result) <= set("".join(terms)), f"the result of {config!r} has a letter of its own")
        sizes: dict[str, int] = {}
        for term, type_ in zip(terms, types, strict=False):
            for letter, size in zip(term, type_.get_shape(), strict=True):
                require(self, "C4", sizes_agree(sizes.setdefault(letter, size), size), _sizes(config, types))
        require_result(self, "C4", types[-1], types[0], tuple(sizes[letter] for letter in result))


@irdl_op_definition
class Einsum(AnyEinsum):
    """Multiplies elements of equal letters, and sums over the letters that the result has not."""

    name = "mhlo.einsum"
    lhs = operand_def(TensorType)
    rhs = operand_def(TensorType)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        return cls.parse_config(parser, 2)


@irdl_op_definition
class UnaryEinsum(AnyEinsum):
    """Sums over the letters that the result has not, and orders the others as the result has them."""

    name = "mhlo.unary_einsum"
    operand = operand_def(TensorType)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        return cls.parse_config(parser, 1)


def _filled(term: str, rank: int) -> str:
    """A term without dots: `a...b` of rank 4 is `a10b`."""
    before, dots, after = term.partition("...")
    missing = rank - len(before) - len(after) if dots else 0
    return before + "".join(str(index) for index in reversed(range(max(missing, 0)))) + after


def _sizes(config: str, types: Sequence[object]) -> str:
    return f"{config!r} for {', '.join(map(str, types))}"


EINSUM = (Einsum, UnaryEinsum)
