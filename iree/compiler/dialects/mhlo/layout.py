"""Ops that repeat, rename or reorder whole dimensions, and the one that counts along one.

%1 = mhlo.broadcast_in_dim %0, dims = [1] : (tensor<4xf32>) -> tensor<3x4xf32>
%2 = mhlo.transpose %1, dims = [1, 0] : (tensor<3x4xf32>) -> tensor<4x3xf32>
%3 = mhlo.reshape %2 : (tensor<4x3xf32>) -> tensor<12xf32>
%4 = mhlo.iota dim = 0 : tensor<12xf32>
"""

import math
from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import IntegerAttr, TensorType, i64
from xdsl.ir import SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, prop_def, result_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly, inference
from iree.compiler.dialects.mhlo.attributes import int_array, ints
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.rules import INTS, require_dimensions, require_elements, require_result
from iree.compiler.dialects.mhlo.types import DYNAMIC, Elements, Tensor, shape_of, sizes_agree, tensor
from iree.compiler.ir.diagnostics import require


@irdl_op_definition
class BroadcastInDim(HloOp):
    """Operand dimension i becomes result dimension dims[i]; sizes of 1 and result dimensions not named are repeated.

    (C1) There is one dimension for each of the operand's.
    (C2) They are different dimensions of the result.
    (C3) Each operand size is 1 or that of its result dimension.
    (C4) The result has the operand's elements.
    """

    name = "mhlo.broadcast_in_dim"
    operand = operand_def(TensorType)
    broadcast_dimensions = prop_def(INTS)
    result = result_def(TensorType)

    def __init__(self, operand: SSAValue, dimensions: Sequence[int], result_type: Tensor):
        properties = {"broadcast_dimensions": int_array(dimensions)}
        super().__init__(operands=[operand], properties=properties, result_types=[result_type])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 1)
        dimensions = int_array(assembly.parse_named_ints(parser, "dims"))
        return cls.parse_end(parser, names, {"broadcast_dimensions": dimensions})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_named_ints(printer, "dims", ints(self.broadcast_dimensions))
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        operand, result = tensor(self.operand), tensor(self.result)
        shape, result_shape = operand.get_shape(), result.get_shape()
        dimensions = ints(self.broadcast_dimensions)
        require(self, "C1", len(dimensions) == len(shape), f"dimensions {list(dimensions)} for {operand}")
        require_dimensions(self, "C2", dimensions, len(result_shape))
        filled = [result_shape[dim] for dim in dimensions]
        fits = all(size == 1 or sizes_agree(size, other) for size, other in zip(shape, filled, strict=True))
        require(self, "C3", fits, f"{operand} along {list(dimensions)} does not fill {result}")
        require(self, "C4", operand.element_type == result.element_type, f"{operand} becomes {result}")


@irdl_op_definition
class Broadcast(HloOp):
    """Repeats the operand along new dimensions in front of its own. The input stage makes it a broadcast_in_dim.

    (C1) No size is negative.
    (C2) The result has the operand's elements, and the new sizes before the operand's.
    """

    name = "mhlo.broadcast"
    operand = operand_def(TensorType)
    broadcast_sizes = prop_def(INTS)
    result = result_def(TensorType)

    def __init__(self, operand: SSAValue, sizes: Sequence[int]):
        type_ = TensorType(tensor(operand).element_type, (*sizes, *shape_of(operand)))
        super().__init__(operands=[operand], properties={"broadcast_sizes": int_array(sizes)}, result_types=[type_])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 1)
        sizes = int_array(assembly.parse_named_ints(parser, "sizes"))
        return cls.parse_end(parser, names, {"broadcast_sizes": sizes})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_named_sizes(printer, "sizes", ints(self.broadcast_sizes))
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        operand, sizes = tensor(self.operand), ints(self.broadcast_sizes)
        require(self, "C1", all(size >= 0 for size in sizes), f"the sizes are {list(sizes)}")
        require_result(self, "C2", tensor(self.result), operand, sizes + operand.get_shape())


@irdl_op_definition
class Reshape(HloOp):
    """The same elements in the same order under another shape.

    (C1) The result has as many elements as the operand, of its type.
    """

    name = "mhlo.reshape"
    operand = operand_def(TensorType)
    result = result_def(TensorType)

    def __init__(self, operand: SSAValue, shape: Sequence[int]):
        super().__init__(operands=[operand], result_types=[TensorType(tensor(operand).element_type, shape)])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        return cls.parse_regular(parser, 1)

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        operand, result = tensor(self.operand), tensor(self.result)
        shapes = operand.get_shape(), result.get_shape()
        unknown = any(DYNAMIC in shape for shape in shapes)
        same = unknown or math.prod(shapes[0]) == math.prod(shapes[1])
        require(self, "C1", same and operand.element_type == result.element_type, f"{operand} becomes {result}")


@irdl_op_definition
class Transpose(HloOp):
    """Result dimension i is operand dimension dims[i].

    (C1) The dimensions are the operand's, each once.
    (C2) The result has the operand's elements and its sizes in that order.
    """

    name = "mhlo.transpose"
    operand = operand_def(TensorType)
    permutation = prop_def(INTS)
    result = result_def(TensorType)

    def __init__(self, operand: SSAValue, permutation: Sequence[int]):
        shape = inference.transposed(shape_of(operand), permutation)
        super().__init__(
            operands=[operand],
            properties={"permutation": int_array(permutation)},
            result_types=[TensorType(tensor(operand).element_type, shape)],
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 1)
        return cls.parse_end(parser, names, {"permutation": int_array(assembly.parse_named_ints(parser, "dims"))})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_named_ints(printer, "dims", ints(self.permutation))
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        operand, permutation = tensor(self.operand), ints(self.permutation)
        rank = operand.get_num_dims()
        holds = sorted(permutation) == list(range(rank))
        require(self, "C1", holds, f"{list(permutation)} is no order of {rank} dimensions")
        require_result(self, "C2", tensor(self.result), operand, inference.transposed(operand.get_shape(), permutation))


@irdl_op_definition
class Iota(HloOp):
    """0, 1, 2, .. along a dimension.

    (C1) The dimension is one of the result's.
    (C2) The elements are numbers.
    """

    name = "mhlo.iota"
    iota_dimension = prop_def(IntegerAttr.constr(i64))
    result = result_def(TensorType)

    def __init__(self, dimension: int, result_type: Tensor):
        super().__init__(properties={"iota_dimension": IntegerAttr(dimension, i64)}, result_types=[result_type])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        parser.parse_keyword("dim")
        parser.parse_punctuation("=")
        return cls.parse_end(parser, [], {"iota_dimension": IntegerAttr(parser.parse_integer(), i64)})

    def print(self, printer: Printer) -> None:
        printer.print_string(f" dim = {self.iota_dimension.value.data}")
        assembly.print_end_short(printer, self)

    def verify_(self) -> None:
        result, dimension = tensor(self.result), self.iota_dimension.value.data
        require(self, "C1", 0 <= dimension < result.get_num_dims(), f"dimension {dimension} of {result}")
        require_elements(self, "C2", result, Elements.NUMBER)


@irdl_op_definition
class Reverse(HloOp):
    """The elements in the opposite order along some dimensions.

    (C1) The dimensions are different ones of the operand.
    (C2) The result has the operand's type.
    """

    name = "mhlo.reverse"
    operand = operand_def(TensorType)
    dimensions = prop_def(INTS)
    result = result_def(TensorType)

    def __init__(self, operand: SSAValue, dimensions: Sequence[int]):
        properties = {"dimensions": int_array(dimensions)}
        super().__init__(operands=[operand], properties=properties, result_types=[operand.type])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 1)
        return cls.parse_end(parser, names, {"dimensions": int_array(assembly.parse_named_ints(parser, "dims"))})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        assembly.print_named_ints(printer, "dims", ints(self.dimensions))
        assembly.print_end_short(printer, self)

    def verify_(self) -> None:
        operand = tensor(self.operand)
        require_dimensions(self, "C1", ints(self.dimensions), operand.get_num_dims())
        require_result(self, "C2", tensor(self.result), operand, operand.get_shape())


LAYOUT = (BroadcastInDim, Broadcast, Reshape, Transpose, Reverse, Iota)
