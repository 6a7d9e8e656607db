"""What a comparator compares by: keys, the first that differs decides.

    ^bb0(%a: tensor<f32>, %b: tensor<f32>, %i: tensor<i32>, %j: tensor<i32>):
      %1 = mhlo.compare LT, %a, %b : ..
      %2 = mhlo.compare EQ, %a, %b : ..
      %3 = mhlo.compare GT, %i, %j : ..
      %4 = mhlo.and %2, %3 : tensor<i1>
      %5 = mhlo.or %1, %4 : tensor<i1>
      mhlo.return %5 : tensor<i1>
  has two keys, %a ascending and %i descending

A key may be computed from an element (so that -0 is +0, and one NaN as good as another), by the same ops on both sides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import AnyFloat, TensorType
from xdsl.ir import Attribute, Block, BlockArgument, Operation, Region, SSAValue

from iree.compiler.dialects import mhlo


@dataclass(frozen=True)
class Key:
    """Two values of a comparator, computed alike from what is left and from what is right.

    `is_total`: floats are in total order, in which -NaN < -inf < ... < -0 < +0 < ... < inf < NaN.
    """

    left: SSAValue
    right: SSAValue
    is_descending: bool
    is_total: bool


def keys_of(comparator: Block) -> list[Key] | None:
    """The keys of a comparator, the first one first. None: it compares in another way."""
    last = comparator.last_op
    assert isinstance(last, mhlo.Return)
    (result,) = last.values
    return _keys(result)


def _keys(value: SSAValue) -> list[Key] | None:
    """The keys by which `value` says that the left comes before the right."""
    match value.owner:
        case mhlo.Compare(direction=mhlo.Direction.LT | mhlo.Direction.GT) as compare:
            key = _key(compare)
            return None if key is None else [key]
        case mhlo.Or(lhs=one, rhs=other):
            return _or_equal(one, other) or _or_equal(other, one)
        case mhlo.Select(pred=pred, on_true=on_true, on_false=on_false):
            first, rest = (on_false, on_true) if _asks(pred, mhlo.Direction.EQ) else (on_true, on_false)
            return _then(first, pred, rest) if _asks(pred, mhlo.Direction.EQ, mhlo.Direction.NE) else None
        case _:
            return None


def _key(compare: mhlo.Compare) -> Key | None:
    left, right, is_descending = compare.lhs, compare.rhs, compare.direction is mhlo.Direction.GT
    is_total = compare.comparison is not mhlo.Comparison.FLOAT
    if _mirrored(left, right):
        return Key(left, right, is_descending, is_total)
    return Key(right, left, not is_descending, is_total) if _mirrored(right, left) else None


def _mirrored(left: SSAValue, right: SSAValue) -> bool:
    """Whether two values are computed alike, one from left arguments, the other from right ones."""
    pending, seen, found = [(left, right)], set(), False
    while pending:
        one, other = pair = pending.pop()
        if pair in seen:
            continue
        seen.add(pair)
        if isinstance(one, BlockArgument) or isinstance(other, BlockArgument):
            if not (isinstance(one, BlockArgument) and isinstance(other, BlockArgument)):
                return False
            if one.index % 2 or other.index != one.index + 1:
                return False
            found = True
            continue
        if not _alike(one, other):
            return False
        assert isinstance(one.owner, Operation)
        assert isinstance(other.owner, Operation)
        pending += zip(one.owner.operands, other.owner.operands, strict=True)
    return found


def _alike(one: SSAValue, other: SSAValue) -> bool:
    """Whether two ops do the same to their operands."""
    ours, theirs = one.owner, other.owner
    assert isinstance(ours, Operation)
    assert isinstance(theirs, Operation)
    same = ours.name == theirs.name and ours.properties == theirs.properties and ours.attributes == theirs.attributes
    return same and one.type == other.type and len(ours.operands) == len(theirs.operands) and not ours.regions


def _or_equal(first: SSAValue, both: SSAValue) -> list[Key] | None:
    """The keys of `first or (equal and rest)`."""
    match both.owner:
        case mhlo.And(lhs=one, rhs=other):
            for equal, rest in ((one, other), (other, one)):
                if _asks(equal, mhlo.Direction.EQ) and (keys := _then(first, equal, rest)):
                    return keys
    return None


def _then(first: SSAValue, equality: SSAValue, rest: SSAValue) -> list[Key] | None:
    """The keys of `first`, whose equality is asked for, then those of `rest`."""
    keys, others, asked = _keys(first), _keys(rest), equality.owner
    assert isinstance(asked, mhlo.Compare)
    if keys is None or others is None or len(keys) != 1:
        return None
    (key,) = keys
    same_values = {asked.lhs, asked.rhs} == {key.left, key.right}
    return [key, *others] if same_values and (asked.comparison is not mhlo.Comparison.FLOAT) == key.is_total else None


def _asks(value: SSAValue, *directions: mhlo.Direction) -> bool:
    return isinstance(value.owner, mhlo.Compare) and value.owner.direction in directions


def comparator_of(elements: Sequence[Attribute], descending: Sequence[bool]) -> Region:
    """The comparator whose keys are the elements of its operands, floats in total order."""
    block = Block(arg_types=[TensorType(element, ()) for element in elements for _ in range(2)])
    result: SSAValue | None = None
    for number in reversed(range(len(elements))):
        left, right = block.args[2 * number : 2 * number + 2]
        how = mhlo.Comparison.TOTALORDER if isinstance(elements[number], AnyFloat) else None
        direction = mhlo.Direction.GT if descending[number] else mhlo.Direction.LT
        before = mhlo.Compare(left, right, direction, how)
        block.add_op(before)
        if result is None:
            result = before.result
            continue
        equal = mhlo.Compare(left, right, mhlo.Direction.EQ, how)
        both = mhlo.And(equal.result, result)
        either = mhlo.Or(before.result, both.result)
        block.add_ops([equal, both, either])
        result = either.result
    assert result is not None
    block.add_op(mhlo.Return([result]))
    return Region(block)
