"""Sorts by every kind of comparator, over every dimension, as JAX and TensorFlow print them and against them.

IREE_RANDOM_SORTS=1000 tries as many cases of each test, new ones each time.
"""

import os

import jax.numpy as jnp
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

import iree.compiler.tf
import iree.runtime
from test.e2e.bodies_test import check_jax, check_results
from test.e2e.programs import DRIVERS, validated

WANTED = os.environ.get("IREE_RANDOM_SORTS")
few = settings(max_examples=int(WANTED or 4), derandomize=WANTED is None, deadline=None, database=None)
EDGES = np.array([0.0, -0.0, 1.0, -1.0, 2.5, np.inf, -np.inf, np.nan, -np.nan], np.float32)


@st.composite
def arrays(draw: st.DrawFn) -> tuple[np.ndarray, int]:
    """Floats with many ties and edges, of up to three dimensions, and one of these."""
    shape = draw(st.lists(st.integers(0, 5), min_size=1, max_size=3))
    dimension = draw(st.integers(0, len(shape) - 1))
    shape[dimension] = draw(st.integers(0, 40))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return generator.choice(EDGES, shape), dimension


def numbered(x: np.ndarray) -> np.ndarray:
    return np.random.default_rng(1).integers(-2, 3, x.shape).astype(np.int32)


@given(arrays(), st.integers(1, 3))
@few
def test_what_jax_sorts(case: tuple[np.ndarray, int], keys: int) -> None:
    x, dimension = case
    places = np.arange(x.size, dtype=np.int32).reshape(x.shape)
    check_jax(lambda *xs: lax.sort(xs, dimension, num_keys=keys), x, numbered(x), places)
    check_jax(lambda *xs: lax.sort(xs, dimension, num_keys=keys), numbered(x), x, places)


@given(arrays(), st.data())
@few
def test_the_greatest(case: tuple[np.ndarray, int], data: st.DataObject) -> None:
    x = np.moveaxis(case[0], case[1], -1)
    k = data.draw(st.integers(0, x.shape[-1]))
    check_jax(lambda x, n: (lax.top_k(x, k), lax.top_k(n, k)), x, numbered(x))


def test_what_is_made_of_sorts() -> None:
    x = np.random.default_rng(2).normal(size=(3, 33)).astype(np.float32)
    check_jax(lambda x: (jnp.argsort(x), jnp.argsort(x, 0, descending=True), jnp.sort(x, 1, descending=True)), x)
    check_jax(lambda x: (jnp.median(x, 1), jnp.sort(x > 0.5, 1), jnp.lexsort((x[0], x[1] > 0))), x, rtol=1e-6)


@pytest.mark.parametrize(("size", "other"), [(1, 2), (2, 3), (37, 2), (64, 1)])
def test_any_comparator_can_sort(size: int, other: int) -> None:
    """`not (a >= b)` is less-than, but does not look so."""
    text = f"""func.func @main(%x: tensor<{size}x{other}xi32>, %n: tensor<{size}x{other}xi32>)
        -> (tensor<{size}x{other}xi32>, tensor<{size}x{other}xi32>) {{
      %0:2 = "stablehlo.sort"(%x, %n) <{{dimension = -2 : i64, is_stable = true}}> ({{
      ^bb0(%a: tensor<i32>, %b: tensor<i32>, %i: tensor<i32>, %j: tensor<i32>):
        %1 = stablehlo.compare GE, %a, %b : (tensor<i32>, tensor<i32>) -> tensor<i1>
        %2 = stablehlo.not %1 : tensor<i1>
        "stablehlo.return"(%2) : (tensor<i1>) -> ()
      }}) : (tensor<{size}x{other}xi32>, tensor<{size}x{other}xi32>)
        -> (tensor<{size}x{other}xi32>, tensor<{size}x{other}xi32>)
      return %0#0, %0#1 : tensor<{size}x{other}xi32>, tensor<{size}x{other}xi32>
    }}"""
    x = np.random.default_rng(3).integers(0, 9, (size, other)).astype(np.int32)
    n = np.arange(x.size, dtype=np.int32).reshape(x.shape)
    order = np.argsort(x, 0, kind="stable")
    check_results(text, [x, n], [np.take_along_axis(x, order, 0), np.take_along_axis(n, order, 0)])


class Sorts(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([4, 21], tf.float32)])
    def sort(self, x):
        return tf.sort(x), tf.sort(x, 0, "DESCENDING"), tf.argsort(x, stable=True), tf.argsort(x, 0, "DESCENDING", True)

    @tf.function(input_signature=[tf.TensorSpec([4, 21], tf.float32)])
    def top_k(self, x):
        best = tf.math.top_k(x, 3)
        return best.values, best.indices, tf.argmax(x, 1, tf.int32), tf.argmin(x, 0, tf.int32)


def test_what_tensorflow_sorts() -> None:
    sorts, x = Sorts(), np.random.default_rng(4).integers(-9, 9, (4, 21)).astype(np.float32)
    module = validated(iree.compiler.tf.compile_module(sorts))
    for driver in DRIVERS:
        loaded = iree.runtime.load_vm_flatbuffer(module, driver=driver)
        for name in ("sort", "top_k"):
            for got, expected in zip(getattr(loaded, name)(x), getattr(sorts, name)(x), strict=True):
                np.testing.assert_array_equal(got, expected, f"{name} on {driver}")
