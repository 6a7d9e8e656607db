"""Trains a classifier of handwritten digits in Keras, and exports it for one image: DIRECTORY/digits, a SavedModel.

    ./bazelw run //samples/embedded:train -- DIRECTORY

DIRECTORY/images.f32 has the images, 1,797 of 64 f32 each, for the board.
"""

import argparse
import os
from pathlib import Path

import keras
from sklearn.datasets import load_digits


def train(directory: Path, epochs: int = 20) -> float:
    """Makes both. Returns the share of images that the model knows."""
    digits = load_digits()
    images = (digits.data / 16).astype("float32")
    keras.utils.set_random_seed(1797)
    layers = [keras.layers.Dense(32, "relu"), keras.layers.Dense(10, "softmax")]
    model = keras.Sequential([keras.Input((64,)), *layers])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(images, digits.target, batch_size=16, epochs=epochs, verbose=0)
    model.export(str(directory / "digits"), verbose=False, input_signature=[keras.InputSpec("float32", (1, 64))])
    images.tofile(directory / "images.f32")
    return float(model.evaluate(images, digits.target, verbose=0)[1])


def main() -> None:
    """Prints what it returns."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("directory", type=Path)
    directory = Path(os.environ.get("BUILD_WORKING_DIRECTORY", "")) / parser.parse_args().directory
    print(f"{train(directory):.1%} of 1797 images known")


if __name__ == "__main__":
    main()
