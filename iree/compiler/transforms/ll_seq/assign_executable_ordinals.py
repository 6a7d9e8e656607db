"""assign-executable-ordinals: number the executables, and the entry points in each, in order.

  iree.multi_arch_executable @ex() { ... func.func @fn(...) attributes {iree.executable.export}
becomes
  iree.multi_arch_executable @ex[0]() { ... func.func @fn(...) attributes {..., iree.ordinal = 0 : i32}
"""

from xdsl.dialects.builtin import IntegerAttr, ModuleOp, i32
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects.iree import EXECUTABLE_EXPORT, ORDINAL, MultiArchExecutable
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of


class AssignExecutableOrdinals(Pass):
    name = "assign-executable-ordinals"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")

    def run(self, module: ModuleOp) -> None:
        for ordinal, executable in enumerate(ops_of(module, MultiArchExecutable)):
            executable.ordinal = IntegerAttr(ordinal, i32)
            for variant in executable.executables:
                exported = [f for f in ops_of(variant, FuncOp) if EXECUTABLE_EXPORT in f.attributes]
                for entry_ordinal, function in enumerate(exported):
                    function.attributes[ORDINAL] = IntegerAttr(entry_ordinal, i32)
