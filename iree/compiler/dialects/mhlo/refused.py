"""Ops of StableHLO, MHLO and CHLO that cannot be compiled, each with the reason and what works instead.

    %0 = "stablehlo.all_reduce"(%x) <{..}> ({ .. }) : (tensor<4xf32>) -> tensor<4xf32>

They are read, so that check-input can report each place of each of them together with all else that it refuses.
"""

from collections.abc import Mapping
from typing import ClassVar, Self

from xdsl.ir import Attribute, TypeAttribute
from xdsl.irdl import (
    irdl_attr_definition,
    irdl_op_definition,
    var_operand_def,
    var_region_def,
    var_result_def,
)
from xdsl.parser import Parser

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.base import Attributes, NormalizedOp
from iree.compiler.dialects.mhlo.opaque import OpaqueText

_DEVICES = "works together with other devices, and a module runs on one; lower the program for a single device"
_WHICH = "asks which of several devices it runs on, and a module runs on one; write the constant 0 instead"
_STREAMS = "exchanges data with the host in the middle of a program; make it an argument or a result of the function"
_ASYNC = "says when an op runs, which is for the compiler to choose; write the op itself"
_XLA = "is made by XLA's own passes; give the program as it was before them"

REASONS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "all_gather", "all_reduce", "all_to_all", "collective_broadcast", "collective_permute",
            "cross-replica-sum", "recv", "reduce_scatter", "send",
        ),
        _DEVICES,
    ),
    **dict.fromkeys(("partition_id", "replica_id"), _WHICH),
    **dict.fromkeys(("infeed", "outfeed"), _STREAMS),
    **dict.fromkeys(("async_start", "async_update", "async_done"), _ASYNC),
    **dict.fromkeys(("bitcast", "domain", "fusion", "trace", "_asin_acos_kernel"), _XLA),
    "dynamic_conv": "takes its padding as data; give it as an attribute of a convolution, or pad the operand",
    "minimum_broadcast_shapes": "computes shapes while a program runs; broadcast to sizes known when it is compiled",
    "ragged_dot": "sums over groups whose sizes are data; write a dot_general for each group, or a masked one",
    "scan": "is not supported; write a while",
    "set_dimension_size": "gives a tensor that is in part unused; slice it, or mask what is beyond the size",
    "stochastic_convert": "rounds at random; add random bits to the operand's before they are cut off",
    "xla.rng_get_and_update_state": "holds a state that no argument shows; use rng_bit_generator",
}  # fmt: skip


@irdl_attr_definition
class ChannelHandle(OpaqueText):
    """#mhlo.channel_handle<handle = 1, type = 0>"""

    name = "mhlo.channel_handle"


@irdl_attr_definition
class AsyncBundle(OpaqueText, TypeAttribute):
    """!mhlo.async_bundle<tensor<4xf32>, tensor<4xf32>>"""

    name = "mhlo.async_bundle"


class Refused(NormalizedOp):
    """An op that cannot be compiled, with all it was written with; `WHY` follows its name in the error."""

    WHY: ClassVar[str]
    operands_ = var_operand_def(Attribute)
    results_ = var_result_def(Attribute)
    regions_ = var_region_def()

    @classmethod
    def normalized(cls, properties: Attributes, attributes: Attributes) -> tuple[Attributes, Attributes]:
        return {}, {**properties, **attributes}

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Reads operands, and `, name = value` after them, which nobody needs."""
        names = [] if (first := parser.parse_optional_unresolved_operand()) is None else [first]
        while names and parser.parse_optional_punctuation(",") is not None:
            if (operand := parser.parse_optional_unresolved_operand()) is not None:
                names.append(operand)
                continue
            parser.parse_identifier()
            parser.parse_punctuation("=")
            if parser.parse_optional_integer() is None and parser.parse_optional_attribute() is None:
                parser.parse_identifier()
        attributes = parser.parse_optional_attr_dict()
        operands, results = assembly.parse_signature(parser, names)
        return cls.create(operands=operands, result_types=results, attributes=attributes)


def _class_of(name: str, why: str) -> type[Refused]:
    fields = {"name": f"mhlo.{name}", "WHY": why, "__doc__": f"Refused: {why}.", "__module__": __name__}
    annotations = {"WHY": ClassVar[str]}
    class_name = "".join(part.capitalize() for part in name.replace("-", "_").replace(".", "_").split("_"))
    return irdl_op_definition(type(class_name, (Refused,), {**fields, "__annotations__": annotations}))


REFUSED: tuple[type[Refused], ...] = tuple(_class_of(name, why) for name, why in REASONS.items())
REFUSED_ATTRIBUTES = (ChannelHandle, AsyncBundle)
