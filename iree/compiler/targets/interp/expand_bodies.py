"""expand-bodies: what combines elements by a body that no instruction has becomes ops on whole tensors.

    %2:2 = mhlo.reduce(%0 init: %c), (%1 init: %d) across dimensions = [0] : ..       the greatest and its place
     reducer(..) {..}
  becomes the body on even and odd elements, again and again: see transforms/common/reduction_trees.py

CompileError: a body has an op that is not elementwise.
"""

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.dialects import mhlo
from iree.compiler.ir.diagnostics import CompileError, raise_all
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of, replace
from iree.compiler.transforms.common.cse import Cse
from iree.compiler.transforms.common.dce import Dce
from iree.compiler.transforms.common.reduction_trees import expand_reduce, expand_reduce_window
from iree.compiler.transforms.common.tensor_builder import TensorBuilder


class ExpandBodies(Pass):
    name = "expand-bodies"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree")

    def run(self, module: ModuleOp) -> None:
        errors: list[CompileError] = []
        expanded = False
        for op in ops_of(module, mhlo.HloOp):
            if isinstance(op, mhlo.Reduce | mhlo.ReduceWindow) and mhlo.reduce_kind(op) is None:
                expanded = True
                try:
                    _expand(op)
                except CompileError as error:
                    errors.append(error)
        raise_all(errors)
        if expanded:
            Cse().run(module)
            Dce().run(module)


def _expand(op: mhlo.Reduce | mhlo.ReduceWindow) -> None:
    t = TensorBuilder()
    results = expand_reduce(t, op) if isinstance(op, mhlo.Reduce) else expand_reduce_window(t, op)
    replace(op, t.ops, results)
