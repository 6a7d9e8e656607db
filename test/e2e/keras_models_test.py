"""Whole image models of keras.applications, with random weights, against TensorFlow.

IREE_LONG_TESTS=1 takes all of them at the size that they are made for, on every driver: 20 minutes. Otherwise images
are small, and fewer models are tried: how many pixels there are decides how long a model runs, not what it is made of.
"""

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest
import tensorflow as tf

import iree.compiler.tf
import iree.runtime
from iree.tools.devices import TARGET_OF_DRIVER
from test.e2e.programs import DRIVERS

TOLERANCE = 1e-4  # of the largest result: what float32 loses in 50 to 400 layers of random weights


class Case(NamedTuple):
    """A model, the width and height of its images, and where it runs."""

    name: str
    size: int
    drivers: tuple[str, ...] = ("interpreter",)
    options: Mapping[str, Any] = MappingProxyType({})


LONG = [
    Case("MobileNetV2", 224, DRIVERS),
    Case("ResNet50", 224, DRIVERS),
    Case("EfficientNetB0", 224, DRIVERS),
    Case("DenseNet121", 224, DRIVERS),
    Case("InceptionV3", 299, DRIVERS),
    Case("NASNetMobile", 224, DRIVERS),
]
SHORT = [
    Case("MobileNetV2", 96, DRIVERS, {"alpha": 0.35}),
    Case("ResNet50", 64),
    Case("EfficientNetB0", 64),
    Case("InceptionV3", 75),
]


def make(case):
    """The model as a tf.function of one image."""
    tf.keras.utils.set_random_seed(1)
    shape = (case.size, case.size, 3)
    build = getattr(tf.keras.applications, case.name)
    model = build(input_shape=shape, weights=None, classifier_activation=None, **case.options)
    adapt(model, images(4, case.size, seed=3))

    @tf.function(input_signature=[tf.TensorSpec([1, *shape], tf.float32)])
    def classify(image):
        return model(image, training=False)

    return classify


def adapt(model, examples):
    """Gives every normalization the statistics of examples, as training does, and numbers of its own.

    As they are made, all results would be almost the same, whatever the image.
    """
    generator = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, tf.keras.layers.BatchNormalization):
            layer.momentum = 0.0
            if layer.scale:
                layer.gamma.assign(generator.uniform(0.5, 1.5, size=layer.gamma.shape))
            layer.beta.assign(generator.normal(size=layer.beta.shape) * 0.1)
    model(examples, training=True)


def images(count, size, seed):
    return np.random.default_rng(seed).uniform(-1, 1, size=(count, size, size, 3)).astype(np.float32)


@pytest.mark.parametrize("case", LONG if os.environ.get("IREE_LONG_TESTS") else SHORT, ids=lambda case: case.name)
def test_a_model(case):
    classify = make(case)
    data = iree.compiler.tf.compile_module(
        classify, target_backends=[TARGET_OF_DRIVER[driver] for driver in case.drivers]
    )
    modules = [iree.runtime.load_vm_flatbuffer(data, driver=driver) for driver in case.drivers]
    seen = []
    for seed in range(2):
        image = images(1, case.size, seed)
        expected = np.asarray(classify(image))
        largest = np.abs(expected).max()
        for driver, module in zip(case.drivers, modules, strict=True):
            error = np.abs(module.classify(image) - expected).max() / largest
            assert error < TOLERANCE, f"{case.name} on {driver}: an error of {error:.1e} of the largest result"
        seen.append(expected / largest)
    assert np.abs(seen[0] - seen[1]).max() > 1000 * TOLERANCE  # or the image would not matter
