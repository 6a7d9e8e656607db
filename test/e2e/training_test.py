"""Training, a step a call: variables of TensorFlow that functions assign, against TensorFlow itself."""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_digits

import iree.compiler.tf
import iree.runtime
from test.e2e.programs import DRIVERS, validated

STEPS = 200
BATCH = 32


class Counter(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.count = tf.Variable(0, name="count")

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32)])
    def increase(self, by: Any) -> Any:
        if by > 10:
            self.count.assign(10)
        for _ in tf.range(by):
            self.count.assign_add(1)
        return self.count.read_value()

    @tf.function(input_signature=[])
    def value(self) -> Any:
        return self.count + 0


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_counter(driver: str) -> None:
    theirs = Counter()
    ours = iree.runtime.load_vm_flatbuffer(validated(iree.compiler.tf.compile_module(theirs)), driver=driver)
    for by in (1, 0, 3, 12, 2):
        assert ours.increase(by) == theirs.increase(by).numpy()
        assert ours.value() == theirs.value().numpy() == ours.variables["count"]


class Classifier(tf.Module):
    """64 pixels -> 32 -> 10 digits, trained by plain gradient descent or by Adam, written out."""

    def __init__(self, adam: bool) -> None:
        super().__init__()
        random = np.random.default_rng(0)
        self.weights = [
            tf.Variable(random.normal(0, 0.1, size).astype(np.float32), name=name)
            for name, size in (("w0", (64, 32)), ("b0", (32,)), ("w1", (32, 10)), ("b1", (10,)))
        ]
        self.adam = adam
        self.time = tf.Variable(0.0, name="time")
        self.moments = [
            [tf.Variable(tf.zeros_like(w), name=f"{w.name[:-2]}_{kind}") for w in self.weights] for kind in "mv"
        ]

    def logits(self, images: Any) -> Any:
        w0, b0, w1, b1 = self.weights
        return tf.nn.relu(images @ w0 + b0) @ w1 + b1

    @tf.function(input_signature=[tf.TensorSpec([BATCH, 64], tf.float32), tf.TensorSpec([BATCH], tf.int32)])
    def step(self, images: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, self.logits(images))
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, self.weights)
        if not self.adam:
            for weight, gradient in zip(self.weights, gradients, strict=True):
                weight.assign_sub(0.5 * gradient)
            return loss
        time = self.time.assign_add(1.0)
        rate = 0.01 * tf.sqrt(1 - 0.999**time) / (1 - 0.9**time)
        for weight, gradient, m, v in zip(self.weights, gradients, *self.moments, strict=True):
            m.assign(0.9 * m + 0.1 * gradient)
            v.assign(0.999 * v + 0.001 * gradient * gradient)
            weight.assign_sub(rate * m / (tf.sqrt(v) + 1e-7))
        return loss

    @tf.function(input_signature=[tf.TensorSpec([1797, 64], tf.float32)])
    def classify(self, images: Any) -> Any:
        return tf.argmax(self.logits(images), 1, tf.int32)


@pytest.mark.parametrize("adam", [False, True], ids=["gradient descent", "Adam"])
def test_a_classifier_learns_as_it_does_in_tensorflow(adam: bool) -> None:
    digits = load_digits()
    images, labels = (digits.data / 16).astype(np.float32), digits.target.astype(np.int32)
    theirs = Classifier(adam)
    data = validated(iree.compiler.tf.compile_module(theirs, exported_names=["step"]))
    ours = {driver: iree.runtime.load_vm_flatbuffer(data, driver=driver) for driver in DRIVERS}
    random = np.random.default_rng(1)
    losses: dict[str, list[float]] = {"tensorflow": [], **{driver: [] for driver in DRIVERS}}
    for _ in range(STEPS):
        chosen = random.choice(len(images), BATCH)
        batch = images[chosen], labels[chosen]
        losses["tensorflow"].append(float(theirs.step(*map(tf.constant, batch))))
        for driver, module in ours.items():
            losses[driver].append(float(module.step(*batch)))
    assert losses["tensorflow"][-1] < 0.2 * losses["tensorflow"][0]
    for driver, module in ours.items():
        np.testing.assert_allclose(losses[driver], losses["tensorflow"], rtol=1e-3, atol=1e-3)
        for weight in theirs.weights:
            np.testing.assert_allclose(module.variables[weight.name[:-2]], weight.numpy(), rtol=1e-2, atol=1e-3)


class KerasTrainer(tf.Module):
    """A model and an optimizer as Keras has them."""

    def __init__(self) -> None:
        super().__init__()
        layers = [tf.keras.Input([8]), tf.keras.layers.Dense(16, activation="relu"), tf.keras.layers.Dense(3)]
        self.model = tf.keras.Sequential(layers)
        self.optimizer = tf.keras.optimizers.Adam(0.01)
        self.optimizer.build(self.model.trainable_variables)

    @tf.function(input_signature=[tf.TensorSpec([4, 8], tf.float32), tf.TensorSpec([4], tf.int32)])
    def step(self, inputs: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            losses = tf.keras.losses.sparse_categorical_crossentropy(labels, self.model(inputs), from_logits=True)
            loss = tf.reduce_mean(losses)
        weights = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return loss


def test_a_keras_model_and_its_optimizer() -> None:
    tf.keras.utils.set_random_seed(3)
    theirs = KerasTrainer()
    data = validated(iree.compiler.tf.compile_module(theirs))
    ours = {driver: iree.runtime.load_vm_flatbuffer(data, driver=driver) for driver in DRIVERS}
    random = np.random.default_rng(2)
    inputs, labels = random.standard_normal((4, 8), np.float32), np.int32([0, 1, 2, 1])
    for _ in range(20):
        expected = theirs.step(tf.constant(inputs), tf.constant(labels)).numpy()
        for module in ours.values():
            np.testing.assert_allclose(module.step(inputs, labels), expected, rtol=1e-4, atol=1e-5)
    assert expected < 0.5
    for module in ours.values():
        assert module.variables["adam/iteration"] == 20
