"""identify-dispatch-regions: group operations into dispatches.

    %0 = arith.mulf %a, %b : tensor<4xf32>
  becomes
    %w = arith.constant dense<[4, 1, 1]> : tensor<3xi32>
    %0 = iree.dispatch_region[%w : tensor<3xi32>](%x = %a : tensor<4xf32>, %y = %b : tensor<4xf32>) : tensor<4xf32> {
      %1 = arith.mulf %x, %y : tensor<4xf32>
      iree.return %1 : tensor<4xf32>
    }

Every block of a function and of control flow is walked from its end. The first op without a region becomes the root of
one; then producers join as long as fusion.may_feed allows it for each of their uses and all those uses are inside:
nothing is computed twice, and only the root's results leave the region. An op that the root would need at very many
places, as a long row of slices and paddings does, stays outside: a kernel computes it at each of them. A contraction's
results may be padded, transposed or reshaped at the end of its region: they are written where they belong.
"""

from collections.abc import Sequence

import numpy as np
from xdsl.dialects import arith
from xdsl.dialects.builtin import ModuleOp, TensorType, i32
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation, Region, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.iree import DispatchRegion, Return
from iree.compiler.dialects.workload import workload_of
from iree.compiler.ir import sizes
from iree.compiler.ir.constants import dense
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import inherit, ops_of
from iree.compiler.transforms.common.placement import placed_operand
from iree.compiler.transforms.dispatch_regions.fusion import (
    Kind,
    is_free,
    kind_of,
    may_feed,
    reads_once,
    repeats,
)

MOST_PLACES = 64  # at which a root may need one op's elements
MOST_OPS = 1024  # of a region, each once for each place


class IdentifyDispatchRegions(Pass):
    name = "identify-dispatch-regions"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree")

    def run(self, module: ModuleOp) -> None:
        for op in ops_of(module, Operation):
            if isinstance(op, (FuncOp, *mhlo.CONTROL_FLOW)):
                for region in op.regions:
                    for block in region.blocks:
                        _identify(block)


def _identify(block: Block) -> None:
    order = {op: index for index, op in enumerate(block.ops)}
    taken: set[Operation] = set()
    regions = []
    for root in reversed(list(order)):
        if root in taken or kind_of(root) is None:
            continue
        members = _grow(root, taken)
        taken |= members
        regions.append(sorted(members, key=order.__getitem__))
    for ops in reversed(regions):
        _outline(ops)


def _grow(root: Operation, taken: set[Operation]) -> set[Operation]:
    """The root and every producer that may join it, transitively."""
    region = _Growth(root)
    candidates = [root]
    while candidates:
        for operand in candidates.pop().operands:
            producer = operand.owner
            if not isinstance(producer, Operation) or producer in region.members or producer in taken:
                continue
            if kind_of(producer) is None or producer.parent is not root.parent:
                continue
            if region.admit(producer):  # one with several users is asked for again when the last of them has joined
                candidates.append(producer)
    return region.members


class _Growth:
    """A root and what has joined it."""

    def __init__(self, root: Operation) -> None:
        self.members = {root}
        self._places = _Places(root)
        self._has_heavy = _is_heavy(root)
        self._tail = _tail_of(root)
        self._repeated = {root} if repeats(root) else set[Operation]()  # what is needed many times, and what needs that

    def admit(self, producer: Operation) -> bool:
        """Lets a producer join if it may."""
        users = {use.operation for result in producer.results for use in result.uses}
        if not all(user in self.members and self._may_feed(producer, user) for user in users):
            return False
        is_repeated = not users.isdisjoint(self._repeated)
        if is_repeated and not is_free(producer):
            return False
        if _is_heavy(producer) and (self._has_heavy or not self._is_read_once(producer)):
            return False
        if not self._places.admit(producer):
            return False
        self.members.add(producer)
        self._has_heavy = self._has_heavy or _is_heavy(producer)
        if is_repeated or repeats(producer):
            self._repeated.add(producer)
        return True

    def _may_feed(self, producer: Operation, user: Operation) -> bool:
        is_placed = user in self._tail and producer.results[0] not in user.operands[1:]
        return is_placed or may_feed(producer, user)

    def _is_read_once(self, heavy: Operation) -> bool:
        """Whether no op between `heavy` and the root needs any of its results again."""
        pending, seen = [heavy], {heavy}
        while pending:
            users = {use.operation for result in pending.pop().results for use in result.uses}
            for user in (users & self.members) - seen:
                if not reads_once(user) and user not in self._tail:
                    return False
                seen.add(user)
                pending.append(user)
        return True


def _tail_of(root: Operation) -> list[Operation]:
    """The root and the ops before it that only put what others compute into place, the last one first."""
    tail: list[Operation] = []
    op: Operation | Block = root
    while isinstance(op, Operation) and (source := placed_operand(op)) is not None:
        if op is not root and not op.results[0].has_one_use():
            break
        tail.append(op)
        op = source.owner
    return tail


def _launch_shape(ops: Sequence[Operation]) -> tuple[int, ...]:
    """The shape over whose elements a region is laid: of what is put into place in the end, if that takes loops."""
    root, inside = ops[-1], set(ops)
    tail = _tail_of(root)
    if tail and any(map(_is_heavy, ops)):
        source = next(op.operands[0] for op in reversed(tail) if op in inside)
        if source.owner in inside:
            return _shape(source)
    return _shape(root.results[0])


class _Places:
    """Where a root needs the elements of each member: one place for each way to it through ops that move elements."""

    def __init__(self, root: Operation) -> None:
        self._of: dict[Operation, frozenset[int]] = {root: frozenset([0])}
        self._moved: dict[tuple[int, Operation, int], int] = {}  # a place and the operand that leads on -> a place
        self._ops = 1

    def admit(self, producer: Operation) -> bool:
        """Counts a producer all of whose users are members; False if it would be too much."""
        uses = [use for result in producer.results for use in result.uses]
        found = {self._place(place, use.operation, use.index) for use in uses for place in self._of[use.operation]}
        most = 1 if _is_heavy(producer) else MOST_PLACES
        if len(found) > most or self._ops + len(found) > MOST_OPS:
            return False
        self._of[producer] = frozenset(found)
        self._ops += len(found)
        return True

    def _place(self, place: int, user: Operation, index: int) -> int:
        if kind_of(user) is Kind.ELEMENTWISE and _shape(user.operands[index]) == _shape(user.results[0]):
            return place
        return self._moved.setdefault((place, user, index), len(self._moved) + 1)


def _shape(value: SSAValue) -> tuple[int, ...]:
    assert isinstance(value.type, TensorType)
    return value.type.get_shape()


def _is_heavy(op: Operation) -> bool:
    kind = kind_of(op)
    return kind is not None and kind.is_heavy


def _outline(ops: list[Operation]) -> None:
    """Moves `ops`, in program order and ending with the root, into a region that stands where the root stood."""
    root, inside = ops[-1], set(ops)
    captured: dict[SSAValue, None] = {}  # in order of first use, so that the same program gives the same text
    for op in ops:
        captured.update((operand, None) for operand in op.operands if operand.owner not in inside)
    block = root.parent_block()
    assert block is not None
    workload = _workload(workload_of(_launch_shape(ops)))
    body = Block(arg_types=[value.type for value in captured])
    region = DispatchRegion(workload.results[0], list(captured), [r.type for r in root.results], Region(body))
    block.insert_ops_before([inherit(workload, root), inherit(region, root)], root)
    for value, argument in zip(captured, body.args, strict=True):
        value.replace_uses_with_if(argument, lambda use: use.operation in inside)
    for result, replacement in zip(root.results, region.results, strict=True):
        result.replace_all_uses_with(replacement)
    for op in ops:
        op.detach()
        body.add_op(op)
    body.add_op(inherit(Return(root.results), root))


def _workload(elements: Sequence[int]) -> Operation:
    if sizes.are_known(elements):
        return arith.ConstantOp(dense(np.array(elements, np.int32)))
    return mhlo.Sizes(elements, TensorType(i32, [3]))
