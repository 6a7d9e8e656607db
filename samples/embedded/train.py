"""Trains a classifier of handwritten digits in Keras, and exports it: DIRECTORY/digits, a SavedModel.

    ./bazelw run //samples/embedded:train -- DIRECTORY

DIRECTORY/images.f32 has the images, for the board.
"""

import os
import sys
from pathlib import Path

import keras
from sklearn.datasets import load_digits


def train(directory: Path, epochs: int = 20) -> None:
    """Makes both."""
    digits = load_digits()
    images = (digits.data / 16).astype("float32")
    keras.utils.set_random_seed(1797)
    layers = [keras.layers.Dense(32, "relu"), keras.layers.Dense(10, "softmax")]
    model = keras.Sequential([keras.Input((64,)), *layers])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(images, digits.target, batch_size=16, epochs=epochs, verbose=0)
    one_image = keras.InputSpec("float32", (1, 64))
    model.export(str(directory / "digits"), verbose=False, input_signature=[one_image])
    images.tofile(directory / "images.f32")


if __name__ == "__main__":
    train(Path(os.environ.get("BUILD_WORKING_DIRECTORY", "")) / sys.argv[1])
