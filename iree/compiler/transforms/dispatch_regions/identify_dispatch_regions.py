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
nothing is computed twice, and only the root's results leave the region.
"""

import numpy as np
from xdsl.dialects import arith
from xdsl.dialects.builtin import ModuleOp, TensorType
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation, Region, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.iree import DispatchRegion, Return
from iree.compiler.dialects.workload import workload_of
from iree.compiler.ir.constants import dense
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import inherit, ops_of
from iree.compiler.transforms.dispatch_regions.fusion import Kind, kind_of, may_feed


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
            members.add(producer)
            has_heavy = has_heavy or _is_heavy(producer)
            candidates.append(producer)
    return members


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
    workload = arith.ConstantOp(dense(np.array(workload_of(type_.get_shape()), np.int32)))
    body = Block(arg_types=[value.type for value in captured])
    region = DispatchRegion(workload.result, list(captured), [r.type for r in root.results], Region(body))
    block.insert_ops_before([inherit(workload, root), inherit(region, root)], root)
    for value, argument in zip(captured, body.args, strict=True):
        value.replace_uses_with_if(argument, lambda use: use.operation in inside)
    for result, replacement in zip(root.results, region.results, strict=True):
        result.replace_all_uses_with(replacement)
    for op in ops:
        op.detach()
        body.add_op(op)
    body.add_op(inherit(Return(root.results), root))
