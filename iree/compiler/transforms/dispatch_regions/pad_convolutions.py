"""pad-convolutions: what a convolution reads many times is padded once, before it.

    %0 = mhlo.convolution(%x, %k) .. window = {pad = [[1, 1], [1, 1]]} .. : (tensor<1x8x8x16xf32>, ..) -> ..
  becomes
    %1 = mhlo.pad %x, %zero, low = [0, 1, 1, 0], high = [0, 1, 1, 0], interior = [0, 0, 0, 0] : ..
    %0 = mhlo.convolution(%1, %k) .. window = {pad = [[0, 0], [0, 0]]} .. : (tensor<1x10x10x16xf32>, ..) -> ..

A window that never leaves its operand reads it by an index map: neighbouring results then share what they read, which
tests of each place would prevent. Depthwise convolutions, which share nothing, and dilated ones stay as they are.
"""

import numpy as np
from xdsl.dialects.builtin import ModuleOp, TensorType

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import dense, dtype_of, splat
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import insert_before, ops_of

FEWEST_FEATURES = 4  # of output, in each group: what shares the elements of the input


class PadConvolutions(Pass):
    name = "pad-convolutions"
    reads = ("builtin", "func", "mhlo")
    leaves = ("builtin", "func", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for op in ops_of(module, mhlo.Convolution):
            if _gains(op):
                _pad(op)


def _gains(op: mhlo.Convolution) -> bool:
    features = mhlo.shape_of(op.rhs)[op.numbers.kernel.second] // max(op.groups)
    is_padded = any(window.low > 0 or window.high > 0 for window in op.window)
    is_plain = all(window.base_dilation == 1 and min(window.low, window.high) >= 0 for window in op.window)
    return is_padded and is_plain and features >= FEWEST_FEATURES and min(mhlo.shape_of(op.lhs)) > 0


def _pad(op: mhlo.Convolution) -> None:
    element, rank = mhlo.element_of(op.lhs), len(mhlo.shape_of(op.lhs))
    low, high = [0] * rank, [0] * rank
    for dim, window in zip(op.numbers.input.spatial, op.window, strict=True):
        low[dim], high[dim] = window.low, window.high
    zero = mhlo.Constant(splat(dtype_of(element).type(0), TensorType(element, ())))
    padded = mhlo.Pad(op.lhs, zero.result, low, high, [0] * rank)
    insert_before(op, zero, padded)
    op.operands[0] = padded.result
    op.properties["padding"] = dense(np.zeros((len(op.window), 2), np.int64))
