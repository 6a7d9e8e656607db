"""Rules of lower-to-linalg: ops that sum or otherwise combine along dimensions.

Parallel loops come first, in the order of the result's dimensions, then those combined along.
"""

from collections.abc import Iterator, Sequence

from xdsl.ir import Attribute, Block, Operation, SSAValue
from xdsl.ir.affine import AffineExpr

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.diagnostics import fail
from iree.compiler.kernels import index_maps
from iree.compiler.kernels.elementwise import number_of
from iree.compiler.kernels.emitter import I1
from iree.compiler.kernels.lowering import Lowering
from iree.compiler.kernels.nests import Body, everywhere
from iree.compiler.kernels.scalar import Scalar
from iree.compiler.kernels.scalar_bodies import convert, is_elementwise, scalar_result, signless


def lower_dot(lowering: Lowering, op: Operation) -> None:
    """Sums over the last dimension of lhs and the first of rhs."""
    assert isinstance(op, mhlo.Dot)
    last = len(mhlo.shape_of(op.lhs)) - 1
    _lower_contraction(lowering, op, (), (), (last,), (0,))


def lower_dot_general(lowering: Lowering, op: Operation) -> None:
    """Result dimensions: batch, then what is left of lhs, then of rhs."""
    assert isinstance(op, mhlo.DotGeneral)
    numbers = op.dot_dimension_numbers.data
    _lower_contraction(
        lowering,
        op,
        numbers.lhs_batching_dimensions,
        numbers.rhs_batching_dimensions,
        numbers.lhs_contracting_dimensions,
        numbers.rhs_contracting_dimensions,
    )


def _lower_contraction(
    lowering: Lowering,
    op: Operation,
    lhs_batch: Sequence[int],
    rhs_batch: Sequence[int],
    lhs_summed: Sequence[int],
    rhs_summed: Sequence[int],
) -> None:
    lhs, rhs = op.operands
    (result,) = op.results
    parallel = mhlo.shape_of(result)
    reduction = [mhlo.shape_of(lhs)[dim] for dim in lhs_summed]
    loops = index_maps.dims(len(parallel) + len(reduction))
    batch, summed = loops[: len(lhs_batch)], loops[len(parallel) :]
    free = iter(loops[len(lhs_batch) : len(parallel)])
    lhs_map = _operand_loops(len(mhlo.shape_of(lhs)), lhs_batch, lhs_summed, batch, summed, free)
    rhs_map = _operand_loops(len(mhlo.shape_of(rhs)), rhs_batch, rhs_summed, batch, summed, free)
    sources = [
        lowering.read(operand, index_maps.make_map(len(loops), map_))
        for operand, map_ in ((lhs, lhs_map), (rhs, rhs_map))
    ]
    types = [mhlo.element_of(lhs), mhlo.element_of(rhs)]
    element = mhlo.element_of(result)

    def fill(body: Body) -> list[Scalar]:
        a, b = (convert(value, type_, element) for value, type_ in zip(body.values, types, strict=True))
        return [multiply_add(a, b, body.accumulators[0], element)]

    start = lowering.temporary(op, element, parallel, [], lambda body: [zero(body, element)])
    if 0 in (*parallel, *reduction):
        lowering.alias(op, [start])
    else:
        lowering.nest(op, parallel, sources, fill, reduction, [start])


def _operand_loops(
    rank: int,
    batch_dims: Sequence[int],
    summed_dims: Sequence[int],
    batch: Sequence[AffineExpr],
    summed: Sequence[AffineExpr],
    free: Iterator[AffineExpr],
) -> list[AffineExpr]:
    """The loop of each dimension of an operand."""
    return [
        batch[batch_dims.index(dim)]
        if dim in batch_dims
        else summed[summed_dims.index(dim)]
        if dim in summed_dims
        else next(free)
        for dim in range(rank)
    ]


def multiply_add(a: Scalar, b: Scalar, total: Scalar, element: Attribute) -> Scalar:
    """total + a * b; on booleans * is and, + is or."""
    return total | (a & b) if element == I1 else total + a * b


def zero(body: Body, element: Attribute) -> Scalar:
    """What sums start from."""
    return Scalar(body.emitter, body.emitter.constant(0, signless(element)))


def lower_reduce(lowering: Lowering, op: Operation) -> None:
    """init op x0 op x1 ...; init where there is nothing to combine."""
    assert isinstance(op, mhlo.Reduce)
    shape, dimensions = mhlo.shape_of(op.inputs[0]), mhlo.ints(op.dimensions)
    kept = [dim for dim in range(len(shape)) if dim not in dimensions]
    parallel, reduction = [shape[dim] for dim in kept], [shape[dim] for dim in sorted(dimensions)]
    order = [*kept, *sorted(dimensions)]
    map_ = index_maps.make_map(len(shape), [AffineExpr.dimension(order.index(dim)) for dim in range(len(shape))])
    inits = [
        lowering.temporary(op, mhlo.element_of(init), parallel, [lowering.read(init, everywhere(len(parallel)))], same)
        for init in op.init_values
    ]
    if 0 in shape:
        lowering.alias(op, inits)
        return
    sources = [lowering.read(value, map_) for value in op.inputs]
    lowering.nest(
        op,
        parallel,
        sources,
        lambda body: region_results(op.body.block, [*body.accumulators, *body.values]),
        reduction,
        inits,
    )


def same(body: Body) -> list[Scalar]:
    """The body of a nest that gives what it reads."""
    return body.values


def region_results(block: Block, arguments: Sequence[Scalar]) -> list[Scalar]:
    """What a region of ops on tensors without dimensions returns, as scalars."""
    emitter = arguments[0].emitter
    values: dict[SSAValue, Scalar] = dict(zip(block.args, arguments, strict=True))
    for op in block.ops:
        if isinstance(op, mhlo.Return):
            return [values[value] for value in op.values]
        if op.name.endswith(".constant"):
            element = signless(mhlo.element_of(op.results[0]))
            number = number_of(array_of(op.properties["value"]).item(), element)
            values[op.results[0]] = Scalar(emitter, emitter.constant_of(number))
        elif is_elementwise(op):
            types = [mhlo.element_of(operand) for operand in op.operands]
            values[op.results[0]] = scalar_result(op, [values[operand] for operand in op.operands], types)
        else:
            fail(op, "has no kernel inside the body of a reduce, window or scatter")
    raise AssertionError("a reduce's body ends with mhlo.return")
