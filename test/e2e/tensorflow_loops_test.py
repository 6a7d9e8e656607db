"""Loops that TensorFlow programs have: recurrent layers, maps and scans, lists of tensors, Python's own loops."""

import numpy as np
import pytest
import tensorflow as tf

from test.e2e.programs import DRIVERS
from test.e2e.tensorflow_programs import as_function, check, draw

layers = tf.keras.layers


def stacked() -> tf.keras.Model:
    steps = tf.keras.Input((6, 3))
    return tf.keras.Model(steps, layers.LSTM(4)(layers.LSTM(5, return_sequences=True)(steps)))


RECURRENT = {
    "LSTM": lambda: layers.LSTM(8, return_sequences=True, return_state=True),
    "LSTM, unrolled": lambda: layers.LSTM(4, unroll=True),
    "LSTM, backwards": lambda: layers.LSTM(4, go_backwards=True),
    "LSTMs": stacked,
    "GRU": lambda: layers.GRU(8),
    "GRU of Keras 1": lambda: layers.GRU(8, reset_after=False, return_sequences=True),
    "SimpleRNN": lambda: layers.SimpleRNN(8),
    "both ways": lambda: layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
}


@pytest.fixture(scope="module")
def recurrent():
    tf.keras.utils.set_random_seed(1)
    return {name: as_function(make()) for name, make in RECURRENT.items()}


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("name", RECURRENT)
def test_recurrent_layers(recurrent, name, driver):
    check(recurrent[name], [draw(2, 6, 3)], driver, rtol=1e-5, atol=1e-6)


@tf.function
def mapped(x):
    return tf.map_fn(lambda row: tf.reduce_max(row) - row, x)


@tf.function
def mapped_to_several(x):
    return tf.map_fn(lambda row: (row[0] * 2.0, tf.cast(row, tf.int32)), x, fn_output_signature=(tf.float32, tf.int32))


@tf.function
def scanned(x):
    return tf.scan(lambda total, row: total * 0.5 + row, x)


@tf.function
def vectorized(x):
    return tf.vectorized_map(lambda row: tf.sort(row) if False else row * row[0], x)


@tf.function
def powers(x):
    array = tf.TensorArray(tf.float32, size=5, element_shape=[3, 4])
    for index in tf.range(5):
        array = array.write(index, x)
        x = x * x
    return array.stack(), array.read(2)


@tf.function
def unstacked(x):
    array = tf.TensorArray(tf.float32, size=3).unstack(x)
    total = tf.zeros([4])
    for index in tf.range(3):
        total += array.read(2 - index) * tf.cast(index + 1, tf.float32)
    return total


@tf.function
def rows(x):
    total = tf.zeros([4])
    for row in x:
        if row[0] > 0.0:
            total += row
        elif row[1] > 0.0:
            continue
        else:
            total -= row
    return total


@tf.function
def until(x):
    steps = 0
    while tf.reduce_sum(tf.abs(x)) > 0.5:
        x = x * 0.5
        steps += 1
        if steps >= 20:
            break
    return x, steps


FUNCTIONS = (mapped, mapped_to_several, scanned, vectorized, powers, unstacked, rows, until)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_functions(function, driver):
    check(function, [draw(3, 4)], driver, rtol=1e-6)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("count", [0, 1, 7])
def test_a_number_of_steps_that_is_data(count, driver):
    check(fibonacci, [np.int32(count)], driver)


@tf.function
def fibonacci(count):
    one, two = 0, 1
    for _ in tf.range(count):
        one, two = two, one + two
    return one
