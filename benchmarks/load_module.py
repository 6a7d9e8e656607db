"""What loading costs, and what it holds, for modules of 1 MB, 100 MB and 1 GB of constants.

    ./bazelw run //benchmarks:load_module
    ./bazelw run //benchmarks:load_module -- --driver=vulkan

`best` and `median` are of loading: the file is mapped, the module put on the device and a function looked up, in turns
for all files. `whole` is the same with all checksums compared at once, as is done for small files unless one asks
otherwise. The first call of @some uses 16 bytes of the constants; that of @all uses all of them, so it reads all and
before that compares them with their checksums. Each function is the same for all sizes: 16 products with weights.

Memory is that of two processes which have called @all, at the same time, in MB: what one has mapped (rss), its share of
that (pss), and what it has for itself (own), beyond what it takes with the smallest file.
"""

import argparse
import dataclasses
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import iree.compiler
import iree.runtime
from benchmarks.measure import in_turns, show, summary
from iree.compiler.dialects.registry import make_context
from iree.compiler.importers import mlir_text
from iree.compiler.module import module_writer
from iree.compiler.module.encode import encode_module
from iree.compiler.pipeline import Options, run_pipeline
from iree.compiler.targets.registry import create_targets
from iree.runtime import Check, VmModule
from iree.tools.devices import TARGET_OF_DRIVER

SIZES = {"1 MB": 1 << 20, "100 MB": 100 << 20, "1 GB": 1 << 30}
WEIGHTS = 16  # so that one of 1 GB is no larger than Vulkan devices bind
INNER = 64


def program(size: int) -> str:
    """@all, a sum of products with weights of so many bytes together, and @some, which adds 16 bytes of another."""
    outer = size // WEIGHTS // INNER // 4
    weights, result = f"tensor<{INNER}x{outer}xf32>", f"tensor<1x{outer}xf32>"
    lines = [f"ml_program.global public mutable @w{n}(dense<{n}.0> : {weights}) : {weights}" for n in range(WEIGHTS)]
    lines += [
        "ml_program.global public mutable @few(dense<1.0> : tensor<4xf32>) : tensor<4xf32>",
        "func.func @some(%x: tensor<4xf32>) -> tensor<4xf32> {",
        "  %w = ml_program.global_load @few : tensor<4xf32>",
        "  %y = stablehlo.add %x, %w : tensor<4xf32>",
        "  return %y : tensor<4xf32>",
        "}",
        f"func.func @all(%x: tensor<1x{INNER}xf32>) -> {result} {{",
    ]
    for n in range(WEIGHTS):
        lines.append(f"  %w{n} = ml_program.global_load @w{n} : {weights}")
        lines.append(f"  %m{n} = stablehlo.dot %x, %w{n} : (tensor<1x{INNER}xf32>, {weights}) -> {result}")
        lines.append(f"  %s{n} = stablehlo.add %{f's{n - 1}' if n else 'm0'}, %m{n} : {result}")
    return "\n".join([*lines, f"  return %s{WEIGHTS - 1} : {result}", "}"])


def write(size: int, driver: str, path: Path) -> None:
    """The module, with weights that differ."""
    module = mlir_text.import_text(program(size), "program", make_context())
    options = Options(target_backends=[TARGET_OF_DRIVER[driver]])
    run_pipeline(module, options, lambda *_: None)
    encoded = encode_module(module, create_targets(options.target_backends))
    draw = np.random.default_rng(0)
    weights = [draw.random(constant.array.shape, np.float32) for constant in encoded.constants]
    constants = [module_writer.Constant(weight) for weight in weights]
    module_writer.save(dataclasses.replace(encoded, constants=constants), path)


def load(path: Path, driver: str, check: Check | None = None) -> Any:
    """The module on its device, with a function looked up."""
    module = iree.runtime.load_vm_module(VmModule.mmap(path, check), iree.runtime.Config(driver))
    return module, module["all"]


def first_call(path: Path, driver: str, name: str, length: int) -> float:
    """Microseconds of the first call of a function of a module that was just loaded."""
    module, _ = load(path, driver)
    function, x = module[name], np.ones((1, length) if name == "all" else length, np.float32)
    start = time.perf_counter_ns()
    function(x)
    return (time.perf_counter_ns() - start) / 1000


def memory_of_two(path: Path, driver: str) -> dict[str, float]:
    """What two processes hold at the same time, in MB."""
    command = [sys.executable, __file__, f"--driver={driver}", f"--hold={path}"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    for process in processes:
        process.stdout.readline()
    maps = Path(f"/proc/{processes[0].pid}/smaps_rollup").read_text()
    for process in processes:
        process.communicate("")
    kilobytes = {line.split()[0]: int(line.split()[1]) for line in maps.splitlines() if line.endswith("kB")}
    own = kilobytes["Private_Clean:"] + kilobytes["Private_Dirty:"]
    return {"rss": kilobytes["Rss:"] / 1000, "pss": kilobytes["Pss:"] / 1000, "own": own / 1000}


def hold(path: Path, driver: str) -> None:
    """One of two processes: calls @all and waits until it is looked at."""
    module, function = load(path, driver)
    function(np.ones((1, INNER), np.float32))
    print("ready", flush=True)
    sys.stdin.read()
    del module


def measure(paths: dict[str, Path], driver: str, rounds: int) -> dict[str, dict[str, float]]:
    """The rows of the table."""
    ways = [partial(load, path, driver, Check.WHEN_USED) for path in paths.values()]
    base: dict[str, float] = {}
    rows = {}
    for (name, path), found in zip(paths.items(), in_turns(ways, rounds, 1), strict=True):
        memory = memory_of_two(path, driver)
        base = base or memory
        ((whole,),) = in_turns([partial(load, path, driver, Check.AT_ONCE)], 1, 1)
        calls = {f"@{of}_us": first_call(path, driver, of, n) for of, n in (("some", 4), ("all", INNER))}
        rows[name] = {**summary(found), "whole_us": whole, **calls}
        rows[name] |= {f"{key}_mb": value - base[key] for key, value in memory.items()}
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", choices=sorted(TARGET_OF_DRIVER), default="interpreter")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--hold", help=argparse.SUPPRESS)
    flags = parser.parse_args()
    if flags.hold:
        hold(Path(flags.hold), flags.driver)
        return
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder, f"{size}.emod") for name, size in SIZES.items()}
        for name, path in paths.items():
            write(SIZES[name], flags.driver, path)
        show(measure(paths, flags.driver, flags.rounds), flags.json)


if __name__ == "__main__":
    main()
