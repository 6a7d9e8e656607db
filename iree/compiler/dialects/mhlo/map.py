"""mhlo.map: a body applied to the elements at each place.

    %1 = "mhlo.map"(%a, %b) <{dimensions = array<i64: 0>}> ({
    ^bb0(%x: tensor<f32>, %y: tensor<f32>):
      %2 = mhlo.add %x, %y : tensor<f32>
      mhlo.return %2 : tensor<f32>
    }) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>

transforms/input/canonicalize_input.py puts the body, on whole tensors, in its place.
"""

from xdsl.dialects.builtin import TensorType
from xdsl.irdl import irdl_op_definition, prop_def, region_def, result_def, var_operand_def

from iree.compiler.dialects.mhlo.attributes import ints
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.reduction import Return
from iree.compiler.dialects.mhlo.rules import INTS
from iree.compiler.dialects.mhlo.sorting import verify_keys
from iree.compiler.dialects.mhlo.types import element_of, shape_of, shapes_agree, tensor
from iree.compiler.ir.diagnostics import require


@irdl_op_definition
class Map(HloOp):
    """What the body makes of the operands' elements at each place.

    (C1) All operands have the same shape, and so has the result.
    (C2) The dimensions are all those of the operands, in order.
    (C3) The body takes a scalar for each operand, and returns one of the result's elements.
    """

    name = "mhlo.map"
    inputs = var_operand_def(TensorType)
    dimensions = prop_def(INTS)
    result = result_def(TensorType)
    computation = region_def("single_block")

    def verify_(self) -> None:
        verify_keys(self, "C1", self.inputs)
        shape, result = shape_of(self.inputs[0]), tensor(self.result)
        require(self, "C1", shapes_agree(result.get_shape(), shape), f"the result is {result}")
        dims = ints(self.dimensions)
        require(self, "C2", dims == tuple(range(len(shape))), f"dimensions {list(dims)} of rank {len(shape)}")
        block = self.computation.block
        takes = [argument.type for argument in block.args]
        wanted = [TensorType(element_of(value), ()) for value in self.inputs]
        require(self, "C3", takes == wanted, f"the body takes {', '.join(map(str, takes)) or 'nothing'}")
        last = block.last_op
        returned = [value.type for value in last.operands] if isinstance(last, Return) else []
        texts = ", ".join(map(str, returned)) or "nothing"
        require(self, "C3", returned == [TensorType(result.element_type, ())], f"the body returns {texts}")
