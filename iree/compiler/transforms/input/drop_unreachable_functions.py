"""drop-unreachable-functions: erase functions that neither the module's users nor its other functions call.

  func.func private @relu(%x: tensor<4xf32>) -> tensor<4xf32>        // inlined everywhere
is erased.
"""

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import CallOp, FuncOp

from iree.compiler.dialects.iree import MODULE_EXPORT
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import erase, ops_of


class DropUnreachableFunctions(Pass):
    name = "drop-unreachable-functions"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        functions = {function.sym_name.data: function for function in ops_of(module, FuncOp)}
        pending = [name for name, function in functions.items() if MODULE_EXPORT in function.attributes]
        reached: set[str] = set()
        while pending:
            name = pending.pop()
            if name not in reached:
                reached.add(name)
                pending += [call.callee.root_reference.data for call in ops_of(functions[name], CallOp)]
        for name, function in functions.items():
            if name not in reached:
                erase(function)
