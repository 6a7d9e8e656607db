"""What the host's instructions do to memory: which buffers each reads and writes, and when it may run.

    iree_ll_seq.static_dispatch ex::fn[...](%a, %out)      reads %a, writes %out
    iree_ll_seq.case %i[@f, @g](%a)                        reads %i and %a, and the host waits for it

Dispatches between two barriers run in any order, or at once. The host waits before and after everything else.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation, SSAValue

from iree.compiler.dialects import ll_seq
from iree.compiler.dialects.buffers import byte_length
from iree.compiler.ir import sizes

_WAITS = (ll_seq.While, ll_seq.Case, ll_seq.CustomCall)


def functions_of(module: ModuleOp) -> list[FuncOp]:
    """The functions of the host."""
    return [op for op in module.ops if isinstance(op, FuncOp)]


def reads(op: Operation) -> Sequence[SSAValue]:
    """The buffers whose contents an instruction needs."""
    match op:
        case ll_seq.Dispatch():
            return op.read
        case ll_seq.CustomCall():
            return op.inputs
        case ll_seq.StaticSlice():
            return ()
    return op.operands


def writes(op: Operation) -> Sequence[SSAValue]:
    """The buffers that an instruction gives new contents."""
    match op:
        case ll_seq.Dispatch():
            return op.written
        case ll_seq.CustomCall():
            return op.outputs
    return ()


def writers_of(buffer: SSAValue) -> set[Operation]:
    """The instructions that write a buffer."""
    return {use.operation for use in buffer.uses if buffer in writes(use.operation)}


def waits(op: Operation) -> bool:
    """Whether the host waits for everything before an instruction, and for the instruction."""
    return isinstance(op, _WAITS)


def stretches(block: Block) -> Iterator[list[ll_seq.Dispatch]]:
    """The dispatches between which there is nothing but what makes buffers, in order."""
    stretch: list[ll_seq.Dispatch] = []
    for op in block.ops:
        if isinstance(op, ll_seq.Dispatch):
            stretch.append(op)
        elif stretch and (waits(op) or isinstance(op, ll_seq.GlobalStore)):
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def steps(block: Block) -> dict[Operation, int]:
    """A number for each instruction; those of one number run in any order, those of a lower one before."""
    numbers: dict[Operation, int] = {}
    step = 0
    for op in block.ops:
        step += isinstance(op, ll_seq.Barrier) or waits(op)
        numbers[op] = step
        step += waits(op)
    return numbers


def escaping(block: Block) -> set[SSAValue]:
    """The buffers that somebody else goes on using: a caller, a variable, the host, a loop that may hand on its own."""
    found: set[SSAValue] = set()
    for op in block.ops:
        found.update(_escaping_by(op))
    return found


def _escaping_by(op: Operation) -> Iterable[SSAValue]:
    match op:
        case ll_seq.Return() | ll_seq.GlobalStore() | ll_seq.CustomCall():
            return op.operands
        case ll_seq.Case():
            return (op.selector,)
        case ll_seq.While(trip_count=count) if count is not None and count.value.data < 2:
            return op.operands
        case ll_seq.While():
            return [value for value in op.carried if ends_in(value, op)]
    return ()


def ends_in(value: SSAValue, op: Operation) -> bool:
    """Whether an instruction uses a buffer once, and nothing after it does; a loop then goes on in its memory."""
    users = [use.operation for use in value.uses]
    return users.count(op) == 1 and not any(op.is_before_in_block(user) for user in users)


class Place(NamedTuple):
    """The bytes of an allocation, an argument or a constant that a buffer is."""

    root: SSAValue
    start: int
    length: int

    def meets(self, other: "Place") -> bool:
        """Whether the two may share a byte."""
        if self.root is not other.root:
            return False
        ends = self.start + self.length, other.start + other.length
        return not (sizes.is_at_most(ends[0], other.start) or sizes.is_at_most(ends[1], self.start))


def place_of(buffer: SSAValue) -> Place:
    """Where a buffer lies."""
    root, start = buffer, 0
    while isinstance(root.owner, ll_seq.StaticSlice):
        start += root.owner.offset.value.data
        root = root.owner.source
    return Place(root, start, byte_length(buffer.type))
