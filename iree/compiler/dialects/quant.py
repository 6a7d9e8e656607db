"""quant: the element types of tensors that hold small integers for numbers.

    !quant.uniform<i8:f32, 0.5:3>                 the number (q - 3) * 0.5 as an i8 q
    !quant.uniform<i8<-127:127>:f32:1, {0.5, 0.25:3}>       a scale and zero point for each index of dimension 1

transforms/input/lower_quantized_types.py writes what they mean.
"""

import dataclasses
import re

from xdsl.dialects.builtin import AnyFloat, IntegerType, Signedness, TensorType, bf16, f16, f32, f64
from xdsl.ir import Attribute, Data, Dialect, TypeAttribute
from xdsl.irdl import irdl_attr_definition
from xdsl.parser import AttrParser
from xdsl.printer import Printer

from iree.compiler.ir.opaque_text import parse_opaque_text

_FLOATS: dict[str, AnyFloat] = {str(type_): type_ for type_ in (bf16, f16, f32, f64)}
_NUMBER = r"[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?"
_TEXT = re.compile(
    r"(?P<sign>[iu])(?P<width>\d+)(?:<(?P<low>-?\d+):(?P<high>-?\d+)>)?:(?P<expressed>\w+)"
    rf"(?::(?P<axis>\d+))?,(?P<open>\{{?)(?P<each>{_NUMBER}(?::-?\d+)?(?:,{_NUMBER}(?::-?\d+)?)*)\}}?"
)


@dataclasses.dataclass(frozen=True)
class Quantization:
    """How numbers are held: the number of q is (q - zero point) * scale, with q between `low` and `high`.

    Without an axis there is one scale and zero point, with one there is one for each index of that dimension.
    """

    storage: IntegerType
    low: int
    high: int
    expressed: AnyFloat
    axis: int | None
    scales: tuple[float, ...]
    zero_points: tuple[int, ...]


@irdl_attr_definition
class UniformQuantized(Data[Quantization], TypeAttribute):
    """!quant.uniform<i8:f32, 0.5:3>"""

    name = "quant.uniform"

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> Quantization:
        start = parser.pos
        text = parse_opaque_text(parser)
        found = _TEXT.fullmatch(re.sub(r"\s", "", text))
        if found is None or found["expressed"] not in _FLOATS or bool(found["axis"]) != bool(found["open"]):
            parser.raise_error(
                f"'{text}' is no uniform quantization: expected i8:f32, 0.5:3 or i8:f32:1, {{0.5:3, 0.25}} with "
                f"i or u, a width, and {', '.join(_FLOATS)}",
                start,
                parser.pos,
            )
        return _quantization(found)

    def print_parameter(self, printer: Printer) -> None:
        held = self.data
        unsigned = held.storage.signedness.data is Signedness.UNSIGNED
        range_ = f"<{held.low}:{held.high}>" if (held.low, held.high) != _limits(held.storage) else ""
        pairs = zip(held.scales, held.zero_points, strict=True)
        each = ", ".join(f"{scale!r}" + (f":{zero}" if zero else "") for scale, zero in pairs)
        axis = "" if held.axis is None else f":{held.axis}"
        storage = f"{'u' if unsigned else 'i'}{held.storage.bitwidth}"
        each = each if held.axis is None else f"{{{each}}}"
        printer.print_string(f"<{storage}{range_}:{held.expressed}{axis}, {each}>")


def quantization_of(type_: Attribute) -> Quantization | None:
    """How a tensor's elements are held; None: as they are."""
    element = type_.element_type if isinstance(type_, TensorType) else None
    return element.data if isinstance(element, UniformQuantized) else None


def _quantization(found: re.Match[str]) -> Quantization:
    signedness = Signedness.UNSIGNED if found["sign"] == "u" else Signedness.SIGNLESS
    storage = IntegerType(int(found["width"]), signedness)
    limits = (int(found["low"]), int(found["high"])) if found["low"] else _limits(storage)
    pairs = [each.partition(":") for each in found["each"].split(",")]
    return Quantization(
        storage,
        *limits,
        _FLOATS[found["expressed"]],
        int(found["axis"]) if found["axis"] else None,
        tuple(float(scale) for scale, _, _ in pairs),
        tuple(int(zero or 0) for _, _, zero in pairs),
    )


def _limits(storage: IntegerType) -> tuple[int, int]:
    width = storage.bitwidth
    return (
        (0, 2**width - 1)
        if storage.signedness.data is Signedness.UNSIGNED
        else (-(2 ** (width - 1)), 2 ** (width - 1) - 1)
    )


DIALECT = Dialect("quant", [], [UniformQuantized])
