"""Sorting: mhlo.sort and mhlo.top_k, and the two ops that say in which order elements are.

    %1:2 = "mhlo.sort"(%0, %n) <{dimension = 1 : i64, is_stable = true}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>, %i: tensor<i32>, %j: tensor<i32>):
      %2 = mhlo.compare LT, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
      mhlo.return %2 : tensor<i1>
    }) : (tensor<4x5xf32>, tensor<4x5xi32>) -> (tensor<4x5xf32>, tensor<4x5xi32>)
    %values, %indices = mhlo.top_k(%0, k = 2) : tensor<4x5xf32> -> (tensor<4x2xf32>, tensor<4x2xi32>)

transforms/input/expand_sort.py makes of a sort the order of the elements and gathers by it. The order is found run by
run: sort_order gives that of runs of some length, each merge_order that of runs of twice the length.

    %1 = "mhlo.sort_order"(%keys) <{dimension = 1 : i64, run = 8 : i64}> ({..}) : (tensor<4x30xf32>) -> tensor<4x30xi32>
    %2 = "mhlo.merge_order"(%1, %keys) <{dimension = 1 : i64, run = 8 : i64}> ({..}) : ..
"""

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import BoolAttr, IntegerAttr, TensorType, i1, i32, i64
from xdsl.ir import Attribute, Block, Region, SSAValue
from xdsl.irdl import (
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    region_def,
    result_def,
    var_operand_def,
    var_result_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.reduction import Return
from iree.compiler.dialects.mhlo.types import (
    Elements,
    element_of,
    elements_of,
    shape_of,
    shapes_agree,
    spell,
    tensor,
    types_agree,
    with_elements,
    with_shape,
)
from iree.compiler.ir.diagnostics import require


@irdl_op_definition
class Sort(HloOp):
    """The elements along a dimension, those of all operands alike, ordered by a comparator; equal ones as they were.

    (C1) All operands have the same shape.
    (C2) The results have the operands' types.
    (C3) The dimension is one of the operands', or counted from behind where it is negative.
    (C4) The comparator takes two scalars for each operand, a left and a right one, and returns an i1.
    """

    name = "mhlo.sort"
    inputs = var_operand_def(TensorType)
    dimension = opt_prop_def(IntegerAttr)
    is_stable = opt_prop_def(BoolAttr)
    outputs = var_result_def(TensorType)
    comparator = region_def("single_block")

    @property
    def axis(self) -> int:
        """The dimension, counted from the front."""
        written = self.dimension.value.data if self.dimension is not None else -1
        return written + len(shape_of(self.inputs[0])) if written < 0 else written

    def verify_(self) -> None:
        verify_keys(self, "C1", self.inputs)
        results = [tensor(result) for result in self.outputs]
        operands = [tensor(value) for value in self.inputs]
        same = len(results) == len(operands) and all(map(types_agree, results, operands))
        texts = [", ".join(map(str, types)) for types in (results, operands)]
        require(self, "C2", same, f"the results are {texts[0]}, not {texts[1]}")
        rank = len(shape_of(self.inputs[0]))
        require(self, "C3", 0 <= self.axis < rank, f"dimension {self.axis} of rank {rank}")
        verify_comparator(self, "C4", self.inputs, self.comparator.block)


@irdl_op_definition
class TopK(HloOp):
    """The k greatest elements of the last dimension, and their places; the greatest first, equal ones as they were.

    Floats are compared in total order: NaN is greatest. With `largest = false` the least ones.

    (C1) The operand has dimensions, the last of at least k elements, and elements that can be ordered.
    (C2) The results are k elements of the operand's last dimension, and as many i32.
    """

    name = "mhlo.top_k"
    operand = operand_def(TensorType)
    k = prop_def(IntegerAttr)
    largest = opt_prop_def(BoolAttr)
    values = result_def(TensorType)
    indices = result_def(TensorType)

    @property
    def is_largest(self) -> bool:
        """Whether the greatest are asked for, or the least."""
        return self.largest is None or bool(self.largest.value.data)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        properties: dict[str, Attribute] = {}
        with parser.in_parens():
            name = parser.parse_unresolved_operand()
            assembly.parse_named(parser, "k")
            properties["k"] = IntegerAttr(parser.parse_integer(), i64)
            if parser.parse_optional_punctuation(",") is not None:
                parser.parse_keyword("largest")
                parser.parse_punctuation("=")
                properties["largest"] = BoolAttr.from_bool(parser.parse_boolean())
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        type_ = parser.parse_type()
        parser.parse_punctuation("->")
        results = parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_type)
        operand = parser.resolve_operand(name, type_)
        return cls.create(operands=[operand], result_types=results, properties=properties, attributes=attributes)

    def print(self, printer: Printer) -> None:
        printer.print_string("(")
        printer.print_operand(self.operand)
        printer.print_string(f", k = {self.k.value.data}")
        if self.largest is not None:
            printer.print_string(f", largest = {'true' if self.is_largest else 'false'}")
        printer.print_string(")")
        assembly.print_attributes(printer, self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.operand.type)
        printer.print_string(" -> (")
        printer.print_list(self.result_types, printer.print_attribute)
        printer.print_string(")")

    def verify_(self) -> None:
        operand, count = tensor(self.operand), self.k.value.data
        ordered = elements_of(operand.element_type) in Elements.INTEGER | Elements.FLOAT | Elements.BOOLEAN
        shape = operand.get_shape()
        fits = bool(shape) and (shape[-1] < 0 or 0 <= count <= shape[-1])
        require(self, "C1", ordered and fits, f"the {count} greatest of {operand}")
        taken = with_shape(operand, (*shape[:-1], count))
        expected = taken, with_elements(taken, i32)
        results = tensor(self.values), tensor(self.indices)
        same = all(map(types_agree, results, expected))
        require(self, "C2", same, f"the results are {results[0]}, {results[1]}, not {expected[0]}, {expected[1]}")


class Order(HloOp):
    """What the ops share that give, for each place along a dimension, where the element is that belongs there."""

    dimension = prop_def(IntegerAttr)
    run = prop_def(IntegerAttr)
    result = result_def(TensorType)
    comparator = region_def("single_block")

    @property
    def compared(self) -> Sequence[SSAValue]:
        """The operands that the comparator sees elements of."""
        raise NotImplementedError

    @property
    def axis(self) -> int:
        """The dimension."""
        return self.dimension.value.data

    @property
    def length(self) -> int:
        """The elements of a run."""
        return self.run.value.data

    def verify_(self) -> None:
        verify_keys(self, "C1", self.compared)
        expected = with_elements(tensor(self.compared[0]), i32)
        require(self, "C2", types_agree(tensor(self.result), expected), f"the result is no {expected}")
        rank = len(shape_of(self.compared[0]))
        holds = 0 <= self.axis < rank and self.length > 0
        require(self, "C3", holds, f"runs of {self.length} along dimension {self.axis} of rank {rank}")
        verify_comparator(self, "C4", self.compared, self.comparator.block)


@irdl_op_definition
class SortOrder(Order):
    """Where the elements are that belong to each place of a run, for all runs of `run` elements, or of more.

    A target that sorts everything at once may do so. Of equal elements the first comes first.

    (C1) All operands have the same shape.
    (C2) The result has the operands' shape, and i32 for elements.
    (C3) The dimension is one of the operands', and runs have elements.
    (C4) The comparator takes two scalars for each operand, a left and a right one, and returns an i1.
    """

    name = "mhlo.sort_order"
    keys = var_operand_def(TensorType)

    def __init__(self, keys: Sequence[SSAValue], dimension: int, run: int, comparator: Region):
        super().__init__(
            operands=[list(keys)],
            properties={"dimension": IntegerAttr(dimension, i64), "run": IntegerAttr(run, i64)},
            result_types=[with_elements(tensor(keys[0]), i32)],
            regions=[comparator],
        )

    @property
    def compared(self) -> Sequence[SSAValue]:
        return self.keys


@irdl_op_definition
class MergeOrder(Order):
    """The order of runs of twice the length, from one in which runs of `run` elements are in order.

    (C1) All keys have the same shape.
    (C2) The result has the keys' shape, and i32 for elements; so has the order.
    (C3) The dimension is one of the keys', and runs have elements.
    (C4) The comparator takes two scalars for each key, a left and a right one, and returns an i1.
    """

    name = "mhlo.merge_order"
    order = operand_def(TensorType)
    keys = var_operand_def(TensorType)

    def __init__(self, order: SSAValue, keys: Sequence[SSAValue], dimension: int, run: int, comparator: Region):
        super().__init__(
            operands=[order, list(keys)],
            properties={"dimension": IntegerAttr(dimension, i64), "run": IntegerAttr(run, i64)},
            result_types=[order.type],
            regions=[comparator],
        )

    @property
    def compared(self) -> Sequence[SSAValue]:
        return self.keys

    def verify_(self) -> None:
        super().verify_()
        require(self, "C2", self.order.type == self.result.type, f"the order is {self.order.type}")


def verify_keys(op: HloOp, label: str, values: Sequence[SSAValue]) -> None:
    """The rule that there are operands, all of one shape."""
    shapes = [shape_of(value) for value in values]
    same = bool(shapes) and all(shapes_agree(shapes[0], shape) for shape in shapes)
    require(op, label, same, f"the operands are of {', '.join(map(spell, shapes)) or 'no shapes'}")


def verify_comparator(op: HloOp, label: str, values: Sequence[SSAValue], block: Block) -> None:
    """The rule that a comparator takes a left and a right scalar for each operand and returns an i1."""
    wanted = [TensorType(element_of(value), ()) for value in values for _ in range(2)]
    takes = [argument.type for argument in block.args]
    require(op, label, takes == wanted, f"the comparator takes {', '.join(map(str, takes)) or 'nothing'}")
    last = block.last_op
    returned = [value.type for value in last.operands] if isinstance(last, Return) else []
    texts = ", ".join(map(str, returned)) or "nothing"
    require(op, label, returned == [TensorType(i1, ())], f"the comparator returns {texts}")
