"""Whole image models of Keras, with random weights, against TensorFlow on every driver."""

import numpy as np
import pytest
import tensorflow as tf

import iree.compiler.tf
import iree.runtime
from test.e2e.programs import DRIVERS


def with_random_weights(model):
    """Gives every normalization something to do; as they are made, all results would be almost the same."""
    generator = np.random.default_rng(0)
    for variable in model.variables:
        if variable.path.endswith(("gamma", "moving_variance")):
            variable.assign(generator.uniform(0.5, 1.5, size=variable.shape))
        elif variable.path.endswith(("beta", "moving_mean", "bias")):
            variable.assign(generator.normal(size=variable.shape) * 0.1)
    return model


@pytest.fixture(scope="module")
def mobilenet():
    tf.keras.utils.set_random_seed(1)
    shape = (96, 96, 3)
    model = with_random_weights(
        tf.keras.applications.MobileNetV2(shape, alpha=0.35, weights=None, classifier_activation=None)
    )

    @tf.function(input_signature=[tf.TensorSpec([1, *shape], tf.float32)])
    def classify(image):
        return model(image, training=False)

    return classify, iree.compiler.tf.compile_module(classify)


@pytest.mark.parametrize("driver", DRIVERS)
def test_mobilenet(mobilenet, driver):
    classify, compiled = mobilenet
    loaded = iree.runtime.load_vm_flatbuffer(compiled, driver=driver)
    for seed in range(2):
        image = np.random.default_rng(seed).uniform(-1, 1, size=(1, 96, 96, 3)).astype(np.float32)
        expected = np.asarray(classify(image))
        assert expected.std() > 0.1
        np.testing.assert_allclose(loaded.classify(image), expected, rtol=1e-3, atol=1e-5)
