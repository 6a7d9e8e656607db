"""mhlo.convolution: products of a window of lhs with the kernel rhs, summed, wherever the window stops.

%2 = mhlo.convolution(%0, %1) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f],
       window = {stride = [2, 2], pad = [[0, 1], [0, 1]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
       : (tensor<1x8x8x3xf32>, tensor<3x3x3x4xf32>) -> tensor<1x4x4x4xf32>
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from xdsl.dialects.builtin import IntegerAttr, TensorType, i64
from xdsl.ir import Attribute, Data
from xdsl.irdl import irdl_attr_definition, irdl_op_definition, operand_def, opt_prop_def, prop_def, result_def
from xdsl.parser import AttrParser, Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.rules import INTS, require_one_kind
from iree.compiler.dialects.mhlo.types import (
    DYNAMIC,
    Shape,
    shape_of,
    sizes_agree,
    spell,
    tensor,
    types_agree,
)
from iree.compiler.dialects.mhlo.window import (
    PADDING,
    REVERSAL,
    WindowDim,
    padding_of,
    parse_window,
    print_window,
    require_lists,
    require_steps,
    reversal_of,
    values_of,
)
from iree.compiler.ir.diagnostics import require


@dataclass(frozen=True)
class OperandDims:
    """What the dimensions of one tensor of a convolution are.

    `first` and `second`: batch and feature of input and result; input and output feature of a kernel.
    """

    first: int
    second: int
    spatial: tuple[int, ...]

    @property
    def order(self) -> tuple[int, ...]:
        """All dimensions: first, second, spatial ones."""
        return (self.first, self.second, *self.spatial)


@dataclass(frozen=True)
class ConvNumbers:
    """What each dimension of a convolution's tensors is."""

    input: OperandDims
    kernel: OperandDims
    output: OperandDims


_LETTERS = (("b", "f"), ("i", "o"), ("b", "f"))  # of input, kernel, output


@irdl_attr_definition
class ConvDimensionNumbers(Data[ConvNumbers]):
    """#mhlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>: at each place what that dimension is."""

    name = "mhlo.conv"

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> ConvNumbers:
        with parser.in_angle_brackets():
            return parse_numbers(parser)

    def print_parameter(self, printer: Printer) -> None:
        printer.print_string(f"<{numbers_text(self.data)}>")


def parse_numbers(parser: AttrParser) -> ConvNumbers:
    """Reads `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]`."""
    source = _parse_dims(parser, *_LETTERS[0])
    parser.parse_keyword("x")
    kernel = _parse_dims(parser, *_LETTERS[1])
    parser.parse_punctuation("->")
    return ConvNumbers(source, kernel, _parse_dims(parser, *_LETTERS[2]))


def _parse_dims(parser: AttrParser, first: str, second: str) -> OperandDims:
    def entry() -> str:
        number = parser.parse_optional_integer(allow_boolean=False, allow_negative=False)
        return parser.parse_identifier() if number is None else str(number)

    found = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, entry)
    expected = [first, second, *map(str, range(len(found) - 2))]
    if sorted(found) != sorted(expected):
        parser.raise_error(f"expected each of {', '.join(expected)} once, found {', '.join(found)}")
    return OperandDims(found.index(first), found.index(second), tuple(map(found.index, expected[2:])))


def numbers_text(numbers: ConvNumbers) -> str:
    """What parse_numbers reads."""
    texts = []
    tensors = (numbers.input, numbers.kernel, numbers.output)
    for dims, (first, second) in zip(tensors, _LETTERS, strict=True):
        names = dict(zip(dims.order, [first, second, *map(str, range(len(dims.spatial)))], strict=True))
        texts.append(f"[{', '.join(names[dim] for dim in range(len(names)))}]")
    return f"{texts[0]}x{texts[1]}->{texts[2]}"


@irdl_op_definition
class Convolution(HloOp):
    """Moves a kernel over the spatial dimensions of its input.

    With groups, features (or batch) of the input and output features of the kernel fall into as many runs, and each
    run of the input meets its own run of the kernel.

    (C1) All elements are of one kind.
    (C2) Operands and result have the dimensions that the dimension numbers name.
    (C3) Each list has one entry for each spatial dimension.
    (C4) Strides, dilations and the kernel's sizes are positive.
    (C5) Both group counts are positive, and one of them is 1.
    (C6) Input features are those of the kernel times feature groups.
    (C7) Groups divide what they divide: the input's batch, and the kernel's output features.
    (C8) The result has the batch of a group, the kernel's output features, and the places where the window stops.
    """

    name = "mhlo.convolution"
    lhs = operand_def(TensorType)
    rhs = operand_def(TensorType)
    window_strides = opt_prop_def(INTS)
    padding = opt_prop_def(PADDING)
    lhs_dilation = opt_prop_def(INTS)
    rhs_dilation = opt_prop_def(INTS)
    window_reversal = opt_prop_def(REVERSAL)
    dimension_numbers = prop_def(ConvDimensionNumbers)
    feature_group_count = prop_def(IntegerAttr.constr(i64))
    batch_group_count = prop_def(IntegerAttr.constr(i64))
    result = result_def(TensorType)

    @property
    def numbers(self) -> ConvNumbers:
        """What each dimension of operands and result is."""
        return self.dimension_numbers.data

    @property
    def window(self) -> list[WindowDim]:
        """The kernel along each spatial dimension."""
        kernel = shape_of(self.rhs)
        rank = len(self.numbers.kernel.spatial)
        return [
            WindowDim(kernel[dim], stride, low, high, base, own, is_reversed)
            for dim, stride, (low, high), base, own, is_reversed in zip(
                self.numbers.kernel.spatial,
                values_of(self.window_strides, 1, rank),
                padding_of(self.padding, rank),
                values_of(self.lhs_dilation, 1, rank),
                values_of(self.rhs_dilation, 1, rank),
                reversal_of(self.window_reversal, rank),
                strict=True,
            )
        ]

    @property
    def groups(self) -> tuple[int, int]:
        """How many runs features fall into, and how many the batch does."""
        return self.feature_group_count.value.data, self.batch_group_count.value.data

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 2)
        parser.parse_keyword("dim_numbers")
        parser.parse_punctuation("=")
        numbers = ConvDimensionNumbers(parse_numbers(parser))
        parser.parse_punctuation(",")
        return cls.parse_end(parser, names, {"dimension_numbers": numbers, **parse_window(parser)})

    def print(self, printer: Printer) -> None:
        printer.print_string("(")
        printer.print_list(self.operands, printer.print_operand)
        printer.print_string(f") dim_numbers = {numbers_text(self.numbers)}, ")
        print_window(printer, self)
        groups: dict[str, Attribute] = {
            "batch_group_count": self.batch_group_count,
            "feature_group_count": self.feature_group_count,
        }
        assembly.print_attributes(printer, {**groups, **self.attributes})
        assembly.print_signature(printer, self)

    def verify_(self) -> None:
        lhs, rhs, result, numbers = tensor(self.lhs), tensor(self.rhs), tensor(self.result), self.numbers
        require_one_kind(self, "C1", lhs, rhs, result)
        named = [len(dims.order) for dims in (numbers.input, numbers.kernel, numbers.output)]
        ranks = [type_.get_num_dims() for type_ in (lhs, rhs, result)]
        same = ranks == named and len(set(ranks)) == 1
        require(self, "C2", same, f"{numbers_text(numbers)} for {lhs}, {rhs} and {result}")
        lists = (self.window_strides, self.lhs_dilation, self.rhs_dilation, self.window_reversal)
        require_lists(self, "C3", named[0] - 2, lists)
        require_steps(self, "C4", self.window)
        self._verify_groups()
        expected = TensorType(result.element_type, self.result_shape())
        require(self, "C8", types_agree(result, expected), f"the result is {result}, not {expected}")

    def _verify_groups(self) -> None:
        """Checks (C5) to (C7)."""
        lhs, rhs, numbers, (features, batches) = shape_of(self.lhs), shape_of(self.rhs), self.numbers, self.groups
        legal = min(features, batches) == 1
        require(self, "C5", legal, f"{features} feature groups and {batches} batch groups")
        inputs, taken = lhs[numbers.input.second], rhs[numbers.kernel.first]
        expected = DYNAMIC if taken == DYNAMIC else taken * features
        text = f"shapes {spell(lhs)} and {spell(rhs)} with {features} feature groups and {batches} batch groups"
        require(self, "C6", sizes_agree(inputs, expected), text)
        batch, outputs = lhs[numbers.input.first], rhs[numbers.kernel.second]
        divided = batch in (DYNAMIC, batch // batches * batches)
        require(self, "C7", divided and outputs in (DYNAMIC, outputs // max(self.groups) * max(self.groups)), text)

    def result_shape(self) -> Shape:
        """The sizes that the result has."""
        lhs, rhs, numbers = shape_of(self.lhs), shape_of(self.rhs), self.numbers
        batch = lhs[numbers.input.first]
        stops = [dim.positions(lhs[place]) for dim, place in zip(self.window, numbers.input.spatial, strict=True)]
        sizes = [DYNAMIC if batch == DYNAMIC else batch // self.groups[1], rhs[numbers.kernel.second], *stops]
        return in_order(numbers.output.order, sizes)


def in_order(places: Sequence[int], sizes: Sequence[int]) -> Shape:
    """The shape that has each size at its place."""
    by_place = dict(zip(places, sizes, strict=True))
    return tuple(by_place[place] for place in range(len(by_place)))
