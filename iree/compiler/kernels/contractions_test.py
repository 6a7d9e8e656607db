"""dot, dot_general and reduce as nests, fused and scheduled, against NumPy."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from iree.testing.kernel_stages import check_kernel, shaped

Array = NDArray[Any]
Shape = tuple[int, ...]
EXAMPLES = settings(max_examples=15, deadline=None)

shapes = st.lists(st.integers(0, 5), max_size=6).map(tuple).filter(lambda s: math.prod(s) < 400)
sizes = st.integers(0, 9)


def integers(shape: Shape, seed: int = 0) -> Array:
    return np.random.default_rng(seed).integers(-9, 10, shape).astype(np.int32)


def numbers(shape: Shape, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@given(sizes, sizes, sizes)
@EXAMPLES
def test_dot_of_matrices(rows: int, summed: int, columns: int) -> None:
    a, b = integers((rows, summed)), integers((summed, columns), 1)
    body = f"%2 = mhlo.dot %0, %1 : (tensor<{shaped(a)}>, tensor<{shaped(b)}>) -> tensor<{rows}x{columns}xi32>"
    check_kernel(body, [a, b], {"%2": a @ b})


@pytest.mark.parametrize(("left", "right"), [((7,), (7,)), ((7,), (7, 5)), ((5, 7), (7,)), ((0,), (0,))])
def test_dot_with_vectors(left: Shape, right: Shape) -> None:
    a, b = numbers(left), numbers(right, 1)
    expected = np.asarray(a @ b)
    body = f"%2 = mhlo.dot %0, %1 : (tensor<{shaped(a)}>, tensor<{shaped(b)}>) -> tensor<{shaped(expected)}>"
    check_kernel(body, [a, b], {"%2": expected}, rtol=1e-5, atol=1e-6)


@given(st.data())
@EXAMPLES
def test_dot_general(data: st.DataObject) -> None:
    batch, free_a, free_b, summed = (data.draw(st.lists(st.integers(0, 4), max_size=2)) for _ in range(4))
    letters = iter("abcdefghijkl")
    named = [[(next(letters), size) for size in group] for group in (batch, free_a, free_b, summed)]
    left = data.draw(st.permutations(named[0] + named[1] + named[3]))
    right = data.draw(st.permutations(named[0] + named[2] + named[3]))
    a, b = integers(tuple(size for _, size in left)), integers(tuple(size for _, size in right), 1)
    # The result keeps free dimensions in the order that their operand has them.
    result = named[0] + [dim for dim in left if dim in named[1]] + [dim for dim in right if dim in named[2]]
    words = ["".join(name for name, _ in dims) for dims in (left, right, result)]
    expected = np.asarray(np.einsum(f"{words[0]},{words[1]}->{words[2]}", a, b)).astype(np.int32)

    def places(dims: list[Any], group: list[Any]) -> list[int]:
        return [dims.index(dim) for dim in group]

    batching = f"batching_dims = {places(left, named[0])} x {places(right, named[0])}, " if named[0] else ""
    contracting = f"contracting_dims = {places(left, named[3])} x {places(right, named[3])}"
    types = f"(tensor<{shaped(a)}>, tensor<{shaped(b)}>) -> tensor<{shaped(expected)}>"
    check_kernel(f"%2 = mhlo.dot_general %0, %1, {batching}{contracting} : {types}", [a, b], {"%2": expected})


REDUCTIONS = {
    "add": (np.add, 0, np.int32),
    "multiply": (np.multiply, 1, np.int32),
    "maximum": (np.maximum, -(2**31), np.int32),
    "minimum": (np.minimum, 2**31 - 1, np.int32),
    "and": (np.logical_and, True, np.bool_),
    "or": (np.logical_or, False, np.bool_),
}


@pytest.mark.parametrize("name", REDUCTIONS)
@given(shapes, st.data())
@EXAMPLES
def test_reduce(name: str, shape: Shape, data: st.DataObject) -> None:
    function, start, dtype = REDUCTIONS[name]
    dims = data.draw(st.lists(st.integers(0, len(shape) - 1), unique=True)) if shape else []
    a = integers(shape).astype(dtype)
    init = np.array(data.draw(st.sampled_from([start, 3 if dtype == np.int32 else True])), dtype)
    expected = np.asarray(function.reduce(a, tuple(dims), initial=init) if dims else function(a, a.dtype.type(start)))
    expected = expected if dims else np.asarray(function(expected, init))
    types = f"(tensor<{shaped(a)}>, tensor<{shaped(init)}>) -> tensor<{shaped(expected.astype(dtype))}>"
    body = f"%2 = mhlo.reduce(%0 init: %1) applies mhlo.{name} across dimensions = {dims} : {types}"
    check_kernel(body, [a, init], {"%2": expected.astype(dtype) if dims else a_without_loops(a, init, name)})


def a_without_loops(a: Array, init: Array, name: str) -> Array:
    """No dimension to combine along: each element alone, with init."""
    return np.asarray(REDUCTIONS[name][0](a, init)).astype(a.dtype)


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_nan_wins_a_reduce(name: str) -> None:
    a = np.array([[1, np.nan, 3], [np.inf, -np.inf, 0], [-0.0, 0.0, -0.0]], np.float32)
    body = f"""
    %c = arith.constant dense<{"0xFF800000" if name == "maximum" else "0x7F800000"}> : tensor<f32>
    %2 = mhlo.reduce(%0 init: %c) applies mhlo.{name} across dimensions = [1] :
      (tensor<3x3xf32>, tensor<f32>) -> tensor<3xf32>
    """
    check_kernel(body, [a], {"%2": getattr(np, name).reduce(a, 1)})


def test_reduce_of_two_operands_finds_a_position() -> None:
    a = numbers((5, 7))
    positions = np.broadcast_to(np.arange(7, dtype=np.int32), (5, 7)).copy()
    body = """
    %c = arith.constant dense<0xFF800000> : tensor<f32>
    %d = arith.constant dense<0> : tensor<i32>
    %2:2 = mhlo.reduce(%0 init: %c), (%1 init: %d) across dimensions = [1] :
      (tensor<5x7xf32>, tensor<5x7xi32>, tensor<f32>, tensor<i32>) -> (tensor<5xf32>, tensor<5xi32>)
      reducer(%x: tensor<f32>, %y: tensor<f32>) (%i: tensor<i32>, %j: tensor<i32>) {
        %g = mhlo.compare GE, %x, %y : (tensor<f32>, tensor<f32>) -> tensor<i1>
        %v = mhlo.select %g, %x, %y : tensor<i1>, tensor<f32>
        %p = mhlo.select %g, %i, %j : tensor<i1>, tensor<i32>
        mhlo.return %v, %p : tensor<f32>, tensor<i32>
      }
    """
    expected = {"%2#0": a.max(1), "%2#1": a.argmax(1).astype(np.int32)}
    check_kernel(body, [a, positions], expected)


@pytest.mark.parametrize("shape", [(3, 1000), (2, 300, 7), (9001,)], ids=str)
def test_long_sums_are_as_close_as_those_of_numpy(shape: Shape) -> None:
    a = np.abs(numbers(shape)) + 1
    dims = list(range(1, len(shape))) or [0]
    exact = a.astype(np.float64).sum(tuple(dims))
    expected = exact.astype(np.float32)
    body = f"""
    %c = arith.constant dense<0.0> : tensor<f32>
    %2 = mhlo.reduce(%0 init: %c) applies mhlo.add across dimensions = {dims} :
      (tensor<{shaped(a)}>, tensor<f32>) -> tensor<{shaped(np.asarray(expected))}>
    """
    check_scheduled_only(body, a, np.asarray(expected))


def check_scheduled_only(body: str, a: Array, expected: Array) -> None:
    from iree.compiler.ir.pass_manager import run_passes
    from iree.testing.kernel_evaluator import run_kernel
    from iree.testing.kernel_stages import kernel_function, kernel_passes, kernel_text, parse_kernel

    module = parse_kernel(kernel_text(body, [a], {"%2": expected}))
    run_passes(module, kernel_passes())
    (found,) = run_kernel(kernel_function(module), [a])
    np.testing.assert_allclose(found, expected, rtol=2e-6)
