"""What compiling a whole Keras model takes: seconds of each stage, and memory beside what TensorFlow already holds.

`constants_share` is the part of the time in which constants are folded, scales go into weights, and weights are packed.

    ./bazelw run //benchmarks:compile_model
    ./bazelw run //benchmarks:compile_model -- --model=ResNet50 --target_backends=interpreter-bytecode --json

The model has random weights, since none are at hand; what they are changes nothing here. Memory is the process's peak
while compiling, less what it held when the model was built and traced.
"""

import argparse
import json
import os
import resource
import time
from typing import Any

import tensorflow as tf

from iree.compiler.compile import compile_module
from iree.compiler.importers.tensorflow.module import import_object
from iree.compiler.ir.pass_manager import Timing
from iree.compiler.pipeline import MODULE, Options
from iree.compiler.targets.registry import target_names

MEGABYTE = 1e6


def traced_model(name: str, size: int) -> tuple[Any, float]:
    """A model of keras.applications as a tf.function for one image, and the megabytes of its weights."""
    model = getattr(tf.keras.applications, name)(input_shape=(size, size, 3), weights=None)

    def classify(image: Any) -> Any:
        return model(image, training=False)

    function = tf.function(classify, input_signature=[tf.TensorSpec([1, size, size, 3], tf.float32)])
    function.get_concrete_function()
    return function, sum(variable.numpy().nbytes for variable in model.variables) / MEGABYTE


CONSTANTS = ("fold-constants", "fold-scales", "pack-weights")  # passes in which the interpreter runs


def compile_once(function: Any, backends: list[str], timing: Timing) -> tuple[dict[str, float], bytes]:
    """Seconds of each stage, in order, and the module. `timing` gets those of each pass."""
    stages, last = dict[str, float](), time.perf_counter()

    def reached(milestone: str, _: Any = None) -> None:
        nonlocal last
        now = time.perf_counter()
        stages[milestone] = now - last
        last = now

    module = import_object(function)
    reached("import")
    data = compile_module(module, Options(target_backends=backends, timing=timing), reached=reached)
    reached(MODULE)
    return stages, data


def held_now() -> float:
    """The megabytes of memory that this process holds."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def main() -> None:
    """Prints one line for each stage, and what it took in all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", default="MobileNetV2", help="a name in keras.applications")
    parser.add_argument("--size", type=int, default=224, help="of the image")
    parser.add_argument("--target_backends", default=",".join(target_names()))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    function, weights = traced_model(options.model, options.size)
    before, start, timing = held_now(), time.process_time(), Timing()
    stages, data = compile_once(function, options.target_backends.split(","), timing)
    totals = {
        "seconds": sum(stages.values()),
        "constants_share": sum(timing.seconds[name] for name in CONSTANTS) / sum(stages.values()),
        "processor_seconds": time.process_time() - start,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE - before,
        "tensorflow_megabytes": before,
        "weights_megabytes": weights,
        "module_megabytes": len(data) / MEGABYTE,
    }
    if options.json:
        print(json.dumps({"stages": stages, **totals}))
        return
    for name, value in (*stages.items(), *totals.items()):
        print(f"{name:20} {value:10.2f}")


if __name__ == "__main__":
    main()
