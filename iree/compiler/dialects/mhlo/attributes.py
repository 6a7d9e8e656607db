"""The attributes of mhlo ops, and the one form that integer lists take.

    #mhlo<comparison_direction LT>   #mhlo<comparison_type FLOAT>   #mhlo<precision HIGHEST>
    #mhlo.dot<lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [0]>
    #mhlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>

StableHLO's and CHLO's are the same ones under their own names.
"""

import dataclasses
from collections.abc import Sequence
from enum import auto
from typing import Any, TypeAlias

from xdsl.dialects.builtin import DenseArrayBase, DenseIntOrFPElementsAttr, IntegerType, i1, i64
from xdsl.dialects.utils.enum_attribute import EnumAttribute
from xdsl.ir import Attribute, Data, SpacedOpaqueSyntaxAttribute
from xdsl.irdl import irdl_attr_definition
from xdsl.parser import AttrParser
from xdsl.printer import Printer
from xdsl.utils.str_enum import StrEnum

from iree.compiler.dialects.size_lists import parse_size_list
from iree.compiler.ir import sizes
from iree.compiler.ir.constants import array_of

IntArray: TypeAlias = DenseArrayBase[IntegerType]


class UpperCase(StrEnum):
    """MLIR spells these in capitals, xDSL's own enums in small letters."""

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[Any]) -> str:
        return name


class EnumSyntax(SpacedOpaqueSyntaxAttribute):
    """#mhlo<fft_type RFFT>; #mhlo.fft_type<RFFT>, which MHLO prints of some, is read too."""

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> Any:
        """The word, in brackets or not."""
        in_brackets = parser.parse_optional_punctuation("<") is not None
        value = super().parse_parameter(parser)  # type: ignore[misc]
        if in_brackets:
            parser.parse_punctuation(">")
        return value


class Direction(UpperCase):
    """What a comparison asks."""

    EQ = auto()
    NE = auto()
    GE = auto()
    GT = auto()
    LE = auto()
    LT = auto()


class Comparison(UpperCase):
    """How a comparison reads its operands. NOTYPE: as their element type says."""

    NOTYPE = auto()
    FLOAT = auto()
    TOTALORDER = auto()
    SIGNED = auto()
    UNSIGNED = auto()


class PrecisionKind(UpperCase):
    """What a dot may do with its operands' bits: a permission, not a demand."""

    DEFAULT = auto()
    HIGH = auto()
    HIGHEST = auto()


@irdl_attr_definition
class ComparisonDirection(EnumSyntax, EnumAttribute[Direction]):
    """#mhlo<comparison_direction LT>"""

    name = "mhlo.comparison_direction"


@irdl_attr_definition
class ComparisonType(EnumSyntax, EnumAttribute[Comparison]):
    """#mhlo<comparison_type FLOAT>"""

    name = "mhlo.comparison_type"


@irdl_attr_definition
class Precision(EnumSyntax, EnumAttribute[PrecisionKind]):
    """#mhlo<precision HIGHEST>. Read, never kept: we always compute in the type that the program names."""

    name = "mhlo.precision"


@dataclasses.dataclass(frozen=True)
class DotNumbers:
    """Which dimensions of the operands of a dot are batch dimensions and which are summed over."""

    lhs_batching_dimensions: tuple[int, ...] = ()
    rhs_batching_dimensions: tuple[int, ...] = ()
    lhs_contracting_dimensions: tuple[int, ...] = ()
    rhs_contracting_dimensions: tuple[int, ...] = ()


@irdl_attr_definition
class DotDimensionNumbers(Data[DotNumbers]):
    """#mhlo.dot<lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [0]>; an empty list is left out."""

    name = "mhlo.dot"

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> DotNumbers:
        return DotNumbers(**_parse_fields(parser, DotNumbers))

    def print_parameter(self, printer: Printer) -> None:
        _print_fields(printer, self.data)


@dataclasses.dataclass(frozen=True)
class GatherNumbers:
    """Which dimensions of a gather's operand, start indices and result belong together.

    `offset_dims`: of the result, those along a slice. `collapsed_slice_dims`: of the operand, those a slice loses.
    `start_index_map`: of the operand, which one each element of an index vector is for.
    """

    offset_dims: tuple[int, ...] = ()
    collapsed_slice_dims: tuple[int, ...] = ()
    operand_batching_dims: tuple[int, ...] = ()
    start_indices_batching_dims: tuple[int, ...] = ()
    start_index_map: tuple[int, ...] = ()
    index_vector_dim: int = 0


@irdl_attr_definition
class GatherDimensionNumbers(Data[GatherNumbers]):
    """#mhlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>"""

    name = "mhlo.gather"

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> GatherNumbers:
        return GatherNumbers(**_parse_fields(parser, GatherNumbers))

    def print_parameter(self, printer: Printer) -> None:
        _print_fields(printer, self.data)


@dataclasses.dataclass(frozen=True)
class ScatterNumbers:
    """Which dimensions of a scatter's input, indices and updates belong together.

    `update_window_dims`: of the updates, those along a window. `inserted_window_dims`: of the input, those a window
    lacks. `scatter_dims_to_operand_dims`: of the input, which one each element of an index vector is for.
    """

    update_window_dims: tuple[int, ...] = ()
    inserted_window_dims: tuple[int, ...] = ()
    input_batching_dims: tuple[int, ...] = ()
    scatter_indices_batching_dims: tuple[int, ...] = ()
    scatter_dims_to_operand_dims: tuple[int, ...] = ()
    index_vector_dim: int = 0


@irdl_attr_definition
class ScatterDimensionNumbers(Data[ScatterNumbers]):
    """#mhlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>"""

    name = "mhlo.scatter"

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> ScatterNumbers:
        return ScatterNumbers(**_parse_fields(parser, ScatterNumbers))

    def print_parameter(self, printer: Printer) -> None:
        _print_fields(printer, self.data)


def _parse_fields(parser: AttrParser, numbers: type[Any]) -> dict[str, Any]:
    """Reads `<lists = [0, 1], number = 1>`; what is left out is empty or 0."""
    found: dict[str, Any] = {}
    defaults = {field.name: field.default for field in dataclasses.fields(numbers)}

    def entry() -> None:
        name = parser.parse_identifier()
        if name not in defaults or name in found:
            parser.raise_error(f"expected each of {', '.join(defaults)} at most once, found '{name}'")
        parser.parse_punctuation("=")
        found[name] = parser.parse_integer() if isinstance(defaults[name], int) else parse_ints(parser)

    parser.parse_comma_separated_list(parser.Delimiter.ANGLE, entry)
    return found


def _print_fields(printer: Printer, numbers: Any) -> None:
    """Writes what _parse_fields reads."""
    fields = ((field.name, getattr(numbers, field.name)) for field in dataclasses.fields(numbers))
    texts = (f"{name} = {list(value) if isinstance(value, tuple) else value}" for name, value in fields if value)
    printer.print_string("<" + ", ".join(texts) + ">")


def parse_ints(parser: AttrParser) -> tuple[int, ...]:
    """Reads `[1, -2]`."""
    return parse_size_list(parser)


def int_array(values: Sequence[int]) -> IntArray:
    """The form in which ops hold lists of integers: array<i64: ..>, where a size that only a call knows is packed."""
    return DenseArrayBase.from_list(i64, [sizes.packed(value) for value in values])


def ints(array: IntArray) -> tuple[int, ...]:
    """The numbers in a list attribute."""
    return tuple(map(sizes.unpacked, array.iter_values()))


def normal(attribute: Attribute) -> Attribute:
    """A list as array<i64: ..> or array<i1: ..>, if it was written as dense<..> : tensor<Nx..>; or as it is."""
    match attribute:
        case DenseIntOrFPElementsAttr() if attribute.get_element_type() == i1 and len(attribute.get_shape()) == 1:
            return DenseArrayBase.from_list(i1, [-int(flag) for flag in array_of(attribute)])
        case DenseIntOrFPElementsAttr() if attribute.get_element_type() == i64 and len(attribute.get_shape()) == 1:
            return int_array(array_of(attribute).tolist())
        case _:
            return attribute


ATTRIBUTES: tuple[type[Data[Any]], ...] = (
    ComparisonDirection,
    ComparisonType,
    Precision,
    DotDimensionNumbers,
    GatherDimensionNumbers,
    ScatterDimensionNumbers,
)
