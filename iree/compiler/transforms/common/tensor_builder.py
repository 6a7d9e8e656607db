"""TensorBuilder: mhlo ops made one after the other, for passes that say an op with others.

    t = TensorBuilder()
    left, right = t.slice(x, 0, 0, 4), t.slice(x, 0, 4, 8)
    (sums,) = t.apply(body, [left, right])
    replace(op, t.ops, [sums])

`apply` runs a body of scalars on whole tensors:

    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %c = mhlo.constant dense<2.0> : tensor<f32>
      %d = mhlo.multiply %b, %c : tensor<f32>
      %e = mhlo.add %a, %d : tensor<f32>
      mhlo.return %e : tensor<f32>
  on %x, %y : tensor<4xf32> is
    %c = mhlo.constant dense<2.0> : tensor<f32>
    %0 = mhlo.broadcast_in_dim %c, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %1 = mhlo.multiply %y, %0 : tensor<4xf32>
    %2 = mhlo.add %x, %1 : tensor<4xf32>
"""

from collections.abc import Iterable, Sequence

import numpy as np
from xdsl.dialects.builtin import DYNAMIC_INDEX, IntegerType, TensorType, i32
from xdsl.ir import Attribute, Block, Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir import location
from iree.compiler.ir.constants import dense, dtype_of
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.sizes import is_known


class TensorBuilder:
    """`ops`: what was made so far, in order."""

    def __init__(self) -> None:
        self.ops: list[Operation] = []

    def add(self, op: Operation) -> SSAValue:
        """Appends an op of one result."""
        self.ops.append(op)
        return op.results[0]

    def constant(self, number: float, element: Attribute, shape: Sequence[int] = ()) -> SSAValue:
        """A number everywhere."""
        value = np.asarray(number)
        type_: TensorType[Attribute] = TensorType(element, ())
        scalar = self.add(mhlo.Constant(dense(value.astype(dtype_of(element)), type_)))
        return self.broadcast(scalar, shape)

    def broadcast(self, value: SSAValue, shape: Sequence[int], dims: Sequence[int] = ()) -> SSAValue:
        """The value along dimensions `dims` of a shape, the same along the others."""
        if tuple(shape) == mhlo.shape_of(value):
            return value
        return self.add(mhlo.BroadcastInDim(value, dims, mhlo.with_shape(mhlo.tensor(value), shape)))

    def reshape(self, value: SSAValue, shape: Sequence[int]) -> SSAValue:
        """The same elements in another shape."""
        return value if tuple(shape) == mhlo.shape_of(value) else self.add(mhlo.Reshape(value, shape))

    def slice(self, value: SSAValue, dim: int, start: int, limit: int, stride: int = 1) -> SSAValue:
        """Part of one dimension."""
        shape = mhlo.shape_of(value)
        if (start, limit, stride) == (0, shape[dim], 1):
            return value
        starts, limits, strides = [0] * len(shape), list(shape), [1] * len(shape)
        starts[dim], limits[dim], strides[dim] = start, limit, stride
        return self.add(mhlo.Slice(value, starts, limits, strides))

    def iota(self, shape: Sequence[int], dim: int, element: Attribute = i32) -> SSAValue:
        """The position along a dimension."""
        return self.add(mhlo.Iota(dim, TensorType(element, shape)))

    def compare(self, direction: str, left: SSAValue, right: SSAValue) -> SSAValue:
        """LT, EQ and so on, as the elements are compared."""
        return self.add(mhlo.Compare(left, right, mhlo.Direction(direction)))

    def select(self, condition: SSAValue, true: SSAValue, false: SSAValue) -> SSAValue:
        """true where the condition holds."""
        return self.add(mhlo.Select(condition, true, false))

    def convert(self, value: SSAValue, element: Attribute) -> SSAValue:
        """The value in another element type."""
        return value if mhlo.element_of(value) == element else self.add(mhlo.Convert(value, element))

    def apply(
        self, block: Block, arguments: Sequence[SSAValue], wanted: Sequence[SSAValue] | None = None
    ) -> list[SSAValue]:
        """What a body of scalars returns, or other values in it, on tensors of one shape.

        CompileError: an op that they need is not elementwise.
        """
        shape = mhlo.shape_of(arguments[0])
        values: dict[SSAValue, SSAValue] = dict(zip(block.args, arguments, strict=True))
        last = block.last_op
        assert last is not None
        results = last.operands if wanted is None else wanted
        needed = _needed(block, results)
        for op in block.ops:
            if op not in needed:
                continue
            made = _of_shape(op, [values[operand] for operand in op.operands], shape)
            self.ops.append(made)
            values |= zip(op.results, made.results, strict=True)
            if not op.operands:
                values[op.results[0]] = self.broadcast(made.results[0], shape)
        return [self.broadcast(values[value], shape) for value in results]


def require_known(op: Operation, value: SSAValue, dimensions: Iterable[int] | None = None) -> None:
    """CompileError: a size of a tensor, along some dimensions or any, is not known."""
    shape = mhlo.shape_of(value)
    for dim in range(len(shape)) if dimensions is None else dimensions:
        if shape[dim] == DYNAMIC_INDEX or not is_known(shape[dim]):
            fail(op, f"dimension {dim} of {value.type} has a size that only a call knows; give it one")


def _needed(block: Block, results: Sequence[SSAValue]) -> set[Operation]:
    """The ops of a body that some of its values come from."""
    needed: set[Operation] = set()
    pending = list(results)
    while pending:
        op = pending.pop().owner
        if isinstance(op, Operation) and op.parent is block and op not in needed:
            needed.add(op)
            pending += op.operands
    return needed


def _of_shape(op: Operation, operands: Sequence[SSAValue], shape: Sequence[int]) -> Operation:
    """An op on scalars as one on tensors; a constant as it is."""
    types = [result.type for result in op.results]
    if op.regions or any(not isinstance(type_, TensorType) or type_.get_shape() for type_ in types):
        fail(op, "cannot stand in the body of another op; elementwise ops of tensors without dimensions can")
    if op.operands:
        types = [mhlo.with_shape(type_, shape) for type_ in types if isinstance(type_, TensorType)]
    properties, attributes = dict(op.properties), dict(op.attributes)
    made = type(op).create(operands=operands, result_types=types, properties=properties, attributes=attributes)
    if location.is_known(op.location):
        made.location = op.location
    return made


def index_type(size: int) -> IntegerType:
    """A type that counts up to `size`."""
    return i32 if size < 2**31 else IntegerType(64)
