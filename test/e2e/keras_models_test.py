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

import iree.compiler.tf
import iree.runtime
from iree.tools.devices import TARGET_OF_DRIVER
from test.e2e.image_models import image_model, images
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


@pytest.mark.parametrize("case", LONG if os.environ.get("IREE_LONG_TESTS") else SHORT, ids=lambda case: case.name)
def test_a_model(case):
    classify = image_model(case.name, case.size, **case.options)
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
