"""call-decompositions: a composite op is a call of the function that says what it does.

    %1 = mhlo.composite "vendor.gelu" %0 {decomposition = @gelu} : (tensor<4xf32>) -> tensor<4xf32>
  becomes
    %1 = func.call @gelu(%0) : (tensor<4xf32>) -> tensor<4xf32>

CompileError: there is no such function.
"""

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import CallOp, FuncOp

from iree.compiler.dialects import mhlo
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of, replace


class CallDecompositions(Pass):
    name = "call-decompositions"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        functions = {function.sym_name.data for function in ops_of(module, FuncOp)}
        for composite in ops_of(module, mhlo.Composite):
            name = composite.decomposition.root_reference.data
            if name not in functions:
                fail(composite, f"there is no function @{name} to decompose {composite.composite_name} into")
            replace(composite, CallOp(name, composite.inputs, composite.result_types))
