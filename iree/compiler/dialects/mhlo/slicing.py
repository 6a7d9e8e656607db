"""Ops that cut tensors, join them and put values around them.

%1 = mhlo.slice %0 [0:3:2, 1:4] : (tensor<3x4xf32>) -> tensor<2x3xf32>
%2 = mhlo.concatenate %1, %1, dim = 0 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
%3 = mhlo.pad %2, %c, low = [0, 1], high = [0, 0], interior = [0, 0] : (tensor<4x3xf32>, tensor<f32>) -> tensor<4x4xf32>
"""

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import IntegerAttr, TensorType, i64
from xdsl.ir import SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, prop_def, result_def, var_operand_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly, inference
from iree.compiler.dialects.mhlo.attributes import int_array, ints
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.rules import INTS, require_result
from iree.compiler.dialects.mhlo.types import DYNAMIC, shape_of, sizes_agree, spell, tensor
from iree.compiler.dialects.size_lists import parse_size
from iree.compiler.ir import sizes
from iree.compiler.ir.diagnostics import require


@irdl_op_definition
class Slice(HloOp):
    """Along each dimension, every stride-th element from start up to, not including, limit.

    (C1) There is a start, a limit and a stride for each dimension.
    (C2) 0 <= start <= limit <= size.
    (C3) No stride is below 1.
    (C4) The result has the operand's elements, and ceil((limit - start) / stride) for sizes.
    """

    name = "mhlo.slice"
    operand = operand_def(TensorType)
    start_indices = prop_def(INTS)
    limit_indices = prop_def(INTS)
    strides = prop_def(INTS)
    result = result_def(TensorType)

    def __init__(self, operand: SSAValue, start: Sequence[int], limit: Sequence[int], strides: Sequence[int]):
        lists = {"start_indices": start, "limit_indices": limit, "strides": strides}
        super().__init__(
            operands=[operand],
            properties={name: int_array(values) for name, values in lists.items()},
            result_types=[TensorType(tensor(operand).element_type, inference.sliced(start, limit, strides))],
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 1)

        def one() -> tuple[int, int, int]:
            start = parse_size(parser)
            parser.parse_punctuation(":")
            limit = parse_size(parser)
            return start, limit, parser.parse_integer() if parser.parse_optional_punctuation(":") else 1

        ranges = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, one)
        start, limit, strides = zip(*ranges, strict=True) if ranges else ((), (), ())
        lists = {"start_indices": start, "limit_indices": limit, "strides": strides}
        return cls.parse_end(parser, names, {name: int_array(values) for name, values in lists.items()})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        ranges = zip(ints(self.start_indices), ints(self.limit_indices), ints(self.strides), strict=True)
        texts = (
            f"{sizes.text(start)}:{sizes.text(limit)}" + (f":{step}" if step != 1 else "")
            for start, limit, step in ranges
        )
        printer.print_string(" [" + ", ".join(texts) + "]")
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        operand = tensor(self.operand)
        shape = operand.get_shape()
        start, limit, strides = ints(self.start_indices), ints(self.limit_indices), ints(self.strides)
        lists = f"start {spell(start)}, limit {spell(limit)} and strides {list(strides)} for {operand}"
        require(self, "C1", len(start) == len(limit) == len(strides) == len(shape), lists)
        inside = all(
            0 <= first <= last and (last <= size or size == DYNAMIC)
            for first, last, size in zip(start, limit, shape, strict=True)
        )
        require(self, "C2", inside, lists)
        require(self, "C3", all(step >= 1 for step in strides), lists)
        require_result(self, "C4", tensor(self.result), operand, inference.sliced(start, limit, strides))


@irdl_op_definition
class Concatenate(HloOp):
    """The operands one after the other along a dimension.

    (C1) There is an operand, and all have the same elements and rank.
    (C2) The dimension is one of theirs.
    (C3) Their other sizes are the same.
    (C4) The result has their elements, and their sizes added up along the dimension.
    """

    name = "mhlo.concatenate"
    inputs = var_operand_def(TensorType)
    dimension = prop_def(IntegerAttr.constr(i64))
    result = result_def(TensorType)

    def __init__(self, inputs: Sequence[SSAValue], dimension: int):
        shape = inference.concatenated([shape_of(value) for value in inputs], dimension)
        super().__init__(
            operands=[list(inputs)],
            properties={"dimension": IntegerAttr(dimension, i64)},
            result_types=[TensorType(tensor(inputs[0]).element_type, shape)],
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = [parser.parse_unresolved_operand()]
        while parser.parse_optional_punctuation(",") is not None:
            name = parser.parse_optional_unresolved_operand()
            if name is None:
                break
            names.append(name)
        parser.parse_keyword("dim")
        parser.parse_punctuation("=")
        return cls.parse_end(parser, names, {"dimension": IntegerAttr(parser.parse_integer(), i64)})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        printer.print_string(f", dim = {self.dimension.value.data}")
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        types = [tensor(value) for value in self.inputs]
        alike = len({(type_.element_type, type_.get_num_dims()) for type_ in types}) == 1
        require(self, "C1", alike, f"the operands are {', '.join(map(str, types)) or 'none'}")
        dimension, rank = self.dimension.value.data, types[0].get_num_dims()
        require(self, "C2", 0 <= dimension < rank, f"dimension {dimension} of rank {rank}")
        shapes = [type_.get_shape() for type_ in types]
        others = (sizes for dim, sizes in enumerate(zip(*shapes, strict=True)) if dim != dimension)
        fits = all(sizes_agree(*sizes) for sizes in others)
        require(self, "C3", fits, f"the shapes are {', '.join(map(spell, shapes))}")
        require_result(self, "C4", tensor(self.result), types[0], inference.concatenated(shapes, dimension))


@irdl_op_definition
class Pad(HloOp):
    """Puts a value before, after and between the elements along each dimension; a negative low or high cuts off.

    (C1) The padding value has no dimensions, and the operand's elements.
    (C2) There is a low, a high and an interior for each dimension.
    (C3) No interior is negative.
    (C4) The result has the operand's elements, and sizes of size + low + high + max(size - 1, 0) * interior >= 0.
    """

    name = "mhlo.pad"
    operand = operand_def(TensorType)
    padding_value = operand_def(TensorType)
    edge_padding_low = prop_def(INTS)
    edge_padding_high = prop_def(INTS)
    interior_padding = prop_def(INTS)
    result = result_def(TensorType)

    def __init__(
        self, operand: SSAValue, value: SSAValue, low: Sequence[int], high: Sequence[int], interior: Sequence[int]
    ):
        lists = {"edge_padding_low": low, "edge_padding_high": high, "interior_padding": interior}
        shape = inference.padded(shape_of(operand), low, high, interior)
        super().__init__(
            operands=[operand, value],
            properties={name: int_array(values) for name, values in lists.items()},
            result_types=[TensorType(tensor(operand).element_type, shape)],
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 2)
        lists = {
            "edge_padding_low": assembly.parse_named_ints(parser, "low"),
            "edge_padding_high": assembly.parse_named_ints(parser, "high"),
            "interior_padding": assembly.parse_named_ints(parser, "interior"),
        }
        return cls.parse_end(parser, names, {name: int_array(values) for name, values in lists.items()})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_named_ints(printer, "low", ints(self.edge_padding_low))
        assembly.print_named_ints(printer, "high", ints(self.edge_padding_high))
        assembly.print_named_ints(printer, "interior", ints(self.interior_padding))
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        operand, value = tensor(self.operand), tensor(self.padding_value)
        scalar = TensorType(operand.element_type, ())
        require(self, "C1", value == scalar, f"the padding value is {value}, not {scalar}")
        low, high, interior = (
            ints(lists) for lists in (self.edge_padding_low, self.edge_padding_high, self.interior_padding)
        )
        lists = f"low {spell(low)}, high {spell(high)} and interior {list(interior)} for {operand}"
        require(self, "C2", len(low) == len(high) == len(interior) == operand.get_num_dims(), lists)
        require(self, "C3", all(between >= 0 for between in interior), lists)
        shape = inference.padded(operand.get_shape(), low, high, interior)
        require(self, "C4", all(size >= 0 or size == DYNAMIC for size in shape), f"{lists} gives {spell(shape)}")
        require_result(self, "C4", tensor(self.result), operand, shape)


SLICING = (Slice, Concatenate, Pad)
