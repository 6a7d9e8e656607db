"""What each stage of compiling the walkthrough's simple_mul takes, in one process, for every target.

    ./bazelw run //benchmarks:compile_time
    ./bazelw run //benchmarks:compile_time -- --json

The first time is apart: it includes loading the passes and the targets.
"""

import argparse
import time
from typing import Any

from benchmarks import measure
from iree.compiler.dialects.registry import make_context
from iree.compiler.importers.mlir_text import import_text
from iree.compiler.module import module_writer
from iree.compiler.module.encode import encode_module
from iree.compiler.pipeline import MODULE, Options, run_pipeline
from iree.compiler.targets.registry import create_targets

SIMPLE_MUL = """
func.func @simple_mul(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.multiply %a, %b : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""


def compile_once() -> dict[str, float]:
    """Microseconds of each stage, in order."""
    options, stages, last = Options(), dict[str, float](), time.perf_counter_ns()

    def reached(milestone: str, _: Any = None) -> None:
        nonlocal last
        now = time.perf_counter_ns()
        stages[milestone] = (now - last) / 1000
        last = now

    module = import_text(SIMPLE_MUL, "simple_mul.mlir", make_context())
    reached("import")
    run_pipeline(module, options, reached)
    module_writer.to_bytes(encode_module(module, create_targets(options.target_backends)))
    reached(MODULE)
    return stages


def main() -> None:
    """Prints one line for each stage and one for all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    first = compile_once()
    runs = [compile_once() for _ in range(options.repeats)]
    rows = {stage: {"first_us": first[stage], **measure.summary([run[stage] for run in runs])} for stage in first}
    totals = measure.summary([sum(run.values()) for run in runs])
    rows["all"] = {"first_us": sum(first.values()), **totals}
    measure.show(rows, options.json)


if __name__ == "__main__":
    main()
