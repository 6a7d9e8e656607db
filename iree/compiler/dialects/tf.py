"""tf: the ops that TensorFlow's bridge leaves where sizes are not known.

Read by importers/tensorflow, and dissolved at once by transforms/input/resolve_sizes.py.

%1 = "tf.Reshape"(%x, %shape) : (tensor<?x4x3xf32>, tensor<2xi32>) -> tensor<?x12xf32>            one size may be -1
%2 = "tf.StridedSlice"(%x, %begin, %end, %strides) <{begin_mask = 0 : i64, ...}> : (..) -> tensor<3xf32>
"""

from xdsl.dialects.builtin import IntegerAttr, TensorType
from xdsl.ir import Dialect
from xdsl.irdl import IRDLOperation, irdl_op_definition, operand_def, opt_prop_def, result_def, traits_def
from xdsl.traits import Pure


@irdl_op_definition
class Reshape(IRDLOperation):
    """The same elements in the same order under the shape."""

    name = "tf.Reshape"
    operand = operand_def(TensorType)
    output_shape = operand_def(TensorType)
    result = result_def(TensorType)
    traits = traits_def(Pure())


@irdl_op_definition
class StridedSlice(IRDLOperation):
    """x[begin:end:strides], as Python has it. Bit i of a mask is about dimension i."""

    name = "tf.StridedSlice"
    operand = operand_def(TensorType)
    begin = operand_def(TensorType)
    end = operand_def(TensorType)
    strides = operand_def(TensorType)
    begin_mask = opt_prop_def(IntegerAttr)
    end_mask = opt_prop_def(IntegerAttr)
    ellipsis_mask = opt_prop_def(IntegerAttr)
    new_axis_mask = opt_prop_def(IntegerAttr)
    shrink_axis_mask = opt_prop_def(IntegerAttr)
    result = result_def(TensorType)
    traits = traits_def(Pure())


DIALECT = Dialect("tf", [Reshape, StridedSlice], [])
