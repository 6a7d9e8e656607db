"""Rules of lower-to-linalg: ops that read or write at places that are data.

The body picks elements (tensor.extract) at starts that it has clamped, so no load is out of bounds, whatever the data.
"""

from collections.abc import Sequence

from xdsl.dialects.builtin import IndexType, i32
from xdsl.ir import Attribute, Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.kernels.contractions import region_results
from iree.compiler.kernels.data_movement import clamped
from iree.compiler.kernels.lowering import Lowering
from iree.compiler.kernels.nests import Body, Source, everywhere, identity
from iree.compiler.kernels.scalar import Scalar, where
from iree.compiler.kernels.scalar_bodies import is_unsigned


def lower_dynamic_slice(lowering: Lowering, op: Operation) -> None:
    """start + index."""
    assert isinstance(op, mhlo.DynamicSlice)
    shape, source = mhlo.shape_of(op.result), mhlo.shape_of(op.operand)

    def fill(body: Body) -> list[Scalar]:
        starts = _starts(body.values, op.start_indices, source, shape)
        return [lowering.element(body, op.operand, [start + body.index(dim) for dim, start in enumerate(starts)])]

    lowering.nest(op, shape, _scalars(lowering, op.start_indices, len(shape)), fill)


def lower_dynamic_update_slice(lowering: Lowering, op: Operation) -> None:
    """The update's element where the place is inside of it, the operand's elsewhere."""
    assert isinstance(op, mhlo.DynamicUpdateSlice)
    shape, update = mhlo.shape_of(op.result), mhlo.shape_of(op.update)
    sources = [lowering.read(op.operand, identity(len(shape))), *_scalars(lowering, op.start_indices, len(shape))]

    def fill(body: Body) -> list[Scalar]:
        old, *values = body.values
        if 0 in update:
            return [old]
        inside: Scalar | None = None
        places = []
        for dim, start in enumerate(_starts(values, op.start_indices, shape, update)):
            place = body.index(dim) - start
            is_there = (place >= 0) & (place < update[dim])
            inside = is_there if inside is None else inside & is_there
            places.append(clamped(place, update[dim]))
        element = lowering.element(body, op.update, places)
        return [element if inside is None else where(inside, element, old)]

    lowering.nest(op, shape, sources, fill)


def lower_gather(lowering: Lowering, op: Operation) -> None:
    """In each operand dimension a start from the index vector, or a batch index, and the offset in a slice."""
    assert isinstance(op, mhlo.Gather)
    shape, source, sizes = mhlo.shape_of(op.result), mhlo.shape_of(op.operand), mhlo.ints(op.slice_sizes)
    numbers = op.numbers
    lost = numbers.collapsed_slice_dims + numbers.operand_batching_dims
    kept = [dim for dim in range(len(source)) if dim not in lost]

    vector = numbers.index_vector_dim, len(mhlo.shape_of(op.start_indices))

    def fill(body: Body) -> list[Scalar]:
        batch = [body.index(dim) for dim in range(len(shape)) if dim not in numbers.offset_dims]
        places = [body.constant(0)] * len(source)
        for dim, along in zip(numbers.operand_batching_dims, numbers.start_indices_batching_dims, strict=True):
            places[dim] = batch[along - (along > numbers.index_vector_dim)]
        for number, dim in enumerate(numbers.start_index_map):
            start = lowering.element(body, op.start_indices, _vector_place(*vector, body, batch, number))
            places[dim] = _between(start, mhlo.element_of(op.start_indices), 0, source[dim] - sizes[dim])
        for dim, offset in zip(kept, numbers.offset_dims, strict=True):
            places[dim] = places[dim] + body.index(offset)
        return [lowering.element(body, op.operand, places)]

    lowering.nest(op, shape, [], fill)


def lower_scatter(lowering: Lowering, op: Operation) -> None:
    """Each element looks at all windows in order, and combines with the one update of each that falls on it."""
    assert isinstance(op, mhlo.Scatter)
    numbers = op.numbers
    shape, sizes = mhlo.shape_of(op.inputs[0]), mhlo.shape_of(op.updates[0])
    batch_dims = [dim for dim in range(len(sizes)) if dim not in numbers.update_window_dims]

    def fill(body: Body) -> list[Scalar]:
        old = body.accumulators
        if 0 in sizes:
            return old
        batch = [body.index(len(shape) + number) for number in range(len(batch_dims))]
        offsets = _offsets(lowering, op, body, batch)
        window = [dim for dim in range(len(shape)) if dim not in _inserted(numbers)]
        along = dict(zip(window, numbers.update_window_dims, strict=True))
        places = dict(zip(batch_dims, batch, strict=True))
        inside: Scalar | None = None
        for dim, offset in enumerate(offsets):
            size = sizes[along[dim]] if dim in along else 1
            is_there = (offset >= 0) & (offset < size)
            inside = is_there if inside is None else inside & is_there
            if dim in along:
                places[along[dim]] = clamped(offset, size)
        place = [places[dim] for dim in range(len(sizes))]
        updates = [lowering.element(body, value, place) for value in op.updates]
        new = region_results(op.update_computation.block, [*old, *updates])
        return new if inside is None else [where(inside, one, other) for one, other in zip(new, old, strict=True)]

    loops = [sizes[dim] for dim in batch_dims] or [1]
    lowering.nest(op, shape, [], fill, loops, [lowering.value(value) for value in op.inputs])


def _inserted(numbers: mhlo.ScatterNumbers) -> tuple[int, ...]:
    return numbers.inserted_window_dims + numbers.input_batching_dims


def _offsets(lowering: Lowering, op: mhlo.Scatter, body: Body, batch: Sequence[Scalar]) -> list[Scalar]:
    """Where the element lies in a window, in each dimension of the input; outside, it is no place of the window."""
    numbers, type_ = op.numbers, mhlo.element_of(op.scatter_indices)
    offsets = [body.index(dim) for dim in range(len(mhlo.shape_of(op.inputs[0])))]
    for dim, along in zip(numbers.input_batching_dims, numbers.scatter_indices_batching_dims, strict=True):
        offsets[dim] = offsets[dim] - batch[along - (along > numbers.index_vector_dim)]
    vector = numbers.index_vector_dim, len(mhlo.shape_of(op.scatter_indices))
    for number, dim in enumerate(numbers.scatter_dims_to_operand_dims):
        start = lowering.element(body, op.scatter_indices, _vector_place(*vector, body, batch, number))
        size = mhlo.shape_of(op.inputs[0])[dim]  # from -size on and up to size, no window has room
        offsets[dim] = offsets[dim] - _between(start, type_, -size, size)
    return offsets


def _between(value: Scalar, type_: Attribute, low: int, high: int) -> Scalar:
    """A number of this type as an index, brought between low, which is not positive, and high."""
    unsigned = is_unsigned(type_)
    if value.width < 32:
        value = value.pure("arith.extui" if unsigned else "arith.extsi", type_=i32)
    if unsigned:
        value = value.pure("arith.minui", high)
    elif value.width > 32:
        value = value.pure("arith.maxsi", low).pure("arith.minsi", high)
    return value.pure("arith.index_cast", type_=IndexType()).pure("arith.maxsi", low).pure("arith.minsi", high)


def _vector_place(vector_dim: int, rank: int, body: Body, batch: Sequence[Scalar], number: int) -> list[Scalar]:
    """Where an element of an index vector is in the indices, of this rank."""
    if vector_dim == rank:
        return list(batch)
    return [*batch[:vector_dim], body.constant(number), *batch[vector_dim:]]


def _scalars(lowering: Lowering, starts: Sequence[SSAValue], rank: int) -> list[Source]:
    return [lowering.read(start, everywhere(rank)) for start in starts]


def _starts(
    values: Sequence[Scalar], starts: Sequence[SSAValue], whole: Sequence[int], part: Sequence[int]
) -> list[Scalar]:
    """Where a part lies in the whole, in each dimension."""
    limits = (available - size for available, size in zip(whole, part, strict=True))
    elements = map(mhlo.element_of, starts)
    return [_between(value, type_, 0, limit) for value, type_, limit in zip(values, elements, limits, strict=True)]
