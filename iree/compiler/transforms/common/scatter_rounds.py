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
from xdsl.ir import Block, Region, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.diagnostics import fail
from iree.compiler.transforms.common.tensor_builder import TensorBuilder

MOST_ROUNDS = 128  # more would take too long to compile
i64 = IntegerType(64)


def expand_scatter(t: TensorBuilder, op: mhlo.Scatter) -> list[SSAValue]:
    """The results of a scatter of static shape. CompileError: it takes too many rounds."""
    sizes = mhlo.shape_of(op.updates[0])
    if 0 in sizes or 0 in mhlo.shape_of(op.inputs[0]):
        return list(op.inputs)
    batch_dims = _batch_dims(op)
    batch = math.prod(sizes[dim] for dim in batch_dims)
    is_unique = op.unique_indices is not None and bool(op.unique_indices.value.data)
    if batch > MOST_ROUNDS and not is_unique:
        text = f"combines {batch} updates by this body, which may be for one place; {MOST_ROUNDS} can be"
        fail(op, f"{text}; say unique_indices = true, or use one of add, multiply, maximum, minimum, and, or")
    places = _in_rows(t, _places(t, op), batch_dims, batch)
    updates = [_in_rows(t, value, batch_dims, batch) for value in op.updates]
    count = math.prod(mhlo.shape_of(op.inputs[0]))
    values = [t.reshape(value, (count,)) for value in op.inputs]
    rounds = [(0, batch)] if is_unique else [(number, number + 1) for number in range(batch)]
    for first, last in rounds:
        rows = [_flat(t, t.slice(value, 0, first, last)) for value in (places, *updates)]
        values = _round(t, op.update_computation.block, values, rows[0], rows[1:])
    return [t.reshape(value, mhlo.shape_of(result)) for value, result in zip(values, op.outputs, strict=True)]


def _batch_dims(op: mhlo.Scatter) -> list[int]:
    rank = len(mhlo.shape_of(op.updates[0]))
    return [dim for dim in range(rank) if dim not in op.numbers.update_window_dims]


def _places(t: TensorBuilder, op: mhlo.Scatter) -> SSAValue:
    """For each element of the updates the number of the input's element that it is for; -1 outside of the input."""
    numbers, shape, sizes = op.numbers, mhlo.shape_of(op.inputs[0]), mhlo.shape_of(op.updates[0])
    lost = numbers.inserted_window_dims + numbers.input_batching_dims
    kept = [dim for dim in range(len(shape)) if dim not in lost]
    along = dict(zip(kept, numbers.update_window_dims, strict=True))
    starts = _starts(t, op)
    place = t.constant(0, i32, sizes)
    inside: SSAValue | None = None
    for dim, size in enumerate(shape):
        index = t.iota(sizes, along[dim]) if dim in along else t.constant(0, i32, sizes)
        if dim in starts:
            index = t.add(mhlo.Add(index, starts[dim]))
        bounds = [t.constant(limit, i32, sizes) for limit in (0, size)]
        is_there = t.add(mhlo.And(t.compare("GE", index, bounds[0]), t.compare("LT", index, bounds[1])))
        inside = is_there if inside is None else t.add(mhlo.And(inside, is_there))
        scaled = t.add(mhlo.Multiply(index, t.constant(math.prod(shape[dim + 1 :]), i32, sizes)))
        place = t.add(mhlo.Add(place, scaled))
    return place if inside is None else t.select(inside, place, t.constant(-1, i32, sizes))


def _starts(t: TensorBuilder, op: mhlo.Scatter) -> dict[int, SSAValue]:
    """Where windows begin, in each dimension of the input where they do not all begin at 0; for each update."""
    numbers, shape, sizes = op.numbers, mhlo.shape_of(op.inputs[0]), mhlo.shape_of(op.updates[0])
    batch_dims, vector_dim = _batch_dims(op), numbers.index_vector_dim
    indices = op.scatter_indices
    if vector_dim == len(mhlo.shape_of(indices)):
        indices = t.reshape(indices, (*mhlo.shape_of(indices), 1))
    wide = t.convert(indices, i64)
    without = [size for dim, size in enumerate(mhlo.shape_of(indices)) if dim != vector_dim]
    starts = {}
    for number, dim in enumerate(numbers.scatter_dims_to_operand_dims):
        row = t.reshape(t.slice(wide, vector_dim, number, number + 1), without)
        low, high = (t.constant(limit, i64, without) for limit in (-shape[dim] - 1, shape[dim] + 1))
        start = t.convert(t.add(mhlo.Clamp(low, row, high)), i32)
        starts[dim] = t.broadcast(start, sizes, batch_dims)
    for dim, place in zip(numbers.input_batching_dims, numbers.scatter_indices_batching_dims, strict=True):
        starts[dim] = t.iota(sizes, batch_dims[place - (place > vector_dim)])
    return starts


def _in_rows(t: TensorBuilder, value: SSAValue, batch_dims: Sequence[int], batch: int) -> SSAValue:
    """What belongs to one index vector, in a row."""
    shape = mhlo.shape_of(value)
    order = [*batch_dims, *(dim for dim in range(len(shape)) if dim not in batch_dims)]
    moved = value if order == sorted(order) else t.add(mhlo.Transpose(value, order))
    return t.reshape(moved, (batch, math.prod(shape) // batch))


def _flat(t: TensorBuilder, value: SSAValue) -> SSAValue:
    return t.reshape(value, (math.prod(mhlo.shape_of(value)),))


def _round(
    t: TensorBuilder, body: Block, values: Sequence[SSAValue], places: SSAValue, updates: Sequence[SSAValue]
) -> list[SSAValue]:
    """Combines updates of different places."""
    gathered = mhlo.GatherNumbers(collapsed_slice_dims=(0,), start_index_map=(0,), index_vector_dim=1)
    old = [t.add(mhlo.Gather(value, places, gathered, [1])) for value in values]
    new = t.apply(body, [*old, *updates])
    return [_replaced(t, value, places, update) for value, update in zip(values, new, strict=True)]


def _replaced(t: TensorBuilder, value: SSAValue, places: SSAValue, update: SSAValue) -> SSAValue:
    numbers = mhlo.ScatterNumbers(inserted_window_dims=(0,), scatter_dims_to_operand_dims=(0,), index_vector_dim=1)
    scalar: TensorType = TensorType(mhlo.element_of(value), ())
    block = Block(arg_types=[scalar, scalar])
    block.add_op(mhlo.Return([block.args[1]]))
    scatter = mhlo.Scatter.create(
        operands=[value, places, update],
        result_types=[value.type],
        properties={"scatter_dimension_numbers": mhlo.ScatterDimensionNumbers(numbers)},
        regions=[Region(block)],
    )
    return t.add(scatter)
