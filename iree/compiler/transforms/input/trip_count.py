"""How often a while runs its body, where that can be known: an integer that counts from one constant to another.

%0 = mhlo.while(%i = %zero) : tensor<i32>
cond { %i < 10 } do { ... mhlo.return %i + 3 }        runs 4 times
"""

import numpy as np
from xdsl.ir import BlockArgument, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.rewriting import constant_value

_MIRRORED = {
    mhlo.Direction.LT: mhlo.Direction.GT,
    mhlo.Direction.GT: mhlo.Direction.LT,
    mhlo.Direction.LE: mhlo.Direction.GE,
    mhlo.Direction.GE: mhlo.Direction.LE,
}


def trip_count_of(loop: mhlo.While) -> int | None:
    """The number of iterations; None where it is not known, or where there are more than can be counted to."""
    last = loop.cond.block.last_op
    compare = last.operands[0].owner if last is not None else None
    if not isinstance(compare, mhlo.Compare):
        return None
    for counter, bound, mirrored in ((compare.lhs, compare.rhs, False), (compare.rhs, compare.lhs, True)):
        limit = _integer(bound)
        if limit is None or not isinstance(counter, BlockArgument) or counter.owner is not loop.cond.block:
            continue
        start, step = _integer(loop.inits[counter.index]), _step_of(loop, counter.index)
        if start is None or step is None:
            return None
        direction = _MIRRORED.get(compare.direction, compare.direction) if mirrored else compare.direction
        return _count(direction, start[0], limit[0], step, start[1])
    return None


def _integer(value: SSAValue) -> tuple[int, np.iinfo] | None:
    """The one integer that a value is known to be, and the limits of its type."""
    known = constant_value(value)
    if known is None or known.shape or known.dtype.kind not in "iu":
        return None
    return int(known), np.iinfo(known.dtype)


def _step_of(loop: mhlo.While, index: int) -> int | None:
    """What the body adds to a carried value; None where it does something else."""
    block = loop.body.block
    assert block.last_op is not None
    argument, op = block.args[index], block.last_op.operands[index].owner
    match op:
        case mhlo.Add(lhs=lhs, rhs=rhs) if argument in (lhs, rhs):
            step = _integer(rhs if lhs is argument else lhs)
            return None if step is None else step[0]
        case mhlo.Subtract(lhs=lhs, rhs=rhs) if lhs is argument:
            step = _integer(rhs)
            return None if step is None else -step[0]
    return None


def _count(direction: mhlo.Direction, start: int, limit: int, step: int, of: np.iinfo) -> int | None:
    """How many steps it takes until the comparison with the limit is false."""
    match direction:
        case mhlo.Direction.GT | mhlo.Direction.GE:
            start, limit, step, lowest, highest = -start, -limit, -step, -int(of.max), -int(of.min)
        case mhlo.Direction.LT | mhlo.Direction.LE:
            lowest, highest = int(of.min), int(of.max)
        case mhlo.Direction.NE:
            if start == limit:
                return 0
            count, rest = divmod(limit - start, step) if step else (0, 1)
            return count if count > 0 and not rest else None
        case _:
            return None if start == limit else 0
    if direction in (mhlo.Direction.LE, mhlo.Direction.GE):
        limit += 1
    if start >= limit:
        return 0
    count = -(-(limit - start) // step) if step > 0 else 0
    return count if count and lowest <= start + count * step <= highest else None
