"""Whole models as C without a runtime, against TensorFlow: layers, state, loops, and an image model."""

import numpy as np
import pytest
import tensorflow as tf

from iree.compiler.importers.tensorflow.module import import_object
from iree.testing.c_programs import CProgram, run_sanitized, sources_of
from test.e2e.image_models import image_model, images


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def classifier():
    """A digits classifier: 8 x 8 pixels, 10 classes."""
    tf.keras.utils.set_random_seed(1)
    layers = [tf.keras.layers.Dense(32, "relu"), tf.keras.layers.Dense(10, "softmax")]
    return tf.keras.Sequential([tf.keras.Input((64,)), *layers])


def test_a_classifier():
    model = classifier()
    program = CProgram(import_object(model))
    for seed in range(5):
        x = numbers(1, 64, seed=seed)
        np.testing.assert_allclose(program["call"](x), model(x), rtol=1e-5, atol=1e-6)


def test_a_classifier_leaves_nothing_to_chance():
    model, x = classifier(), numbers(1, 64)
    (found,) = run_sanitized(sources_of(import_object(model)), "call", [x])
    np.testing.assert_allclose(found, model(x), rtol=1e-5, atol=1e-6)


class Memory(tf.Module):
    """An LSTM cell that remembers: each call is one step."""

    def __init__(self):
        super().__init__()
        self.kernel = tf.constant(numbers(5 + 7, 4 * 7) * 0.3)
        self.bias = tf.constant(numbers(4 * 7, seed=1))
        self.hidden = tf.Variable(tf.zeros([1, 7]))
        self.cell = tf.Variable(tf.zeros([1, 7]))

    @tf.function(input_signature=[tf.TensorSpec([1, 5], tf.float32)])
    def step(self, x):
        gates = tf.concat([x, self.hidden], 1) @ self.kernel + self.bias
        i, f, g, o = tf.split(gates, 4, 1)
        self.cell.assign(tf.sigmoid(f) * self.cell + tf.sigmoid(i) * tf.tanh(g))
        self.hidden.assign(tf.sigmoid(o) * tf.tanh(self.cell))
        return self.hidden.read_value()


def test_an_lstm_that_remembers():
    program = CProgram(import_object(Memory()))
    for _ in range(2):
        memory = Memory()
        for seed in range(6):
            x = numbers(1, 5, seed=seed)
            np.testing.assert_allclose(program.step(x), memory.step(x), rtol=1e-5, atol=1e-6)
        program.reset()


@tf.function(input_signature=[tf.TensorSpec([3], tf.float32), tf.TensorSpec([], tf.int32)])
def iterate(x, n):
    return tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, tf.cos(y) + x), [0, x])


@pytest.mark.parametrize("n", [0, 1, 7])
def test_a_loop(n):
    program = CProgram(import_object(iterate))
    x = numbers(3)
    count, y = program.iterate(x, np.int32(n))
    expected = iterate(x, np.int32(n))
    assert count == expected[0] == n
    np.testing.assert_allclose(y, expected[1], rtol=1e-5, atol=1e-6)


def test_an_image_model():
    classify = image_model("MobileNetV2", 64, alpha=0.35, classes=10)
    program = CProgram(import_object(classify), flags=["-O2"])
    for seed in range(2):
        image = images(1, 64, seed)
        expected = np.asarray(classify(image))
        assert np.abs(program.classify(image) - expected).max() < 1e-4 * np.abs(expected).max()
