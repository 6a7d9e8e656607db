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
places, as a long row of slices and paddings does, stays outside: a kernel computes it at each of them.
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
from iree.compiler.transforms.dispatch_regions.fusion import Kind, kind_of, may_feed

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
    members = {root}
    places = _Places(root)
    has_heavy = _is_heavy(root)
    candidates = [root]
    while candidates:
        consumer = candidates.pop()
        for operand in consumer.operands:
            producer = operand.owner
            if not isinstance(producer, Operation) or producer in members or producer in taken:
                continue
            if kind_of(producer) is None or producer.parent is not root.parent:
                continue
            if (has_heavy and _is_heavy(producer)) or not _all_uses_join(producer, members):
                continue  # a producer with several users is asked for again when the last of them has joined
            if _is_heavy(producer) and not _read_in_place(producer, members):
                continue
            if not places.admit(producer):
                continue
            members.add(producer)
            has_heavy = has_heavy or _is_heavy(producer)
            candidates.append(producer)
    return members


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
        if len(found) > MOST_PLACES or self._ops + len(found) > MOST_OPS:
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


def _read_in_place(heavy: Operation, members: set[Operation]) -> bool:
    """Whether every op between `heavy` and the root is elementwise: each of its results is then needed once."""
    pending, seen = [heavy], {heavy}
    while pending:
        for result in pending.pop().results:
            for use in result.uses:
                user = use.operation
                if user in members and user not in seen:
                    if kind_of(user) is not Kind.ELEMENTWISE:
                        return False
                    seen.add(user)
                    pending.append(user)
    return True


def _all_uses_join(producer: Operation, members: set[Operation]) -> bool:
    users = [use.operation for result in producer.results for use in result.uses]
    return all(user in members and may_feed(producer, user) for user in users)


def _outline(ops: list[Operation]) -> None:
    """Moves `ops`, in program order and ending with the root, into a region that stands where the root stood."""
    root, inside = ops[-1], set(ops)
    captured: dict[SSAValue, None] = {}  # in order of first use, so that the same program gives the same text
    for op in ops:
        captured.update((operand, None) for operand in op.operands if operand.owner not in inside)
    block = root.parent_block()
    assert block is not None
    type_ = root.results[0].type
    assert isinstance(type_, TensorType)
    workload = _workload(workload_of(type_.get_shape()))
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
