"""What decides how loops are cut, against looking at every place."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xdsl.dialects import arith
from xdsl.dialects.builtin import IndexType, IntegerAttr
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Block, SSAValue
from xdsl.ir.affine import AffineExpr

from iree.compiler.dialects import iree
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.kernels import loop_shapes, nests
from iree.compiler.kernels.axes import Axes
from iree.compiler.kernels.fuse_producers import FuseProducers
from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.testing.ir import parse

SHAPE = (3, 4, 2)
Positions = tuple[SSAValue, Callable[[tuple[int, ...]], int]]  # code, and what it computes at a place


def number(value: int) -> SSAValue:
    return arith.ConstantOp(IntegerAttr(value, IndexType())).result


@st.composite
def positions(draw: st.DrawFn) -> Positions:
    kind = draw(st.sampled_from(["number", "index", "index", "add", "sub", "mul"]))
    if kind == "number":
        n = draw(st.integers(-5, 5))
        return number(n), lambda place: n
    if kind == "index":
        dim = draw(st.integers(0, len(SHAPE) - 1))
        return linalg.IndexOp(dim).result, lambda place: place[dim]
    left, of_left = draw(positions())
    if kind == "mul":
        n = draw(st.integers(-5, 5))
        return arith.MuliOp(left, number(n)).result, lambda place: of_left(place) * n
    right, of_right = draw(positions())
    if kind == "add":
        return arith.AddiOp(left, right).result, lambda place: of_left(place) + of_right(place)
    return arith.SubiOp(left, right).result, lambda place: of_left(place) - of_right(place)


@given(positions())
@settings(max_examples=100, deadline=None)
def test_a_position_is_what_its_code_computes(drawn: Positions) -> None:
    value, expected = drawn
    axes = Axes()
    found = loop_shapes.position_of(value, tuple(axes.add(size) for size in SHAPE))
    assert found is not None
    for place in np.ndindex(*SHAPE):
        assert found.eval(list(place), []) == axes.simplify(found).eval(list(place), []) == expected(place)


def test_what_is_no_sum_of_multiples_has_no_position() -> None:
    row, column = linalg.IndexOp(0).result, linalg.IndexOp(1).result
    place = (AffineExpr.dimension(0), AffineExpr.dimension(1))
    others = [
        arith.MuliOp(row, column).result,
        arith.DivUIOp(row, number(2)).result,
        arith.MaxSIOp(row, number(0)).result,
        Block(arg_types=[IndexType()]).args[0],
    ]
    for value in others:
        assert loop_shapes.position_of(value, place) is None
        assert loop_shapes.position_of(arith.AddiOp(row, value).result, place) is None
        assert loop_shapes.position_of(arith.SubiOp(value, row).result, place) is None
        assert loop_shapes.position_of(arith.MuliOp(value, number(2)).result, place) is None


def reduction_of(body: str, source: str, weights: str, result: str) -> linalg.GenericOp:
    """The nest of `%2`, computed from `%0` and `%1`."""
    module = parse(f"""
    func.func @f(%arg0: memref<{source}>, %arg1: memref<{weights}>, %arg2: memref<{result}>) {{
      %0 = iree.load_input(%arg0 : memref<{source}>) : tensor<{source}>
      %1 = iree.load_input(%arg1 : memref<{weights}>) : tensor<{weights}>
      {body}
      iree.store_output(%2 : tensor<{result}>, %arg2 : memref<{result}>)
      iree.return
    }}
    """)
    run_passes(module, [LowerToLinalg(), FuseProducers()])
    (store,) = [op for op in module.walk() if isinstance(op, iree.StoreOutput)]
    nest = store.value.owner
    assert isinstance(nest, linalg.GenericOp)
    return nest


def shared_along(nest: linalg.GenericOp) -> list[bool]:
    axes = Axes()
    place = tuple(axes.add(size) for size in nests.sizes_of(nest))
    rank = len(nests.shape_of(nest.results[0]))
    return [loop_shapes.shares(axes, nest, place, axis) for axis in place[:rank]]


def convolution(groups: int, padding: int) -> linalg.GenericOp:
    size, types = 6 + 2 * padding - 2, f"tensor<1x6x6x4xf32>, tensor<3x3x{4 // groups}x4xf32>"
    result = f"1x{size}x{size}x4xf32"
    return reduction_of(
        f"""%2 = mhlo.convolution(%0, %1) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f],
            window = {{pad = [[{padding}, {padding}], [{padding}, {padding}]]}}
            {{batch_group_count = 1 : i64, feature_group_count = {groups} : i64}} : ({types}) -> tensor<{result}>""",
        "1x6x6x4xf32",
        f"3x3x{4 // groups}x4xf32",
        result,
    )


def test_what_neighbours_have_in_common() -> None:
    product = reduction_of(
        "%2 = mhlo.dot_general %0, %1, contracting_dims = [1] x [0] "
        ": (tensor<2x5xf32>, tensor<5x8xf32>) -> tensor<2x8xf32>",
        "2x5xf32",
        "5x8xf32",
        "2x8xf32",
    )
    assert shared_along(product) == [True, True]  # a row shares weights, a column the image
    total = reduction_of(
        "%2 = mhlo.reduce(%0 init: %1) applies mhlo.add across dimensions = [0] "
        ": (tensor<5x8xf32>, tensor<f32>) -> tensor<8xf32>",
        "5x8xf32",
        "f32",
        "8xf32",
    )
    assert shared_along(total) == [False]  # where a sum starts is read once, before its steps


@pytest.mark.parametrize("padding", [0, 1])
def test_channels_of_their_own_have_nothing_in_common(padding: int) -> None:
    """Along batch, rows and columns weights are shared; along channels only where all read all channels."""
    assert shared_along(convolution(1, padding)) == [True, True, True, True]
    assert shared_along(convolution(4, padding)) == [True, True, True, False]


def test_work_leaves_out_what_is_known_of_positions() -> None:
    plain, padded = convolution(1, 0), convolution(1, 1)
    assert loop_shapes.work_of(plain) == 2  # a product, and a sum
    assert loop_shapes.work_of(padded) == 4  # which element, and whether it is there
