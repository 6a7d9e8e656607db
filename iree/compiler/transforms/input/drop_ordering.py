"""drop-ordering: ops that only say what must not be moved past what are their operands.

    %1:2 = mhlo.optimization_barrier %a, %b : tensor<4xf32>, tensor<4xi32>
    %t = mhlo.create_token : !mhlo.token
    %2 = "mhlo.add_dependency"(%1#0, %t) : (tensor<4xf32>, !mhlo.token) -> tensor<4xf32>
  becomes
    %a, for %1#0 and %2, and %b

Every op here is a function of its operands: when it runs changes nothing.
"""

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of, replace


class DropOrdering(Pass):
    name = "drop-ordering"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for op in ops_of(module, mhlo.HloOp):
            match op:
                case mhlo.OptimizationBarrier():
                    replace(op, [], list(op.operands))
                case mhlo.AddDependency() | mhlo.Copy():
                    replace(op, [], [op.operands[0]])
                case _:
                    pass  # a token that nothing waits for is dead
