"""Programs of TensorFlow that every form of the compiler's output runs: what they are called with, what they give.

A case makes its program anew each time, so that calls that remember start from the same state.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from test.e2e.image_models import image_model, images

Array = NDArray[Any]


class Case(NamedTuple):
    """A program, the calls of its function in order, and how far a result may be from TensorFlow's.

    `bound`: of a difference, in parts of the largest number of a result.
    """

    name: str
    source: Callable[[], Any]
    function: str
    calls: Sequence[tuple[Array, ...]]
    bound: float = 1e-5

    def expected(self) -> list[tuple[Array, ...]]:
        """TensorFlow's results of all calls."""
        source = self.source()
        called = getattr(source, self.function, source)
        return [tuple(map(np.asarray, tf.nest.flatten(called(*arguments)))) for arguments in self.calls]


def _numbers(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def _simple_mul() -> Any:
    @tf.function(input_signature=[tf.TensorSpec([4], tf.float32)] * 2)
    def simple_mul(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
        return a * b

    return simple_mul


def _digits() -> Any:
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(48, "relu"), keras.layers.Dense(10, "softmax")]
    return keras.Sequential([keras.Input((64,)), *layers])


class _Recurrent(tf.Module):
    """An LSTM that goes on where the call before has ended."""

    def __init__(self) -> None:
        super().__init__()
        keras.utils.set_random_seed(2)
        self.cell = keras.layers.LSTMCell(8)
        self.cell.build((1, 5))
        self.hidden = tf.Variable(tf.zeros([1, 8]))
        self.carry = tf.Variable(tf.ones([1, 8]))

    @tf.function(input_signature=[tf.TensorSpec([1, 5], tf.float32)])
    def step(self, x: tf.Tensor) -> tf.Tensor:
        output, (hidden, carry) = self.cell(x, [self.hidden, self.carry])
        self.hidden.assign(hidden)
        self.carry.assign(carry)
        return output


def _loop() -> Any:
    @tf.function(input_signature=[tf.TensorSpec([3], tf.float32), tf.TensorSpec([], tf.int32)])
    def iterate(x: tf.Tensor, n: tf.Tensor) -> Any:
        return tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, tf.cos(y) + x), [0, x])

    return iterate


def _mobile_net() -> Any:
    return image_model("MobileNetV2", 64, alpha=0.35, classes=10)


_DIGITS = (load_digits().data[:20] / 16).astype(np.float32)

CASES = (
    Case("simple_mul", _simple_mul, "simple_mul", [(_numbers(4), _numbers(4, seed=1))], bound=0),
    Case("digits", _digits, "call", [(image[None],) for image in _DIGITS]),
    Case("lstm", _Recurrent, "step", [(_numbers(1, 5, seed=seed),) for seed in range(6)]),
    Case("loop", _loop, "iterate", [(_numbers(3), np.asarray(n, np.int32)) for n in (0, 1, 7)]),
    Case("mobile_net", _mobile_net, "classify", [(images(1, 64, seed),) for seed in range(2)], bound=1e-4),
)
