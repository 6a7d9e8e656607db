"""Sizes as data: what an op computes, where its operands are sizes.

    %n = mhlo.get_dimension_size %x, dim = 0       [d0]
    %2 = mhlo.multiply %n, %two                    [2*d0]
    %3 = mhlo.reshape %2 ... mhlo.concatenate      [[2*d0], 16]

A rule gives None where it cannot be said what the values are: half of a batch, the larger one of two batches.
"""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from xdsl.dialects import arith, tensor
from xdsl.dialects.builtin import (
    DenseIntOrFPElementsAttr,
    IndexType,
    IntegerAttr,
    IntegerType,
    TensorType,
)
from xdsl.ir import Attribute, Operation

from iree.compiler.dialects import mhlo, shape
from iree.compiler.ir import sizes
from iree.compiler.ir.constants import array_of
from iree.compiler.transforms.input.size_facts import MOST_VALUES, SizeFacts, Values, values_array

Rule = Callable[[Operation, Sequence[Values]], Values | None]


def values_of(op: Operation, facts: SizeFacts) -> Values | None:
    """The sizes that the op's one result holds. None: it holds none, or they are not known."""
    if len(op.results) != 1 or not _may_be_sizes(op.results[0].type):
        return None
    if (rule := _OF_TYPES.get(op.name)) is not None:
        return rule(op)
    rule_of_values = _OF_VALUES.get(op.name)
    if rule_of_values is None:
        return None
    operands = [facts.values.get(operand) for operand in op.operands]
    known = [operand for operand in operands if operand is not None]
    try:
        return rule_of_values(op, known) if len(known) == len(operands) else None
    except sizes.SizeError:
        return None


def _may_be_sizes(type_: Attribute) -> bool:
    if isinstance(type_, TensorType):
        few = (
            all(0 <= size <= MOST_VALUES for size in type_.get_shape()) and math.prod(type_.get_shape()) <= MOST_VALUES
        )
        return few and isinstance(type_.element_type, IntegerType | IndexType)
    return isinstance(type_, IntegerType | IndexType | shape.ShapeType)


def _shape(op: Operation) -> tuple[int, ...]:
    type_ = op.results[0].type
    return type_.get_shape() if isinstance(type_, TensorType) else ()


def _constant(op: Operation) -> Values | None:
    attribute = op.properties.get("value", op.attributes.get("value"))
    if isinstance(attribute, IntegerAttr):
        return values_array([attribute.value.data], ())
    if isinstance(attribute, DenseIntOrFPElementsAttr):
        array = array_of(attribute)
        return values_array([int(value) for value in array.reshape(-1).tolist()], array.shape)
    return None


def _dimension_size(op: Operation) -> Values | None:
    assert isinstance(op, mhlo.GetDimensionSize)
    return _known([mhlo.shape_of(op.operand)[op.along]], ())


def _shape_of(op: Operation) -> Values | None:
    found = mhlo.shape_of(op.operands[0])
    return _known(found, (len(found),))


def _const_shape(op: Operation) -> Values | None:
    assert isinstance(op, shape.ConstShape)
    return values_array([size.value.data for size in op.shape], (len(op.shape),))


def _known(found: Sequence[int], shape_: Sequence[int]) -> Values | None:
    return None if -1 in found else values_array(found, shape_)


_OF_TYPES: Mapping[str, Callable[[Operation], Values | None]] = {
    mhlo.Constant.name: _constant,
    arith.ConstantOp.name: _constant,
    mhlo.GetDimensionSize.name: _dimension_size,
    shape.ShapeOf.name: _shape_of,
    shape.ConstShape.name: _const_shape,
}


def _elementwise(compute: Callable[..., int]) -> Rule:
    def rule(op: Operation, operands: Sequence[Values]) -> Values | None:
        if len({operand.shape for operand in operands}) != 1:
            return None
        columns = [operand.reshape(-1).tolist() for operand in operands]
        return values_array([compute(*row) for row in zip(*columns, strict=True)], operands[0].shape)

    return rule


def quotient(size: int, divisor: int) -> int:
    """The quotient of two sizes. SizeError: it depends on the call whether there is a rest."""
    if sizes.is_known(size) and sizes.is_known(divisor):
        if not divisor:
            raise sizes.SizeError("is divided by 0")
        return abs(size) // abs(divisor) * (1 if (size < 0) == (divisor < 0) else -1)
    if not divisor or not sizes.divides(divisor, size):
        raise sizes.SizeError("is no whole number of parts")
    return size // divisor


def larger(one: int, other: int) -> int:
    """The larger one of two sizes. SizeError: it depends on the call which it is."""
    if sizes.is_at_most(one, other):
        return other
    if sizes.is_at_most(other, one):
        return one
    raise sizes.SizeError("depends on the call")


def _smaller(one: int, other: int) -> int:
    return one + other - larger(one, other)


def broadcast(shapes: Sequence[Sequence[int]]) -> list[int]:
    """The shape that shapes have together; of two sizes that only a call knows, the first. SizeError: there is none."""
    rank = max(map(len, shapes), default=0)
    result = []
    for column in zip(*[(1,) * (rank - len(one)) + tuple(one) for one in shapes], strict=True):
        others = list(dict.fromkeys(size for size in column if size != 1)) or [1]
        known = [size for size in others if sizes.is_known(size)]
        if len(known) > 1:
            raise sizes.SizeError("are no shapes that can be broadcast together")
        result.append(known[0] if known else others[0])
    return result


def _compare(op: Operation, operands: Sequence[Values]) -> Values | None:
    assert isinstance(op, mhlo.Compare)
    direction = op.direction.value
    return _elementwise(lambda lhs, rhs: int(_holds(direction, lhs, rhs)))(op, operands)


def _holds(direction: str, lhs: int, rhs: int) -> bool:
    """Whether a comparison holds in all calls, or in none. SizeError: it depends on the call."""
    if direction in ("EQ", "NE"):
        if lhs == rhs:
            return direction == "EQ"
        if sizes.is_at_most(lhs + 1, rhs) or sizes.is_at_most(rhs + 1, lhs):
            return direction == "NE"
    else:
        small, large = (lhs, rhs) if direction in ("LE", "LT") else (rhs, lhs)
        strict = int(direction in ("LT", "GT"))
        if sizes.is_at_most(small + strict, large):
            return True
        if sizes.is_at_most(large + 1 - strict, small):
            return False
    raise sizes.SizeError("depends on the call")


def _select(op: Operation, operands: Sequence[Values]) -> Values | None:
    condition, yes, no = operands
    return np.where(np.broadcast_to(condition, yes.shape).astype(bool), yes, no)


def _reshape(op: Operation, operands: Sequence[Values]) -> Values | None:
    return operands[0].reshape(_shape(op))


def _concatenate(op: Operation, operands: Sequence[Values]) -> Values | None:
    assert isinstance(op, mhlo.Concatenate)
    return np.concatenate(list(operands), op.dimension.value.data)


def _slice(op: Operation, operands: Sequence[Values]) -> Values | None:
    assert isinstance(op, mhlo.Slice)
    lists = zip(mhlo.ints(op.start_indices), mhlo.ints(op.limit_indices), mhlo.ints(op.strides), strict=True)
    result: Values = operands[0][tuple(slice(*run) for run in lists)]
    return result


def _broadcast_in_dim(op: Operation, operands: Sequence[Values]) -> Values | None:
    assert isinstance(op, mhlo.BroadcastInDim)
    target, sizes_ = _shape(op), dict(zip(mhlo.ints(op.broadcast_dimensions), operands[0].shape, strict=True))
    if list(sizes_) != sorted(sizes_):
        return None
    return np.broadcast_to(operands[0].reshape([sizes_.get(dim, 1) for dim in range(len(target))]), target)


def _reduce(op: Operation, operands: Sequence[Values]) -> Values | None:
    assert isinstance(op, mhlo.Reduce)
    only = mhlo.only_op(op.body)
    dims = tuple(mhlo.ints(op.dimensions))
    if isinstance(only, mhlo.Multiply):
        return np.asarray(operands[0].prod(axis=dims) * operands[1], object)
    if isinstance(only, mhlo.Add):
        return np.asarray(operands[0].sum(axis=dims) + operands[1], object)
    return None


def _from_elements(op: Operation, operands: Sequence[Values]) -> Values | None:
    return values_array([operand.item() for operand in operands], _shape(op))


def _extract(op: Operation, operands: Sequence[Values]) -> Values | None:
    return values_array([operands[0][tuple(index.item() for index in operands[1:])]], ())


def _shape_broadcast(op: Operation, operands: Sequence[Values]) -> Values | None:
    found = broadcast([operand.tolist() for operand in operands])
    return values_array(found, (len(found),))


def _shape_concat(op: Operation, operands: Sequence[Values]) -> Values | None:
    return np.concatenate(list(operands))


def _index_select(op: Operation, operands: Sequence[Values]) -> Values | None:
    assert isinstance(op, mhlo.TorchIndexSelect)
    sizes_, places = operands
    numbers = [int(place) for place in places.reshape(-1).tolist()]
    if sizes_.ndim != 1 or not all(0 <= number < len(sizes_) for number in numbers):
        return None
    return values_array([sizes_[number] for number in numbers], places.shape)


def _num_elements(op: Operation, operands: Sequence[Values]) -> Values | None:
    return values_array([math.prod(operands[0].tolist())], ())


def _same(op: Operation, operands: Sequence[Values]) -> Values | None:
    return operands[0]


_ADD, _SUBTRACT = _elementwise(lambda x, y: x + y), _elementwise(lambda x, y: x - y)
_MULTIPLY, _DIVIDE = _elementwise(lambda x, y: x * y), _elementwise(quotient)

_OF_VALUES: Mapping[str, Rule] = {
    mhlo.Add.name: _ADD,
    mhlo.Subtract.name: _SUBTRACT,
    mhlo.Multiply.name: _MULTIPLY,
    mhlo.Divide.name: _DIVIDE,
    mhlo.Maximum.name: _elementwise(larger),
    mhlo.Minimum.name: _elementwise(_smaller),
    mhlo.Negate.name: _elementwise(lambda x: -x),
    mhlo.Compare.name: _compare,
    mhlo.Select.name: _select,
    mhlo.Convert.name: _same,
    mhlo.Reshape.name: _reshape,
    mhlo.Concatenate.name: _concatenate,
    mhlo.Slice.name: _slice,
    mhlo.BroadcastInDim.name: _broadcast_in_dim,
    mhlo.Reduce.name: _reduce,
    "mhlo.dynamic_reshape": _reshape,
    arith.AddiOp.name: _ADD,
    arith.SubiOp.name: _SUBTRACT,
    arith.MuliOp.name: _MULTIPLY,
    arith.DivSIOp.name: _DIVIDE,
    arith.IndexCastOp.name: _same,
    arith.ExtSIOp.name: _same,
    arith.TruncIOp.name: _same,
    tensor.CastOp.name: _same,
    tensor.FromElementsOp.name: _from_elements,
    tensor.ExtractOp.name: _extract,
    shape.Broadcast.name: _shape_broadcast,
    shape.NumElements.name: _num_elements,
    shape.Concat.name: _shape_concat,
    shape.ToExtentTensor.name: _same,
    mhlo.TorchIndexSelect.name: _index_select,
}
