"""Compiles one program of each kind to files in the present directory: python reproducible_programs.py TIME

TIME is what this process takes for the time of day. reproducible_test.py runs copies of this file.
"""

import functools
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import tensorflow as tf

import iree.compiler
import iree.compiler.jax
import iree.compiler.tf

CONTROL_FLOW = """
func.func @collatz(%n: tensor<i32>) -> (tensor<i32>, tensor<2xf32>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %two = stablehlo.constant dense<2> : tensor<i32>
  %three = stablehlo.constant dense<3> : tensor<i32>
  %0:2 = stablehlo.while(%i = %n, %steps = %zero) : tensor<i32>, tensor<i32>
  cond {
    %1 = stablehlo.compare NE, %i, %one : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %1 = stablehlo.remainder %i, %two : tensor<i32>
    %2 = stablehlo.divide %i, %two : tensor<i32>
    %3 = stablehlo.multiply %i, %three : tensor<i32>
    %4 = stablehlo.add %3, %one : tensor<i32>
    %5 = "stablehlo.case"(%1) ({
      stablehlo.return %2 : tensor<i32>
    }, {
      stablehlo.return %4 : tensor<i32>
    }) : (tensor<i32>) -> tensor<i32>
    %6 = stablehlo.add %steps, %one : tensor<i32>
    stablehlo.return %5, %6 : tensor<i32>, tensor<i32>
  }
  %7 = stablehlo.constant dense<[2.0, 9.0]> : tensor<2xf32>
  %8 = stablehlo.sqrt %7 : tensor<2xf32>
  return %0#1, %8 : tensor<i32>, tensor<2xf32>
}
"""


class Counter(tf.Module):
    """State, AutoGraph's control flow, and structures of tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.count = tf.Variable(0.0)
        self.table = tf.Variable(tf.reshape(tf.range(12.0), [3, 4]))

    @tf.function(input_signature=[tf.TensorSpec([4], tf.float32), tf.TensorSpec([], tf.int32)])
    def add(self, x: Any, times: Any) -> Any:
        for _ in tf.range(times):
            self.count.assign_add(tf.reduce_sum(x))
        return {"count": self.count, "product": tf.linalg.matvec(self.table, x)}

    @tf.function(input_signature=[])
    def reset(self) -> Any:
        self.count.assign(0.0)
        return self.count


@functools.cache
def keras_model() -> Any:
    """A convolution with a normalization behind it, and what makes classes of it. Keras numbers the layers it makes."""
    tf.keras.utils.set_random_seed(1)
    layers = tf.keras.layers
    return tf.keras.Sequential(
        [
            layers.Input([8, 8, 3]),
            layers.Conv2D(4, 3),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(5, activation="softmax"),
        ]
    )


def attention(q: Any, k: Any, v: Any) -> Any:
    """One head, and noise that is drawn from a key of the program's own."""
    weights = jax.nn.softmax(q @ k.T / jnp.sqrt(q.shape[-1]))
    return weights @ v + jax.random.normal(jax.random.key(3), v.shape)


def of_text() -> bytes:
    """A program of MLIR text, from a file."""
    path = Path("collatz.mlir").resolve()
    path.write_text(CONTROL_FLOW)
    return iree.compiler.compile_file(path)


def of_jax() -> bytes:
    """A function of JAX."""
    return iree.compiler.jax.compile(attention, *[np.zeros((6, 4), np.float32)] * 3)


PROGRAMS: dict[str, Callable[[], bytes]] = {
    "text": of_text,
    "jax": of_jax,
    "tensorflow": lambda: iree.compiler.tf.compile_module(Counter()),
    "keras": lambda: iree.compiler.tf.compile_module(keras_model()),
}


if __name__ == "__main__":
    now = float(sys.argv[1])
    time.time = lambda: now
    for name, compiled in PROGRAMS.items():
        Path(f"{name}.emod").write_bytes(compiled())
