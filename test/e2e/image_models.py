"""Image models of keras.applications, with random weights, as functions of one image.

image_model("MobileNetV2", 96, alpha=0.35)(images(1, 96, seed=0))
"""

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


def image_model(name: str, size: int, **options: Any) -> Any:
    """The model, of images of `size` x `size` pixels, as a tf.function `classify`. `options`: of keras.applications."""
    tf.keras.utils.set_random_seed(1)
    shape = (size, size, 3)
    build = getattr(tf.keras.applications, name)
    model = build(input_shape=shape, weights=None, classifier_activation=None, **options)
    _adapt(model, images(4, size, seed=3))

    @tf.function(input_signature=[tf.TensorSpec([1, *shape], tf.float32)])
    def classify(image: tf.Tensor) -> tf.Tensor:
        return model(image, training=False)

    return classify


def images(count: int, size: int, seed: int) -> NDArray[np.float32]:
    """Pixels from -1 to 1."""
    return np.random.default_rng(seed).uniform(-1, 1, size=(count, size, size, 3)).astype(np.float32)


def _adapt(model: Any, examples: NDArray[np.float32]) -> None:
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
