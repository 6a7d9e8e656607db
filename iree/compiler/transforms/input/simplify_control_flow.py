"""simplify-control-flow: less of it, where the program says enough.

  if or case whose selector is a constant          -> the branch
  if or case of a few elementwise ops on little    -> both branches, and a select: nothing waits for the selector
  a result that every branch takes from outside    -> that value
  a value that a while hands on unchanged          -> the value it began with, used from outside
  results and carried values that nobody reads     -> gone
  while that counts from one constant to another   -> the same, with its trip count; gone where that is 0

  %0:2 = mhlo.while(%i = %zero, %x = %a) .. cond { %i < 10 } do { .. return %i + 1, %x }
becomes
  %0 = mhlo.while(%i = %zero) : tensor<i32> attributes {trip_count = 10 : i64} ..       with %a for %x
"""

import math
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from xdsl.dialects.builtin import ModuleOp, TensorType
from xdsl.ir import Block, BlockArgument, Operation, Region, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import dense
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import constant_value, erase, insert_before, ops_of, replace
from iree.compiler.transforms.common.effects import is_dead, is_pure
from iree.compiler.transforms.input.trip_count import trip_count_of

CHEAP_OPS = 16  # in all branches together, that may be computed where the selector does not ask for them
CHEAP_ELEMENTS = 1024  # of each of their results
_CHEAP = (
    *(mhlo.Unary, mhlo.Binary, mhlo.Compare, mhlo.Select, mhlo.Clamp, mhlo.Convert, mhlo.Constant, mhlo.Reshape),
    *(mhlo.BroadcastInDim, mhlo.Slice, mhlo.Return),
)


class SimplifyControlFlow(Pass):
    name = "simplify-control-flow"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for op in reversed(ops_of(module, Operation)):  # inner ones first
            match op:
                case mhlo.While():
                    _simplify_while(op)
                case mhlo.If() | mhlo.Case():
                    _simplify_branches(op)


def _simplify_while(loop: mhlo.While) -> None:
    handed_on = _use_what_is_handed_on(loop)
    asks_only = all(is_pure(op) for op in loop.cond.block.ops if op is not loop.cond.block.last_op)
    trip_count = trip_count_of(loop) if loop.trip_count is None else loop.trip_count.value.data
    trip_count = trip_count if asks_only else None
    if trip_count == 0 or (asks_only and _known(_returned(loop.cond.block)[0]) == 0):
        replace(loop, [], loop.inits)
        return
    needed = _needed(loop)
    kept = [index for index in range(len(loop.inits)) if index in needed and index not in handed_on]
    results = [loop.results[index] for index in kept]
    inits = [loop.inits[index] for index in kept]
    _trim(loop.body.block, kept)
    for region in (loop.cond, loop.body):
        for index in reversed(range(len(loop.inits))):
            if index not in kept:
                region.block.erase_arg(region.block.args[index])
    cond, body = [loop.detach_region(region) for region in list(loop.regions)]
    smaller = mhlo.While(inits, cond, body, trip_count)
    insert_before(loop, smaller)
    for old, new in zip(results, smaller.results, strict=True):
        new.name_hint = old.name_hint
        old.replace_all_uses_with(new)
    erase(loop)


def _use_what_is_handed_on(loop: mhlo.While) -> Collection[int]:
    """Uses the inits of values that never change in the place of these; which ones they are."""
    found = set()
    for index, (init, returned) in enumerate(zip(loop.inits, _returned(loop.body.block), strict=True)):
        argument, asked = loop.body.block.args[index], loop.cond.block.args[index]
        if returned in (argument, init) and len({init.type, argument.type, asked.type, returned.type}) == 1:
            found.add(index)
            for value in (argument, asked, loop.results[index]):
                value.replace_all_uses_with(init)
    return found


def _needed(loop: mhlo.While) -> set[int]:
    """The carried values that the condition or something after the loop reads, directly or in a later iteration."""
    block = loop.body.block
    returned = _returned(block)
    needed = {index for index, result in enumerate(loop.results) if result.first_use is not None}
    needed |= {argument.index for argument in loop.cond.block.args if argument.first_use is not None}
    ops = [op for op in block.ops if op is not block.last_op and not is_pure(op)]
    pending = [*(returned[index] for index in needed), *(value for op in ops for value in _read(op))]
    seen: set[SSAValue] = set()
    while pending:
        value = pending.pop()
        if value in seen:
            continue
        seen.add(value)
        if isinstance(value, BlockArgument) and value.owner is block:
            needed.add(value.index)
            pending.append(returned[value.index])
        elif isinstance(value.owner, Operation) and value.owner.parent is block:
            pending += _read(value.owner)
    return needed


def _simplify_branches(op: mhlo.If | mhlo.Case) -> None:
    branches = op.branches_by_value
    for result, *values in zip(op.results, *(_returned(branch.block) for branch in branches), strict=True):
        if len(set(values)) == 1 and not _is_inside(values[0], op) and values[0].type == result.type:
            result.replace_all_uses_with(values[0])
    known = _known(op.selector)
    if known is not None:
        replace(op, *_inlined(branches[known if 0 <= known < len(branches) else -1]))
    elif _is_cheap(op):
        _select(op, branches)
    elif any(result.first_use is None for result in op.results):
        _drop_unused_results(op)


def _is_cheap(op: Operation) -> bool:
    """Whether all branches together are a few elementwise ops on few elements."""
    inside = [each for each in op.walk() if each is not op]
    sizes = [math.prod(type_.get_shape()) for each in (op, *inside) for type_ in each.result_types
             if isinstance(type_, TensorType)]  # fmt: skip
    cheap = all(isinstance(each, _CHEAP) for each in inside)
    return cheap and len(inside) <= CHEAP_OPS and all(0 <= size <= CHEAP_ELEMENTS for size in sizes)


def _select(op: mhlo.If | mhlo.Case, branches: Sequence[Region]) -> None:
    """Computes all branches and takes the results of one."""
    ops: list[Operation] = []
    rows = []
    for branch in branches:
        inlined, values = _inlined(branch)
        ops += inlined
        rows.append(values)
    results = list(rows[-1])
    for number, values in reversed(list(enumerate(rows[:-1]))):
        pred = op.selector
        if isinstance(op, mhlo.If):  # false, then true
            selects = [mhlo.Select(pred, *pair) for pair in zip(results, values, strict=True)]
        else:
            constant = mhlo.Constant(dense(np.array(number, np.int32)))
            compare = mhlo.Compare(op.selector, constant.result, mhlo.Direction.EQ)
            ops += [constant, compare]
            selects = [mhlo.Select(compare.result, *pair) for pair in zip(values, results, strict=True)]
        ops += selects
        results = [select.result for select in selects]
    replace(op, ops, results)


def _drop_unused_results(op: mhlo.If | mhlo.Case) -> None:
    kept = [index for index, result in enumerate(op.results) if result.first_use is not None]
    for region in op.regions:
        _trim(region.block, kept)
    types = [op.result_types[index] for index in kept]
    old = [op.results[index] for index in kept]
    regions = [op.detach_region(region) for region in list(op.regions)]
    smaller = mhlo.If(op.pred, types, *regions) if isinstance(op, mhlo.If) else mhlo.Case(op.index, types, regions)
    insert_before(op, smaller)
    for result, new in zip(old, smaller.results, strict=True):
        new.name_hint = result.name_hint
        result.replace_all_uses_with(new)
    erase(op)


def _inlined(region: Region) -> tuple[list[Operation], list[SSAValue]]:
    """The ops of a region without arguments, taken out of it, and what it returns."""
    values = _returned(region.block)
    *ops, _ = region.block.ops
    for op in ops:
        op.detach()
    return ops, values


def _trim(block: Block, kept: Sequence[int]) -> None:
    """Returns only some values, and drops what nobody needs then."""
    last = block.last_op
    assert last is not None
    replace(last, mhlo.Return([last.operands[index] for index in kept]))
    for op in reversed([op for top in block.ops for op in top.walk()]):
        if is_dead(op):
            erase(op)


def _returned(block: Block) -> list[SSAValue]:
    return list(block.last_op.operands) if block.last_op is not None else []


def _read(op: Operation) -> Iterator[SSAValue]:
    """What an op and all in it read."""
    return (operand for each in op.walk() for operand in each.operands)


def _is_inside(value: SSAValue, op: Operation) -> bool:
    around = value.owner if isinstance(value.owner, Operation) else value.owner.parent_op()
    return around is not None and op.is_ancestor(around)


def _known(value: SSAValue) -> int | None:
    """The number that a scalar is known to hold."""
    known = constant_value(value)
    return None if known is None or known.shape else int(known)
