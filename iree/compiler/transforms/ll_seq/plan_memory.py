"""plan-memory: buffers that are not needed at once lie in the same memory, most of them in one arena.

    %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
    iree_ll_seq.static_dispatch ex::f[...](%a, %0) : ...
    iree_ll_seq.barrier
    %1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
    iree_ll_seq.static_dispatch ex::g[...](%0, %1) : ...
  becomes
    %stack = "iree_ll_seq.alloc_stack"() : () -> memref<64xi8>
    %0 = iree_ll_seq.static_slice %stack[0] : memref<64xi8> -> memref<4xf32>
    ...

A buffer is alive from the step that writes it to the last that reads it; barriers stand between steps. What a function
returns keeps memory of its own, which serves for others before that. Buffers of sizes that only a call knows do not lie
in the arena: one takes the memory of another that has as many bytes, whatever the call.
"""

from dataclasses import dataclass, field

from xdsl.dialects.builtin import MemRefType, ModuleOp, i8
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block as IrBlock
from xdsl.ir import SSAValue

from iree.compiler.dialects import ll_seq
from iree.compiler.dialects.buffers import byte_length
from iree.compiler.ir import sizes
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import insert_before, move_before, replace
from iree.compiler.transforms.ll_seq.accesses import escaping, functions_of, steps
from iree.compiler.transforms.ll_seq.packing import Block, pack

ALIGNMENT = 64  # of buffers in an arena, as of constants in the module file


@dataclass
class PlanMemory(Pass):
    """`alignment`: of what lies in an arena, in bytes."""

    name = "plan-memory"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")
    alignment: int = ALIGNMENT

    def run(self, module: ModuleOp) -> None:
        for function in functions_of(module):
            _Planner(function, self.alignment).run()


@dataclass
class _Buffer:
    """An allocation of the function, and when it is alive."""

    op: ll_seq.AllocHeap
    first: int
    last: int
    escapes: bool
    length: int
    tenants: list["_Buffer"] = field(default_factory=list)  # whose memory is in it

    def takes(self, other: "_Buffer") -> bool:
        """Whether `other` can lie in this one's memory."""
        if not sizes.is_at_most(other.length, self.length):
            return False
        return all(other.last < each.first or (other.first > each.last and not each.escapes) for each in self.residents)

    @property
    def residents(self) -> list["_Buffer"]:
        return [self, *self.tenants]


class _Planner:
    """Plans one function."""

    def __init__(self, function: FuncOp, alignment: int):
        self.block = function.body.block
        self.alignment = alignment
        buffers = _buffers_of(self.block)
        self.results = [buffer for buffer in buffers if buffer.escapes]
        self.free = [buffer for buffer in buffers if not buffer.escapes]

    def run(self) -> None:
        self._share()
        packed = [buffer for buffer in self.free if sizes.is_known(buffer.length)]
        blocks = [Block(buffer.length, buffer.first, buffer.last) for buffer in packed]
        packing = pack(blocks, self.alignment)
        if packing.length:
            stack = ll_seq.AllocStack(MemRefType(i8, [packing.length]))
            assert self.block.first_op is not None
            insert_before(self.block.first_op, stack)
            for buffer, offset in zip(packed, packing.offsets, strict=True):
                _move(buffer.op, stack.buffer, offset)

    def _share(self) -> None:
        """Puts buffers into the memory of results that come later, and of those that are as large in every call."""
        hosts = list(self.results)
        for buffer in sorted(self.free, key=lambda buffer: (-buffer.length, buffer.first)):
            fitting = [host for host in hosts if host.takes(buffer)]
            if fitting:
                host = min(fitting, key=lambda host: host.length)
                host.tenants.append(buffer)
                self.free.remove(buffer)
            elif not sizes.is_known(buffer.length):
                hosts.append(buffer)
        for host in hosts:
            if host.tenants:
                assert self.block.first_op is not None
                if host.op is not self.block.first_op:
                    move_before(self.block.first_op, host.op)
                for tenant in host.tenants:
                    _move(tenant.op, host.op.buffer, 0)


def _move(allocation: ll_seq.AllocHeap, memory: SSAValue, offset: int) -> None:
    replace(allocation, ll_seq.StaticSlice(memory, offset, allocation.buffer.type))


def _buffers_of(block: IrBlock) -> list[_Buffer]:
    """The allocations of a function that something uses, in order."""
    numbers, escaped = steps(block), escaping(block)
    buffers = []
    for op in block.ops:
        if isinstance(op, ll_seq.AllocHeap) and op.buffer.uses:
            used = [numbers[use.operation] for use in op.buffer.uses]
            buffers.append(_Buffer(op, min(used), max(used), op.buffer in escaped, byte_length(op.buffer.type)))
    return buffers
