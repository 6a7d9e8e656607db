"""Programs as C without a runtime: a perceptron against the same C by hand, an image model against TensorFlow.

    ./bazelw run //benchmarks:runtimeless_c
    ./bazelw run //benchmarks:runtimeless_c -- --size=224 --compiler=clang

The perceptron is 784-512-512-10 on one image; by hand it is three plain loops, each along the rows of its weights. Both
files are compiled by `gcc -O3 -march=native`. MobileNetV2 has random weights; its C uses one core, TensorFlow all.
"""

import argparse
import ctypes
import itertools
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from benchmarks.compile_model import traced_model
from benchmarks.measure import in_turns, show, summary
from iree.compiler.importers.tensorflow.module import import_object
from iree.testing.c_programs import NAME, sources_of, write

Array = np.ndarray[Any, Any]

BY_HAND = """
static void layer(const float *restrict x, const float *restrict w, const float *restrict b, float *restrict y, int n,
                  int m, int relu) {
  for (int j = 0; j < m; ++j) y[j] = b[j];
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < m; ++j) y[j] += x[i] * w[i * m + j];
  if (relu)
    for (int j = 0; j < m; ++j) y[j] = y[j] < 0 ? 0 : y[j];
}

void by_hand(const float *x, const float *w0, const float *b0, const float *w1, const float *b1, const float *w2,
             const float *b2, float *y) {
  static float h0[512], h1[512];
  layer(x, w0, b0, h0, 784, 512, 1);
  layer(h0, w1, b1, h1, 512, 512, 1);
  layer(h1, w2, b2, y, 512, 10, 0);
}
"""


def compiled(program: Any, compiler: str, folder: Path) -> Callable[[Sequence[Array]], object]:
    """The only function of a program, called with all its arrays, results last."""
    sources = sources_of(program)
    write(sources, folder)
    (export,) = sources.exports
    return library(f"{NAME}.c", compiler, folder, export.symbol)


def library(source: str, compiler: str, folder: Path, symbol: str) -> Callable[[Sequence[Array]], object]:
    """A function of a C file."""
    target = folder / f"{source}.so"
    command = [compiler, "-O3", "-march=native", "-shared", "-fPIC", "-o", str(target), source, "-lm"]
    subprocess.run(command, cwd=folder, check=True)
    function = ctypes.CDLL(str(target))[symbol]
    return lambda arrays: function(*(ctypes.c_void_p(array.ctypes.data) for array in arrays))


def perceptron(compiler: str, rounds: int) -> dict[str, dict[str, float]]:
    """784-512-512-10 by both; the weights are arguments, so that none of the two has them at hand."""
    sizes, generator = [784, 512, 512, 10], np.random.default_rng(0)
    weights = [generator.normal(size=pair).astype(np.float32) / 30 for pair in itertools.pairwise(sizes)]
    biases = [generator.normal(size=size).astype(np.float32) for size in sizes[1:]]

    def model(x: Any, w0: Any, b0: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
        return tf.nn.relu(tf.nn.relu(x @ w0 + b0) @ w1 + b1) @ w2 + b2

    shapes = [(1, 784), *(array.shape for pair in zip(weights, biases, strict=True) for array in pair)]
    function = tf.function(model, input_signature=[tf.TensorSpec(shape) for shape in shapes])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "by_hand.c").write_text(BY_HAND)
        arguments: list[Array] = [generator.normal(size=(1, 784)).astype(np.float32)]
        arguments += [array for pair in zip(weights, biases, strict=True) for array in pair]
        results = [np.zeros((1, 10), np.float32) for _ in range(2)]
        functions = [
            compiled(import_object(function), compiler, folder),
            library("by_hand.c", compiler, folder, "by_hand"),
        ]
        calls = [
            lambda call=call, result=result: call([*arguments, result])
            for call, result in zip(functions, results, strict=True)
        ]
        found = in_turns(calls, rounds, 20)
    np.testing.assert_allclose(results[0], results[1], rtol=1e-4, atol=1e-4)
    return rows("perceptron", "by hand", found)


def image_model(compiler: str, size: int, rounds: int) -> dict[str, dict[str, float]]:
    """MobileNetV2 by C and by TensorFlow."""
    function, _ = traced_model("MobileNetV2", size)
    image = np.random.default_rng(0).uniform(-1, 1, (1, size, size, 3)).astype(np.float32)
    tensor, result = tf.constant(image), np.zeros((1, 1000), np.float32)
    with tempfile.TemporaryDirectory() as place:
        call = compiled(import_object(function), compiler, Path(place))
        found = in_turns([lambda: call([image, result]), lambda: function(tensor).numpy()], rounds, 1)
    return rows(f"MobileNetV2 {size}", "TensorFlow", found)


def rows(name: str, peer: str, found: Sequence[Sequence[float]]) -> dict[str, dict[str, float]]:
    """Both, with the ratio of the bests: above 1 the C is faster."""
    ours, theirs = map(summary, found)
    ratio = theirs["best_us"] / ours["best_us"]
    return {f"{name}, C": {**ours, "ratio": ratio}, f"{name}, {peer}": {**theirs, "ratio": 1.0}}


def main() -> None:
    """Prints one line for each way to run each model."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--compiler", default="gcc")
    parser.add_argument("--size", type=int, default=224, help="of MobileNetV2's image; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = perceptron(options.compiler, options.rounds)
    if options.size:
        found |= image_model(options.compiler, options.size, options.rounds)
    show(found, options.json)


if __name__ == "__main__":
    main()
