"""What leaving the batch to the caller costs: a call of one module for every batch, beside modules for one batch each.

    ./bazelw run //benchmarks:dynamic_sizes
    ./bazelw run //benchmarks:dynamic_sizes -- --driver=vulkan

An MLP of 784-512-512-10, in microseconds a call. The first call of a batch plans for it: a column of its own.
"""

import argparse
import itertools
import time
from functools import partial
from typing import Any

import numpy as np

import iree.compiler
import iree.runtime
from benchmarks.measure import in_turns, show, summary
from iree.tools.devices import TARGET_OF_DRIVER

BATCHES = (1, 32, 256)


def program(batch: str) -> str:
    """The MLP for a batch, "?" for any."""
    sizes, lines, value = (784, 512, 512, 10), [], "%x"
    for number, (inner, outer) in enumerate(itertools.pairwise(sizes)):
        before, after = f"tensor<{batch}x{inner}xf32>", f"tensor<{batch}x{outer}xf32>"
        weights = f"tensor<{inner}x{outer}xf32>"
        lines += [
            f"%w{number} = stablehlo.constant dense<{0.01 * (number + 1)}> : {weights}",
            f"%m{number} = stablehlo.dot {value}, %w{number} : ({before}, {weights}) -> {after}",
            f"%t{number} = stablehlo.tanh %m{number} : {after}",
        ]
        value = f"%t{number}"
    body = "\n  ".join(lines)
    result = f"tensor<{batch}x{sizes[-1]}xf32>"
    return f"func.func @mlp(%x: tensor<{batch}x784xf32>) -> {result} {{\n  {body}\n  return {value} : {result}\n}}\n"


def load(batch: str, driver: str) -> Any:
    """The MLP as a function."""
    data = iree.compiler.compile_str(program(batch), target_backends=[TARGET_OF_DRIVER[driver]])
    return iree.runtime.load_vm_flatbuffer(data, driver=driver).mlp


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", choices=sorted(TARGET_OF_DRIVER), default="interpreter")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=20)
    flags = parser.parse_args()
    any_batch, rows = load("?", flags.driver), {}
    for batch in BATCHES:
        x = np.random.default_rng(1).random((batch, 784), np.float32)
        start = time.perf_counter_ns()
        any_batch(x)
        first = (time.perf_counter_ns() - start) / 1000
        one_batch = load(str(batch), flags.driver)
        np.testing.assert_allclose(any_batch(x), one_batch(x), rtol=1e-5, atol=1e-5)
        found = in_turns([partial(any_batch, x), partial(one_batch, x)], flags.rounds, 20)
        dynamic, static = (summary(times)["median_us"] for times in found)
        row = {"any_us": dynamic, "this_us": static, "ratio": dynamic / static, "first_us": first}
        rows[f"batch {batch}"] = row
    show(rows, flags.json)


if __name__ == "__main__":
    main()
