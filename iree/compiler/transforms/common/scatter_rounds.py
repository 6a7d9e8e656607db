"""A scatter by any body, of any number of inputs, said with scatters that replace: gather, combine, put back.

    %1 = "mhlo.scatter"(%x, %i, %u) .. body f
  becomes
    %p = ..                                    the number of the element that each element of the updates is for
    %2 = "mhlo.gather"(%x as one row, %p)
    %3 = f(%2, %u)
    %4 = "mhlo.scatter"(%x as one row, %p, %3) .. that replaces

for each index vector in turn, so that updates of one place see each other; for all at once where indices are unique.
"""

import math
from collections.abc import Sequence

from xdsl.dialects.builtin import IntegerType, TensorType, i32
from xdsl.ir import Block, Region

from iree.compiler.dialects import mhlo
from iree.compiler.ir.diagnostics import fail
from iree.compiler.transforms.common.expression import Expression, where
from iree.compiler.transforms.common.whole_tensor_bodies import apply_body

MOST_ROUNDS = 128  # more would take too long to compile
i64 = IntegerType(64)


def expand_scatter(op: mhlo.Scatter, *operands: Expression) -> list[Expression]:
    """The results of a scatter of static shape. CompileError: it takes too many rounds."""
    number = len(op.inputs)
    inputs, indices, updates = operands[:number], operands[number], operands[number + 1 :]
    sizes = updates[0].shape
    if 0 in sizes or 0 in inputs[0].shape:
        return list(inputs)
    batch_dims = _batch_dims(op)
    batch = math.prod(sizes[dim] for dim in batch_dims)
    is_unique = op.unique_indices is not None and bool(op.unique_indices.value.data)
    if batch > MOST_ROUNDS and not is_unique:
        text = f"combines {batch} updates by this body, which may be for one place; {MOST_ROUNDS} can be"
        fail(op, f"{text}; say unique_indices = true, or use one of add, multiply, maximum, minimum, and, or")
    rows = [_in_rows(value, batch_dims, batch) for value in (_places(op, indices), *updates)]
    values = [_flat(value) for value in inputs]
    rounds = [(0, batch)] if is_unique else [(first, first + 1) for first in range(batch)]
    for first, last in rounds:
        places, *parts = (_flat(row.slice(0, first, last)) for row in rows)
        values = _round(op.update_computation.block, values, places, parts)
    return [value.reshape(given.shape) for value, given in zip(values, inputs, strict=True)]


def _batch_dims(op: mhlo.Scatter) -> list[int]:
    rank = len(mhlo.shape_of(op.updates[0]))
    return [dim for dim in range(rank) if dim not in op.numbers.update_window_dims]


def _places(op: mhlo.Scatter, indices: Expression) -> Expression:
    """For each element of the updates the number of the input's element that it is for; -1 outside of the input."""
    numbers, shape, sizes = op.numbers, mhlo.shape_of(op.inputs[0]), mhlo.shape_of(op.updates[0])
    lost = numbers.inserted_window_dims + numbers.input_batching_dims
    kept = [dim for dim in range(len(shape)) if dim not in lost]
    along = dict(zip(kept, numbers.update_window_dims, strict=True))
    starts = _starts(op, indices)
    emitter = indices.emitter
    place = zero = emitter.number(0, TensorType(i32, sizes))
    inside: Expression | None = None
    for dim, size in enumerate(shape):
        index = emitter.iota(i32, sizes, along[dim]) if dim in along else zero
        if dim in starts:
            index += starts[dim]
        is_there = (index >= 0) & (index < size)
        inside = is_there if inside is None else inside & is_there
        place += index * math.prod(shape[dim + 1 :])
    return place if inside is None else where(inside, place, -1)


def _starts(op: mhlo.Scatter, indices: Expression) -> dict[int, Expression]:
    """Where windows begin, in each dimension of the input where they do not all begin at 0; for each update."""
    numbers, shape, sizes = op.numbers, mhlo.shape_of(op.inputs[0]), mhlo.shape_of(op.updates[0])
    batch_dims, vector_dim = _batch_dims(op), numbers.index_vector_dim
    if vector_dim == len(indices.shape):
        indices = indices.reshape((*indices.shape, 1))
    wide = indices.convert(i64)
    without = [size for dim, size in enumerate(indices.shape) if dim != vector_dim]
    starts = {}
    for number, dim in enumerate(numbers.scatter_dims_to_operand_dims):
        row = wide.slice(vector_dim, number, number + 1).reshape(without)
        start = row.like(-shape[dim] - 1).apply(mhlo.Clamp, row, shape[dim] + 1)
        starts[dim] = start.convert(i32).broadcast(sizes, batch_dims)
    for dim, place in zip(numbers.input_batching_dims, numbers.scatter_indices_batching_dims, strict=True):
        starts[dim] = indices.emitter.iota(i32, sizes, batch_dims[place - (place > vector_dim)])
    return starts


def _in_rows(value: Expression, batch_dims: Sequence[int], batch: int) -> Expression:
    """What belongs to one index vector, in a row."""
    order = [*batch_dims, *(dim for dim in range(len(value.shape)) if dim not in batch_dims)]
    return value.transpose(order).reshape((batch, math.prod(value.shape) // batch))


def _flat(value: Expression) -> Expression:
    return value.reshape((math.prod(value.shape),))


def _round(
    body: Block, values: Sequence[Expression], places: Expression, updates: Sequence[Expression]
) -> list[Expression]:
    """Combines updates of different places."""
    gathered = mhlo.GatherNumbers(collapsed_slice_dims=(0,), start_index_map=(0,), index_vector_dim=1)
    emitter = places.emitter
    old = [emitter.add(mhlo.Gather(value.value, places.value, gathered, [1])) for value in values]
    new = apply_body(body, [*old, *updates])
    return [_replaced(value, places, update) for value, update in zip(values, new, strict=True)]


def _replaced(value: Expression, places: Expression, update: Expression) -> Expression:
    numbers = mhlo.ScatterNumbers(inserted_window_dims=(0,), scatter_dims_to_operand_dims=(0,), index_vector_dim=1)
    scalar: TensorType = TensorType(value.element, ())
    block = Block(arg_types=[scalar, scalar])
    block.add_op(mhlo.Return([block.args[1]]))
    scatter = mhlo.Scatter.create(
        operands=[value.value, places.value, update.value],
        result_types=[value.type],
        properties={"scatter_dimension_numbers": mhlo.ScatterDimensionNumbers(numbers)},
        regions=[Region(block)],
    )
    return value.emitter.add(scatter)
