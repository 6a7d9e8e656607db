"""mark-exports: say which functions the module's users can call.

    func.func @predict(%x: tensor<4xf32>) -> tensor<4xf32>
  becomes
    func.func @predict(%x: tensor<4xf32>) -> tensor<4xf32> attributes {iree.module.export}

Every public function is exported, unless the program already says which ones are.

CompileError: there is none; one has no body.
"""

from xdsl.dialects.builtin import ModuleOp, UnitAttr
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects.iree import MODULE_EXPORT
from iree.compiler.ir.diagnostics import fail, op_error, raise_all
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of


class MarkExports(Pass):
    name = "mark-exports"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        functions = ops_of(module, FuncOp)
        exports = [function for function in functions if MODULE_EXPORT in function.attributes]
        exports = exports or [function for function in functions if _is_public(function)]
        if not exports:
            fail(module, "there is no public function, so nobody could call anything")
        empty = [function for function in exports if not function.body.blocks]
        raise_all([op_error(function, f"@{function.sym_name.data} is public but has no body") for function in empty])
        for function in exports:
            function.attributes[MODULE_EXPORT] = UnitAttr()


def _is_public(function: FuncOp) -> bool:
    return function.sym_visibility is None or function.sym_visibility.data == "public"
