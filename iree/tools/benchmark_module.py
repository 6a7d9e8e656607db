r"""Times one function of a module file, call by call, arrays in and arrays out.

benchmark_module --module=math.emod --function=simple_mul --input="4xf32=1 2 3 4" --input=4xf32
@simple_mul on interpreter, 20000 calls in 0.5 s
    best      6.3 us
    median    6.5 us
    p99       9.1 us
    first   310.0 us
"""

import json
import time

import numpy as np
from absl import flags

from iree.tools import command_line
from iree.tools.chosen_function import DEVICE, chosen_function, given_inputs, print_statistics
from iree.tools.command_line import UsageError

SECONDS = flags.DEFINE_float("seconds", 1.0, "How long to call it.", lower_bound=0.0)
LEAST_CALLS = flags.DEFINE_integer("least_calls", 10, "How often to call it at least.", lower_bound=1)
JSON = flags.DEFINE_bool("json", False, "Print JSON instead of text.")


def run(arguments: list[str]) -> None:
    """The tool. UsageError: flags that do not fit the module. HalError: it cannot be loaded or run."""
    if arguments:
        raise UsageError(f"{arguments[0]!r} is no flag: name the module by --module=FILE")
    function, inputs = chosen_function(), given_inputs()
    nanoseconds: list[int] = []
    end = time.perf_counter() + SECONDS.value
    while len(nanoseconds) <= LEAST_CALLS.value or time.perf_counter() < end:
        start = time.perf_counter_ns()
        function.invoke(inputs)
        nanoseconds.append(time.perf_counter_ns() - start)
    print_statistics()
    microseconds = np.array(nanoseconds, np.float64) / 1000
    rest = microseconds[1:]  # the first call prepares what later ones use
    figures = {
        "best_us": float(rest.min()),
        "median_us": float(np.median(rest)),
        "p99_us": float(np.percentile(rest, 99)),
        "first_us": float(microseconds[0]),
    }
    if JSON.value:
        print(json.dumps({"function": function.name, "device": DEVICE.value, "calls": len(rest), **figures}))
        return
    print(f"@{function.name} on {DEVICE.value}, {len(rest)} calls in {rest.sum() / 1e6:.2f} s")
    for name, value in figures.items():
        print(f"    {name.removesuffix('_us'):6} {value:9.1f} us")


def main() -> None:
    """The tool iree-benchmark-module."""
    command_line.main(run)


if __name__ == "__main__":
    main()
