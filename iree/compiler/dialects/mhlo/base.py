"""HloOp: what all mhlo ops share. NormalizedOp: ops that are held in one form however they were written."""

from collections.abc import Mapping, Sequence
from typing import Self, TypeAlias

from xdsl.dialects.builtin import LocationAttr
from xdsl.ir import Attribute, Block, Region, SSAValue
from xdsl.irdl import IRDLOperation, traits_def
from xdsl.parser import Parser, UnresolvedOperand
from xdsl.traits import Pure

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.attributes import normal
from iree.compiler.dialects.quant import quantization_of

Attributes: TypeAlias = Mapping[str, Attribute]

PERMISSIONS = frozenset({"precision_config"})


class NormalizedOp(IRDLOperation):
    """An op whose properties and attributes are made `normalized` before it is there."""

    @classmethod
    def normalized(cls, properties: Attributes, attributes: Attributes) -> tuple[Attributes, Attributes]:
        """The properties and attributes that the op is held with, of those that it was written with."""
        raise NotImplementedError(cls.__name__)

    @classmethod
    def create(
        cls,
        *,
        operands: Sequence[SSAValue] = (),
        result_types: Sequence[Attribute] = (),
        properties: Mapping[str, Attribute] = {},
        attributes: Mapping[str, Attribute] = {},
        location: LocationAttr | None = None,
        successors: Sequence[Block] = (),
        regions: Sequence[Region] = (),
    ) -> Self:
        kept, others = cls.normalized(properties, attributes)
        return super().create(
            operands=operands,
            result_types=result_types,
            properties=kept,
            attributes=others,
            location=location,
            successors=successors,
            regions=regions,
        )


class HloOp(NormalizedOp):
    """An op without side effects.

    Integer lists become array<i64: ..>. What only permits less precision is dropped: we always compute in the type
    that the program names.
    """

    traits = traits_def(Pure())

    @classmethod
    def normalized(cls, properties: Attributes, attributes: Attributes) -> tuple[Attributes, Attributes]:
        return (
            {name: normal(value) for name, value in properties.items() if name not in PERMISSIONS},
            {name: value for name, value in attributes.items() if name not in PERMISSIONS},
        )

    def verify(self, verify_nested_ops: bool = True) -> None:
        """An op on quantized tensors keeps its rules once it is written with floats: lower_quantized_types.py."""
        if not any(quantization_of(value.type) for value in (*self.operands, *self.results)):
            super().verify(verify_nested_ops)

    @classmethod
    def parse_end(
        cls, parser: Parser, names: Sequence[UnresolvedOperand], properties: Mapping[str, Attribute] = {}
    ) -> Self:
        """Reads what follows an op's operands: properties that have no form of their own, attributes, types."""
        attributes = parser.parse_optional_attr_dict()
        own = {name: attributes.pop(name) for name in cls.get_irdl_definition().properties if name in attributes}
        operands, results = assembly.parse_signature(parser, names)
        return cls.create(
            operands=operands, result_types=results, properties={**properties, **own}, attributes=attributes
        )

    @classmethod
    def parse_regular(cls, parser: Parser, count: int) -> Self:
        """Reads an op that has `count` operands and no properties."""
        return cls.parse_end(parser, assembly.parse_operands(parser, count))
