"""Bodies of scalars run on whole tensors.

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

from xdsl.dialects.builtin import DYNAMIC_INDEX, TensorType
from xdsl.ir import Block, Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir import location
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.sizes import is_known
from iree.compiler.transforms.common.expression import Expression


def apply_body(
    block: Block, arguments: Sequence[Expression], wanted: Sequence[SSAValue] | None = None
) -> list[Expression]:
    """What a body of scalars returns, or other values in it, on tensors of one shape.

    CompileError: an op that they need is not elementwise.
    """
    emitter, shape = arguments[0].emitter, arguments[0].shape
    values: dict[SSAValue, Expression] = dict(zip(block.args, arguments, strict=True))
    last = block.last_op
    assert last is not None
    results = last.operands if wanted is None else wanted
    needed = _needed(block, results)
    for op in block.ops:
        if op not in needed:
            continue
        made = _of_shape(op, [values[operand].value for operand in op.operands], shape)
        emitter.ops.append(made)
        for old, new in zip(op.results, made.results, strict=True):
            values[old] = Expression(emitter, new) if op.operands else Expression(emitter, new).broadcast(shape, ())
    return [values[value] for value in results]


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
