"""run_mlir: compiles MLIR text and runs its functions on every device, side by side.

    run_mlir model.mlir --function=simple_mul --input=4xf32=1,2,3,4 --input=4xf32=5,6,7,8
    interpreter EXEC @simple_mul
    4xf32=5 12 21 32
    vulkan EXEC @simple_mul
    4xf32=5 12 21 32

Without --function every exported function runs; those with arguments need --input. With several drivers, results that
differ from the first driver's by more than --rtol and --atol allow are an error.
"""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from absl import flags

from iree import runtime
from iree.compiler.compile import compile_str
from iree.compiler.ir.diagnostics import CompileError
from iree.hal.buffer_view_text import format_shaped_array
from iree.tools import command_line
from iree.tools.arrays import Array, read_input
from iree.tools.command_line import UsageError, user_path
from iree.tools.devices import TARGET_OF_DRIVER

DRIVERS = flags.DEFINE_list("drivers", list(TARGET_OF_DRIVER), f"Where to run, of: {', '.join(TARGET_OF_DRIVER)}.")
FUNCTION = flags.DEFINE_string("function", None, "The exported function to run; all of them unless given.")
INPUT = flags.DEFINE_multi_string("input", [], "An argument, once for each in order: 4xf32=1,2,3,4 or @x.npy.")
RTOL = flags.DEFINE_float("rtol", 1e-5, "How far drivers may differ, as a share of the first one's result.")
ATOL = flags.DEFINE_float("atol", 1e-6, "How far drivers may differ, absolutely.")


def run(arguments: list[str]) -> None:
    """The tool. UsageError: flags that do not fit the program, or drivers that do not agree."""
    if len(arguments) != 1:
        raise UsageError(f"give one file of MLIR text, or -, not {len(arguments)}")
    unknown = [name for name in DRIVERS.value if name not in TARGET_OF_DRIVER]
    if unknown or not DRIVERS.value:
        raise UsageError(f"--drivers={','.join(DRIVERS.value)}: there are {', '.join(TARGET_OF_DRIVER)}")
    source = sys.stdin.read() if arguments[0] == "-" else user_path(arguments[0]).read_text(encoding="utf-8")
    targets = [TARGET_OF_DRIVER[name] for name in DRIVERS.value]
    module = compile_str(source, filename=arguments[0], target_backends=targets)
    inputs = [read_input(text) for text in INPUT.value]
    first: dict[str, Sequence[Array]] = {}
    for driver in DRIVERS.value:
        loaded = runtime.load_vm_flatbuffer(module, driver=driver)
        for name in [FUNCTION.value] if FUNCTION.value else list(loaded):
            results = loaded[name].invoke(inputs)
            print(f"{driver} EXEC @{name}")
            for array in results:
                print(format_shaped_array(array))
            _compare(name, driver, results, first.setdefault(name, results))


def _compare(name: str, driver: str, results: Sequence[Array], expected: Sequence[Array]) -> None:
    for index, (got, wanted) in enumerate(zip(results, expected, strict=True)):
        if not np.allclose(_wide(got), _wide(wanted), rtol=RTOL.value, atol=ATOL.value, equal_nan=True):
            raise UsageError(f"result {index} of @{name} on {driver} differs from {DRIVERS.value[0]}'s")


def _wide(array: Array) -> np.ndarray[Any, np.dtype[np.float64]]:
    return array.astype(np.float64)


def main() -> None:
    """The tool iree-run-mlir."""
    command_line.main(run, CompileError, runtime.CheckError)


if __name__ == "__main__":
    main()
