"""Trains a digit classifier in TensorFlow, compiles it once, and runs every image on each device.

    ./bazelw run //samples/digits
    ./bazelw run //samples/digits -- --output_dir=/tmp/digits --drivers=interpreter,vulkan

Prints accuracy and agreement with TensorFlow, times, and where the files of every stage lie.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from absl import app, flags, logging

import iree.runtime
from iree.compiler import tf as iree_tf
from samples.digits.train import load_digits, save, train

OUTPUT_DIR = flags.DEFINE_string("output_dir", None, "Where model, module and stages go; a new directory unless given.")
EPOCHS = flags.DEFINE_integer("epochs", 30, "How often training sees every image.", lower_bound=1)
DRIVERS = flags.DEFINE_list("drivers", ["interpreter", "vulkan"], "The devices to run on.")

TOLERANCE = 1e-5  # how far a probability may be from TensorFlow's


@dataclass(frozen=True)
class Report:
    """How one device did on all images."""

    driver: str
    accuracy: float
    agreement: float  # the share of images given TensorFlow's class
    largest_error: float  # of any probability, against TensorFlow's
    first_ms: float  # the first batch, compilation of kernels included
    batch_ms: float
    image_us: float  # one image at a time

    def line(self) -> str:
        """One line of the table that main prints."""
        return (
            f"  {self.driver:<12} {self.accuracy:9.2%} {self.agreement:10.2%} {self.largest_error:11.1e} "
            f"{self.first_ms:9.1f} ms {self.batch_ms:9.2f} ms {self.image_us:9.1f} us"
        )


def main(argv: list[str]) -> None:
    del argv
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # or TensorFlow prints that they are on
    logging.set_verbosity(logging.WARNING)
    check_drivers()
    start = OUTPUT_DIR.value or tempfile.mkdtemp(prefix="digits-")
    directory = Path(os.environ.get("BUILD_WORKING_DIRECTORY", ""), start).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    images, labels = load_digits()
    say(f"training on {len(images)} images of handwritten digits")
    epochs = EPOCHS.value
    model = train(images, labels, epochs, lambda epoch, loss: bar("epoch", epoch, epochs, f"loss {loss:.3f}"))
    expected = model.classify_all(images).numpy()
    save(model, directory / "saved_model")
    module = compile_model(directory)
    reports = [run(driver, module, images, labels, expected) for driver in DRIVERS.value]
    tensorflow_accuracy = float(np.mean(expected.argmax(1) == labels))
    print_table(tensorflow_accuracy, reports, directory)
    if any(r.accuracy != tensorflow_accuracy or r.agreement < 1 or r.largest_error > TOLERANCE for r in reports):
        sys.exit("a device does not agree with TensorFlow")


def check_drivers() -> None:
    """Ends the program when a driver is missing, before it has worked for nothing."""
    try:
        for driver in DRIVERS.value:
            iree.runtime.get_device(driver)
    except iree.runtime.HalError as error:
        sys.exit(str(error))


def compile_model(directory: Path) -> Path:
    """Compiles directory/saved_model for every target; the stages lie in directory/stages."""
    say("compiling the SavedModel for interpreter-bytecode and vulkan-spirv")
    start = time.perf_counter()
    module = directory / "digits.emod"
    data = iree_tf.compile_saved_model(directory / "saved_model", output_file=module, dump_ir_to=directory / "stages")
    say(f"{module.name}: {len(data):,} bytes in {time.perf_counter() - start:.2f} s")
    return module


def run(
    driver: str,
    module: Path,
    images: np.ndarray[Any, Any],
    labels: np.ndarray[Any, Any],
    expected: np.ndarray[Any, Any],
) -> Report:
    """Classifies all images on one device, all at once and one at a time."""
    say(f"running {len(images)} images on {driver}")
    digits = iree.runtime.load_vm_flatbuffer_file(module, driver=driver)
    first, probabilities = timed(lambda: np.asarray(digits.classify_all(images)))
    batch = min(timed(lambda: np.asarray(digits.classify_all(images)))[0] for _ in range(5))
    single = np.empty_like(expected)
    digits.classify(images[:1])  # kernels are compiled on first use
    start = time.perf_counter()
    for index in range(len(images)):
        single[index] = np.asarray(digits.classify(images[index : index + 1]))[0]
        if index % 100 == 99 or index + 1 == len(images):
            bar("image", index + 1, len(images), driver)
    seconds = time.perf_counter() - start
    error = max(np.abs(probabilities - expected).max(), np.abs(single - expected).max())
    same = (probabilities.argmax(1) == expected.argmax(1)) & (single.argmax(1) == expected.argmax(1))
    return Report(
        driver=driver,
        accuracy=float(np.mean(single.argmax(1) == labels)),
        agreement=float(np.mean(same)),
        largest_error=float(error),
        first_ms=first * 1e3,
        batch_ms=batch * 1e3,
        image_us=seconds / len(images) * 1e6,
    )


def print_table(tensorflow_accuracy: float, reports: list[Report], directory: Path) -> None:
    print()
    print("  device        accuracy  agreement   max. error   first batch    all images    one image")
    print(f"  {'TensorFlow':<12} {tensorflow_accuracy:9.2%}")
    for report in reports:
        print(report.line())
    print()
    print(f"  module   {directory / 'digits.emod'}")
    for path in sorted((directory / "stages").iterdir()):
        print(f"  stage    {path}")


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that a call took, and what it returned."""
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def say(text: str) -> None:
    """One step begins."""
    print(f"== {text}", flush=True)


def bar(unit: str, done: int, total: int, note: str) -> None:
    """How far a step is: a bar on a terminal, the last state alone in a file."""
    if sys.stdout.isatty() or done == total:
        filled = 30 * done // total
        end = "\n" if done == total else ""
        print(f"\r   [{'#' * filled:<30}] {unit} {done}/{total}  {note}  ", end=end, flush=True)


if __name__ == "__main__":
    app.run(main)
