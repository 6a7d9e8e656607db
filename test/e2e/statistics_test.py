"""What whole programs need: the figures that the memory plan and the order of dispatches are made for."""

import os

import numpy as np
import pytest
import tensorflow as tf

import iree.compiler.tf
import iree.runtime
from iree.compiler.compile import compile_str
from iree.compiler.pipeline import Options, run_pipeline
from iree.compiler.statistics import statistics_of
from iree.testing.ir import parse
from test.e2e.programs import DRIVERS

INTERP = ("interpreter-bytecode",)
MODELS = {"MobileNetV2": 60, "ResNet50": 75}  # and the most dispatches
TRIED = MODELS if os.environ.get("IREE_LONG_TESTS") else ["MobileNetV2"]


def function_of(text, compile_from=""):
    module = parse(text)
    run_pipeline(module, Options(target_backends=INTERP, compile_from=compile_from, compile_to="ll-seq"))
    counted = statistics_of(module)
    return counted.functions[0], counted


@pytest.mark.parametrize("name", TRIED)
def test_a_model_of_images(name):
    model = getattr(tf.keras.applications, name)(input_shape=(224, 224, 3), weights=None)

    @tf.function(input_signature=[tf.TensorSpec([1, 224, 224, 3], tf.float32)])
    def classify(image):
        return model(image, training=False)

    function, counted = function_of(iree.compiler.tf.compile_module(classify, compile_to="mhlo").decode(), "mhlo")
    assert function.dispatches <= MODELS[name]
    assert function.copies == 0
    assert function.transients <= 1.3 * function.two_largest
    assert function.transients == function.transients_at_once  # nobody can do with less
    weights = sum(np.prod(weight.shape) * 4 for weight in model.weights)
    assert counted.constant_bytes <= 1.01 * weights


def test_a_chain_of_small_tensors():
    """100 products of 8x8: transients and result take three buffers at most, and are right."""
    of = "tensor<8x8xf32>"
    lines = [f"%{i} = stablehlo.dot {'%a' if i == 0 else f'%{i - 1}'}, %b : ({of}, {of}) -> {of}" for i in range(100)]
    text = f"func.func @f(%a: {of}, %b: {of}) -> {of} {{\n" + "\n".join(lines) + f"\nreturn %99 : {of}\n}}"
    function, _ = function_of(text)
    assert function.transients + function.results <= 768
    a, b = np.random.default_rng(0).standard_normal((8, 8), np.float32), np.eye(8, k=1, dtype=np.float32)
    b[-1, 0] = 1  # a permutation, so that nothing is rounded
    data = compile_str(text)
    for driver in DRIVERS:
        result = iree.runtime.load_vm_flatbuffer(data, driver=driver).f(a, b)
        np.testing.assert_array_equal(result, a @ np.linalg.matrix_power(b, 100))
