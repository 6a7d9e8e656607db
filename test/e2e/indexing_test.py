"""Ops that read and write at places that are data, inside and outside of tensors, against JAX and TensorFlow."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from jax import lax

import iree.compiler.tf
import iree.runtime
from iree.testing.gathers import Gather, gathers
from test.e2e.programs import DRIVERS, check_text, function_text, tensor_type

INT_MAX = 2**31 - 1


def check_jax(function: Any, *arrays: Any, atol: float = 0) -> None:
    """Runs what JAX prints of a function on every driver."""
    inputs = [np.asarray(array) for array in arrays]
    text = jax.jit(function).lower(*inputs).as_text()
    for driver in DRIVERS:
        check_text(text, "main", inputs, np.asarray(jax.jit(function)(*inputs)), driver, atol=atol)


def counted(dtype: Any, *shape: int) -> Any:
    values = np.arange(int(np.prod(shape, dtype=int))).reshape(shape)
    return values % 2 == 1 if dtype is np.bool_ else values.astype(dtype)


@given(gathers(np.float32))
@settings(max_examples=15, deadline=None)
def test_gathers_of_every_form(case: Gather) -> None:
    inputs, expected = [case.operand, case.starts], case.expected()
    text = function_text("f", "stablehlo.gather", inputs, expected, f"<{{{case.attributes}}}>")
    for driver in DRIVERS:
        check_text(text, "f", inputs, expected, driver)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("dtype", [np.float32, np.int32, np.bool_], ids=["f32", "i32", "i1"])
@pytest.mark.parametrize("start", [(0, 0), (1, 2), (3, 4), (-1, 9), (-INT_MAX - 1, INT_MAX)])
def test_dynamic_slices(start: tuple[int, int], dtype: Any, driver: str) -> None:
    x, i, j = counted(dtype, 4, 5), *(np.array(place, np.int32) for place in start)
    update = ~x[:2, :3] if dtype is np.bool_ else -x[:2, :3]
    whole, part = tensor_type(x), tensor_type(update)
    text = f"""
    func.func @get(%x: {whole}, %i: tensor<i32>, %j: tensor<i32>) -> {part} {{
      %0 = stablehlo.dynamic_slice %x, %i, %j, sizes = [2, 3] : ({whole}, tensor<i32>, tensor<i32>) -> {part}
      return %0 : {part}
    }}
    func.func @put(%x: {whole}, %u: {part}, %i: tensor<i32>, %j: tensor<i32>) -> {whole} {{
      %0 = stablehlo.dynamic_update_slice %x, %u, %i, %j : ({whole}, {part}, tensor<i32>, tensor<i32>) -> {whole}
      return %0 : {whole}
    }}"""
    row, column = min(max(start[0], 0), 2), min(max(start[1], 0), 2)
    check_text(text, "get", [x, i, j], np.asarray(lax.dynamic_slice(x, (row, column), (2, 3))), driver)
    put = np.asarray(lax.dynamic_update_slice(x, update, (row, column)))
    check_text(text, "put", [x, update, i, j], put, driver)


def test_what_jax_makes_of_indices() -> None:
    x, rows = counted(np.float32, 4, 5), np.array([1, 9, -2, -9], np.int32)
    check_jax(lambda x, i: x[i], x, rows)
    check_jax(lambda x, i: x.at[i].get(mode="fill", fill_value=-1.0), x, rows)
    check_jax(lambda x, i: jnp.take(x, i, axis=1, mode="clip"), x, rows)
    check_jax(lambda x, i, j: x[i, :, None, j], counted(np.int32, 4, 3, 5), rows, rows)
    check_jax(lambda x, i: jax.vmap(lambda row, start: lax.dynamic_slice(row, (start,), (2,)))(x, i), x, rows)
    check_jax(lambda x, i: jnp.take_along_axis(x, i, axis=1), x, np.array([[4], [0], [2], [1]], np.int32))


def test_places_that_are_computed_and_values_that_are_computed() -> None:
    x, i = counted(np.float32, 6, 5), np.array(2, np.int32)

    def steps(x: Any, i: Any) -> Any:
        for _ in range(12):
            row = lax.dynamic_slice(x, (i, 0), (1, 5))
            x = lax.dynamic_update_slice(x, 1.0 - row, (i + 1, 0))
            i = (i * 5 + 1) % 6
        return jnp.exp(-x) @ jnp.transpose(x)[:, :3]

    check_jax(steps, x / 30, i, atol=1e-5)


class Lookups(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table = tf.Variable(np.random.default_rng(3).normal(size=(50, 7)).astype(np.float32))

    @tf.function(input_signature=[tf.TensorSpec([3, 4], tf.int32)])
    def embedding(self, ids):
        return tf.nn.embedding_lookup(self.table, ids) * 2.0

    @tf.function(input_signature=[tf.TensorSpec([4, 5], tf.float32), tf.TensorSpec([3], tf.int32)])
    def columns(self, x, i):
        return tf.gather(x, i, axis=1)

    @tf.function(input_signature=[tf.TensorSpec([4, 5, 2], tf.float32), tf.TensorSpec([4, 3], tf.int32)])
    def batched(self, x, i):
        return tf.gather(x, i, axis=1, batch_dims=1)

    @tf.function(input_signature=[tf.TensorSpec([4, 5, 2], tf.float32), tf.TensorSpec([3, 2], tf.int32)])
    def nd(self, x, i):
        return tf.gather_nd(x, i)

    @tf.function(input_signature=[tf.TensorSpec([4, 5], tf.float32), tf.TensorSpec([2], tf.int32)])
    def part(self, x, i):
        return tf.slice(x, i, [2, 3]), x[i[0]]


@pytest.mark.parametrize("driver", DRIVERS)
def test_tensorflow_lookups(driver: str) -> None:
    module = Lookups()
    loaded = iree.runtime.load_vm_flatbuffer(iree.compiler.tf.compile_module(module), driver=driver)
    generator = np.random.default_rng(4)
    x = generator.normal(size=(4, 5, 2)).astype(np.float32)
    calls: dict[str, list[Any]] = {
        "embedding": [generator.integers(0, 50, (3, 4))],
        "columns": [x[..., 0], np.array([4, 0, 4])],
        "batched": [x, generator.integers(0, 5, (4, 3))],
        "nd": [x, np.array([[0, 4], [3, 0], [2, 2]])],
        "part": [x[..., 1], np.array([2, 1])],
    }
    for name, values in calls.items():
        arguments = [*values[:-1], values[-1].astype(np.int32)]
        expected, got = getattr(module, name)(*arguments), getattr(loaded, name)(*arguments)
        for ours, theirs in zip(tf.nest.flatten(got), tf.nest.flatten(expected), strict=True):
            np.testing.assert_array_equal(np.asarray(ours), theirs.numpy(), strict=True)
