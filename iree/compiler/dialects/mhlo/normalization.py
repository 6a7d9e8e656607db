"""Batch normalization. transforms/input/expand_batch_norm.py dissolves it.

%1 = "mhlo.batch_norm_inference"(%x, %scale, %offset, %mean, %variance)
     <{epsilon = 0.001 : f32, feature_index = 3 : i64}> : (..) -> tensor<8x4x4x16xf32>
"""

from collections.abc import Sequence
from typing import ClassVar

from xdsl.dialects.builtin import FloatAttr, IntegerAttr, TensorType, f32, i64
from xdsl.ir import SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, prop_def, result_def

from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.rules import require_elements
from iree.compiler.dialects.mhlo.types import Elements, Tensor, tensor, types_agree
from iree.compiler.ir.diagnostics import require


class BatchNorm(HloOp):
    """What the ops share that scale the elements of each feature to mean 0 and variance 1.

    (C1) The operand's elements are floats.
    (C2) The feature index is a dimension of the operand.
    (C3) What has one number for each feature has the operand's elements and the feature's size.
    (C4) What has the operand's shape has its type.
    """

    FEATURES: ClassVar[tuple[str, ...]]  # operands and results of one number for each feature
    epsilon = prop_def(FloatAttr.constr(f32))
    feature_index = prop_def(IntegerAttr.constr(i64))

    @property
    def feature(self) -> int:
        """The dimension of the features."""
        return self.feature_index.value.data

    def verify_(self) -> None:
        type_ = tensor(self.operands[0])
        require_elements(self, "C1", type_, Elements.FLOAT)
        require(self, "C2", 0 <= self.feature < type_.get_num_dims(), f"feature_index {self.feature} of {type_}")
        wanted: Tensor = TensorType(type_.element_type, [type_.get_shape()[self.feature]])
        features = [getattr(self, name) for name in self.FEATURES]
        for value in features:
            require(self, "C3", types_agree(tensor(value), wanted), f"{value.type} is not {wanted}")
        others: Sequence[SSAValue] = [value for value in (*self.operands, *self.results) if value not in features]
        for value in others:
            require(self, "C4", types_agree(tensor(value), type_), f"{value.type} is not {type_}")


@irdl_op_definition
class BatchNormInference(BatchNorm):
    """(operand - mean) / sqrt(variance + epsilon) * scale + offset."""

    name = "mhlo.batch_norm_inference"
    FEATURES: ClassVar = ("scale", "offset", "mean", "variance")
    operand = operand_def(TensorType)
    scale = operand_def(TensorType)
    offset = operand_def(TensorType)
    mean = operand_def(TensorType)
    variance = operand_def(TensorType)
    result = result_def(TensorType)


@irdl_op_definition
class BatchNormTraining(BatchNorm):
    """The same with the operand's own mean and variance, which are results too."""

    name = "mhlo.batch_norm_training"
    FEATURES: ClassVar = ("scale", "offset", "batch_mean", "batch_var")
    operand = operand_def(TensorType)
    scale = operand_def(TensorType)
    offset = operand_def(TensorType)
    output = result_def(TensorType)
    batch_mean = result_def(TensorType)
    batch_var = result_def(TensorType)


@irdl_op_definition
class BatchNormGrad(BatchNorm):
    """The gradients of batch_norm_training's operand, scale and offset, from that of its output."""

    name = "mhlo.batch_norm_grad"
    FEATURES: ClassVar = ("scale", "mean", "variance", "grad_scale", "grad_offset")
    operand = operand_def(TensorType)
    scale = operand_def(TensorType)
    mean = operand_def(TensorType)
    variance = operand_def(TensorType)
    grad_output = operand_def(TensorType)
    grad_operand = result_def(TensorType)
    grad_scale = result_def(TensorType)
    grad_offset = result_def(TensorType)


NORMALIZATION = (BatchNormInference, BatchNormTraining, BatchNormGrad)
