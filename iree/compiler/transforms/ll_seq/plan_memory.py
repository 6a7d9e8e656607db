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

An argument that the caller has given up (`iree.donated`) is a buffer like any other: others take its memory when it is
not needed any more.

Where an entry point's output may lie over an input (overwriting.py) that is not needed any more, it does; the entry
point then says so, with `iree.executable.overwrites`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from xdsl.dialects.builtin import MemRefType, ModuleOp, SymbolRefAttr, i8
from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from iree.compiler.dialects import ll_seq
from iree.compiler.dialects.buffers import byte_length
from iree.compiler.dialects.iree import donated_arguments
from iree.compiler.ir import sizes
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import insert_before, move_to_front, replace
from iree.compiler.transforms.ll_seq.accesses import escaping, functions_of, steps
from iree.compiler.transforms.ll_seq.entry_points import entry_points
from iree.compiler.transforms.ll_seq.overwriting import add_overwrite, overwritable
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
        entries = dict(entry_points(module))
        for function in functions_of(module):
            _Planner(function, self.alignment, entries).run()


@dataclass(eq=False)
class _Buffer:
    """An allocation of the function, or an argument that it may write, and when it is alive."""

    value: SSAValue
    first: int
    last: int
    escapes: bool
    length: int
    tenants: list["_Buffer"] = field(default_factory=list)  # whose memory is in it

    def takes(self, other: "_Buffer") -> bool:
        """Whether `other` can lie in this one's memory."""
        if not sizes.is_at_most(other.length, self.length):
            return False
        residents = [self, *self.tenants]
        return all(other.last < each.first or (other.first > each.last and not each.escapes) for each in residents)

    def absorb(self, other: "_Buffer") -> None:
        """`other` has the same place, whether both are alive at once or not."""
        self.tenants.append(other)
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)

    def move(self, memory: SSAValue, offset: int) -> None:
        """Puts it and its tenants into other memory."""
        self.move_tenants(memory, offset)
        assert isinstance(self.value.owner, ll_seq.AllocHeap)
        replace(self.value.owner, ll_seq.StaticSlice(memory, offset, self.value.type))

    def move_tenants(self, memory: SSAValue, offset: int) -> None:
        """Puts its tenants into other memory."""
        for tenant in self.tenants:
            tenant.move(memory, offset)


class _Planner:
    """Plans one function."""

    def __init__(self, function: FuncOp, alignment: int, entries: Mapping[SymbolRefAttr, FuncOp]):
        self.block = function.body.block
        self.donated = [self.block.args[number] for number in donated_arguments(function)]
        self.alignment = alignment
        self.entries = entries
        self.steps = steps(self.block)
        self.places: dict[SSAValue, _Buffer] = {buffer.value: buffer for buffer in self._buffers()}
        self.free: list[_Buffer] = []

    def run(self) -> None:
        self._work_in_place()
        self.free = [buffer for buffer in dict.fromkeys(self.places.values()) if self._is_free(buffer)]
        self._share()
        packed = [buffer for buffer in self.free if sizes.is_known(buffer.length)]
        blocks = [Block(buffer.length, buffer.first, buffer.last) for buffer in packed]
        packing = pack(blocks, self.alignment)
        if packing.length:
            stack = ll_seq.AllocStack(MemRefType(i8, [packing.length]))
            assert self.block.first_op is not None
            insert_before(self.block.first_op, stack)
            for buffer, offset in zip(packed, packing.offsets, strict=True):
                buffer.move(stack.buffer, offset)

    def _work_in_place(self) -> None:
        """Lets outputs lie over inputs that are not needed any more."""
        for dispatch in [op for op in self.block.ops if isinstance(op, ll_seq.Dispatch)]:
            for number in overwritable(self.entries[dispatch.entry_point]):
                if self._merge(dispatch, dispatch.bindings[number], dispatch.bindings[-1]):
                    add_overwrite(self.entries[dispatch.entry_point], number)
                    break

    def _merge(self, dispatch: ll_seq.Dispatch, read: SSAValue, written: SSAValue) -> bool:
        """Lets `written` lie over `read`, if that ends with this dispatch, and nobody else wants it meanwhile."""
        before, after = self.places.get(read), self.places.get(written)
        step = self.steps[dispatch]
        if before is None or after is None or before.escapes or before.length != after.length:
            return False
        users = [use.operation for use in read.uses if self.steps[use.operation] == step]
        if before is after or before.last != step or after.first != step or users != [dispatch]:
            return False
        if not self._is_free(before) and not self._is_free(after):
            return False
        stays, goes = (after, before) if self._is_free(before) else (before, after)
        stays.absorb(goes)
        self.places = {value: stays if buffer is goes else buffer for value, buffer in self.places.items()}
        return True

    def _is_free(self, buffer: _Buffer) -> bool:
        """Whether a buffer may lie anywhere."""
        return not buffer.escapes and buffer.value not in self.donated

    def _buffers(self) -> Iterator[_Buffer]:
        """The allocations of the function that something uses, in order, and what it may write besides."""
        escaped = escaping(self.block)
        for argument in self.donated:
            if argument not in escaped:
                last = max((self.steps[use.operation] for use in argument.uses), default=-1)
                yield _Buffer(argument, -1, last, False, byte_length(argument.type))
        for op in self.block.ops:
            if isinstance(op, ll_seq.AllocHeap) and op.buffer.uses:
                used = [self.steps[use.operation] for use in op.buffer.uses]
                yield _Buffer(op.buffer, min(used), max(used), op.buffer in escaped, byte_length(op.buffer.type))

    def _share(self) -> None:
        """Puts buffers into the memory of results that come later, and of those that are as large in every call."""
        hosts = [buffer for buffer in dict.fromkeys(self.places.values()) if not self._is_free(buffer)]
        for buffer in sorted(self.free, key=lambda buffer: (-buffer.length, buffer.first)):
            fitting = [host for host in hosts if host.takes(buffer)]
            if fitting:
                host = min(fitting, key=lambda host: host.length)
                host.tenants.append(buffer)
                self.free.remove(buffer)
            elif not sizes.is_known(buffer.length):
                hosts.append(buffer)
        for host in hosts:
            if host.tenants and isinstance(host.value.owner, ll_seq.AllocHeap):
                move_to_front(host.value.owner)
            host.move_tenants(host.value, 0)
