"""How a test runs a TensorFlow function: compiled once, validated, on each driver, compared with TensorFlow.

check(function, [x, y], driver)
"""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

import iree.compiler.tf
import iree.runtime
from test.e2e.programs import validated

Array = np.ndarray[Any, Any]


def draw(*shape: int, seed: int = 0) -> Array:
    """Normal numbers."""
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def as_function(layer: Any) -> Any:
    """A layer or a model of Keras as a tf.function of one tensor or several, as it infers."""

    @tf.function
    def infer(*tensors: Any) -> Any:
        return layer(tensors[0] if len(tensors) == 1 else list(tensors), training=False)

    return infer


@functools.cache
def compiled(concrete: Any) -> bytes:
    """The validated module of a concrete function, for every driver; it is called `main` there."""
    return validated(iree.compiler.tf.compile_module(concrete))


def check(function: Any, inputs: Sequence[Any], driver: str, *, rtol: float = 0, atol: float = 0) -> None:
    """Runs a tf.function on one driver. Without tolerances results must be equal, NaN to NaN."""
    tensors = [tf.convert_to_tensor(value) for value in inputs]
    concrete = function.get_concrete_function(*[tf.TensorSpec(t.shape, t.dtype) for t in tensors])
    loaded = iree.runtime.load_vm_flatbuffer(compiled(concrete), driver=driver)
    got, expected = loaded.main(*inputs), concrete(*tensors)
    tf.nest.assert_same_structure(got, expected)
    for one, other in zip(tf.nest.flatten(got), tf.nest.flatten(expected), strict=True):
        one, other = np.asarray(one), other.numpy()
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        if rtol or atol:
            np.testing.assert_allclose(one, other, rtol=rtol, atol=atol)
        else:
            np.testing.assert_array_equal(one, other)
