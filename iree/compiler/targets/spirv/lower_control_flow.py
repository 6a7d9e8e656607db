"""Loops and branches of scf as SPIR-V's structured control flow. Block arguments carry the values."""

from collections.abc import Callable, Sequence

from xdsl.dialects import arith, scf
from xdsl.dialects.builtin import IntegerAttr
from xdsl.ir import Block, Operation, Region, SSAValue

from iree.compiler.dialects.spirv import arithmetic, control_flow, gl, logical
from iree.compiler.targets.spirv.lower_memory import LARGEST_COUNT
from iree.compiler.targets.spirv.lowering import Lowering, spirv_type

LowerOps = Callable[[Lowering, Sequence[Operation]], None]


def lower_for(lowering: Lowering, op: scf.ForOp, lower_ops: LowerOps) -> None:
    """Adds a spirv.mlir.loop: see its docstring for the blocks. `lower_ops` lowers what is in the body."""
    types = [spirv_type(argument.type) for argument in op.body.block.args]
    entry, header, body, continue_, merge = Block(), Block(arg_types=types), Block(), Block(), Block()
    counter, *carried = header.args
    start = [lowering.value(value) for value in (op.lb, *op.iter_args)]
    end = lowering.value(op.ub)
    with lowering.inside(entry):
        lowering.append(control_flow.Branch(header, start))
    with lowering.inside(header):
        more = lowering.add(logical.SLessThan(counter, end))
        lowering.append(control_flow.BranchConditional(more, body, merge))
        for argument, value in zip(op.body.block.args, header.args, strict=True):
            lowering.define(argument, value)
    with lowering.inside(body):
        following = _lower_block(lowering, op.body.block, lower_ops)
        lowering.append(control_flow.Branch(continue_))
    with lowering.inside(continue_):
        next_counter = lowering.add(arithmetic.IAdd(counter, _step(lowering, op, counter)))
        lowering.append(control_flow.Branch(header, [next_counter, *following]))
    with lowering.inside(merge):
        lowering.append(control_flow.Merge(carried))
    region = Region([entry, header, body, continue_, merge])
    _finish(lowering, op, control_flow.Loop([value.type for value in carried], region))


def _step(lowering: Lowering, op: scf.ForOp, counter: SSAValue) -> SSAValue:
    """What to add to the counter: no more than leads to the end where the sum might exceed 32 bits."""
    step, end = lowering.value(op.step), lowering.value(op.ub)
    largest = _constant(op.ub, LARGEST_COUNT) - 1 + _constant(op.step, LARGEST_COUNT)
    if largest <= LARGEST_COUNT:
        return step
    return lowering.add(gl.SMin(step, lowering.add(arithmetic.ISub(end, counter))))


def _constant(value: SSAValue, otherwise: int) -> int:
    constant = value.owner.value if isinstance(value.owner, arith.ConstantOp) else None
    return constant.value.data if isinstance(constant, IntegerAttr) else otherwise


def lower_if(lowering: Lowering, op: scf.IfOp, lower_ops: LowerOps) -> None:
    """Adds a spirv.mlir.selection. `lower_ops` lowers what is in the branches."""
    types = [spirv_type(result.type) for result in op.results]
    first, merge = Block(), Block(arg_types=types)
    branches = []
    for region in (op.true_region, op.false_region):
        if not region.blocks:
            branches.append(merge)  # there is nothing to do: go on
            continue
        branches.append(Block())
        with lowering.inside(branches[-1]):
            values = _lower_block(lowering, region.block, lower_ops)
            lowering.append(control_flow.Branch(merge, values))
    condition = lowering.value(op.cond)
    with lowering.inside(first):
        lowering.append(control_flow.BranchConditional(condition, branches[0], branches[1]))
    with lowering.inside(merge):
        lowering.append(control_flow.Merge(merge.args))
    blocks = [first, *(block for block in branches if block is not merge), merge]
    _finish(lowering, op, control_flow.Selection(types, Region(blocks)))


def _lower_block(lowering: Lowering, block: Block, lower_ops: LowerOps) -> list[SSAValue]:
    """Lowers a block up to its scf.yield; returns what it yields."""
    *ops, last = block.ops
    location = lowering.location
    lower_ops(lowering, ops)
    lowering.location = location
    return [lowering.value(value) for value in last.operands]


def _finish(lowering: Lowering, op: Operation, new: control_flow.Loop | control_flow.Selection) -> None:
    lowering.append(new)
    for old, result in zip(op.results, new.results, strict=True):
        lowering.define(old, result)
