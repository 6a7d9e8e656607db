"""deduplicate-executables: executables that compute the same are one.

    iree_hl_seq.dispatch f_ex_dispatch_0::f_rgn_dispatch_0[...](%a, %b) : ...
    iree_hl_seq.dispatch f_ex_dispatch_1::f_rgn_dispatch_1[...](%b, %c) : ...
  becomes, when both entry points have the same body,
    iree_hl_seq.dispatch f_ex_dispatch_0::f_rgn_dispatch_0[...](%a, %b) : ...
    iree_hl_seq.dispatch f_ex_dispatch_0::f_rgn_dispatch_0[...](%b, %c) : ...

The first one stays. Names of values and functions and source locations make no difference.
"""

from xdsl.dialects.builtin import ModuleOp, StringAttr, SymbolRefAttr
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects.hl_seq import Dispatch
from iree.compiler.dialects.iree import MultiArchExecutable
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.printer import print_module
from iree.compiler.ir.rewriting import erase, ops_of


class DeduplicateExecutables(Pass):
    name = "deduplicate-executables"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_hl_seq")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_hl_seq")

    def run(self, module: ModuleOp) -> None:
        first: dict[str, MultiArchExecutable] = {}
        kept: dict[SymbolRefAttr, SymbolRefAttr] = {}  # the entry point that stands for each one that goes
        for executable in ops_of(module, MultiArchExecutable):
            same = first.setdefault(_nameless(executable), executable)
            if same is not executable:
                kept.update(zip(_entry_points(executable), _entry_points(same), strict=True))
                erase(executable)
        for dispatch in ops_of(module, Dispatch):
            dispatch.entry_point = kept.get(dispatch.entry_point, dispatch.entry_point)


def _entry_points(executable: MultiArchExecutable) -> list[SymbolRefAttr]:
    functions = ops_of(executable, FuncOp)
    return [SymbolRefAttr(executable.sym_name.data, [function.sym_name]) for function in functions]


def _nameless(executable: MultiArchExecutable) -> str:
    """The executable's text with every name replaced by its position."""
    clone = executable.clone()
    clone.properties["sym_name"] = StringAttr("executable")
    for index, function in enumerate(ops_of(clone, FuncOp)):
        function.properties["sym_name"] = StringAttr(f"function_{index}")
    for op in clone.walk():
        for value in (*op.results, *(argument for region in op.regions for b in region.blocks for argument in b.args)):
            value.name_hint = None
    return print_module(clone)
