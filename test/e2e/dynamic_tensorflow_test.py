"""TensorFlow programs and Keras models with free sizes: one module for every batch, against TensorFlow."""

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import iree.compiler.tf
import iree.runtime
from iree.runtime.vm.arguments import ArgumentError
from test.e2e.programs import DRIVERS, validated

Array = np.ndarray[Any, Any]

MODELS: dict[str, Callable[[], Any]] = {
    "dense": lambda: [layers.Input((12,)), layers.Dense(8, "relu"), layers.Dense(3, "softmax")],
    "convolutional": lambda: [
        layers.Input((9, 9, 2)),
        layers.Conv2D(4, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(3),
    ],
    "sequence": lambda: [layers.Input((None, 5)), layers.Dense(4), layers.LayerNormalization()],
    "embedding": lambda: [
        layers.Input((6,), dtype="int32"),
        layers.Embedding(20, 4),
        layers.GlobalAveragePooling1D(),
        layers.Dense(2),
    ],
}


class Program(tf.Module):
    """What people write with sizes that are not known."""

    @tf.function(input_signature=[tf.TensorSpec([None, 3]), tf.TensorSpec([None, 3])])
    def multiply(self, x: Any, y: Any) -> Any:
        return x * y

    @tf.function(input_signature=[tf.TensorSpec([None, 2, 3])])
    def reshape(self, x: Any) -> Any:
        return tf.reshape(x, [-1, 3]), tf.reshape(x, [tf.shape(x)[0], -1]), tf.transpose(x, [1, 0, 2])

    @tf.function(input_signature=[tf.TensorSpec([None, 3]), tf.TensorSpec([None, 3])])
    def join(self, x: Any, y: Any) -> Any:
        return tf.concat([x, y], 0), tf.reduce_mean(x, 0), y[0] + x


@functools.cache
def _model(name: str) -> Any:
    keras.utils.set_random_seed(11)
    return keras.Sequential(MODELS[name]())


@functools.cache
def _compiled(name: str) -> bytes:
    source = Program() if name == "program" else _model(name)
    return validated(iree.compiler.tf.compile_module(source, batch_size=None))


def _arguments(name: str, batch: int) -> Array:
    shape = [batch, *(4 if size is None else size for size in _model(name).inputs[0].shape[1:])]
    random = np.random.default_rng(2)
    if name == "embedding":
        return random.integers(0, 20, shape).astype(np.int32)
    return random.standard_normal(shape, np.float32)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("name", MODELS)
def test_one_module_of_a_keras_model_serves_every_batch(name: str, driver: str) -> None:
    module = iree.runtime.load_vm_flatbuffer(_compiled(name), driver=driver)
    for batch in (1, 3, 17):
        arguments = _arguments(name, batch)
        expected = _model(name)(arguments, training=False).numpy()
        got = module.call(arguments)
        assert got.shape == expected.shape
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("driver", DRIVERS)
def test_functions_with_free_sizes(driver: str) -> None:
    module, random = iree.runtime.load_vm_flatbuffer(_compiled("program"), driver=driver), np.random.default_rng(3)
    for batch in (1, 2, 5):
        x, y = random.standard_normal((2, batch, 3), np.float32)
        z = random.standard_normal((batch, 2, 3), np.float32)
        np.testing.assert_array_equal(module.multiply(x, y), x * y)
        for got, expected in zip(module.reshape(z), Program().reshape(z), strict=True):
            np.testing.assert_array_equal(got, expected.numpy())
        for got, expected in zip(module.join(x, y), Program().join(x, y), strict=True):
            np.testing.assert_allclose(got, expected.numpy(), rtol=1e-6, atol=1e-6)


def test_batches_that_differ_are_refused_by_name() -> None:
    module = iree.runtime.load_vm_flatbuffer(_compiled("program"), driver="interpreter")
    with pytest.raises(ArgumentError, match="multiply: 'x' is 3x3xf32 and 'y' is 4x3xf32, but size 0 of 'y' has to be"):
        module.multiply(np.ones((3, 3), np.float32), np.ones((4, 3), np.float32))


def test_a_batch_size_may_be_given() -> None:
    data = iree.compiler.tf.compile_module(_model("dense"), batch_size=5, target_backends=["interpreter-bytecode"])
    assert str(iree.runtime.load_vm_flatbuffer(data).call).endswith("5x12xf32) -> 5x3xf32>")
