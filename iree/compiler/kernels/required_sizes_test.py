"""What a kernel needs of sizes is written down."""

from xdsl.dialects.func import FuncOp

from iree.compiler.ir import sizes
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.kernels.required_sizes import require_elements, requirements_of
from iree.testing.ir import parse

TEXT = """
func.func @f(%x: tensor<[d0]x4xf32>, %y: tensor<2x4xf32>, %c: tensor<f32>) {
  %0 = mhlo.concatenate %x, %y, dim = 0 : (tensor<[d0]x4xf32>, tensor<2x4xf32>) -> tensor<[d0+2]x4xf32>
  %1 = mhlo.concatenate %x, %x, dim = 1 : (tensor<[d0]x4xf32>, tensor<[d0]x4xf32>) -> tensor<[d0]x8xf32>
  %2 = mhlo.add %x, %x : tensor<[d0]x4xf32>
  return
}
"""


def test_what_reads_the_nearest_element_needs_one() -> None:
    (function,) = ops_of(parse(TEXT), FuncOp)
    for op in [*function.body.block.ops] * 2:
        require_elements(function, op)
    text = "mhlo.concatenate of tensor<[d0]x4xf32> may not be of nothing on this target"
    assert requirements_of(function) == [(sizes.symbol(0) - 1, text)]
