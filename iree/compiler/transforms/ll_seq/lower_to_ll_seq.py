"""lower-to-ll-seq: what is left of iree_hl_seq becomes its iree_ll_seq twin.

  %0 = "iree_hl_seq.alloc_heap"() : () -> memref<4xf32>
  iree_hl_seq.dispatch ex::fn[%w : memref<3xi32>](%a, %out) : ...        %w is iree_hl_seq.sizes [[d0], 512, 1]
  iree_hl_seq.return %0 : memref<4xf32>
becomes
  %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
  iree_ll_seq.dynamic_dispatch ex::fn[[d0], 512, 1] knows [[d0]](%a, %out) : ...
  iree_ll_seq.return %0 : memref<4xf32>
"""

from collections.abc import Sequence

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects import hl_seq, iree, ll_seq
from iree.compiler.dialects.known_sizes import symbol_count_of
from iree.compiler.ir import sizes
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.diagnostics import op_error
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import erase, ops_of, replace
from iree.compiler.transforms.ll_seq.entry_points import output_counts


class LowerToLlSeq(Pass):
    name = "lower-to-ll-seq"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_hl_seq", "iree_ll_seq")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")

    def run(self, module: ModuleOp) -> None:
        known = {
            executable.sym_name.data: _known(executable) for executable in ops_of(module, iree.MultiArchExecutable)
        }
        outputs = output_counts(module)
        for function in [op for op in module.ops if isinstance(op, FuncOp)]:
            for block in function.body.blocks:
                for op in list(block.ops):
                    match op:
                        case iree.Constant():
                            replace(op, ll_seq.Constant(op.value))
                        case hl_seq.AllocHeap():
                            replace(op, ll_seq.AllocHeap(op.buffer.type))
                        case hl_seq.Return():
                            replace(op, ll_seq.Return(op.values), [])
                        case hl_seq.GlobalLoad():
                            replace(op, ll_seq.GlobalLoad(op.variable, op.buffer.type))
                        case hl_seq.GlobalStore():
                            replace(op, ll_seq.GlobalStore(op.variable, op.buffer), [])
                        case hl_seq.While():
                            operands = op.carried, op.captures
                            replace(op, ll_seq.While(op.condition, op.body, *operands, op.trip_count))
                        case hl_seq.Case():
                            branches = op.branches.data
                            replace(op, ll_seq.Case(op.selector, branches, op.captures, op.result_types))
                        case hl_seq.CustomCall():
                            replace(op, ll_seq.CustomCall(op.target, op.config, op.inputs, op.outputs), [])
                        case hl_seq.Dispatch():
                            replace(
                                op,
                                ll_seq.DynamicDispatch(
                                    op.entry_point,
                                    _workload(op),
                                    known[op.entry_point.root_reference.data],
                                    op.bindings,
                                    outputs[op.entry_point],
                                ),
                                [],
                            )
                for op in reversed(list(block.ops)):
                    if isinstance(op, hl_seq.Sizes | ll_seq.Constant) and not op.buffer.uses:
                        erase(op)


def _known(executable: iree.MultiArchExecutable) -> list[int]:
    """The sizes that an executable has to be told."""
    return [sizes.symbol(number) for number in range(symbol_count_of(executable))]


def _workload(dispatch: hl_seq.Dispatch) -> Sequence[int]:
    workload = dispatch.workload.owner
    if isinstance(workload, hl_seq.Sizes):
        return workload.sizes.data
    if isinstance(workload, ll_seq.Constant):
        return [int(number) for number in array_of(workload.value)]
    raise op_error(dispatch, "has a workload that is data; it can only follow from sizes")
