"""order-dispatches: independent dispatches stand together, with as few barriers between as memory allows.

    iree_ll_seq.static_dispatch ex::f[...](%a, %0) : ...
    iree_ll_seq.static_dispatch ex::g[...](%0, %1) : ...
    iree_ll_seq.static_dispatch ex::h[...](%b, %2) : ...
  becomes
    iree_ll_seq.static_dispatch ex::f[...](%a, %0) : ...
    iree_ll_seq.static_dispatch ex::h[...](%b, %2) : ...
    iree_ll_seq.barrier
    iree_ll_seq.static_dispatch ex::g[...](%0, %1) : ...

What stands between two barriers can run at once, and so is alive at once. No order is taken that needs much more memory
than the program's own does when its dispatches run one by one; among the others, the one with the fewest barriers.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import ModuleOp, SymbolRefAttr
from xdsl.ir import Block, Operation, SSAValue

from iree.compiler.dialects import ll_seq
from iree.compiler.dialects.buffers import byte_length
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import erase, insert_before, move_before
from iree.compiler.transforms.ll_seq.accesses import escaping, functions_of, stretches, waits, writers_of

_Groups = list[list[int]]


@dataclass
class OrderDispatches(Pass):
    """`slack`: so many bytes more than one dispatch after the other takes are worth a barrier."""

    name = "order-dispatches"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")

    slack: int = 1 << 16

    def run(self, module: ModuleOp) -> None:
        for function in functions_of(module):
            block = function.body.block
            if any(isinstance(op, ll_seq.StaticSlice) for op in block.ops):
                continue  # its memory is planned, for the order that it has
            _sink_stores(block)
            for op in [op for op in block.ops if isinstance(op, ll_seq.Barrier)]:
                erase(op)
            kept = escaping(block)
            for stretch in list(stretches(block)):
                _write(block, stretch, _Scheduler(stretch, kept).best(self.slack))


def _sink_stores(block: Block) -> None:
    """Moves what is stored for good to the end, so that it does not stand between dispatches."""
    last = block.last_op
    assert last is not None
    used: set[SymbolRefAttr] = set()
    for op in reversed(list(block.ops)):
        if waits(op):
            return
        match op:
            case ll_seq.GlobalLoad():
                used.add(op.variable)
            case ll_seq.GlobalStore() if op.variable not in used:
                used.add(op.variable)
                move_before(last, op)
                last = op


def _write(block: Block, stretch: Sequence[ll_seq.Dispatch], groups: _Groups) -> None:
    """Puts a stretch in the order of its groups, with a barrier between any two."""
    end = stretch[-1].next_op
    assert end is not None
    for number, group in enumerate(groups):
        if number:
            insert_before(stretch[group[0]], barrier := ll_seq.Barrier())
            move_before(end, barrier)
        for dispatch in (stretch[index] for index in group):
            move_before(end, *_allocated_for(dispatch), dispatch)


def _allocated_for(dispatch: ll_seq.Dispatch) -> list[ll_seq.AllocHeap]:
    """The allocations of what a dispatch alone writes."""
    owners = dict.fromkeys(value.owner for value in dispatch.written)
    return [op for op in owners if isinstance(op, ll_seq.AllocHeap) and writers_of(op.buffer) == {dispatch}]


class _Scheduler:
    """Finds the groups of a stretch. Dispatches are numbered in the program's order."""

    def __init__(self, stretch: Sequence[ll_seq.Dispatch], kept: Container[SSAValue]):
        self.stretch = stretch
        self.needs = _needs(stretch)
        self.users: list[list[int]] = [[] for _ in stretch]
        for index, needed in enumerate(self.needs):
            for other in needed:
                self.users[other].append(index)
        members = set(stretch)
        born = dict.fromkeys(value for dispatch in stretch for value in dispatch.written)
        touched = dict.fromkeys((*born, *(value for dispatch in stretch for value in dispatch.read)))
        planned = [v for v in touched if isinstance(v.owner, ll_seq.AllocHeap) and v not in kept]
        self.length = {value: byte_length(value.type) for value in planned}
        self.dying = {v: sum(use.operation in members for use in v.uses) for v in planned if _only_used_by(v, members)}
        self.before = sum(self.length[value] for value in self.dying if value not in born)
        self.added = [sum(self.length.get(v, 0) for v in dict.fromkeys(d.written)) for d in stretch]

    def best(self, slack: int) -> _Groups:
        """The groups with the fewest barriers that take little more memory than one dispatch after the other."""
        budget = self.most_alive([[index] for index in range(len(self.stretch))]) + slack
        found = [self.in_order(budget)]
        for priority in (self._heights(), [0] * len(self.stretch)):
            found.append(self.by_readiness(budget, priority))
        return min((groups for groups in found if self.most_alive(groups) <= budget), key=len)

    def most_alive(self, groups: _Groups) -> int:
        """The most bytes that are alive at once, besides those that outlive the stretch or are older than it."""
        alive = most = self.before
        rest = dict(self.dying)
        for group in groups:
            alive += sum(self.added[index] for index in group)
            most = max(most, alive)
            alive -= self._freed(group, rest)
        return most

    def in_order(self, budget: int) -> _Groups:
        """The program's order, cut where a dispatch needs one since the last cut, or memory."""
        groups: _Groups = [[]]
        rest, alive = dict(self.dying), self.before
        for index, added in enumerate(self.added):
            if groups[-1] and (alive + added > budget or not self.needs[index].isdisjoint(groups[-1])):
                alive -= self._freed(groups[-1], rest)
                groups.append([])
            groups[-1].append(index)
            alive += added
        return groups

    def by_readiness(self, budget: int, priority: Sequence[int]) -> _Groups:
        """All that is ready at once, the most important first, as far as memory allows."""
        groups: _Groups = []
        rest, alive = dict(self.dying), self.before
        missing = [len(needed) for needed in self.needs]
        ready = [index for index, count in enumerate(missing) if not count]
        while ready:
            group: list[int] = []
            for index in sorted(ready, key=lambda index: (-priority[index], index)):
                if not group or alive + self.added[index] <= budget:
                    group.append(index)
                    alive += self.added[index]
            alive -= self._freed(group, rest)
            ready = [index for index in ready if index not in group]
            for user in (user for index in group for user in self.users[index]):
                missing[user] -= 1
                ready += [user] * (not missing[user])
            groups.append(sorted(group))
        return groups

    def _freed(self, group: Iterable[int], rest: dict[SSAValue, int]) -> int:
        """The bytes that nobody needs after a group; `rest` counts the uses still to come."""
        freed = 0
        for index in group:
            for value in self.stretch[index].bindings:
                if value in rest:
                    rest[value] -= 1
                    freed += self.length[value] if not rest[value] else 0
        return freed

    def _heights(self) -> list[int]:
        """How many dispatches wait for each, one after the other."""
        heights = [0] * len(self.stretch)
        for index in reversed(range(len(self.stretch))):
            heights[index] = 1 + max((heights[user] for user in self.users[index]), default=0)
        return heights


def _only_used_by(value: SSAValue, ops: Container[Operation]) -> bool:
    return all(use.operation in ops for use in value.uses)


def _needs(stretch: Sequence[ll_seq.Dispatch]) -> list[set[int]]:
    """Those that each dispatch has to come after: they write what it touches, or read what it writes."""
    needs: list[set[int]] = []
    writers: dict[SSAValue, int] = {}
    readers: dict[SSAValue, list[int]] = {}
    for index, dispatch in enumerate(stretch):
        needed = {writers[value] for value in dispatch.bindings if value in writers}
        for value in dispatch.written:
            needed.update(readers.pop(value, ()))
            writers[value] = index
        for value in dispatch.read:
            readers.setdefault(value, []).append(index)
        needs.append(needed - {index})
    return needs
