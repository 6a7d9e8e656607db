"""place-barriers: a barrier stands only where a dispatch depends on another one, because of the bytes of both.

    iree_ll_seq.static_dispatch ex::f[...](%a, %0) : ...
    iree_ll_seq.barrier
    iree_ll_seq.static_dispatch ex::g[...](%a, %1) : ...
    iree_ll_seq.static_dispatch ex::h[...](%0, %2) : ...
  becomes, when %0 and %1 share no byte,
    iree_ll_seq.static_dispatch ex::f[...](%a, %0) : ...
    iree_ll_seq.static_dispatch ex::g[...](%a, %1) : ...
    iree_ll_seq.barrier
    iree_ll_seq.static_dispatch ex::h[...](%0, %2) : ...

Each stands as late as it can: fewer would not do for this order.
"""

from collections.abc import Iterable

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block

from iree.compiler.dialects import ll_seq
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import erase, insert_before
from iree.compiler.transforms.ll_seq.accesses import Place, functions_of, place_of, waits


class PlaceBarriers(Pass):
    name = "place-barriers"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")

    def run(self, module: ModuleOp) -> None:
        for function in functions_of(module):
            _place(function.body.block)


def _place(block: Block) -> None:
    read: list[Place] = []  # since the last barrier
    written: list[Place] = []
    for op in list(block.ops):
        if isinstance(op, ll_seq.Barrier):
            erase(op)
        elif waits(op):
            read, written = [], []
        elif isinstance(op, ll_seq.Dispatch):
            reads, writes = list(map(place_of, op.read)), list(map(place_of, op.written))
            if _meet(written, reads + writes) or _meet(read, writes):
                insert_before(op, ll_seq.Barrier())
                read, written = [], []
            read += reads
            written += writes


def _meet(some: Iterable[Place], others: list[Place]) -> bool:
    return any(one.meets(other) for one in some for other in others)
