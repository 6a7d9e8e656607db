"""Ops that move elements, against NumPy: drawn shapes of rank 0 to 6, empty ones among them."""

import math
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from iree.testing.kernel_stages import check_kernel, shaped

Array = NDArray[Any]
Shape = tuple[int, ...]
EXAMPLES = settings(max_examples=30, deadline=None)

shapes = st.lists(st.integers(0, 5), max_size=6).map(tuple).filter(lambda s: math.prod(s) < 400)
full_shapes = st.lists(st.integers(1, 5), max_size=6).map(tuple).filter(lambda s: math.prod(s) < 400)


def counted(shape: Shape) -> Array:
    return np.arange(math.prod(shape), dtype=np.int32).reshape(shape)


def function_type(source: Array, result: Array) -> str:
    return f"(tensor<{shaped(source)}>) -> tensor<{shaped(result)}>"


@given(shapes, st.data())
@EXAMPLES
def test_broadcast_in_dim(shape: Shape, data: st.DataObject) -> None:
    rank = data.draw(st.integers(len(shape), 6))
    dims = sorted(data.draw(st.permutations(range(rank)))[: len(shape)])
    result = data.draw(st.lists(st.integers(0, 3), min_size=rank, max_size=rank))
    for dim, size in zip(dims, shape, strict=True):
        result[dim] = result[dim] if size == 1 else size
    a = counted(shape)
    expected = np.broadcast_to(
        a.reshape([shape[dims.index(d)] if d in dims else 1 for d in range(rank)]), result
    ).copy()
    check_kernel(f"%2 = mhlo.broadcast_in_dim %0, dims = {dims} : {function_type(a, expected)}", [a], {"%2": expected})


@given(full_shapes, st.data())
@EXAMPLES
def test_reshape(shape: Shape, data: st.DataObject) -> None:
    left, result = math.prod(shape), []
    while left > 1 and len(result) < 5:
        result.append(data.draw(st.sampled_from([n for n in range(1, left + 1) if left % n == 0])))
        left //= result[-1]
    a = counted(shape)
    expected = a.reshape([*result, left])
    check_kernel(f"%2 = mhlo.reshape %0 : {function_type(a, expected)}", [a], {"%2": expected})


def test_reshape_of_nothing_and_of_a_scalar() -> None:
    empty, one = counted((0, 3)), counted(())
    check_kernel(
        f"%2 = mhlo.reshape %0 : {function_type(empty, empty.reshape(5, 0))}", [empty], {"%2": empty.reshape(5, 0)}
    )
    check_kernel(f"%2 = mhlo.reshape %0 : {function_type(one, one.reshape(1, 1))}", [one], {"%2": one.reshape(1, 1)})


@given(shapes, st.data())
@EXAMPLES
def test_transpose(shape: Shape, data: st.DataObject) -> None:
    order = list(data.draw(st.permutations(range(len(shape)))))
    a = counted(shape)
    expected = a.transpose(order).copy()
    check_kernel(f"%2 = mhlo.transpose %0, dims = {order} : {function_type(a, expected)}", [a], {"%2": expected})


@given(shapes, st.data())
@EXAMPLES
def test_reverse(shape: Shape, data: st.DataObject) -> None:
    dims = data.draw(st.lists(st.integers(0, len(shape) - 1), unique=True)) if shape else []
    a = counted(shape)
    expected = np.flip(a, dims).copy() if dims else a
    check_kernel(f"%2 = mhlo.reverse %0, dims = {dims} : {function_type(a, expected)}", [a], {"%2": expected})


@given(shapes, st.data())
@EXAMPLES
def test_slice(shape: Shape, data: st.DataObject) -> None:
    limits = [data.draw(st.integers(0, size)) for size in shape]
    starts = [data.draw(st.integers(0, limit)) for limit in limits]
    strides = [data.draw(st.integers(1, 3)) for _ in shape]
    a = counted(shape)
    bounds = list(zip(starts, limits, strides, strict=True))
    expected = a[tuple(slice(*bound) for bound in bounds)].copy()
    ranges = ", ".join(f"{start}:{limit}:{stride}" for start, limit, stride in bounds)
    check_kernel(f"%2 = mhlo.slice %0 [{ranges}] : {function_type(a, expected)}", [a], {"%2": expected})


@given(full_shapes.filter(bool), st.data())
@EXAMPLES
def test_concatenate(shape: Shape, data: st.DataObject) -> None:
    dim = data.draw(st.integers(0, len(shape) - 1))
    sizes = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=4))
    parts = [counted((*shape[:dim], size, *shape[dim + 1 :])) + 1000 * i for i, size in enumerate(sizes)]
    expected = np.concatenate(parts, dim)
    names, types = ", ".join(f"%{i}" for i in range(len(parts))), ", ".join(f"tensor<{shaped(part)}>" for part in parts)
    body = f"%r = mhlo.concatenate {names}, dim = {dim} : ({types}) -> tensor<{shaped(expected)}>"
    check_kernel(body, parts, {"%r": expected})


def padded(a: Array, value: Array, lows: list[int], highs: list[int], interiors: list[int]) -> Array:
    for dim, (low, high, interior) in enumerate(zip(lows, highs, interiors, strict=True)):
        size = a.shape[dim]
        spread = np.full((*a.shape[:dim], max(size + (size - 1) * interior, 0), *a.shape[dim + 1 :]), value)
        spread[(slice(None),) * dim + (slice(None, None, interior + 1),)] = a
        edges = [(0, 0)] * a.ndim
        edges[dim] = (max(low, 0), max(high, 0))
        spread = np.pad(spread, edges, constant_values=value)
        first, last = max(-low, 0), spread.shape[dim] - max(-high, 0)
        a = spread[(slice(None),) * dim + (slice(first, last),)].copy()
    return a


@given(shapes, st.data())
@EXAMPLES
def test_pad(shape: Shape, data: st.DataObject) -> None:
    interiors = [data.draw(st.integers(0, 2)) for _ in shape]
    sizes = [max(size + (size - 1) * interior, 0) for size, interior in zip(shape, interiors, strict=True)]
    lows = [data.draw(st.integers(-size, 2)) for size in sizes]
    highs = [data.draw(st.integers(-(size + min(low, 0)), 2)) for size, low in zip(sizes, lows, strict=True)]
    a, value = counted(shape), np.array(-1, np.int32)
    expected = padded(a, value, lows, highs, interiors)
    body = (
        f"%2 = mhlo.pad %0, %1, low = {lows}, high = {highs}, interior = {interiors}"
        f" : (tensor<{shaped(a)}>, tensor<i32>) -> tensor<{shaped(expected)}>"
    )
    check_kernel(body, [a, value], {"%2": expected})


@given(shapes.filter(bool), st.data())
@EXAMPLES
def test_iota(shape: Shape, data: st.DataObject) -> None:
    dim = data.draw(st.integers(0, len(shape) - 1))
    whole = np.broadcast_to(np.arange(shape[dim]).reshape([-1 if d == dim else 1 for d in range(len(shape))]), shape)
    for dtype in (np.int32, np.float32):
        expected = whole.astype(dtype)
        check_kernel(f"%2 = mhlo.iota dim = {dim} : tensor<{shaped(expected)}>", [], {"%2": expected})


def test_chains_of_moves_are_one_nest() -> None:
    a = counted((4, 6))
    body = """
    %1 = mhlo.slice %0 [1:4, 0:6:2] : (tensor<4x6xi32>) -> tensor<3x3xi32>
    %2 = mhlo.reverse %1, dims = [0] : tensor<3x3xi32>
    %z = arith.constant dense<-5> : tensor<i32>
    %3 = mhlo.pad %2, %z, low = [1, 0], high = [0, 2], interior = [1, 0] :
      (tensor<3x3xi32>, tensor<i32>) -> tensor<6x5xi32>
    %4 = mhlo.concatenate %3, %3, dim = 1 : (tensor<6x5xi32>, tensor<6x5xi32>) -> tensor<6x10xi32>
    %5 = mhlo.reshape %4 : (tensor<6x10xi32>) -> tensor<5x12xi32>
    %6 = mhlo.transpose %5, dims = [1, 0] : (tensor<5x12xi32>) -> tensor<12x5xi32>
    """
    moved = padded(a[1:4, ::2][::-1], np.array(-5, np.int32), [1, 0], [0, 2], [1, 0])
    check_kernel(body, [a], {"%6": np.concatenate([moved, moved], 1).reshape(5, 12).T.copy()})
