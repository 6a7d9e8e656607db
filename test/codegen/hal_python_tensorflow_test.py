"""A model of TensorFlow whose batch a call chooses, as a Python class over the HAL: one_truth_test has the others."""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_digits

from iree.compiler.importers.tensorflow.module import import_object
from iree.testing.generated_python import generate_module
from test.e2e.programs import DRIVERS

EVERY_DRIVER = pytest.mark.parametrize("driver", DRIVERS)


class Classifier(tf.Module):
    """64-48-10, for the images of handwritten digits; the caller chooses how many."""

    def __init__(self) -> None:
        super().__init__()
        keras.utils.set_random_seed(1)
        self.model = keras.Sequential(
            [keras.Input((64,)), keras.layers.Dense(48, "relu"), keras.layers.Dense(10, "softmax")]
        )

    @tf.function(input_signature=[tf.TensorSpec([None, 64], tf.float32)])
    def predict(self, images):
        return self.model(images)


@EVERY_DRIVER
def test_digits(driver: str, tmp_path: Path) -> None:
    images = (load_digits().data / 16).astype(np.float32)
    source = Classifier()
    module = generate_module(import_object(source, (), None, None), tmp_path).create(driver)
    for count in (1, 7, len(images)):
        got, expected = module.predict(images[:count]), source.predict(images[:count]).numpy()
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(got.argmax(1), expected.argmax(1))
