"""What is known when compiling gives the results that it gives when it is not, on every driver: against TensorFlow."""

import numpy as np
import pytest
import tensorflow as tf

import iree.compiler
import iree.compiler.tf
import iree.runtime
from test.e2e.programs import DRIVERS, check_text, tensor_type, validated

GENERATOR = np.random.default_rng(0)


def normal(*shape):
    return GENERATOR.normal(size=shape).astype(np.float32)


def literal(array):
    return f'dense<"0x{array.tobytes().hex()}"> : {tensor_type(array)}'


def normalization(features):
    """A trained batch normalization as a function: some channels are switched off, some negative."""
    mean, offset, scale = normal(features), normal(features), normal(features)
    variance = np.abs(normal(features)) + np.float32(0.1)
    scale[::3] = 0
    return lambda x: tf.nn.batch_normalization(x, mean, variance, offset, scale, 1e-3)


KERNEL, DEPTHWISE, DENSE = normal(3, 3, 5, 8), normal(3, 3, 5, 2), normal(8, 7)
BIAS, AFTER, AFTER_DENSE, AFTER_DEPTHWISE = normal(8), normalization(8), normalization(7), normalization(10)
LAYERS = {
    "convolution": lambda x: tf.nn.relu(AFTER(tf.nn.conv2d(x, KERNEL, [1, 2], "SAME") + BIAS)),
    "depthwise": lambda x: AFTER_DEPTHWISE(tf.nn.depthwise_conv2d(x, DEPTHWISE, [1, 1, 1, 1], "SAME")),
    "dense": lambda x: AFTER_DENSE(tf.nn.conv2d(x, KERNEL, 1, "VALID")[:, 0, 0] @ DENSE) / 3.0 - 0.5,
}


@pytest.mark.parametrize("layer", LAYERS)
def test_a_trained_layer(layer):
    x = normal(2, 6, 7, 5)
    function = tf.function(LAYERS[layer], input_signature=[tf.TensorSpec(x.shape, tf.float32)])
    module = validated(iree.compiler.tf.compile_module(function))
    expected = np.asarray(function(x))
    for driver in DRIVERS:
        loaded = iree.runtime.load_vm_flatbuffer(module, driver=driver)
        (name,) = loaded
        np.testing.assert_allclose(np.asarray(loaded[name](x)), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(("letters", "order"), [("o, i, 0, 1", (3, 2, 0, 1)), ("1, o, 0, i", (1, 3, 0, 2))])
@pytest.mark.parametrize("reverse", ["[false, false]", "[true, false]"])
def test_kernels_in_any_order(letters, order, reverse, driver):
    x = normal(2, 6, 7, 5)
    weights = np.ascontiguousarray(KERNEL.transpose(order))
    expected = tf.nn.conv2d(x, KERNEL[::-1] if "true" in reverse else KERNEL, 1, "VALID")
    text = f"""
        func.func @f(%x: {tensor_type(x)}) -> tensor<2x4x5x8xf32> {{
          %w = stablehlo.constant {literal(weights)}
          %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, 1, f]x[{letters}]->[b, 0, 1, f],
              window = {{reverse = {reverse}}} {{batch_group_count = 1 : i64, feature_group_count = 1 : i64}}
              : ({tensor_type(x)}, {tensor_type(weights)}) -> tensor<2x4x5x8xf32>
          return %0 : tensor<2x4x5x8xf32>
        }}
    """
    check_text(text, "f", [x], expected, driver, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("rows", [1, 6])
@pytest.mark.parametrize("dims", ["[1] x [0]", "[1] x [1]"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_matrices_in_any_order(rows, dims, side, driver):
    x = normal(rows, 8)
    weights = DENSE if dims == "[1] x [0]" else np.ascontiguousarray(DENSE.T)
    names, types, numbers = ["%x", "%w"], [tensor_type(x), tensor_type(weights)], dims.split(" x ")
    expected = x @ DENSE
    if side == "left":
        names, types, numbers, expected = names[::-1], types[::-1], numbers[::-1], expected.T
    out = tensor_type(expected)
    text = f"""
        func.func @f(%x: {tensor_type(x)}) -> {out} {{
          %w = stablehlo.constant {literal(weights)}
          %0 = stablehlo.dot_general {", ".join(names)}, contracting_dims = {" x ".join(numbers)}
              : ({", ".join(types)}) -> {out}
          return %0 : {out}
        }}
    """
    check_text(text, "f", [x], expected, driver, rtol=1e-5, atol=1e-5)
