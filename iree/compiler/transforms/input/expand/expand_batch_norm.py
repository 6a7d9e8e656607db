"""expand-batch-norm: batch normalization is written with the arithmetic it stands for.

    %1 = "mhlo.batch_norm_inference"(%x, %scale, %offset, %mean, %variance) <{epsilon = 0.001 : f32, ..}>
  becomes
    (%x - %mean) * (%scale / sqrt(%variance + epsilon)) + %offset     with what is for features broadcast along them

Floats of less than 32 bits are computed in f32: a mean over many elements keeps its digits.
"""

import math
from collections.abc import Sequence

from xdsl.dialects.builtin import AnyFloat, ModuleOp, f32

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.common.expression import Expression, expand


class ExpandBatchNorm(Pass):
    name = "expand-batch-norm"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for op in ops_of(module, mhlo.BatchNorm):
            _expand(op)


def _expand(op: mhlo.BatchNorm) -> None:
    element = mhlo.element_of(op.operands[0])
    assert isinstance(element, AnyFloat)
    wide = f32 if element.bitwidth < f32.bitwidth else element
    along = _Along(mhlo.shape_of(op.operands[0]), op.feature, op.epsilon.value.data)

    def build(*operands: Expression) -> Sequence[Expression]:
        values = [operand.convert(wide) for operand in operands]
        match op:
            case mhlo.BatchNormInference():
                results = [along.inference(*values)]
            case mhlo.BatchNormTraining():
                results = along.training(*values)
            case _:
                results = along.gradients(*values)
        return [result.convert(element) for result in results]

    expand(op, build)


class _Along:
    """Batch normalization of a shape along one of its dimensions."""

    def __init__(self, shape: Sequence[int], feature: int, epsilon: float) -> None:
        self.shape, self.feature, self.epsilon = shape, feature, epsilon
        self.others = [dim for dim in range(len(shape)) if dim != feature]
        self.count = float(math.prod(shape[dim] for dim in self.others))

    def spread(self, value: Expression) -> Expression:
        """One number for each feature, brought to the whole shape."""
        return value.broadcast(self.shape, [self.feature])

    def mean(self, value: Expression) -> Expression:
        """The mean for each feature."""
        return value.sum(*self.others) / self.count

    def inference(
        self, x: Expression, scale: Expression, offset: Expression, mean: Expression, variance: Expression
    ) -> Expression:
        """The operand, normalized by given numbers."""
        deviation = (variance + self.epsilon).apply(mhlo.Sqrt)
        return (x - self.spread(mean)) * self.spread(scale / deviation) + self.spread(offset)

    def training(self, x: Expression, scale: Expression, offset: Expression) -> list[Expression]:
        """The operand, normalized by its own mean and variance, and those."""
        mean = self.mean(x)
        centered = x - self.spread(mean)
        variance = self.mean(centered * centered)
        return [self.inference(x, scale, offset, mean, variance), mean, variance]

    def gradients(
        self, x: Expression, scale: Expression, mean: Expression, variance: Expression, grad: Expression
    ) -> list[Expression]:
        """Those of operand, scale and offset. What moves with the mean and the variance is taken off."""
        deviation = (variance + self.epsilon).apply(mhlo.Sqrt)
        normalized = (x - self.spread(mean)) / self.spread(deviation)
        grad_scale, grad_offset = (grad * normalized).sum(*self.others), grad.sum(*self.others)
        shared = self.spread(grad_offset / self.count) + normalized * self.spread(grad_scale / self.count)
        return [(grad - shared) * self.spread(scale / deviation), grad_scale, grad_offset]
