"""mhlo.reduce_window: the elements of a window made one, wherever the window stops.

%2 = "mhlo.reduce_window"(%0, %1) <{window_dimensions = array<i64: 2, 2>, window_strides = array<i64: 2, 2>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %3 = mhlo.maximum %a, %b : tensor<f32>
    mhlo.return %3 : tensor<f32>
}) : (tensor<8x8xf32>, tensor<f32>) -> tensor<4x4xf32>
"""

from xdsl.dialects.builtin import TensorType
from xdsl.irdl import (
    SameVariadicOperandSize,
    irdl_op_definition,
    opt_prop_def,
    prop_def,
    region_def,
    var_operand_def,
    var_result_def,
)

from iree.compiler.dialects.mhlo.attributes import ints
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.reduction import verify_combination, verify_inits, verify_results
from iree.compiler.dialects.mhlo.rules import INTS
from iree.compiler.dialects.mhlo.types import shape_of, shapes_agree
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
class ReduceWindow(HloOp):
    """Combines the elements in a window with its body, starting from init, which is also what padding holds.

    (C1) There is an init for each operand, without dimensions and with the operand's elements.
    (C2) All operands have the same shape.
    (C3) Each list has one entry for each dimension of the operands.
    (C4) Sizes, strides and dilations are positive.
    (C5) The body takes two scalars of each result's elements, first all left ones, then all right ones, and returns one
         each.
    (C6) Each result has its operand's elements, or wider ones of their kind, and the places where the window stops.
    """

    name = "mhlo.reduce_window"
    inputs = var_operand_def(TensorType)
    init_values = var_operand_def(TensorType)
    window_dimensions = prop_def(INTS)
    window_strides = opt_prop_def(INTS)
    base_dilations = opt_prop_def(INTS)
    window_dilations = opt_prop_def(INTS)
    padding = opt_prop_def(PADDING)
    outputs = var_result_def(TensorType)
    body = region_def("single_block")
    irdl_options = (SameVariadicOperandSize(),)

    @property
    def window(self) -> list[WindowDim]:
        """The window along each dimension."""
        sizes = ints(self.window_dimensions)
        rank = len(sizes)
        return [
            WindowDim(size, stride, low, high, base, own)
            for size, stride, (low, high), base, own in zip(
                sizes,
                values_of(self.window_strides, 1, rank),
                padding_of(self.padding, rank),
                values_of(self.base_dilations, 1, rank),
                values_of(self.window_dilations, 1, rank),
                strict=True,
            )
        ]

    def verify_(self) -> None:
        verify_inits(self, "C1", self.inputs, self.init_values)
        shapes = [shape_of(value) for value in self.inputs]
        types = ", ".join(str(value.type) for value in self.inputs)
        require(self, "C2", all(shapes_agree(shapes[0], shape) for shape in shapes), f"the operands are {types}")
        lists = (self.window_dimensions, self.window_strides, self.base_dilations, self.window_dilations)
        require_lists(self, "C3", len(shapes[0]), lists)
        require_steps(self, "C4", self.window)
        stops = tuple(dim.positions(size) for dim, size in zip(self.window, shapes[0], strict=True))
        verify_results(self, "C6", self.inputs, [stops] * len(shapes), self.outputs)
        verify_combination(self, "C5", self.outputs, self.body.block)
