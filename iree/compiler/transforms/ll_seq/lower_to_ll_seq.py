"""lower-to-ll-seq: what is left of iree_hl_seq becomes its iree_ll_seq twin.

  %0 = "iree_hl_seq.alloc_heap"() : () -> memref<4xf32>
  iree_hl_seq.return %0 : memref<4xf32>
becomes
  %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
  iree_ll_seq.return %0 : memref<4xf32>
"""

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects import hl_seq, iree, ll_seq
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import replace


class LowerToLlSeq(Pass):
    name = "lower-to-ll-seq"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_hl_seq", "iree_ll_seq")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")

    def run(self, module: ModuleOp) -> None:
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
                        case hl_seq.While():
                            operands = op.carried, op.captures
                            replace(op, ll_seq.While(op.condition, op.body, *operands, op.trip_count))
                        case hl_seq.Case():
                            branches = op.branches.data
                            replace(op, ll_seq.Case(op.selector, branches, op.captures, op.result_types))
                        case hl_seq.Dispatch():
                            fail(op, "has a workload that is only known at run time; make all shapes static")
