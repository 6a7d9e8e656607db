"""expand-bodies: what combines elements by a body that no instruction has becomes ops on whole tensors.

    %2:2 = mhlo.reduce(%0 init: %c), (%1 init: %d) across dimensions = [0] : ..       the greatest and its place
     reducer(..) {..}
  becomes the body on even and odd elements, again and again: see transforms/common/reduction_trees.py

Here a sort_order sorts the whole dimension, so a merge_order has nothing left to do.

CompileError: a size is not known; an op of a body is not elementwise; a scatter by such a body has very many updates.
"""

from functools import partial

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.dialects import mhlo
from iree.compiler.ir.diagnostics import CompileError, raise_all
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of, replace
from iree.compiler.targets.interp.instructions import sorting_keys
from iree.compiler.transforms.common.cse import Cse
from iree.compiler.transforms.common.dce import Dce
from iree.compiler.transforms.common.expression import expand
from iree.compiler.transforms.common.reduction_trees import expand_reduce, expand_reduce_window
from iree.compiler.transforms.common.scatter_rounds import expand_scatter
from iree.compiler.transforms.common.sorting_network import network_order
from iree.compiler.transforms.common.whole_tensor_bodies import require_known


class ExpandBodies(Pass):
    name = "expand-bodies"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree")

    def run(self, module: ModuleOp) -> None:
        errors: list[CompileError] = []
        expanded = False
        for op in ops_of(module, mhlo.HloOp):
            try:
                expanded |= _expand(op)
            except CompileError as error:
                errors.append(error)
        raise_all(errors)
        if expanded:
            Cse().run(module)
            Dce().run(module)


def _expand(op: mhlo.HloOp) -> bool:
    """Whether there was something to do."""
    match op:
        case mhlo.Reduce() if mhlo.reduce_kind(op) is None:
            require_known(op, op.inputs[0], mhlo.ints(op.dimensions))
            expand(op, partial(expand_reduce, op))
        case mhlo.ReduceWindow() if mhlo.reduce_kind(op) is None:
            expand(op, partial(expand_reduce_window, op))
        case mhlo.Scatter() if mhlo.scatter_kind(op) is None:
            require_known(op, op.inputs[0])
            require_known(op, op.updates[0])
            expand(op, partial(expand_scatter, op))
        case mhlo.SortOrder() if sorting_keys(op) is None:
            expand(op, partial(network_order, op.axis, op.comparator.block))
        case mhlo.MergeOrder():
            replace(op, [], [op.order])
        case _:
            return False
    return True
