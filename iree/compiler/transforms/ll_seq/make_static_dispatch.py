"""make-static-dispatch: use the workload known at compile time.

  iree_hl_seq.dispatch ex::fn[%w : memref<3xi32>](%a, %out) : ...
becomes, when %w is a constant,
  iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %out) : ...

How many of the bindings are written is said by the entry point, which stores its results there. A dispatch whose
executable has to know the sizes of the call stays, even with such a workload.
"""

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.dialects import hl_seq, iree, ll_seq
from iree.compiler.dialects.known_sizes import symbol_count_of
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import erase, ops_of, replace
from iree.compiler.transforms.ll_seq.entry_points import output_counts


class MakeStaticDispatch(Pass):
    name = "make-static-dispatch"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_hl_seq")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_hl_seq", "iree_ll_seq")

    def run(self, module: ModuleOp) -> None:
        names = {executable.sym_name.data: executable for executable in ops_of(module, iree.MultiArchExecutable)}
        outputs = output_counts(module)
        knowing = {name for name, executable in names.items() if symbol_count_of(executable)}
        for dispatch in ops_of(module, hl_seq.Dispatch):
            workload = dispatch.workload.owner
            if isinstance(workload, iree.Constant) and dispatch.entry_point.root_reference.data not in knowing:
                count = outputs[dispatch.entry_point]
                static = ll_seq.StaticDispatch(dispatch.entry_point, workload.value, dispatch.bindings, count)
                replace(dispatch, static, [])
                if not workload.buffer.uses:
                    erase(workload)
