"""Windows that move over a tensor: what convolution and reduce_window do along each of their dimensions.

    window = {stride = [2, 1], pad = [[1, -1], [0, 2]], lhs_dilate = [2, 1], rhs_dilate = [1, 2],
              reverse = [false, false]}

The operand's elements are spread `base_dilation` apart, then padded (or cut, where padding is negative); the window's
are spread `window_dilation` apart, and it moves on by `stride`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from xdsl.dialects.builtin import DenseArrayBase, DenseIntOrFPElementsAttr, IntegerType, i1
from xdsl.ir import Attribute, Operation
from xdsl.irdl import BaseAttr
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo.attributes import IntArray, int_array, ints, parse_ints
from iree.compiler.dialects.mhlo.types import DYNAMIC
from iree.compiler.ir.constants import array_of, dense
from iree.compiler.ir.diagnostics import require

PADDING = BaseAttr(DenseIntOrFPElementsAttr)
REVERSAL = DenseArrayBase.constr(i1)


@dataclass(frozen=True)
class WindowDim:
    """A window along one dimension."""

    size: int
    stride: int = 1
    low: int = 0
    high: int = 0
    base_dilation: int = 1
    window_dilation: int = 1
    is_reversed: bool = False

    def positions(self, base: int) -> int:
        """How many places of an operand of this size it stops at."""
        if DYNAMIC in (base, self.size):
            return DYNAMIC
        padded = spread(base, self.base_dilation) + self.low + self.high
        extent = spread(self.size, self.window_dilation)
        return 0 if padded < extent or padded <= 0 else (padded - extent) // self.stride + 1


def spread(size: int, dilation: int) -> int:
    """How much room elements take that are `dilation` apart."""
    return (size - 1) * dilation + 1 if size else 0


def values_of(attribute: IntArray | None, default: int, rank: int) -> tuple[int, ...]:
    """A list that may be missing."""
    return (default,) * rank if attribute is None else ints(attribute)


def padding_of(attribute: DenseIntOrFPElementsAttr | None, rank: int) -> list[tuple[int, int]]:
    """Padding before and after, for each dimension; nothing where it is missing."""
    if attribute is None:
        return [(0, 0)] * rank
    return [(int(low), int(high)) for low, high in array_of(attribute).reshape(-1, 2)]


def reversal_of(attribute: DenseArrayBase[IntegerType] | None, rank: int) -> tuple[bool, ...]:
    """Which dimensions of the window run backwards; none where it is missing."""
    return (False,) * rank if attribute is None else tuple(map(bool, attribute.get_values()))


def require_lists(op: Operation, label: str, rank: int, lists: Sequence[IntArray | None]) -> None:
    """The rule that each list that is there has one entry for each dimension of the window."""
    lengths = [len(values) for values in lists if values is not None]
    padding = op.properties.get("padding")
    if isinstance(padding, DenseIntOrFPElementsAttr):
        shape = padding.get_shape()
        require(op, label, shape == (rank, 2), f"padding of shape {list(shape)}, not {[rank, 2]}")
    require(op, label, all(length == rank for length in lengths), f"lists of {lengths} entries, not {rank}")


def require_steps(op: Operation, label: str, dims: Sequence[WindowDim]) -> None:
    """The rule that sizes, strides and dilations are positive."""
    steps = [(dim.size, dim.stride, dim.base_dilation, dim.window_dilation) for dim in dims]
    least = min((step for dim in steps for step in dim if step != DYNAMIC), default=1)
    require(op, label, least > 0, f"sizes, strides and dilations are positive, not {least}")


def parse_window(parser: Parser) -> dict[str, Attribute]:
    """Reads `window = {stride = [..], ..}` into properties of a convolution."""
    parser.parse_keyword("window")
    parser.parse_punctuation("=")
    properties: dict[str, Attribute] = {}

    def entry() -> None:
        name = parser.parse_identifier()
        if name not in _PROPERTIES or _PROPERTIES[name] in properties:
            parser.raise_error(f"expected each of {', '.join(_PROPERTIES)} at most once, found '{name}'")
        parser.parse_punctuation("=")
        if name == "pad":
            pairs = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, lambda: parse_ints(parser))
            if any(len(pair) != 2 for pair in pairs):
                parser.raise_error("padding is a pair for each dimension, before and after")
            properties["padding"] = dense(np.array(pairs, np.int64).reshape(len(pairs), 2))
        elif name == "reverse":
            flags = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, lambda: _parse_flag(parser))
            properties["window_reversal"] = DenseArrayBase.from_list(i1, flags)
        else:
            properties[_PROPERTIES[name]] = int_array(parse_ints(parser))

    parser.parse_comma_separated_list(parser.Delimiter.BRACES, entry)
    return properties


def _parse_flag(parser: Parser) -> int:
    return -1 if parser.parse_boolean() else 0


def print_window(printer: Printer, op: Operation) -> None:
    """Writes what parse_window reads."""
    entries = []
    for name, property_name in _PROPERTIES.items():
        match op.properties.get(property_name):
            case DenseIntOrFPElementsAttr() as padding:
                entries.append(f"{name} = {array_of(padding).tolist()}")
            case DenseArrayBase(elt_type=element) as values if element == i1:
                flags = ["true" if flag else "false" for flag in values.get_values()]
                entries.append(f"{name} = [{', '.join(flags)}]")
            case DenseArrayBase() as values:
                entries.append(f"{name} = {list(values.get_values())}")
    printer.print_string(f"window = {{{', '.join(entries)}}}")


_PROPERTIES = {
    "stride": "window_strides",
    "pad": "padding",
    "lhs_dilate": "lhs_dilation",
    "rhs_dilate": "rhs_dilation",
    "reverse": "window_reversal",
}
