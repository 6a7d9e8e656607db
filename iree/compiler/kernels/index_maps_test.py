"""Index maps: right for every element, and without divisions that known sizes decide."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xdsl.ir import Block
from xdsl.ir.affine import AffineBinaryOpExpr, AffineBinaryOpKind, AffineConstantExpr, AffineExpr, AffineMap

from iree.compiler.ir import sizes
from iree.compiler.kernels import index_maps
from iree.compiler.kernels.emitter import Emitter

shapes = st.lists(st.sampled_from([1, 2, 3, 4, 5, 6]), max_size=5).map(tuple).filter(lambda s: math.prod(s) <= 240)


def other_shape(data: st.DataObject, count: int) -> tuple[int, ...]:
    shape = []
    while count > 1 and len(shape) < 5:
        shape.append(data.draw(st.sampled_from([n for n in range(1, count + 1) if count % n == 0])))
        count //= shape[-1]
    return (*shape, count)


@given(shapes, st.data())
@settings(max_examples=100, deadline=None)
def test_reshape_maps_and_their_compositions(source: tuple[int, ...], data: st.DataObject) -> None:
    middle, result = other_shape(data, math.prod(source)), other_shape(data, math.prod(source))
    first, second = index_maps.reshape_map(source, middle), index_maps.reshape_map(middle, result)
    elements = np.arange(math.prod(source)).reshape(source)
    both = index_maps.compose(first, second, result)
    for place in np.ndindex(*result):
        position = int(np.ravel_multi_index(place, result))
        assert elements[both.eval(list(place), [])] == position


def test_what_known_sizes_decide() -> None:
    assert str(index_maps.reshape_map((6, 4), (2, 3, 4))) == "(d0, d1, d2) -> (((d0 * 3) + d1), d2)"
    assert str(index_maps.reshape_map((2, 3, 4), (6, 4))) == "(d0, d1) -> ((d0 floordiv 3), (d0 mod 3), d1)"
    there, back = index_maps.reshape_map((12,), (4, 3)), index_maps.reshape_map((4, 3), (12,))
    assert index_maps.compose(there, back, (12,)) == AffineMap.identity(1)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 12), st.integers(0, 9), st.integers(1, 4))
@settings(max_examples=200, deadline=None)
def test_simplify_keeps_the_value(size0: int, size1: int, divisor: int, offset: int, factor: int) -> None:
    d0, d1 = index_maps.dims(2)
    linear = d0 * factor + d1 + offset
    for expr in (
        linear // divisor,
        linear % divisor,
        (linear // divisor) * divisor + linear % divisor,
        (linear // factor) // divisor,
    ):
        simple = index_maps.simplify(expr, (size0, size1))
        for place in np.ndindex(size0, size1):
            assert simple.eval(list(place), []) == expr.eval(list(place), [])


def dividends(expr: AffineExpr, place: list[int]) -> Iterator[int]:
    """What is divided at a place."""
    if isinstance(expr, AffineBinaryOpExpr):
        if expr.kind in (AffineBinaryOpKind.FloorDiv, AffineBinaryOpKind.Mod):
            yield expr.lhs.eval(place, [])
        yield from dividends(expr.lhs, place)
        yield from dividends(expr.rhs, place)


@given(shapes.filter(bool), st.integers(1, 12), st.integers(0, 9), st.data())
@settings(max_examples=200, deadline=None)
def test_no_division_meets_a_negative_number(
    shape: tuple[int, ...], divisor: int, offset: int, data: st.DataObject
) -> None:
    """Code divides unsigned numbers; a reversed dimension counts down to 0."""
    linear = AffineExpr.constant(offset)
    for dim, size in zip(index_maps.dims(len(shape)), shape, strict=True):
        factor = data.draw(st.integers(-6, 6))
        linear = linear + dim * factor + max(0, -factor) * (size - 1)
    for expr in (linear // divisor, linear % divisor, (linear // divisor) * divisor + linear % divisor):
        simple = index_maps.simplify(expr, shape)
        for place in map(list, np.ndindex(*shape)):
            assert simple.eval(place, []) == expr.eval(place, [])
            assert min(dividends(simple, place), default=0) >= 0, (expr, simple, place)


@st.composite
def expressions(draw: st.DrawFn, rank: int) -> AffineExpr:
    """Positions that stay at 0 or above: sums, multiples, quotients and remainders."""
    if draw(st.booleans()):
        return AffineExpr.dimension(draw(st.integers(0, rank - 1)))
    inner, number = draw(expressions(rank)), draw(st.integers(1, 7))
    kind = draw(st.sampled_from(["+", "+d", "*", "//", "%"]))
    if kind == "+d":
        return inner + draw(expressions(rank))
    return {"+": inner + number, "*": inner * number, "//": inner // number, "%": inner % number}[kind]


@given(shapes.filter(bool), st.data())
@settings(max_examples=200, deadline=None)
def test_bounds_enclose_every_value(shape: tuple[int, ...], data: st.DataObject) -> None:
    expr = data.draw(expressions(len(shape)))
    low, high = index_maps.bounds(expr, shape)
    values = [expr.eval(list(place), []) for place in np.ndindex(*shape)]
    assert low <= min(values) and max(values) <= high, expr


@given(shapes.filter(bool), st.integers(-9, 9), st.data())
@settings(max_examples=100, deadline=None)
def test_bounds_of_a_sum_of_multiples_are_met(shape: tuple[int, ...], offset: int, data: st.DataObject) -> None:
    expr = AffineExpr.constant(offset)
    for dim in index_maps.dims(len(shape)):
        expr = expr + dim * data.draw(st.integers(-6, 6))
    values = [expr.eval(list(place), []) for place in np.ndindex(*shape)]
    assert index_maps.bounds(expr, shape) == (min(values), max(values))


def test_what_no_map_here_has() -> None:
    symbol, ceiling = AffineExpr.symbol(0), AffineExpr.dimension(0).ceil_div(2)
    for expr in (symbol, ceiling):
        with pytest.raises(ValueError, match="no simplification of index expression"):
            index_maps.simplify(expr, (4,))
    with pytest.raises(ValueError, match="no code for index expression s0"):
        index_maps.apply(Emitter(Block()), symbol, [])


def test_code_of_a_map() -> None:
    block = Block(arg_types=[])
    emitter = Emitter(block)
    x = emitter.bound(emitter.global_id("x"), 0, 11)
    results = index_maps.apply_map(emitter, index_maps.make_map(1, [AffineExpr.dimension(0) * 2 + 3, 3]), [x])
    assert [value.owner.name for value in results] == ["arith.addi", "arith.constant"]
    assert index_maps.apply(emitter, AffineExpr.dimension(0) % 12, [x]) is x


SYMBOLS = [sizes.symbol(0), sizes.symbol(1)]
SYMBOLIC = [
    ((SYMBOLS[0], 4), (SYMBOLS[0] * 4,)),
    ((SYMBOLS[0] * 4,), (SYMBOLS[0], 2, 2)),
    ((SYMBOLS[0], SYMBOLS[1], 3), (SYMBOLS[0] * SYMBOLS[1], 3)),
    ((SYMBOLS[0] * SYMBOLS[1], 3), (SYMBOLS[0], SYMBOLS[1] * 3)),
    ((SYMBOLS[1], SYMBOLS[0]), (SYMBOLS[0], SYMBOLS[1])),
    ((6, SYMBOLS[0]), (3, SYMBOLS[0], 2)),
    ((4, SYMBOLS[0]), (SYMBOLS[0], 4)),
]


def _with_values(expr: AffineExpr, values: list[int]) -> AffineExpr:
    match expr:
        case AffineConstantExpr(value):
            return AffineExpr.constant(sizes.replaced(value, values))
        case AffineBinaryOpExpr(kind, lhs, rhs):
            return AffineBinaryOpExpr(kind, _with_values(lhs, values), _with_values(rhs, values))
    return expr


@pytest.mark.parametrize(("source", "result"), SYMBOLIC, ids=lambda shape: sizes.shape_text(shape))
@pytest.mark.parametrize("values", [[1, 1], [1, 5], [5, 1], [2, 3], [3, 2], [4, 4], [7, 6]])
def test_maps_of_sizes_that_only_a_call_knows_hold_in_every_call(
    source: tuple[int, ...], result: tuple[int, ...], values: list[int]
) -> None:
    map_ = index_maps.reshape_map(source, result)
    known_source, known_result = (tuple(sizes.replaced(size, values) for size in shape) for shape in (source, result))
    elements = np.arange(math.prod(known_source)).reshape(known_source)
    found = AffineMap(map_.num_dims, 0, tuple(_with_values(expr, values) for expr in map_.results))
    for position, place in enumerate(np.ndindex(*known_result)):
        assert elements[found.eval(list(place), [])] == position
