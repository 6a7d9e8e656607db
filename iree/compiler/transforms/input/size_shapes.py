"""The shapes of results where the operands have sizes that only a call knows, and what an op says about such sizes.

mhlo.add %x, %y : (tensor<[d0]x4xf32>, tensor<[d1]x4xf32>) -> tensor<?x4xf32>     [d0] x 4, and d1 is d0
"""

from collections.abc import Callable, Mapping, Sequence

from xdsl.dialects.builtin import DYNAMIC_INDEX, StringAttr, TensorType
from xdsl.ir import Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.mhlo import inference, window
from iree.compiler.ir import sizes
from iree.compiler.ir.diagnostics import fail
from iree.compiler.transforms.input.size_facts import SizeFacts

Shape = tuple[int, ...]
Rule = Callable[[Operation, SizeFacts], Sequence[Shape]]


def result_shapes(op: Operation, facts: SizeFacts) -> Sequence[Shape] | None:
    """The shapes of the op's results. None: there is no rule for it. CompileError: its operands do not go together."""
    rule = _RULES.get(op.name)
    if rule is None and isinstance(op, mhlo.Unary | mhlo.Binary | mhlo.Square):
        rule = _elementwise
    if rule is None and isinstance(op, mhlo.Broadcasting):
        rule = _broadcasting
    return None if rule is None else rule(op, facts)


def is_concerned(op: Operation) -> bool:
    """Whether a size that is not the same in all calls is in one of the op's types."""
    return any(not _is_static(value) for value in (*op.operands, *op.results))


def _is_static(value: SSAValue) -> bool:
    shape = value.type.get_shape() if isinstance(value.type, TensorType) else ()
    return DYNAMIC_INDEX not in shape and sizes.are_known(shape)


def _elementwise(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    """All operands have one shape; in a select or clamp, some may have none."""
    rank = max(len(mhlo.shape_of(operand)) for operand in op.operands)
    full = [operand for operand in op.operands if len(mhlo.shape_of(operand)) == rank]
    facts.equate_shapes([mhlo.shape_of(operand) for operand in full], op, "operands of one shape")
    return [mhlo.shape_of(full[0])] * len(op.results)


def _first(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    return [mhlo.shape_of(op.operands[0])]


def _each(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    facts.equate_shapes([mhlo.shape_of(operand) for operand in op.operands], op, "operands of one shape")
    return [mhlo.shape_of(op.operands[index]) for index in range(len(op.results))]


def _broadcasting(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    assert isinstance(op, mhlo.Broadcasting)
    rank = max(len(mhlo.shape_of(operand)) for operand in op.operands)
    columns: list[list[int]] = [[] for _ in range(rank)]
    for operand in op.operands:
        for dim, place in enumerate(op.dimensions_of(operand)):
            columns[place].append(mhlo.shape_of(operand)[dim])
    result = []
    for column in columns:
        others = sorted((size for size in column if size != 1), key=sizes.is_known, reverse=True)
        result.append(others[0] if others else 1)
    for place, column in enumerate(columns):
        for size in column:
            if size not in (1, result[place]):
                facts.equate(result[place], size, op, f"operands along dimension {place}, neither known to be 1")
    return [tuple(result)]


def _reduce(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    assert isinstance(op, mhlo.Reduce)
    facts.equate_shapes([mhlo.shape_of(value) for value in op.inputs], op, "operands of one shape")
    return [inference.without(mhlo.shape_of(value), mhlo.ints(op.dimensions)) for value in op.inputs]


def _transpose(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    assert isinstance(op, mhlo.Transpose)
    return [inference.transposed(mhlo.shape_of(op.operand), mhlo.ints(op.permutation))]


def _concatenate(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    assert isinstance(op, mhlo.Concatenate)
    dim = op.dimension.value.data
    others = [inference.without(mhlo.shape_of(value), [dim]) for value in op.inputs]
    facts.equate_shapes(others, op, "operands that differ along one dimension alone")
    return [inference.concatenated([mhlo.shape_of(value) for value in op.inputs], dim)]


def _slice(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    assert isinstance(op, mhlo.Slice)
    start, limit, strides = mhlo.ints(op.start_indices), mhlo.ints(op.limit_indices), mhlo.ints(op.strides)
    for first, last, size in zip(start, limit, mhlo.shape_of(op.operand), strict=True):
        facts.require_at_most(last, size, op, "the elements up to")
        facts.require_at_most(first, last, op, "the elements from")
    return [inference.sliced(start, limit, strides)]


def _pad(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    assert isinstance(op, mhlo.Pad)
    lists = [mhlo.ints(each) for each in (op.edge_padding_low, op.edge_padding_high, op.interior_padding)]
    shape = mhlo.shape_of(op.operand)
    for size, between in zip(shape, lists[2], strict=True):
        if between and not sizes.is_known(size):
            facts.require_at_most(1, size, op, "padding between elements needs some, at least")
    result = inference.padded(shape, *lists)
    for size in result:
        facts.require_at_most(0, size, op, "padding leaves elements, at least")
    return [result]


def _dot_general(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    assert isinstance(op, mhlo.DotGeneral)
    numbers = op.numbers
    lhs_dims = (*numbers.lhs_batching_dimensions, *numbers.lhs_contracting_dimensions)
    rhs_dims = (*numbers.rhs_batching_dimensions, *numbers.rhs_contracting_dimensions)
    for left, right in zip(lhs_dims, rhs_dims, strict=True):
        one, other = mhlo.shape_of(op.lhs)[left], mhlo.shape_of(op.rhs)[right]
        facts.equate(one, other, op, "sizes that are multiplied with each other")
    return [inference.dot_general(mhlo.shape_of(op.lhs), mhlo.shape_of(op.rhs), numbers)]


def _dot(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    assert isinstance(op, mhlo.Dot)
    lhs, rhs = mhlo.shape_of(op.lhs), mhlo.shape_of(op.rhs)
    facts.equate(lhs[-1], rhs[0], op, "sizes that are multiplied with each other")
    return [(*mhlo.shape_of(op.lhs)[:-1], *mhlo.shape_of(op.rhs)[1:])]


def _gather(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    assert isinstance(op, mhlo.Gather)
    slice_sizes = mhlo.ints(op.slice_sizes)
    for size, limit in zip(slice_sizes, mhlo.shape_of(op.operand), strict=True):
        facts.require_at_most(size, limit, op, "a slice has elements")
    batching = zip(op.numbers.operand_batching_dims, op.numbers.start_indices_batching_dims, strict=True)
    for left, right in batching:
        one, other = mhlo.shape_of(op.operand)[left], mhlo.shape_of(op.start_indices)[right]
        facts.equate(one, other, op, "batch sizes")
    return [inference.gathered(mhlo.shape_of(op.start_indices), slice_sizes, op.numbers)]


def _index_select(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    assert isinstance(op, mhlo.TorchIndexSelect)
    shape, places = mhlo.shape_of(op.operand), mhlo.shape_of(op.index)
    dim, batch = op.dim.value.data, op.batch_dims.value.data
    facts.equate_shapes([shape[:batch], places[:batch]], op, "batch sizes")
    facts.require_at_most(1, shape[dim], op, "there is something to select from, at least")
    return [shape[:dim] + places[batch:] + shape[dim + 1 :]]


def _dynamic_slice(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    assert isinstance(op, mhlo.DynamicSlice)
    slice_sizes = mhlo.ints(op.slice_sizes)
    for size, limit in zip(slice_sizes, mhlo.shape_of(op.operand), strict=True):
        facts.require_at_most(size, limit, op, "a slice has elements")
    return [slice_sizes]


def _dynamic_update_slice(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    assert isinstance(op, mhlo.DynamicUpdateSlice)
    for size, limit in zip(mhlo.shape_of(op.update), mhlo.shape_of(op.operand), strict=True):
        facts.require_at_most(size, limit, op, "the update has elements")
    return [mhlo.shape_of(op.operand)]


def _convolution(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    assert isinstance(op, mhlo.Convolution)
    places = op.numbers.input.spatial
    _require_windows(op, facts, op.window, [mhlo.shape_of(op.lhs)[place] for place in places])
    return [op.result_shape()]


def _reduce_window(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    assert isinstance(op, mhlo.ReduceWindow)
    shape = mhlo.shape_of(op.inputs[0])
    _require_windows(op, facts, op.window, shape)
    return [tuple(dim.positions(size) for dim, size in zip(op.window, shape, strict=True))] * len(op.results)


def _require_windows(op: Operation, facts: SizeFacts, dims: Sequence[window.WindowDim], shape: Sequence[int]) -> None:
    """A window without any place to stop gives nothing, which is another rule than that of sizes that have room."""
    for dim, size in zip(dims, shape, strict=True):
        if sizes.is_known(size) and sizes.is_known(dim.size):
            continue
        if dim.base_dilation != 1:
            facts.require_at_most(1, size, op, "dilation needs elements, at least")
        extent = window.spread(dim.size, dim.window_dilation)
        padded = window.spread(size, dim.base_dilation) + dim.low + dim.high
        if (extent, padded) != (1, size):
            facts.require_at_most(extent, padded, op, "the window takes elements")


def _einsum(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    """One size for each letter."""
    config = op.properties["einsum_config"]
    assert isinstance(config, StringAttr)
    given, _, result = config.data.replace(" ", "").partition("->")
    letters: dict[str, int] = {}
    for operand, names in zip(op.operands, given.split(","), strict=True):
        if not names.isalpha():
            fail(op, f"{config.data} has an ellipsis, which is supported only where all sizes are known")
        for letter, size in zip(names, mhlo.shape_of(operand), strict=True):
            facts.equate(letters.setdefault(letter, size), size, op, f"sizes called {letter}")
    return [tuple(letters[letter] for letter in result)]


def _fft(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    """The transformed dimensions have known sizes, and say so; the others are the operand's."""
    stated = mhlo.shape_of(op.results[0])
    pairs = zip(stated, mhlo.shape_of(op.operands[0]), strict=True)
    return [tuple(own if size == DYNAMIC_INDEX else size for size, own in pairs)]


def _broadcast(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    assert isinstance(op, mhlo.Broadcast)
    return [(*mhlo.ints(op.broadcast_sizes), *mhlo.shape_of(op.operand))]


def _scatter(op: Operation, facts: SizeFacts) -> Sequence[Shape]:
    return [mhlo.shape_of(op.operands[index]) for index in range(len(op.results))]


_RULES: Mapping[str, Rule] = {
    **dict.fromkeys((mhlo.Compare.name, mhlo.Select.name, mhlo.Clamp.name, mhlo.Convert.name), _elementwise),
    **dict.fromkeys((mhlo.Reverse.name, "mhlo.reduce_precision", "mhlo.cholesky", "mhlo.bitcast_convert"), _first),
    **dict.fromkeys(("mhlo.sort", "mhlo.map", "mhlo.complex", "mhlo.real", "mhlo.imag"), _each),
    mhlo.Broadcast.name: _broadcast,
    **dict.fromkeys(("mhlo.einsum", "mhlo.unary_einsum"), _einsum),
    "mhlo.fft": _fft,
    mhlo.Reduce.name: _reduce,
    mhlo.Transpose.name: _transpose,
    mhlo.Concatenate.name: _concatenate,
    mhlo.Slice.name: _slice,
    mhlo.Pad.name: _pad,
    mhlo.Dot.name: _dot,
    mhlo.DotGeneral.name: _dot_general,
    mhlo.Gather.name: _gather,
    mhlo.TorchIndexSelect.name: _index_select,
    mhlo.DynamicSlice.name: _dynamic_slice,
    mhlo.DynamicUpdateSlice.name: _dynamic_update_slice,
    mhlo.Convolution.name: _convolution,
    mhlo.ReduceWindow.name: _reduce_window,
    mhlo.Scatter.name: _scatter,
}
