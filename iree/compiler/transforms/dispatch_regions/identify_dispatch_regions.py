"""identify-dispatch-regions: group operations into dispatches.

    %0 = arith.mulf %a, %b : tensor<4xf32>
  becomes
    %w = arith.constant dense<[4, 1, 1]> : tensor<3xi32>
    %0 = iree.dispatch_region[%w : tensor<3xi32>](%x = %a : tensor<4xf32>, %y = %b : tensor<4xf32>) : tensor<4xf32> {
      %1 = arith.mulf %x, %y : tensor<4xf32>
      iree.return %1 : tensor<4xf32>
    }

Every block of a function and of control flow is walked from its end. The first op without a region becomes the root of
one; then producers join as growth.py says, and only the root's results leave the region. A contraction's results may be
padded, transposed or reshaped at the end of its region: they are written where they belong.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
from iree.compiler.targets.description import TargetDescription
from iree.compiler.transforms.dispatch_regions.explanation import Explanation
from iree.compiler.transforms.dispatch_regions.fusion import kind_of
from iree.compiler.transforms.dispatch_regions.growth import Growth, grow, is_copied


@dataclass
class IdentifyDispatchRegions(Pass):
    name = "identify-dispatch-regions"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree")

    targets: Sequence[TargetDescription] = ()
    explanation: Explanation | None = None  # told of each region

    def run(self, module: ModuleOp) -> None:
        for op in ops_of(module, Operation):
            if isinstance(op, (FuncOp, *mhlo.CONTROL_FLOW)):
                for region in op.regions:
                    for block in region.blocks:
                        _identify(block, self.targets, self.explanation)


def _identify(block: Block, targets: Sequence[TargetDescription], explanation: Explanation | None) -> None:
    order = {op: index for index, op in enumerate(block.ops)}
    holders: dict[Operation, list[Growth]] = {}
    taken: set[Operation] = set()
    regions = []
    for root in reversed(list(order)):
        if root in taken or kind_of(root) is None or _is_held(root, holders):
            continue
        region = Growth(root, targets, is_copied_elsewhere=root in holders)
        grow(region, taken)
        regions.append(region)
        for member in region.members:
            holders.setdefault(member, []).append(region)
        taken |= {member for member in region.members if member is root or not is_copied(member)}
    if explanation is not None:
        for region in reversed(regions):
            explanation.add(region, order)
    for region in regions:
        _outline(region, sorted(region.members, key=order.__getitem__))


def _is_held(op: Operation, holders: dict[Operation, list[Growth]]) -> bool:
    """Whether every user of an op has it beside itself, in all regions that the user is in."""
    users = [use.operation for result in op.results for use in result.uses]
    return bool(users) and all(
        holders.get(user) and all(op in region.members for region in holders[user]) for user in users
    )


def _outline(region: Growth, members: Sequence[Operation]) -> None:
    """Moves ops, in program order and ending with the root, into a region that stands where the root stood."""
    root = region.root
    ops = _without_outside_users(members)
    inside = set(ops)
    captured: dict[SSAValue, None] = {}  # in order of first use, so that the same program gives the same text
    for op in ops:
        captured.update((operand, None) for operand in op.operands if operand.owner not in inside)
    block = root.parent_block()
    assert block is not None
    workload = _workload(workload_of(region.launch_shape()))
    body = Block(arg_types=[value.type for value in captured])
    made = DispatchRegion(workload.results[0], list(captured), [r.type for r in root.results], Region(body))
    block.insert_ops_before([inherit(workload, root), inherit(made, root)], root)
    for value, argument in zip(captured, body.args, strict=True):
        value.replace_uses_with_if(argument, lambda use: use.operation in inside)
    for result, replacement in zip(root.results, made.results, strict=True):
        result.replace_all_uses_with(replacement)
    for op in ops:
        op.detach()
        body.add_op(op)
    body.add_op(inherit(Return(root.results), root))


def _without_outside_users(members: Sequence[Operation]) -> list[Operation]:
    """The members, copies in place of those that ops outside need too."""
    inside = set(members)
    ops: list[Operation] = []
    for op in reversed(members):
        users = {use.operation for result in op.results for use in result.uses}
        if op is members[-1] or users <= inside:
            ops.append(op)
            continue
        copy = inherit(op.clone(), op)
        inside.add(copy)
        inside.discard(op)
        for result, copied in zip(op.results, copy.results, strict=True):
            result.replace_uses_with_if(copied, lambda use: use.operation in inside)
        block = op.parent_block()
        assert block is not None
        block.insert_op_before(copy, op)
        ops.append(copy)
    return ops[::-1]


def _workload(elements: Sequence[int]) -> Operation:
    if sizes.are_known(elements):
        return arith.ConstantOp(dense(np.array(elements, np.int32)))
    return mhlo.Sizes(elements, TensorType(i32, [3]))
