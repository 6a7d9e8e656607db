"""Python's while, for, if and break in TensorFlow's functions, against TensorFlow on every driver."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import iree.compiler.tf
import iree.runtime
from test.e2e.programs import DRIVERS, validated

INTEGER, VECTOR, MATRIX = (
    tf.TensorSpec([], tf.int32),
    tf.TensorSpec([5], tf.float32),
    tf.TensorSpec([4, 4], tf.float32),
)


@tf.function(input_signature=[INTEGER])
def fibonacci(n: Any) -> Any:
    a, b = 0, 1
    for _ in tf.range(n):
        a, b = b, a + b
    return a


@tf.function(input_signature=[INTEGER])
def primes(n: Any) -> Any:
    """How many there are below n."""
    count = 0
    candidate = tf.constant(2)
    while candidate < n:
        is_prime = True
        divisor = tf.constant(2)
        while divisor * divisor <= candidate:
            if candidate % divisor == 0:
                is_prime = False
                break
            divisor += 1
        if is_prime:
            count += 1
        candidate += 1
    return count


@tf.function(input_signature=[MATRIX, INTEGER])
def settle(x: Any, n: Any) -> Any:
    """Goes on until little changes, and does not count the turns that are skipped."""
    turns = 0
    for i in tf.range(n):
        if i % 3 == 1:
            continue
        new = tf.nn.softmax(x @ tf.transpose(x)) if tf.reduce_sum(x) > 0 else tf.abs(x @ x)
        turns += 1
        if tf.reduce_max(tf.abs(new - x)) < 1e-2:
            x = new
            break
        x = new
    return x, turns


@tf.function(input_signature=[VECTOR])
def partial_sums(x: Any) -> Any:
    sums = tf.TensorArray(tf.float32, 5)
    total = 0.0
    for i in tf.range(5):
        total += x[i]
        sums = sums.write(i, total)
    return sums.stack()


@tf.function(input_signature=[INTEGER, VECTOR])
def chosen(i: Any, x: Any) -> Any:
    return tf.switch_case(i, [lambda: x, lambda: tf.cumsum(x), lambda: x[::-1] * tf.reduce_sum(x)])


X = np.random.default_rng(5).standard_normal((4, 4)).astype(np.float32)
V = np.float32([1, -2, 3.5, 4, 0])

CASES: list[tuple[Callable[..., Any], list[tuple[Any, ...]]]] = [
    (fibonacci, [(np.int32(n),) for n in (0, 1, 2, 9, 30)]),
    (primes, [(np.int32(n),) for n in (0, 3, 60)]),
    (settle, [(s * X, np.int32(n)) for s in (np.float32(0.5), np.float32(-0.1)) for n in (0, 1, 20)]),
    (partial_sums, [(V,)]),
    (chosen, [(np.int32(i), V) for i in (0, 1, 2, 3, -1)]),
]


@pytest.mark.parametrize(("function", "calls"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_as_in_tensorflow(function: Any, calls: list[tuple[Any, ...]]) -> None:
    data = validated(iree.compiler.tf.compile_module(function))
    for driver in DRIVERS:
        module = iree.runtime.load_vm_flatbuffer(data, driver=driver)
        (name,) = module
        for args in calls:
            expected = tf.nest.flatten(function(*args))
            got = tf.nest.flatten(module[name](*args))
            for one, other in zip(got, expected, strict=True):
                np.testing.assert_allclose(one, other.numpy(), rtol=1e-5, atol=1e-6)
