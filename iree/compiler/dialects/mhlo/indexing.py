"""Ops that read or write at places that are data. A place from which a slice would stick out is moved inside.

%1 = mhlo.dynamic_slice %0, %i, %j, sizes = [2, 3] : (tensor<4x5xf32>, tensor<i32>, tensor<i32>) -> tensor<2x3xf32>
%2 = mhlo.dynamic_update_slice %0, %1, %i, %j
   : (tensor<4x5xf32>, tensor<2x3xf32>, tensor<i32>, tensor<i32>) -> tensor<4x5xf32>
%3 = "mhlo.gather"(%0, %rows) <{dimension_numbers = #mhlo.gather<offset_dims = [1], collapsed_slice_dims = [0],
     start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, 5>}>
   : (tensor<4x5xf32>, tensor<3x1xi32>) -> tensor<3x5xf32>
%4 = "mhlo.torch_index_select"(%0, %r) <{dim = 0 : i64, batch_dims = 0 : i64}>
   : (tensor<4x5xf32>, tensor<3xi32>) -> tensor<3x5xf32>
"""

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import BoolAttr, IntegerAttr, TensorType, i64
from xdsl.ir import Operation, SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, opt_prop_def, prop_def, result_def, var_operand_def
from xdsl.parser import Parser, UnresolvedOperand
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly, inference
from iree.compiler.dialects.mhlo.attributes import GatherDimensionNumbers, GatherNumbers, int_array, ints, parse_ints
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.rules import INTS, require_dimensions, require_elements, require_result
from iree.compiler.dialects.mhlo.types import (
    DYNAMIC,
    Elements,
    Shape,
    shape_of,
    sizes_agree,
    spell,
    tensor,
    types_agree,
)
from iree.compiler.ir.diagnostics import require


@irdl_op_definition
class DynamicSlice(HloOp):
    """A slice of known sizes, from a start that is moved inside: clamp(0, start, size - slice size).

    (C1) There is a start for each dimension: integers of one type without dimensions.
    (C2) There is a slice size for each dimension, between 0 and the operand's.
    (C3) The result has the operand's elements and the slice sizes.
    """

    name = "mhlo.dynamic_slice"
    operand = operand_def(TensorType)
    start_indices = var_operand_def(TensorType)
    slice_sizes = prop_def(INTS)
    result = result_def(TensorType)

    def __init__(self, operand: SSAValue, starts: Sequence[SSAValue], sizes: Sequence[int]):
        super().__init__(
            operands=[operand, list(starts)],
            properties={"slice_sizes": int_array(sizes)},
            result_types=[TensorType(tensor(operand).element_type, sizes)],
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = _parse_some_operands(parser)
        parser.parse_keyword("sizes")
        parser.parse_punctuation("=")
        sizes = parse_ints(parser)
        return cls.parse_end(parser, names, {"slice_sizes": int_array(sizes)})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_named_sizes(printer, "sizes", ints(self.slice_sizes))
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        operand, sizes = tensor(self.operand), ints(self.slice_sizes)
        _require_starts(self, self.start_indices, operand.get_num_dims())
        require(self, "C2", _fits(sizes, operand.get_shape()), f"sizes {spell(sizes)} of {operand}")
        require_result(self, "C3", tensor(self.result), operand, sizes)


@irdl_op_definition
class DynamicUpdateSlice(HloOp):
    """The operand with a slice replaced, from a start that is moved inside: clamp(0, start, size - update size).

    (C1) There is a start for each dimension: integers of one type without dimensions.
    (C2) The update has the operand's elements and rank, and no size above the operand's.
    (C3) The result has the operand's type.
    """

    name = "mhlo.dynamic_update_slice"
    operand = operand_def(TensorType)
    update = operand_def(TensorType)
    start_indices = var_operand_def(TensorType)
    result = result_def(TensorType)

    def __init__(self, operand: SSAValue, update: SSAValue, starts: Sequence[SSAValue]):
        super().__init__(operands=[operand, update, list(starts)], result_types=[operand.type])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = [parser.parse_unresolved_operand()]
        while parser.parse_optional_punctuation(",") is not None:
            names.append(parser.parse_unresolved_operand())
        return cls.parse_end(parser, names)

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        operand, update, result = tensor(self.operand), tensor(self.update), tensor(self.result)
        _require_starts(self, self.start_indices, operand.get_num_dims())
        fits = update.element_type == operand.element_type and _fits(update.get_shape(), operand.get_shape())
        require(self, "C2", fits, f"{update} does not fit into {operand}")
        require(self, "C3", types_agree(result, operand), f"the result is {result}, not {operand}")


@irdl_op_definition
class Gather(HloOp):
    """Slices of the operand, from starts that are rows of start_indices and are moved inside as dynamic_slice does it.

    (C1) The start indices are integers, and 0 <= index_vector_dim <= their rank.
    (C2) start_index_map names as many operand dimensions as an index vector has elements (1 without that dimension).
    (C3) start_index_map and operand_batching_dims are different dimensions of the operand.
    (C4) collapsed_slice_dims and operand_batching_dims, each sorted, are different dimensions of the operand; with as
         many offset_dims, they are all.
    (C5) start_indices_batching_dims are different dimensions of start_indices without index_vector_dim.
    (C6) operand_batching_dims and start_indices_batching_dims are as many, and of the same sizes.
    (C7) There is a slice size for each dimension, between 0 and the operand's, at most 1 where it is collapsed or
         batching.
    (C8) offset_dims are sorted, different dimensions of the result.
    (C9) The result has the operand's elements; the sizes of a slice at offset_dims, of start_indices at the others.
    """

    name = "mhlo.gather"
    operand = operand_def(TensorType)
    start_indices = operand_def(TensorType)
    dimension_numbers = prop_def(GatherDimensionNumbers)
    slice_sizes = prop_def(INTS)
    indices_are_sorted = opt_prop_def(BoolAttr)
    result = result_def(TensorType)

    def __init__(self, operand: SSAValue, starts: SSAValue, numbers: GatherNumbers, sizes: Sequence[int]):
        shape = inference.gathered(shape_of(starts), sizes, numbers)
        super().__init__(
            operands=[operand, starts],
            properties={"dimension_numbers": GatherDimensionNumbers(numbers), "slice_sizes": int_array(sizes)},
            result_types=[TensorType(tensor(operand).element_type, shape)],
        )

    @property
    def numbers(self) -> GatherNumbers:
        """Which dimensions belong together."""
        return self.dimension_numbers.data

    def verify_(self) -> None:
        operand, starts, numbers = tensor(self.operand), tensor(self.start_indices), self.numbers
        vector_dim, rank = numbers.index_vector_dim, operand.get_num_dims()
        require_elements(self, "C1", starts, Elements.INTEGER)
        right = 0 <= vector_dim <= starts.get_num_dims()
        require(self, "C1", right, f"index_vector_dim {vector_dim} of {starts}")
        length = (*starts.get_shape(), 1)[vector_dim]
        mapped = f"start_index_map {list(numbers.start_index_map)} for index vectors of {length}"
        require(self, "C2", sizes_agree(len(numbers.start_index_map), length), mapped)
        require_dimensions(self, "C3", numbers.start_index_map + numbers.operand_batching_dims, rank)
        self._verify_operand(operand)
        self._verify_batching(operand.get_shape(), starts.get_shape())
        batch_rank = starts.get_num_dims() - (vector_dim < starts.get_num_dims())
        require_sorted(self, "C8", numbers.offset_dims)
        require_dimensions(self, "C8", numbers.offset_dims, batch_rank + len(numbers.offset_dims))
        shape = inference.gathered(starts.get_shape(), ints(self.slice_sizes), numbers)
        require_result(self, "C9", tensor(self.result), operand, shape)

    def _verify_operand(self, operand: TensorType) -> None:
        """Checks (C4) and (C7)."""
        numbers, sizes, rank = self.numbers, ints(self.slice_sizes), operand.get_num_dims()
        lost = numbers.collapsed_slice_dims + numbers.operand_batching_dims
        for dims in (numbers.collapsed_slice_dims, numbers.operand_batching_dims):
            require_sorted(self, "C4", dims)
        require_dimensions(self, "C4", lost, rank)
        all_ = len(lost) + len(numbers.offset_dims) == rank
        require(self, "C4", all_, f"{len(numbers.offset_dims)} offset_dims and dimensions {list(lost)} of rank {rank}")
        fits = _fits(sizes, operand.get_shape()) and all(sizes[dim] <= 1 for dim in lost)
        require(self, "C7", fits, f"slice sizes {spell(sizes)} of {operand}, at most 1 in dimensions {list(lost)}")

    def _verify_batching(self, operand: Shape, starts: Shape) -> None:
        """Checks (C5) and (C6)."""
        numbers = self.numbers
        batching = numbers.start_indices_batching_dims
        require_dimensions(self, "C5", batching, len(starts))
        is_free = numbers.index_vector_dim not in batching
        require(self, "C5", is_free, f"{list(batching)} has index_vector_dim {numbers.index_vector_dim}")
        sizes = [operand[dim] for dim in numbers.operand_batching_dims], [starts[dim] for dim in batching]
        same = len(sizes[0]) == len(sizes[1]) and all(map(sizes_agree, *sizes))
        require(self, "C6", same, f"sizes {spell(sizes[0])} of the operand, {spell(sizes[1])} of start_indices")


@irdl_op_definition
class TorchIndexSelect(HloOp):
    """The operand's slices along a dimension that the index names, for each index of the first batch_dims dimensions.

    (C1) The index is of integers.
    (C2) 0 <= batch_dims <= dim < the operand's rank, and batch_dims <= the index's rank.
    (C3) The first batch_dims sizes of operand and index are the same.
    (C4) The result has the operand's elements, and its sizes with those of the index but the first batch_dims for dim.
    """

    name = "mhlo.torch_index_select"
    operand = operand_def(TensorType)
    index = operand_def(TensorType)
    dim = prop_def(IntegerAttr.constr(i64))
    batch_dims = prop_def(IntegerAttr.constr(i64))
    result = result_def(TensorType)

    def verify_(self) -> None:
        operand, index = tensor(self.operand), tensor(self.index)
        dim, batch = self.dim.value.data, self.batch_dims.value.data
        shape, places = operand.get_shape(), index.get_shape()
        require_elements(self, "C1", index, Elements.INTEGER)
        right = 0 <= batch <= dim < len(shape) and batch <= len(places)
        require(self, "C2", right, f"dim {dim} and batch_dims {batch} of {operand} and {index}")
        same = all(map(sizes_agree, shape[:batch], places[:batch]))
        require(self, "C3", same, f"{operand} and {index} differ in the first {batch} sizes")
        expected = shape[:dim] + places[batch:] + shape[dim + 1 :]
        require_result(self, "C4", tensor(self.result), operand, expected)


def _parse_some_operands(parser: Parser) -> list[UnresolvedOperand]:
    """Reads `%a, %b,`: operands that something else follows."""
    names = [parser.parse_unresolved_operand()]
    while parser.parse_optional_punctuation(",") is not None:
        name = parser.parse_optional_unresolved_operand()
        if name is None:
            break
        names.append(name)
    return names


def _require_starts(op: Operation, starts: Sequence[SSAValue], rank: int) -> None:
    """Checks (C1) of the dynamic slices."""
    types = [tensor(start) for start in starts]
    right = len(types) == rank and len(set(types)) <= 1 and all(type_.get_num_dims() == 0 for type_ in types)
    require(op, "C1", right, f"the starts for rank {rank} are {', '.join(map(str, types)) or 'none'}")
    for type_ in types:
        require_elements(op, "C1", type_, Elements.INTEGER)


def require_sorted(op: Operation, label: str, dimensions: Sequence[int]) -> None:
    """The rule that a list of dimensions goes up."""
    require(op, label, list(dimensions) == sorted(dimensions), f"dimensions {list(dimensions)} are not sorted")


def _fits(sizes: Sequence[int], shape: Shape) -> bool:
    """Whether a slice of these sizes has room in a tensor of this shape."""
    return len(sizes) == len(shape) and all(
        DYNAMIC in (size, available) or 0 <= size <= available for size, available in zip(sizes, shape, strict=True)
    )


INDEXING = (DynamicSlice, DynamicUpdateSlice, Gather, TorchIndexSelect)
