"""Programs as C without a runtime: a perceptron against the same C by hand, an image model against other systems.

    ./bazelw run //benchmarks:runtimeless_c
    ./bazelw run //benchmarks:runtimeless_c -- --size=160 --compiler="gcc -mprefer-vector-width=512"

    pip install --no-deps --target=PEERS -r benchmarks/peers.txt
    ./bazelw run //benchmarks:runtimeless_c -- --peers=PEERS       ONNX Runtime is measured too

The perceptron is 784-512-512-10 on one image; by hand it is three plain loops, each along the rows of its weights. Both
files are compiled by `gcc -O3 -march=native`. MobileNetV2 has random weights; its C uses one core, others --threads.
"""

import argparse
import ctypes
import importlib
import itertools
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
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
    command = [*shlex.split(compiler), "-O3", "-march=native", "-shared", "-fPIC", "-o", str(target), source, "-lm"]
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
    return rows("perceptron", dict(zip(("C", "by hand"), found, strict=True)))


def image_model(compiler: str, size: int, rounds: int, threads: int, peers: Path | None) -> dict[str, dict[str, float]]:
    """MobileNetV2 by C, by TensorFlow and, with `peers`, by ONNX Runtime. AssertionError: results differ."""
    function, _ = traced_model("MobileNetV2", size)
    image = np.random.default_rng(0).uniform(-1, 1, (1, size, size, 3)).astype(np.float32)
    tensor, result = tf.constant(image), np.zeros((1, 1000), np.float32)

    def in_c() -> Array:
        call([image, result])
        return result

    others: dict[str, Callable[[], Array]] = {"TensorFlow": lambda: np.asarray(function(tensor))}
    if peers is not None:
        others["ONNX Runtime"] = onnx_runtime(function, image, threads, peers)
    with tempfile.TemporaryDirectory() as place:
        call = compiled(import_object(function), compiler, Path(place))
        for other in others.values():
            np.testing.assert_allclose(in_c(), other(), rtol=1e-4, atol=1e-6)
        calls = {"C": in_c, **others}
        found = in_turns(list(calls.values()), rounds, 1)
    return rows(f"MobileNetV2 {size}", dict(zip(calls, found, strict=True)))


def onnx_runtime(function: Any, image: Array, threads: int, peers: Path) -> Callable[[], Array]:
    """A tf.function of one image, converted to ONNX. SystemExit: `peers` has not what it takes."""
    sys.path.append(str(peers))
    try:
        tf2onnx, onnxruntime = map(importlib.import_module, ("tf2onnx", "onnxruntime"))
    except ImportError as error:
        raise SystemExit(
            f"--peers={peers}: {error}; pip install --no-deps --target={peers} -r benchmarks/peers.txt"
        ) from None
    model, _ = tf2onnx.convert.from_function(function, input_signature=function.input_signature, opset=18)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    (argument,) = session.get_inputs()
    return lambda: np.asarray(session.run(None, {argument.name: image})[0])


def rows(name: str, found: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    """A row for each, with how many times the C's best its own takes: above 1 it is slower than the C."""
    summaries = {way: summary(times) for way, times in found.items()}
    best = summaries["C"]["best_us"]
    return {f"{name}, {way}": {**each, "ratio": each["best_us"] / best} for way, each in summaries.items()}


def main() -> None:
    """Prints one line for each way to run each model."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--compiler", default="gcc", help="with flags of its own, if any")
    parser.add_argument("--size", type=int, default=224, help="of MobileNetV2's image; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--threads", type=int, default=1, help="of TensorFlow and ONNX Runtime")
    parser.add_argument("--peers", type=Path, help="a folder with what benchmarks/peers.txt lists")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    found = perceptron(options.compiler, options.rounds)
    if options.size:
        peers = options.peers and Path(os.environ.get("BUILD_WORKING_DIRECTORY", "")) / options.peers
        found |= image_model(options.compiler, options.size, options.rounds, options.threads, peers)
    show(found, options.json)


if __name__ == "__main__":
    main()
