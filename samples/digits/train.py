"""A small TensorFlow classifier of scikit-learn's handwritten digits, and the SavedModel it is stored as."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

BATCH = 32
LEARNING_RATE = 0.1
SEED = 1797


def load_digits() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """All images as f32[1797, 64] between 0 and 1, and their labels as i32[1797]."""
    from sklearn import datasets

    digits = datasets.load_digits()
    return (digits.data / 16).astype(np.float32), digits.target.astype(np.int32)


def train(
    images: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], epochs: int, progress: Callable[[int, float], None]
) -> Any:
    """A tf.Module that classifies digits: 64 inputs, 32 rectified units, 10 probabilities.

    It exports classify (one image) and classify_all (all of `images` at once). `progress` is told each epoch's number,
    from 1, and its mean loss.
    """
    import tensorflow as tf

    tf.random.set_seed(SEED)
    order = np.random.default_rng(SEED)

    class Digits(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w1 = tf.Variable(tf.random.normal([64, 32], stddev=0.2))
            self.b1 = tf.Variable(tf.zeros([32]))
            self.w2 = tf.Variable(tf.random.normal([32, 10], stddev=0.2))
            self.b2 = tf.Variable(tf.zeros([10]))

        def logits(self, images: Any) -> Any:
            hidden = tf.nn.relu(tf.matmul(images, self.w1) + self.b1)
            return tf.matmul(hidden, self.w2) + self.b2

        @tf.function(input_signature=[tf.TensorSpec([1, 64], tf.float32)])
        def classify(self, image: Any) -> Any:
            return tf.nn.softmax(self.logits(image))

        @tf.function(input_signature=[tf.TensorSpec(images.shape, tf.float32)])
        def classify_all(self, images: Any) -> Any:
            return tf.nn.softmax(self.logits(images))

    model = Digits()

    @tf.function
    def step(batch: Any, targets: Any) -> Any:
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, model.logits(batch))
            loss = tf.reduce_mean(losses)
        for variable, gradient in zip(
            model.trainable_variables, tape.gradient(loss, model.trainable_variables), strict=True
        ):
            variable.assign_sub(LEARNING_RATE * gradient)
        return loss

    for epoch in range(1, epochs + 1):
        shuffled = order.permutation(len(images))
        batches = [shuffled[i : i + BATCH] for i in range(0, len(images), BATCH)]
        losses = [float(step(tf.constant(images[b]), tf.constant(labels[b]))) for b in batches]
        progress(epoch, float(np.mean(losses)))
    return model


def save(model: Any, directory: Path) -> None:
    """Stores the model as a SavedModel."""
    import tensorflow as tf

    tf.saved_model.save(model, str(directory))
