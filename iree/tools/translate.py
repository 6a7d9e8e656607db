"""translate: a program to a module, or to the IR of any milestone on the way.

    translate model.mlir -o model.emod
    translate my_saved_model --target_backends=vulkan-spirv -o model.emod
    translate mul.pbtxt --input_arrays=Placeholder,Placeholder_1 --output_arrays=Mul --compile_to=ll-seq

    translate model.mlir --to=hal-python -o model.py

--to gives source code instead of a module; -o is then a file or a directory, and what goes with it lies beside it.
What the input is shows in its name: a directory is a SavedModel, .pb and .pbtxt a GraphDef, anything else MLIR text.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from absl import flags
from xdsl.dialects.builtin import ModuleOp

from iree.compiler.codegen.registry import create_generator, generator_names
from iree.compiler.compile import compile_module
from iree.compiler.dialects.registry import make_context
from iree.compiler.importers.mlir_text import import_text
from iree.compiler.ir.diagnostics import CompileError, as_json
from iree.compiler.ir.pass_manager import Timing
from iree.compiler.pipeline import DISPATCH_REGIONS, LL_SEQ, MILESTONES, MODULE, STAGES, Options, stages_between
from iree.compiler.statistics import ModuleStatistics, statistics_of
from iree.compiler.targets.registry import target_names
from iree.compiler.transforms.dispatch_regions.explanation import Explanation
from iree.tools import command_line
from iree.tools.command_line import UsageError, user_path

OUTPUT = flags.DEFINE_string("output", "-", "Where the result goes; - is standard output.", short_name="o")
TARGETS = flags.DEFINE_list(
    "target_backends", list(target_names()), f"For a module or a class over the HAL: of {', '.join(target_names())}."
)
COMPILE_TO = flags.DEFINE_enum("compile_to", MODULE, MILESTONES, "The milestone to stop at.")
COMPILE_FROM = flags.DEFINE_enum("compile_from", "", ["", *MILESTONES[:-1]], "The milestone that the input's text is.")
DUMP_IR_TO = flags.DEFINE_string("dump_ir_to", None, "A directory that gets one file for each milestone.")
PRINT_IR_AFTER = flags.DEFINE_list("print_ir_after", [], "Passes after which the IR is printed to standard error.")
PRINT_IR_AFTER_ALL = flags.DEFINE_bool("print_ir_after_all", False, "Print the IR after each pass.")
VERIFY_EACH = flags.DEFINE_bool("verify_each", False, "Verify the IR after each pass, not only after each stage.")
TIMING = flags.DEFINE_bool("timing", False, "Print the time that each pass took.")
STATISTICS = flags.DEFINE_bool(
    "statistics", False, "Print what the module's functions do and need: dispatches, memory."
)
EXPLAIN = flags.DEFINE_enum("explain", None, ["regions"], "Print why dispatch regions are what they are.")
MAX_DISPATCH_FLOPS = flags.DEFINE_integer(
    "max_dispatch_flops", None, "Dispatch contractions that take more operations in parts.", lower_bound=1
)
JSON = flags.DEFINE_bool("json", False, "Print what was done, or what is wrong, as JSON, to standard error.")
EXPORTED_NAMES = flags.DEFINE_list("exported_names", [], "Functions or signatures of a SavedModel; all unless given.")
TAGS = flags.DEFINE_list("tags", [], "Which graph of a TensorFlow 1 SavedModel: serve, for example.")
INPUT_ARRAYS = flags.DEFINE_list("input_arrays", [], "The nodes of a GraphDef that are arguments, in order.")
OUTPUT_ARRAYS = flags.DEFINE_list("output_arrays", [], "The nodes of a GraphDef that are results, in order.")
INPUT_SHAPES = flags.DEFINE_list("input_shapes", [], "Static shapes for a GraphDef's inputs: image=1x28x28,scale=1.")
FUNCTION_NAME = flags.DEFINE_string("function_name", "main", "What a GraphDef's function is called.")
TO = flags.DEFINE_enum(
    "to", MODULE, [MODULE, *generator_names()], "What the program becomes: a module, or source code."
)
flags.DEFINE_enum(
    "c_arena", "static", ["static", "external"], "With --to=c: whether the C has the memory it works in or is given it."
)
flags.DEFINE_enum(
    "c_weights",
    "embedded",
    ["embedded", "blob"],
    "Where C has constants: in itself, or in a file that it is given.",
)
flags.DEFINE_enum(
    "c_float", "f32", ["f32", "f16-storage"], "With --to=c: what f32 constants are kept as; computed is in f32."
)
flags.DEFINE_bool(
    "c_restrict_math", False, "With --to=c: the C has its own exp, sqrt and the like; it needs no math.h and no -lm."
)
STAGES_FLAG = flags.DEFINE_bool("list_milestones", False, "List the milestones and passes, and stop.")

SAVED_MODEL, GRAPHDEF, TEXT = "a SavedModel", "a GraphDef", "MLIR text"
GENERATORS_FLAGS = {  # the generators that a flag is for, what their classes call it, and what it says there
    "c_arena": (("c",), "external_arena", "external"),
    "c_weights": (("c", "c-vulkan"), "external_weights", "blob"),
    "c_float": (("c",), "half_weights", "f16-storage"),
    "c_restrict_math": (("c",), "restrict_math", True),
}
OUTPUTS_FLAGS = {  # the values of --to that a flag says something to
    "target_backends": (MODULE, "hal-cpp", "hal-python"),
    "statistics": (MODULE,),
    "dump_ir_to": (MODULE,),
    **{name: generators for name, (generators, _, _) in GENERATORS_FLAGS.items()},
}
MILESTONES_FLAGS = {"statistics": LL_SEQ, "explain": DISPATCH_REGIONS, "max_dispatch_flops": DISPATCH_REGIONS}
INPUTS_FLAGS = {  # what a flag says something of
    **dict.fromkeys(("exported_names", "tags"), SAVED_MODEL),
    **dict.fromkeys(("input_arrays", "output_arrays", "input_shapes", "function_name"), GRAPHDEF),
}


def run(arguments: list[str]) -> None:
    if STAGES_FLAG.value:
        _list_milestones()
        return
    if len(arguments) != 1:
        raise UsageError(
            f"give one input, not {len(arguments)}: an .mlir file, -, a GraphDef or a SavedModel's directory"
        )
    start = time.perf_counter()
    options = Options(
        target_backends=tuple(TARGETS.value),
        compile_from=COMPILE_FROM.value,
        compile_to=COMPILE_TO.value,
        print_ir_after=tuple(PRINT_IR_AFTER.value),
        print_ir_after_all=PRINT_IR_AFTER_ALL.value,
        verify_each=VERIFY_EACH.value,
        timing=Timing(),
        max_dispatch_flops=MAX_DISPATCH_FLOPS.value,
        explanation=Explanation() if EXPLAIN.value else None,
    )
    try:
        _refuse_what_says_nothing(arguments[0])
        (_translate if TO.value == MODULE else _generate)(arguments[0], options, start)
        _refuse_passes_that_did_not_run(options)
    except CompileError as error:
        if not JSON.value:
            raise
        print(json.dumps(as_json(error)), file=sys.stderr)
        sys.exit(1)


def _refuse_what_says_nothing(source: str) -> None:
    """UsageError: a flag was given that this output, this input or these milestones leave without a meaning."""
    for name, outputs in OUTPUTS_FLAGS.items():
        if flags.FLAGS[name].present and TO.value not in outputs:
            raise UsageError(f"--{name} is for --to={' and --to='.join(outputs)}, not for --to={TO.value}")
    kind = _kind_of(source)
    for name, of in INPUTS_FLAGS.items():
        if flags.FLAGS[name].present and kind != of:
            raise UsageError(f"--{name} is for {of}; {source} is {kind}")
    reached = [stage.milestone for stage in stages_between(COMPILE_FROM.value, COMPILE_TO.value)]
    for name, milestone in MILESTONES_FLAGS.items():
        if flags.FLAGS[name].present and milestone not in reached:
            raise UsageError(f"--{name} is of the way to {milestone}, which this run does not go")


def _refuse_passes_that_did_not_run(options: Options) -> None:
    ran = options.timing.seconds if options.timing is not None else {}
    silent = ",".join(name for name in options.print_ir_after if name not in ran)
    if silent:
        raise UsageError(f"--print_ir_after={silent}: no such pass ran; --timing names those that do")


def _translate(source: str, options: Options, start: float) -> None:
    module = import_program(source)
    imported = time.perf_counter() - start
    output = None if OUTPUT.value == "-" else user_path(OUTPUT.value)
    dump = None if DUMP_IR_TO.value is None else user_path(DUMP_IR_TO.value)
    statistics: list[ModuleStatistics] = []

    def reached(milestone: str, module: ModuleOp) -> None:
        if STATISTICS.value and milestone == LL_SEQ:
            statistics[:] = [statistics_of(module)]

    result = compile_module(module, options, output_file=output, dump_ir_to=dump, reached=reached)
    if output is None:
        sys.stdout.buffer.write(result)
    if JSON.value:
        report = {"bytes": len(result), "seconds": time.perf_counter() - start, "import_seconds": imported}
        counted = [("statistics", each.as_json()) for each in statistics]
        _print_json({**report, **dict(counted)}, options)
        return
    for each in statistics:
        print(each.text(), end="", file=sys.stderr)
    _print_reports(options)


def _generate(source: str, options: Options, start: float) -> None:
    """Source code instead of a module: files of one name, that of the output, or in its directory that of the input."""
    if OUTPUT.value == "-":
        raise UsageError(f"--to={TO.value} writes several files: say where, with -o and a file or a directory")
    if options.compile_to != MODULE:
        raise UsageError(f"--to={TO.value} and --compile_to={options.compile_to} are two results; ask for one")
    settings = {
        setting: flags.FLAGS[name].value == value
        for name, (generators, setting, value) in GENERATORS_FLAGS.items()
        if TO.value in generators
    }
    generator = create_generator(TO.value, **settings)
    output, name = user_path(OUTPUT.value), Path("model" if source == "-" else source).name
    if output.suffix != generator.suffix:
        output.mkdir(parents=True, exist_ok=True)
        output /= f"{Path(name).stem}{generator.suffix}"
    report = generator.write(import_program(source), options, output, name)
    if JSON.value:
        _print_json({**report, "seconds": time.perf_counter() - start}, options)
        return
    _print_reports(options)


def _print_json(report: dict[str, Any], options: Options) -> None:
    seconds = {} if options.timing is None else options.timing.seconds
    explained = {} if options.explanation is None else options.explanation.as_json()
    print(json.dumps({**report, "pass_seconds": seconds, **explained}), file=sys.stderr)


def _print_reports(options: Options) -> None:
    if options.explanation is not None:
        print(options.explanation.text(), end="", file=sys.stderr)
    if TIMING.value and options.timing is not None:
        print(options.timing.table(), end="", file=sys.stderr)


def import_program(source: str) -> ModuleOp:
    """The program in a file or directory, by what its name says it is. CompileError: it cannot be imported."""
    path = user_path(source)
    kind = _kind_of(source)
    if source == "-":
        return import_text(sys.stdin.read(), "<stdin>", make_context())
    if kind == SAVED_MODEL:
        from iree.compiler.importers.tensorflow.saved_model import import_saved_model  # TensorFlow is slow to load

        return import_saved_model(path, EXPORTED_NAMES.value, TAGS.value)
    if kind == GRAPHDEF:
        from iree.compiler.importers.tensorflow.graphdef import import_graphdef

        shapes = dict(_input_shape(text) for text in INPUT_SHAPES.value)
        return import_graphdef(
            path, INPUT_ARRAYS.value, OUTPUT_ARRAYS.value, function_name=FUNCTION_NAME.value, input_shapes=shapes
        )
    return import_text(_read(path), source, make_context())


def _kind_of(source: str) -> str:
    path = user_path(source)
    if source != "-" and path.is_dir():
        return SAVED_MODEL
    return GRAPHDEF if path.suffix in (".pb", ".pbtxt") else TEXT


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no text; MLIR bytecode and modules cannot be read back") from None


def _input_shape(text: str) -> tuple[str, tuple[int, ...]]:
    name, _, shape = text.partition("=")
    try:
        return name, tuple(int(size) for size in shape.split("x") if size)
    except ValueError:
        raise UsageError(f"--input_shapes={text} is not of the form name=2x3") from None


def _list_milestones() -> None:
    for stage in STAGES:
        print(f"{stage.milestone}: {stage.what}")
        for path, why in stage.passes:
            print(f"    {path.rpartition('.')[2].partition(':')[0].replace('_', '-'):34} {why}")


def main() -> None:
    """The tool iree-translate."""
    command_line.main(run, CompileError)


if __name__ == "__main__":
    main()
