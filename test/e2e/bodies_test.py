"""Reductions and windows by any body, of several operands, as JAX prints them and against JAX, on every driver.

IREE_RANDOM_BODIES=1000 tries as many cases of each test, new ones each time.
"""

import os
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

import iree.compiler
import iree.runtime
from test.e2e.programs import DRIVERS, check_text, validated

WANTED = os.environ.get("IREE_RANDOM_BODIES")
few = settings(max_examples=int(WANTED or 8), derandomize=WANTED is None, deadline=None, database=None)

EDGES = [0.0, -0.0, 1.0, -1.0, 2.5, 2.5, np.inf, -np.inf, np.nan]


def check_jax(function: Any, *inputs: np.ndarray, rtol: float = 0) -> None:
    """Runs what JAX prints of a function on every driver, and compares all results with JAX's."""
    compiled = jax.jit(function).lower(*inputs)
    expected = [np.asarray(value) for value in jax.tree.leaves(compiled.compile()(*inputs))]
    check_results(compiled.as_text(), inputs, expected, rtol)


def check_results(text: str, inputs: Any, expected: Any, rtol: float = 0) -> None:
    """Runs @main on every driver, and compares all results."""
    module = validated(iree.compiler.compile_str(text))
    for driver in DRIVERS:
        results = iree.runtime.load_vm_flatbuffer(module, driver=driver).main.invoke(list(inputs))
        for got, value in zip(results, expected, strict=True):
            assert (got.dtype, got.shape) == (value.dtype, value.shape)
            np.testing.assert_allclose(got, value, rtol=rtol, atol=rtol, err_msg=driver)


@st.composite
def arrays(draw: st.DrawFn, largest: int = 9, dims: int = 3) -> np.ndarray:
    """Floats with the edges of float comparison among them, of up to three dimensions."""
    shape = draw(st.lists(st.integers(0, largest), min_size=1, max_size=dims))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return generator.choice(np.array(EDGES, np.float32), shape)


def subset(draw: st.DrawFn, rank: int) -> tuple[int, ...]:
    return tuple(sorted(draw(st.sets(st.integers(0, rank - 1)))))


def affine(left: Any, right: Any) -> Any:
    """x -> a x + b after another one: associative, and not commutative."""
    return left[0] * right[0], left[1] * right[0] + right[1]


IDENTITY = np.int32(1), np.int32(0)  # where in its order an initial value stands is open


@given(st.data())
@few
def test_a_reduce_keeps_the_order_of_its_elements(data: st.DataObject) -> None:
    shape = data.draw(st.lists(st.integers(0, 7), min_size=1, max_size=4))
    dims = subset(data.draw, len(shape))
    generator = np.random.default_rng(1)
    a, b = (generator.integers(-9, 9, shape).astype(np.int32) for _ in range(2))
    check_jax(lambda a, b: lax.reduce((a, b), IDENTITY, affine, dims), a, b)


@given(arrays(), st.data())
@few
def test_the_place_of_the_greatest(x: np.ndarray, data: st.DataObject) -> None:
    axis = data.draw(st.sampled_from([None, *(dim for dim, size in enumerate(x.shape) if size)]))
    if x.size:
        check_jax(lambda x: (jnp.argmax(x, axis), jnp.argmin(x, axis)), x)


def affine_windows(inputs: Any, sizes: Any, strides: Any, padding: Any, base: Any, window: Any) -> list[np.ndarray]:
    """What affine makes of windows, one element after the other. (JAX's compiler changes their order.)"""
    lists = [(low, high, dilation - 1) for (low, high), dilation in zip(padding, base, strict=True)]
    padded = [np.asarray(lax.pad(x, init, lists)) for x, init in zip(inputs, IDENTITY, strict=True)]
    reach = [(size - 1) * dilation + 1 for size, dilation in zip(sizes, window, strict=True)]
    stops = [
        max(0, (size - extent) // stride + 1) if size else 0
        for size, extent, stride in zip(padded[0].shape, reach, strides, strict=True)
    ]
    results = [np.zeros(stops, np.int32) for _ in inputs]
    for stop in np.ndindex(*stops):
        total: Any = IDENTITY
        for place in np.ndindex(*sizes):
            at = tuple(s * stride + p * d for s, stride, p, d in zip(stop, strides, place, window, strict=True))
            total = affine(total, [x[at] for x in padded])
        for result, value in zip(results, total, strict=True):
            result[stop] = value
    return results


@given(st.data())
@few
def test_windows_keep_the_order_of_their_elements(data: st.DataObject) -> None:
    rank = data.draw(st.integers(1, 2))
    draw = lambda low, high: tuple(data.draw(st.integers(low, high)) for _ in range(rank))  # noqa: E731
    shape, sizes, strides, base, window = draw(1, 7), draw(1, 4), draw(1, 3), draw(1, 2), draw(1, 2)
    padding = tuple(zip(draw(-1, 3), draw(-1, 3), strict=True))
    generator = np.random.default_rng(1)
    inputs = [generator.integers(-3, 3, shape).astype(np.int32) for _ in range(2)]
    lists = (sizes, strides, padding, base, window)
    text = jax.jit(lambda a, b: lax.reduce_window((a, b), IDENTITY, affine, *lists)).lower(*inputs).as_text()
    check_results(text, inputs, affine_windows(inputs, *lists))


def test_what_jax_sums_up_so_far() -> None:
    x = np.random.default_rng(3).normal(size=(3, 70)).astype(np.float32)
    check_jax(lambda x: (lax.cumlogsumexp(x, 1), lax.cumlogsumexp(x, 0, reverse=True), lax.cumsum(x, 1)), x, rtol=1e-5)
    check_jax(lambda x: (lax.cumprod(x, 1), lax.cummax(x, 1), lax.cummin(x, 0)), x, rtol=1e-5)


@given(st.data())
@few
def test_what_a_max_pool_hands_back(data: st.DataObject) -> None:
    rank = data.draw(st.integers(1, 3))
    draw = lambda low, high: tuple(data.draw(st.integers(low, high)) for _ in range(rank))  # noqa: E731
    shape, sizes, strides = draw(1, 9), draw(1, 4), draw(1, 4)
    padding = tuple(zip(draw(0, 2), draw(0, 2), strict=True))
    generator = np.random.default_rng(data.draw(st.integers(0, 9)))
    x = generator.integers(0, 4, shape).astype(np.float32)
    lowest, highest = np.float32(-np.inf), np.float32(np.inf)
    if all(size + low + high >= window for size, (low, high), window in zip(shape, padding, sizes, strict=True)):
        most = lambda x: lax.reduce_window(x, lowest, lax.max, sizes, strides, padding)  # noqa: E731
        least = lambda x: lax.reduce_window(x, highest, lax.min, sizes, strides, padding)  # noqa: E731
        given = np.arange(jax.eval_shape(most, x).size, dtype=np.float32).reshape(jax.eval_shape(most, x).shape)
        check_jax(lambda x, u: (jax.vjp(most, x)[1](u), jax.vjp(least, x)[1](u)), x, given)


def test_very_many_windows_may_select_one_element() -> None:
    x = np.random.default_rng(3).integers(0, 9, (13, 12)).astype(np.float32)
    check_jax(jax.grad(lambda x: lax.reduce_window(x, -np.inf, lax.max, (7, 7), (1, 1), "SAME").sum()), x)
    check_jax(jax.grad(lambda x: lax.reduce_window(x, -np.inf, lax.max, (13, 12), (1, 1), "VALID").sum()), x)


def test_updates_by_any_body_see_each_other() -> None:
    generator = np.random.default_rng(3)
    x, u = (generator.normal(size=shape).astype(np.float32) for shape in ((4, 5), (6, 5)))
    i = np.array([1, 9, -2, 1, 3, 1], np.int32)
    check_jax(lambda x, i: x.at[i].apply(lambda v: v * 2 + 1), x, i, rtol=1e-6)
    check_jax(lambda x, i: x.at[i, i - 1].apply(jnp.sin), x, i, rtol=1e-6)
    check_jax(lambda x, i, u: (x.at[i].subtract(u), x.at[:, i - 1].divide(3.0)), x, i, u, rtol=1e-6)
    check_jax(lambda x, i: x.at[i[2:5]].apply(jnp.exp, unique_indices=True), x, i, rtol=1e-6)


def test_a_scatter_of_several_inputs() -> None:
    """Each place keeps the greatest update and whose it is."""
    text = """func.func @main(
        %x: tensor<5xf32>, %n: tensor<5xi32>, %i: tensor<7xi32>, %u: tensor<7xf32>, %m: tensor<7xi32>)
        -> (tensor<5xf32>, tensor<5xi32>) {
      %0:2 = "stablehlo.scatter"(%x, %n, %i, %u, %m) <{scatter_dimension_numbers = #stablehlo.scatter<
        inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
      ^bb0(%a: tensor<f32>, %p: tensor<i32>, %b: tensor<f32>, %q: tensor<i32>):
        %1 = stablehlo.compare GE, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
        %2 = stablehlo.select %1, %a, %b : tensor<i1>, tensor<f32>
        %3 = stablehlo.select %1, %p, %q : tensor<i1>, tensor<i32>
        stablehlo.return %2, %3 : tensor<f32>, tensor<i32>
      }) : (tensor<5xf32>, tensor<5xi32>, tensor<7xi32>, tensor<7xf32>, tensor<7xi32>)
        -> (tensor<5xf32>, tensor<5xi32>)
      return %0#0, %0#1 : tensor<5xf32>, tensor<5xi32>
    }"""
    i, u = np.array([4, 0, 4, 2, 7, 4, 0], np.int32), np.array([1, -1, 3, 2, 9, 3, 5], np.float32)
    inputs = [np.zeros(5, np.float32), np.full(5, -1, np.int32), i, u, np.arange(7, dtype=np.int32)]
    check_results(text, inputs, [np.float32([5, 0, 2, 0, 3]), np.int32([6, -1, 3, -1, 2])])


def test_a_body_may_use_what_is_around_it() -> None:
    text = """func.func @f(%x: tensor<3x5xi32>, %init: tensor<i32>, %most: tensor<i32>) -> tensor<3xi32> {
      %twice = stablehlo.constant dense<2> : tensor<i32>
      %0 = stablehlo.reduce(%x init: %init) across dimensions = [1] : (tensor<3x5xi32>, tensor<i32>) -> tensor<3xi32>
       reducer(%a: tensor<i32>, %b: tensor<i32>) {
        %1 = stablehlo.add %a, %b : tensor<i32>
        %2 = stablehlo.multiply %most, %twice : tensor<i32>
        %3 = stablehlo.minimum %1, %2 : tensor<i32>
        stablehlo.return %3 : tensor<i32>
      }
      return %0 : tensor<3xi32>
    }"""
    x = np.arange(15, dtype=np.int32).reshape(3, 5)
    expected = np.minimum(x.sum(1, dtype=np.int32), 24)
    for driver in DRIVERS:
        check_text(text, "f", [x, np.array(0, np.int32), np.array(12, np.int32)], expected, driver)


def test_a_body_may_combine_wider_elements_than_there_are() -> None:
    text = """func.func @f(%x: tensor<1000xi8>) -> tensor<i32> {
      %init = stablehlo.constant dense<7> : tensor<i8>
      %0 = stablehlo.reduce(%x init: %init) across dimensions = [0] : (tensor<1000xi8>, tensor<i8>) -> tensor<i32>
       reducer(%a: tensor<i32>, %b: tensor<i32>) {
        %1 = stablehlo.add %a, %b : tensor<i32>
        stablehlo.return %1 : tensor<i32>
      }
      return %0 : tensor<i32>
    }"""
    module = iree.compiler.compile_str(text, target_backends=["interpreter-bytecode"])
    x = np.full(1000, 100, np.int8)
    assert iree.runtime.load_vm_flatbuffer(module).f(x) == 100_007
