"""Rules of lower-to-linalg: ops that move elements.

Where an element of the result comes from one fixed place of the operand, the place is the index map. Where it may come
from several places or from none, the body reads the nearest element that exists and then chooses: no load is out of
bounds, ever.
"""

from collections.abc import Sequence

from xdsl.dialects.builtin import ComplexType, IntegerType, i32
from xdsl.ir import Attribute, Operation
from xdsl.ir.affine import AffineExpr

from iree.compiler.dialects import mhlo
from iree.compiler.kernels import index_maps
from iree.compiler.kernels.lowering import Lowering
from iree.compiler.kernels.nests import Body, everywhere
from iree.compiler.kernels.scalar import Scalar, complex_of, where
from iree.compiler.kernels.scalar_bodies import signless


def _move(lowering: Lowering, op: Operation, indices: Sequence[AffineExpr | int]) -> None:
    """The element of the only operand at `indices`."""
    shape = mhlo.shape_of(op.results[0])
    source = lowering.read(op.operands[0], index_maps.make_map(len(shape), indices))
    lowering.nest(op, shape, [source], lambda body: body.values)


def lower_broadcast_in_dim(lowering: Lowering, op: Operation) -> None:
    """Operand dimensions of size 1 are repeated."""
    assert isinstance(op, mhlo.BroadcastInDim)
    sizes = mhlo.shape_of(op.operand)
    _move(
        lowering,
        op,
        [
            0 if size == 1 else AffineExpr.dimension(dim)
            for dim, size in zip(mhlo.ints(op.broadcast_dimensions), sizes, strict=True)
        ],
    )


def lower_broadcast(lowering: Lowering, op: Operation) -> None:
    """New dimensions come first."""
    rank, added = len(mhlo.shape_of(op.operands[0])), len(mhlo.shape_of(op.results[0]))
    _move(lowering, op, [AffineExpr.dimension(dim) for dim in range(added - rank, added)])


def lower_reshape(lowering: Lowering, op: Operation) -> None:
    """The element at the same row-major position."""
    source, result = mhlo.shape_of(op.operands[0]), mhlo.shape_of(op.results[0])
    is_empty = 0 in result
    _move(lowering, op, [0] * len(source) if is_empty else index_maps.reshape_map(source, result).results)


def lower_transpose(lowering: Lowering, op: Operation) -> None:
    """Result dimension i is operand dimension permutation[i]."""
    assert isinstance(op, mhlo.Transpose)
    permutation = mhlo.ints(op.permutation)
    _move(lowering, op, [AffineExpr.dimension(permutation.index(dim)) for dim in range(len(permutation))])


def lower_slice(lowering: Lowering, op: Operation) -> None:
    """start + index * stride."""
    assert isinstance(op, mhlo.Slice)
    starts, strides = mhlo.ints(op.start_indices), mhlo.ints(op.strides)
    _move(
        lowering,
        op,
        [
            AffineExpr.dimension(dim) * stride + start
            for dim, (start, stride) in enumerate(zip(starts, strides, strict=True))
        ],
    )


def lower_reverse(lowering: Lowering, op: Operation) -> None:
    """Listed dimensions run backwards."""
    assert isinstance(op, mhlo.Reverse)
    shape = mhlo.shape_of(op.result)
    reversed_dims = mhlo.ints(op.dimensions)
    _move(
        lowering,
        op,
        [
            d * -1 + (size - 1) if dim in reversed_dims else d
            for dim, (d, size) in enumerate(zip(index_maps.dims(len(shape)), shape, strict=True))
        ],
    )


def lower_iota(lowering: Lowering, op: Operation) -> None:
    """The index along one dimension, as a number."""
    assert isinstance(op, mhlo.Iota)
    dim = op.iota_dimension.value.data
    element = signless(mhlo.element_of(op.result))
    lowering.nest(op, mhlo.shape_of(op.result), [], lambda body: [_as_number(body.index(dim), element)])


def _as_number(index: Scalar, element: Attribute) -> Scalar:
    if isinstance(element, IntegerType):
        return index.pure("arith.index_cast", type_=element)
    if isinstance(element, ComplexType):
        return complex_of(_as_number(index, element.element_type), 0.0)
    return index.pure("arith.index_cast", type_=i32).pure("arith.sitofp", type_=element)


def lower_concatenate(lowering: Lowering, op: Operation) -> None:
    """The last operand that begins at or before the index."""
    assert isinstance(op, mhlo.Concatenate)
    dim = op.dimension.value.data
    shape = mhlo.shape_of(op.result)
    parts = [operand for operand in op.inputs if mhlo.shape_of(operand)[dim]]

    def fill(body: Body) -> list[Scalar]:
        indices = [body.index(d) for d in range(len(shape))]
        offset, result = 0, None
        for part in parts:
            size = mhlo.shape_of(part)[dim]
            place = clamped(indices[dim] - offset, size)
            element = lowering.element(body, part, [*indices[:dim], place, *indices[dim + 1 :]])
            result = element if result is None else where(indices[dim] >= offset, element, result)
            offset += size
        assert result is not None
        return [result]

    lowering.nest(op, shape, [], fill)


def lower_pad(lowering: Lowering, op: Operation) -> None:
    """The operand's element where there is one, the padding value elsewhere."""
    assert isinstance(op, mhlo.Pad)
    shape, source = mhlo.shape_of(op.result), mhlo.shape_of(op.operand)
    lows, interiors = mhlo.ints(op.edge_padding_low), mhlo.ints(op.interior_padding)
    padding = lowering.read(op.padding_value, everywhere(len(shape)))

    def fill(body: Body) -> list[Scalar]:
        if 0 in source:
            return body.values
        inside: Scalar | None = None
        places = []
        for dim, (size, low, interior) in enumerate(zip(source, lows, interiors, strict=True)):
            place, is_there = unpadded(body.index(dim) - low, size, interior + 1)
            places.append(place)
            inside = is_there if inside is None else inside & is_there
        element = lowering.element(body, op.operand, places)
        return [element if inside is None else where(inside, element, body.values[0])]

    lowering.nest(op, shape, [padding], fill)


def unpadded(position: Scalar, size: int, step: int) -> tuple[Scalar, Scalar]:
    """Which of `size` elements, `step` apart, is nearest below the position, and whether it is exactly there."""
    last = (size - 1) * step
    inside = (position >= 0) & (position <= last)
    place = clamped(position, last + 1)
    if step == 1:
        return place, inside
    return place.pure("arith.divui", step), inside & place.pure("arith.remui", step).equals(0)


def clamped(position: Scalar, size: int) -> Scalar:
    """The nearest of `size` places, of which there are some: see required_sizes.py."""
    return position.pure("arith.maxsi", 0).pure("arith.minsi", size - 1)
