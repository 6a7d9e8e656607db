"""assign-executable-workloads: tell each entry point the workload it is dispatched with.

    func.func @fn(...) attributes {iree.executable.export}
  becomes, when its dispatches say [dense<[4, 1, 1]> : tensor<3xi32>],
    func.func @fn(...) attributes {iree.executable.export, iree.executable.workload = dense<[4, 1, 1]> : tensor<3xi32>}

An entry point dispatched with two different workloads is an error.
"""

from xdsl.dialects.builtin import ModuleOp, SymbolRefAttr
from xdsl.dialects.func import FuncOp
from xdsl.irdl import IRDLOperation

from iree.compiler.dialects.iree import WORKLOAD, MultiArchExecutable
from iree.compiler.dialects.ll_seq import DynamicDispatch, StaticDispatch
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of


class AssignExecutableWorkloads(Pass):
    name = "assign-executable-workloads"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")

    def run(self, module: ModuleOp) -> None:
        entry_points = {
            SymbolRefAttr(executable.sym_name.data, [function.sym_name]): function
            for executable in ops_of(module, MultiArchExecutable)
            for function in ops_of(executable, FuncOp)
        }
        for dispatch in ops_of(module, IRDLOperation):
            if not isinstance(dispatch, StaticDispatch | DynamicDispatch):
                continue
            function = entry_points[dispatch.entry_point]
            known = function.attributes.setdefault(WORKLOAD, dispatch.workload)
            if known != dispatch.workload:
                fail(
                    dispatch,
                    f"dispatches {function.sym_name.data} with another workload than an earlier dispatch: {known}",
                )
