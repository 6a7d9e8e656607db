"""What a call of a compiled function costs on the interpreter, by the VM and as a generated class, against NumPy.

    ./bazelw run //benchmarks:interpreter_call
    ./bazelw run //benchmarks:interpreter_call -- --json

simple_mul is one dispatch: np.asarray(f(a, b)) against np.multiply(a, b, out=out). chain is 100 dispatches, 8x8 matmuls
each on the last one's result, against the loop. mlp is a perceptron of 784, 512, 512 and 10, its weights in the module,
at batch 1, against the same steps. All run in turns in one process; look at the ratios.
"""

import argparse
import itertools
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import iree.runtime
from benchmarks import measure
from iree.testing.generated_python import generate

LENGTH = 100
WIDTHS = (784, 512, 512, 10)

SIMPLE_MUL = """
func.func @simple_mul(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.multiply %a, %b : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""


class Case(NamedTuple):
    """The same work in three ways, each returning its result: by the VM, by the class of --to=hal-python, by NumPy."""

    vm: Callable[[], Any]
    generated: Callable[[], Any]
    numpy: Callable[[], Any]


def simple_mul() -> Case:
    """One dispatch on four numbers."""
    a, b = np.array([[1, 2, 3, 4], [5, 6, 7, 8]], np.float32)
    out = np.empty_like(a)
    vm, generated = (module.simple_mul for module in _load(SIMPLE_MUL))
    return Case(lambda: np.asarray(vm(a, b)), lambda: generated(a, b), lambda: np.multiply(a, b, out=out))


def chain() -> Case:
    """LENGTH matmuls, one after the other; the matrix is a rotation, so that numbers stay as large as they are."""
    x, w = np.eye(8, dtype=np.float32), np.linalg.qr(np.random.default_rng(0).normal(size=(8, 8)))[0].astype(np.float32)
    vm, generated = (module.chain for module in _load(chain_text()))

    def loop() -> Any:
        result = x
        for _ in range(LENGTH):
            result = result @ w
        return result

    return Case(lambda: np.asarray(vm(x, w)), lambda: generated(x, w), loop)


def mlp() -> Case:
    """Three layers, the first two with ReLU, as they classify digits one by one."""
    generator = np.random.default_rng(0)
    sizes = list(itertools.pairwise(WIDTHS))
    weights = [(generator.normal(size=size) / np.sqrt(size[0])).astype(np.float32) for size in sizes]
    biases = [generator.normal(size=size[1]).astype(np.float32) for size in sizes]
    image = generator.uniform(size=(1, WIDTHS[0])).astype(np.float32)
    vm, generated = (module.mlp for module in _load(_mlp_text(weights, biases)))

    def steps() -> Any:
        x = image
        for weight, bias in zip(weights, biases, strict=True):
            x = x @ weight + bias
            if bias is not biases[-1]:
                x = np.maximum(x, 0)
        return x

    return Case(lambda: np.asarray(vm(image)), lambda: generated(image), steps)


def _mlp_text(weights: Sequence[Any], biases: Sequence[Any]) -> str:
    lines, last = list[str](), "%image"
    for number, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        size, width = weight.shape
        row = f"tensor<1x{width}xf32>"
        lines += [
            f'%w{number} = stablehlo.constant dense<"0x{weight.tobytes().hex()}"> : tensor<{size}x{width}xf32>',
            f'%b{number} = stablehlo.constant dense<"0x{bias.tobytes().hex()}"> : {row}',
            f"%d{number} = stablehlo.dot {last}, %w{number} : "
            f"(tensor<1x{size}xf32>, tensor<{size}x{width}xf32>) -> {row}",
            f"%s{number} = stablehlo.add %d{number}, %b{number} : {row}",
        ]
        last = f"%s{number}"
        if bias is not biases[-1]:
            lines += [
                f"%z{number} = stablehlo.constant dense<0.0> : {row}",
                f"%r{number} = stablehlo.maximum {last}, %z{number} : {row}",
            ]
            last = f"%r{number}"
    head = f"func.func @mlp(%image: tensor<1x{WIDTHS[0]}xf32>) -> {row} {{"
    return "\n".join([head, *lines, f"return {last} : {row}", "}"])


def chain_text() -> str:
    """LENGTH matmuls of 8x8, each of the last one's result."""
    matrix = "tensor<8x8xf32>"
    lines = [f"func.func @chain(%x: {matrix}, %w: {matrix}) -> {matrix} {{"]
    for number in range(LENGTH):
        last = f"%{number - 1}" if number else "%x"
        lines.append(f"  %{number} = stablehlo.dot {last}, %w : ({matrix}, {matrix}) -> {matrix}")
    return "\n".join([*lines, f"  return %{LENGTH - 1} : {matrix}", "}"])


def _load(text: str) -> tuple[Any, Any]:
    """A program on the VM, and as a class."""
    with tempfile.TemporaryDirectory() as folder:
        made = generate(text, Path(folder), target_backends=("interpreter-bytecode",))
        return iree.runtime.load_vm_flatbuffer(made.module_file, driver="interpreter"), made.create("interpreter")


def main() -> None:
    """Prints one line for each case."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = {}
    for name, case in {"simple_mul": simple_mul(), "chain": chain(), "mlp": mlp()}.items():
        for compiled in (case.vm, case.generated):
            np.testing.assert_allclose(compiled(), case.numpy(), rtol=1e-5, atol=1e-6)
        vm, generated, numpy = map(measure.summary, measure.in_turns(case, options.rounds, options.repeats))
        rows[name] = {
            **vm,
            "class_best": generated["best_us"],
            "class_median": generated["median_us"],
            "numpy_best": numpy["best_us"],
            "numpy_median": numpy["median_us"],
            "vm/numpy": vm["median_us"] / numpy["median_us"],
            "class/vm": generated["median_us"] / vm["median_us"],
        }
    measure.show(rows, options.json)


if __name__ == "__main__":
    main()
