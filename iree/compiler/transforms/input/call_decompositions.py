"""call-decompositions: a composite op is a call of the function that says what it does.

  %1 = mhlo.composite "vendor.gelu" %0 {decomposition = @gelu} : (tensor<4xf32>) -> tensor<4xf32>
becomes
  %1 = func.call @gelu(%0) : (tensor<4xf32>) -> tensor<4xf32>
"""

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import CallOp

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of, replace


class CallDecompositions(Pass):
    name = "call-decompositions"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for composite in ops_of(module, mhlo.Composite):
            replace(composite, CallOp(composite.decomposition, composite.inputs, composite.result_types))
