"""combine-dispatch-regions: regions of one workload that do not need each other are one dispatch with all results.

    %0 = iree.dispatch_region[%w : ..](%x = %a : ..) : .. { .. }
    %1 = iree.dispatch_region[%w : ..](%x = %a : .., %y = %b : ..) : .. { .. }
  becomes
    %0, %1 = iree.dispatch_region[%w : ..](%x = %a : .., %y = %b : ..) : (.., ..) { .. }

It saves a launch. So it is done only where a launch is a good part of what the two take, where the dispatch has no more
buffers than any target allows, and where each invocation computes one place of every result: not for rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block, Operation, Region, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.iree import DispatchRegion, Return
from iree.compiler.dialects.workload import workload_of
from iree.compiler.ir import sizes
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.location import location_of
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import inherit, ops_of, replace
from iree.compiler.targets.description import TargetDescription
from iree.compiler.transforms.dispatch_regions.costs import bytes_of, elements_of, products_of, steps_of
from iree.compiler.transforms.dispatch_regions.explanation import Explanation
from iree.compiler.transforms.dispatch_regions.places import shape_of

MOST_WAITING = 8  # regions that one is compared with
WORTH = 0.1  # of the time that both take, which a launch has to be


@dataclass
class CombineDispatchRegions(Pass):
    name = "combine-dispatch-regions"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree")

    targets: Sequence[TargetDescription] = ()
    explanation: Explanation | None = None  # told of each pair

    def run(self, module: ModuleOp) -> None:
        waiting: dict[tuple[Block | None, SSAValue], list[DispatchRegion]] = {}
        for region in ops_of(module, DispatchRegion):
            if not _is_plain(region):
                continue
            others = waiting.setdefault((region.parent_block(), region.workload), [])
            for number, other in enumerate(others[-MOST_WAITING:], max(0, len(others) - MOST_WAITING)):
                if _may_combine(other, region) and self._gains(other, region):
                    self._explain(other, region)
                    others[number] = _combine(other, region)
                    break
            else:
                others.append(region)

    def _explain(self, first: DispatchRegion, second: DispatchRegion) -> None:
        if self.explanation is not None:
            places = " and ".join(location_of(region) or "?" for region in (first, second))
            work = [(one, _work(first, one), _work(second, one)) for one in self.targets]
            times = (f"{a:.0f} + {b:.0f} us besides launches of {one.launch:.0f} on {one.name}" for one, a, b in work)
            self.explanation.combined.append(f"{places} share a dispatch: {', '.join(times)}")

    def _gains(self, first: DispatchRegion, second: DispatchRegion) -> bool:
        buffers = len({*first.arguments, *second.arguments}) + len(first.results) + len(second.results)
        return all(
            buffers <= target.max_bindings
            and target.launch >= WORTH * (_work(first, target) + _work(second, target) + 2 * target.launch)
            for target in self.targets
        )


def _is_plain(region: DispatchRegion) -> bool:
    """Whether the workload, known before any call, is that of each result."""
    shapes = [shape_of(result) for result in region.results]
    if not all(map(sizes.are_known, shapes)) or not isinstance(region.workload.owner, Operation):
        return False
    value = region.workload.owner.properties.get("value")
    return value is not None and all(list(workload_of(shape)) == array_of(value).tolist() for shape in shapes)


def _may_combine(first: DispatchRegion, second: DispatchRegion) -> bool:
    """Whether the second region could stand where the first one does."""
    return all(_is_before(value, first) for value in second.arguments)


def _is_before(value: SSAValue, region: DispatchRegion) -> bool:
    maker = value.owner
    if isinstance(maker, Block) or maker.parent is not region.parent:
        return True  # an argument, or of a block around this one
    return maker is not region and maker.is_before_in_block(region)


def _work(region: DispatchRegion, target: TargetDescription) -> float:
    """Microseconds besides the launch, if each op is computed once."""
    ops = [op for op in region.body.block.ops if op.results and not isinstance(op, mhlo.Sizes)]
    steps = sum(elements_of(op) * steps_of(op) for op in ops) / target.steps_per_us
    products = sum(elements_of(op) * products_of(op) for op in ops) / target.products_per_us
    moved = sum(map(bytes_of, (*region.arguments, *region.results))) / target.bytes_per_us
    return max(moved, steps + products)


def _combine(first: DispatchRegion, second: DispatchRegion) -> DispatchRegion:
    arguments = list(dict.fromkeys([*first.arguments, *second.arguments]))
    body = Block(arg_types=[value.type for value in arguments])
    inner = dict(zip(arguments, body.args, strict=True))
    returned: list[SSAValue] = []
    for region in (first, second):
        for operand, argument in zip(region.arguments, region.body.block.args, strict=True):
            argument.replace_all_uses_with(inner[operand])
        for op in list(region.body.block.ops):
            op.detach()
            if isinstance(op, Return):
                returned += op.operands
                op.drop_all_references()
            else:
                body.add_op(op)
    body.add_op(inherit(Return(returned), first))
    types = [value.type for value in returned]
    made = inherit(DispatchRegion(first.workload, arguments, types, Region(body)), first)
    count = len(first.results)
    replace(first, [made], made.results[:count])
    replace(second, [], made.results[count:])
    return made
