"""Products summed over dimensions.

%2 = mhlo.dot %0, %1 : (tensor<4x5xf32>, tensor<5x6xf32>) -> tensor<4x6xf32>
%2 = mhlo.dot_general %0, %1, batching_dims = [0] x [0], contracting_dims = [2] x [1] : (..) -> ..
"""

from typing import Self

from xdsl.dialects.builtin import TensorType
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, prop_def, result_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly, inference
from iree.compiler.dialects.mhlo.attributes import DotDimensionNumbers, DotNumbers, PrecisionKind, parse_ints
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.rules import require_dimensions, require_one_kind
from iree.compiler.dialects.mhlo.types import (
    Tensor,
    element_of,
    shape_of,
    sizes_agree,
    spell,
    tensor,
    types_agree,
)
from iree.compiler.ir.diagnostics import require


def parse_precision(parser: Parser) -> None:
    """Reads what follows `precision`: ` = [DEFAULT, HIGHEST]`. It is not kept: see attributes.Precision."""
    parser.parse_punctuation("=")
    parser.parse_comma_separated_list(parser.Delimiter.SQUARE, lambda: parser.parse_str_enum(PrecisionKind))


@irdl_op_definition
class Dot(HloOp):
    """Sums over the last dimension of lhs and the first of rhs. The input stage makes it a dot_general.

    (C1) Both operands have one or two dimensions, and all elements are of one kind.
    (C2) The sizes summed over are the same.
    (C3) The result has what is left of lhs, then what is left of rhs.
    """

    name = "mhlo.dot"
    lhs = operand_def(TensorType)
    rhs = operand_def(TensorType)
    result = result_def(TensorType)

    def __init__(self, lhs: SSAValue, rhs: SSAValue):
        result_type = TensorType(element_of(lhs), shape_of(lhs)[:-1] + shape_of(rhs)[1:])
        super().__init__(operands=[lhs, rhs], result_types=[result_type])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 2)
        if parser.parse_optional_punctuation(",") is not None:
            parser.parse_keyword("precision")
            parse_precision(parser)
        return cls.parse_end(parser, names)

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        lhs, rhs, result = tensor(self.lhs), tensor(self.rhs), tensor(self.result)
        types = f"{lhs} and {rhs} give {result}"
        ranks = {lhs.get_num_dims(), rhs.get_num_dims()}
        require(self, "C1", ranks <= {1, 2}, types)
        require_one_kind(self, "C1", lhs, rhs, result)
        require(self, "C2", sizes_agree(lhs.get_shape()[-1], rhs.get_shape()[0]), types)
        expected = TensorType(result.element_type, lhs.get_shape()[:-1] + rhs.get_shape()[1:])
        require(self, "C3", types_agree(result, expected), f"the result is {result}, not {expected}")


@irdl_op_definition
class DotGeneral(HloOp):
    """Sums over the contracting dimensions, for each index of the batching dimensions.

    (C1) Both operands name as many batching dimensions as each other, and as many contracting ones.
    (C2) Each operand's dimensions are different ones of its own.
    (C3) Batching and contracting sizes of both operands are the same.
    (C4) All elements are of one kind.
    (C5) The result has the batching sizes, then what is left of lhs, then what is left of rhs.
    """

    name = "mhlo.dot_general"
    lhs = operand_def(TensorType)
    rhs = operand_def(TensorType)
    dot_dimension_numbers = prop_def(DotDimensionNumbers)
    result = result_def(TensorType)

    def __init__(self, lhs: SSAValue, rhs: SSAValue, numbers: DotNumbers, element_type: Attribute | None = None):
        """The result has the elements of lhs unless others are given."""
        super().__init__(
            operands=[lhs, rhs],
            properties={"dot_dimension_numbers": DotDimensionNumbers(numbers)},
            result_types=[infer_dot_general(tensor(lhs), tensor(rhs), numbers, element_type or element_of(lhs))],
        )

    @property
    def numbers(self) -> DotNumbers:
        """Which dimensions are batching and contracting ones."""
        return self.dot_dimension_numbers.data

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 2)
        pairs: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {}
        while parser.parse_optional_punctuation(",") is not None:
            keyword = parser.parse_identifier()
            if keyword == "precision":
                parse_precision(parser)
            elif keyword in ("batching_dims", "contracting_dims") and keyword not in pairs:
                parser.parse_punctuation("=")
                lhs = parse_ints(parser)
                parser.parse_keyword("x")
                pairs[keyword] = lhs, parse_ints(parser)
            else:
                parser.raise_error(f"dot_general: '{keyword}' is not supported here")
        batching, contracting = (pairs.get(word, ((), ())) for word in ("batching_dims", "contracting_dims"))
        numbers = DotNumbers(*batching, *contracting)
        return cls.parse_end(parser, names, {"dot_dimension_numbers": DotDimensionNumbers(numbers)})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        numbers = self.numbers
        batching = numbers.lhs_batching_dimensions, numbers.rhs_batching_dimensions
        contracting = numbers.lhs_contracting_dimensions, numbers.rhs_contracting_dimensions
        if any(batching):
            printer.print_string(f", batching_dims = {list(batching[0])} x {list(batching[1])}")
        printer.print_string(f", contracting_dims = {list(contracting[0])} x {list(contracting[1])}")
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        lhs, rhs, result, numbers = tensor(self.lhs), tensor(self.rhs), tensor(self.result), self.numbers
        lhs_batch, lhs_sum = numbers.lhs_batching_dimensions, numbers.lhs_contracting_dimensions
        rhs_batch, rhs_sum = numbers.rhs_batching_dimensions, numbers.rhs_contracting_dimensions
        paired = len(lhs_batch) == len(rhs_batch) and len(lhs_sum) == len(rhs_sum)
        require(self, "C1", paired, f"{list(lhs_batch + lhs_sum)} of lhs and {list(rhs_batch + rhs_sum)} of rhs")
        require_dimensions(self, "C2", lhs_batch + lhs_sum, lhs.get_num_dims())
        require_dimensions(self, "C2", rhs_batch + rhs_sum, rhs.get_num_dims())
        lhs_shape, rhs_shape = lhs.get_shape(), rhs.get_shape()
        pairs = zip(lhs_batch + lhs_sum, rhs_batch + rhs_sum, strict=True)
        same = all(sizes_agree(lhs_shape[one], rhs_shape[other]) for one, other in pairs)
        require(self, "C3", same, f"shapes {spell(lhs_shape)} and {spell(rhs_shape)} along {numbers}")
        require_one_kind(self, "C4", lhs, rhs, result)
        expected = infer_dot_general(lhs, rhs, numbers, result.element_type)
        require(self, "C5", types_agree(result, expected), f"the result is {result}, not {expected}")


def infer_dot_general(lhs: Tensor, rhs: Tensor, numbers: DotNumbers, element_type: Attribute) -> Tensor:
    """The type of a dot_general's result."""
    return TensorType(element_type, inference.dot_general(lhs.get_shape(), rhs.get_shape(), numbers))


CONTRACTION = (Dot, DotGeneral)
