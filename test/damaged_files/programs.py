"""Three programs whose module files are damaged, with calls and the results that TensorFlow or NumPy gives."""

from typing import Any

import numpy as np

import iree.compiler
import iree.compiler.tf
from test.damaged_files.damage import Program


def mlp() -> Program:
    """A TensorFlow MLP that holds its weights."""
    import tensorflow as tf  # so that whoever damages the others need not wait for it

    draw = np.random.default_rng(1).normal
    first, second = (tf.constant(draw(size=size).astype(np.float32)) for size in ((16, 32), (32, 4)))

    @tf.function(input_signature=[tf.TensorSpec((8, 16), tf.float32)])
    def predict(x: Any) -> Any:
        return tf.nn.softmax(tf.tanh(x @ first) @ second)

    concrete = predict.get_concrete_function()
    x = draw(size=(8, 16)).astype(np.float32)
    return Program(iree.compiler.tf.compile_module(concrete), (("main", (x,)),), ((concrete(tf.constant(x)).numpy(),),))


_LOOP = """
ml_program.global public mutable @total(dense<1> : tensor<4xi32>) : tensor<4xi32>
func.func @advance(%x: tensor<4xi32>, %times: tensor<i32>) -> (tensor<4xi32>, tensor<4xi32>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %n, %y = stablehlo.while(%i = %zero, %v = %x) : tensor<i32>, tensor<4xi32>
    cond {
      %more = stablehlo.compare LT, %i, %times : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %next = stablehlo.add %i, %one : tensor<i32>
      %odd = stablehlo.and %i, %one : tensor<i32>
      %w = "stablehlo.case"(%odd) ({
        %even = stablehlo.add %v, %x : tensor<4xi32>
        stablehlo.return %even : tensor<4xi32>
      }, {
        %other = stablehlo.multiply %v, %v : tensor<4xi32>
        stablehlo.return %other : tensor<4xi32>
      }) : (tensor<i32>) -> tensor<4xi32>
      stablehlo.return %next, %w : tensor<i32>, tensor<4xi32>
    }
  %before = ml_program.global_load @total : tensor<4xi32>
  %after = stablehlo.add %before, %y : tensor<4xi32>
  ml_program.global_store @total = %after : tensor<4xi32>
  return %y, %after : tensor<4xi32>, tensor<4xi32>
}
"""


def loop() -> Program:
    """A loop with a choice in it, and a variable."""
    x = np.array([1, 2, -3, 0], np.int32)
    calls, results, total = [], [], np.full(4, 1, np.int32)
    for times in (3, 0, 4):
        y = x
        for i in range(times):
            y = y * y if i % 2 else y + x
        total = total + y
        calls.append(("advance", (x, np.array(times, np.int32))))
        results.append((y, total))
    return Program(iree.compiler.compile_str(_LOOP), tuple(calls), tuple(results))


_ANY_SIZE = """
func.func @centered(%x: tensor<?x6xf32>) -> tensor<?x6xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %sum = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [1] :
    (tensor<?x6xf32>, tensor<f32>) -> tensor<?xf32>
  %shape = shape.shape_of %x : tensor<?x6xf32> -> tensor<2xindex>
  %wide = stablehlo.dynamic_broadcast_in_dim %sum, %shape, dims = [0] :
    (tensor<?xf32>, tensor<2xindex>) -> tensor<?x6xf32>
  %y = stablehlo.subtract %x, %wide : tensor<?x6xf32>
  %weights = stablehlo.constant dense<0.5> : tensor<6x6xf32>
  %z = stablehlo.dot %y, %weights : (tensor<?x6xf32>, tensor<6x6xf32>) -> tensor<?x6xf32>
  return %z : tensor<?x6xf32>
}
"""


def any_size() -> Program:
    """A function that leaves a size to its caller."""
    calls, results = [], []
    for rows in (2, 5):
        x = np.random.default_rng(rows).normal(size=(rows, 6)).astype(np.float32)
        calls.append(("centered", (x,)))
        results.append(((x - x.sum(1, keepdims=True)) @ np.full((6, 6), 0.5, np.float32),))
    return Program(iree.compiler.compile_str(_ANY_SIZE), tuple(calls), tuple(results))


PROGRAMS = {"mlp": mlp, "loop": loop, "any_size": any_size}
