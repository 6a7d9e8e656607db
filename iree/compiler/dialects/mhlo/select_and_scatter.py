"""mhlo.select_and_scatter: what a window selects, wherever it stops, is given what the source has for that stop.

    %3 = "mhlo.select_and_scatter"(%0, %1, %2) <{window_dimensions = array<i64: 2, 2>,
           window_strides = array<i64: 2, 2>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %4 = mhlo.compare GE, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
      mhlo.return %4 : tensor<i1>
    }, {
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %4 = mhlo.add %a, %b : tensor<f32>
      mhlo.return %4 : tensor<f32>
    }) : (tensor<8x8xf32>, tensor<4x4xf32>, tensor<f32>) -> tensor<8x8xf32>

The gradient of a max pool. transforms/input/expand_select_and_scatter.py makes other ops of it.
"""

from xdsl.dialects.builtin import TensorType, i1
from xdsl.ir import Attribute, Block
from xdsl.irdl import irdl_op_definition, operand_def, opt_prop_def, region_def, result_def

from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.reduction import Return
from iree.compiler.dialects.mhlo.rules import INTS
from iree.compiler.dialects.mhlo.types import shape_of, tensor, types_agree
from iree.compiler.dialects.mhlo.window import (
    PADDING,
    WindowDim,
    padding_of,
    require_lists,
    require_steps,
    values_of,
)
from iree.compiler.ir.diagnostics import require


@irdl_op_definition
class SelectAndScatter(HloOp):
    """init where no window selects; where some do, init and what the source has for them, combined in their order.

    A window that sees nothing but padding selects nothing.

    (C1) The source has the operand's elements, and the places where the window stops.
    (C2) The init is one element like the operand's.
    (C3) Each list has one entry for each dimension of the operand.
    (C4) Sizes and strides are positive.
    (C5) The selection takes two scalars of the operand's elements and returns an i1.
    (C6) The combination takes two scalars of the operand's elements and returns one.
    (C7) The result has the operand's type.
    """

    name = "mhlo.select_and_scatter"
    operand = operand_def(TensorType)
    source = operand_def(TensorType)
    init_value = operand_def(TensorType)
    window_dimensions = opt_prop_def(INTS)
    window_strides = opt_prop_def(INTS)
    padding = opt_prop_def(PADDING)
    result = result_def(TensorType)
    selection = region_def("single_block")
    combination = region_def("single_block")

    @property
    def window(self) -> list[WindowDim]:
        """The window along each dimension."""
        rank = len(shape_of(self.operand))
        lists = (values_of(self.window_dimensions, 1, rank), values_of(self.window_strides, 1, rank))
        padding = padding_of(self.padding, rank)
        return [WindowDim(size, stride, *edges) for size, stride, edges in zip(*lists, padding, strict=True)]

    def verify_(self) -> None:
        operand = tensor(self.operand)
        require_lists(self, "C3", operand.get_num_dims(), (self.window_dimensions, self.window_strides))
        require_steps(self, "C4", self.window)
        stops = [dim.positions(size) for dim, size in zip(self.window, operand.get_shape(), strict=True)]
        expected = TensorType(operand.element_type, stops)
        source = tensor(self.source)
        require(self, "C1", types_agree(source, expected), f"the source is {source}, not {expected}")
        scalar = TensorType(operand.element_type, ())
        require(self, "C2", self.init_value.type == scalar, f"the init is {self.init_value.type}, not {scalar}")
        self._verify_body("C5", self.selection.block, TensorType(i1, ()))
        self._verify_body("C6", self.combination.block, scalar)
        result = tensor(self.result)
        require(self, "C7", types_agree(result, operand), f"the result is {result}, not {operand}")

    def _verify_body(self, label: str, block: Block, gives: Attribute) -> None:
        scalar = TensorType(tensor(self.operand).element_type, ())
        takes = [argument.type for argument in block.args]
        require(self, label, takes == [scalar] * 2, f"the body takes {', '.join(map(str, takes)) or 'nothing'}")
        last = block.last_op
        returned = [value.type for value in last.operands] if isinstance(last, Return) else []
        require(self, label, returned == [gives], f"the body returns {', '.join(map(str, returned)) or 'nothing'}")
