"""store-in-place: what a variable holds next is written where the variable lies, so that nothing is copied at the end.

    %0 = iree_ll_seq.global_load @v : memref<4xf32>
    %1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
    iree_ll_seq.static_dispatch ex::f[...](%0, %a, %1) : ...
    iree_ll_seq.global_store @v = %1 : memref<4xf32>
  becomes, when nobody reads %0 later and ex::f may lay its output over its first input,
    %0 = iree_ll_seq.global_load @v : memref<4xf32>
    %1 = iree_ll_seq.static_slice %0[0] : memref<4xf32> -> memref<4xf32>
    ...

Only in functions that users call and that run from end to end without the host: a call that fails on the way, or that
another function goes on from, must find the variable as it was.
"""

from collections.abc import Mapping

from xdsl.dialects.builtin import ModuleOp, SymbolRefAttr
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation

from iree.compiler.dialects import ll_seq
from iree.compiler.dialects.iree import MODULE_EXPORT
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import insert_before, move_to_front, replace
from iree.compiler.transforms.ll_seq.accesses import functions_of, steps, waits, writers_of
from iree.compiler.transforms.ll_seq.entry_points import entry_points
from iree.compiler.transforms.ll_seq.overwriting import add_overwrite, overwritable


class StoreInPlace(Pass):
    name = "store-in-place"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")

    def run(self, module: ModuleOp) -> None:
        entries = dict(entry_points(module))
        for function in functions_of(module):
            block = function.body.block
            if MODULE_EXPORT in function.attributes and not any(map(waits, block.ops)):
                for store in [op for op in block.ops if isinstance(op, ll_seq.GlobalStore)]:
                    _store_in_place(block, store, entries)


def _store_in_place(block: Block, store: ll_seq.GlobalStore, entries: Mapping[SymbolRefAttr, FuncOp]) -> None:
    allocation = store.buffer.owner
    same = [op for op in block.ops if _variable_of(op) == store.variable]
    loads = [op for op in same if isinstance(op, ll_seq.GlobalLoad)]
    is_plain = len(same) == len(loads) + 1 and len(loads) <= 1 and same[-1] is store
    if not isinstance(allocation, ll_seq.AllocHeap) or not is_plain:
        return
    users = {use.operation for use in store.buffer.uses} - {store}
    writers = writers_of(store.buffer)
    if len(writers) != 1 or not all(isinstance(user, ll_seq.Dispatch) for user in users):
        return  # it is a result as well, or another variable's
    (writer,) = writers
    load = loads[0] if loads else ll_seq.GlobalLoad(store.variable, store.buffer.type)
    assert isinstance(writer, ll_seq.Dispatch)
    if not _is_free(load, writer, block, entries):
        return
    if not loads:
        insert_before(allocation, load)
    move_to_front(load)
    replace(allocation, ll_seq.StaticSlice(load.buffer, 0, allocation.buffer.type))


def _variable_of(op: Operation) -> SymbolRefAttr | None:
    return op.variable if isinstance(op, ll_seq.GlobalLoad | ll_seq.GlobalStore) else None


def _is_free(
    load: ll_seq.GlobalLoad, writer: ll_seq.Dispatch, block: Block, entries: Mapping[SymbolRefAttr, FuncOp]
) -> bool:
    """Whether nobody reads what the variable holds from `writer` on, but that itself where it may write over it."""
    numbers = steps(block)
    late = [use for use in load.buffer.uses if numbers[use.operation] >= numbers[writer]]
    if not late:
        return True
    entry = entries[writer.entry_point]
    in_place = len(late) == 1 and late[0].operation is writer and writer.output_count == 1
    if not in_place or late[0].index not in overwritable(entry):
        return False
    add_overwrite(entry, late[0].index)
    return True
