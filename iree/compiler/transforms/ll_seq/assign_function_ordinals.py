"""assign-function-ordinals: number the module's functions in order.

  func.func @f(...) attributes {iree.module.export}
becomes
  func.func @f(...) attributes {iree.module.export, iree.ordinal = 0 : i32}
"""

from xdsl.dialects.builtin import IntegerAttr, ModuleOp, i32
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects.iree import ORDINAL
from iree.compiler.ir.pass_manager import Pass


class AssignFunctionOrdinals(Pass):
    name = "assign-function-ordinals"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")

    def run(self, module: ModuleOp) -> None:
        functions = [op for op in module.ops if isinstance(op, FuncOp)]
        for ordinal, function in enumerate(functions):
            function.attributes[ORDINAL] = IntegerAttr(ordinal, i32)
