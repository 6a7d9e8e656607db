"""opt: run passes on MLIR text by their names. Every pass of pipeline.py and of the targets can be named.

opt --passes=legalize-to-std,identify-dispatch-regions model.mlir
opt --passes='fold-trivial-ops,cse' --print-ir-after-all -
"""

import copy
import importlib
import json
import sys
from collections.abc import Callable
from functools import partial

from absl import flags

from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.parser import parse_module
from iree.compiler.ir.pass_manager import Pass, Timing, run_passes
from iree.compiler.ir.pass_pipeline import parse_pipeline
from iree.compiler.ir.printer import print_module
from iree.compiler.module.module_writer import write_whole
from iree.compiler.pipeline import STAGES
from iree.compiler.targets.registry import create_targets, target_names
from iree.tools import command_line
from iree.tools.command_line import UsageError, user_path

PASSES = flags.DEFINE_string("passes", "", "In order: name,name{option=value}.", short_name="p")
OUTPUT = flags.DEFINE_string("output", "-", "Where the result goes; - is standard output.", short_name="o")
PRINT_IR_AFTER = flags.DEFINE_list("print_ir_after", [], "Passes after which the IR is printed to standard error.")
PRINT_IR_AFTER_ALL = flags.DEFINE_bool("print_ir_after_all", False, "Print the IR after each pass.")
LOCATIONS = flags.DEFINE_bool("locations", False, "Print loc(..) after each operation.")
GENERIC = flags.DEFINE_bool("generic", False, "Print the generic form.")
ELIDE = flags.DEFINE_integer("elide", None, "Leave out constants of more elements than this.")
TIMING = flags.DEFINE_bool("timing", False, "Print the time that each pass took.")
JSON = flags.DEFINE_bool("json", False, "Print the times as JSON, to standard error.")
LIST_PASSES = flags.DEFINE_bool("list_passes", False, "List the passes that can be named, and stop.")


def run(arguments: list[str]) -> None:
    """The tool. CompileError: a pass is not known, the text is no module, or a pass refuses it."""
    passes = known_passes()
    if LIST_PASSES.value:
        print("\n".join(sorted(passes)))
        return
    if len(arguments) > 1:
        raise UsageError(f"give one file of MLIR text, or -, not {len(arguments)}")
    source = arguments[0] if arguments else "-"
    timing = Timing()
    pipeline = parse_pipeline(PASSES.value, passes)
    module = parse_module(*_read(source), make_context())
    run_passes(
        module,
        pipeline,
        print_ir_after=PRINT_IR_AFTER.value,
        print_ir_after_all=PRINT_IR_AFTER_ALL.value,
        timing=timing,
    )
    text = print_module(module, locations=LOCATIONS.value, generic=GENERIC.value, elide_large=ELIDE.value)
    if OUTPUT.value == "-":
        sys.stdout.write(text)
    else:
        write_whole(user_path(OUTPUT.value), lambda file: file.write(text.encode()))
    if JSON.value:
        print(json.dumps({"passes": timing.seconds}), file=sys.stderr)
    elif TIMING.value:
        print(timing.table(), end="", file=sys.stderr)


def known_passes() -> dict[str, Callable[[], Pass]]:
    """How each pass is made, by its name."""
    passes: dict[str, Callable[[], Pass]] = {}
    for stage in STAGES:
        for path, _ in stage.passes:
            module, _, name = path.partition(":")
            cls = getattr(importlib.import_module(module), name)
            passes[cls.name] = cls
    for target in create_targets(target_names()):
        for pass_ in target.passes:
            passes[pass_.name] = partial(copy.copy, pass_)
    return passes


def _read(source: str) -> tuple[str, str]:
    """A module's text, and what errors call it."""
    if source == "-":
        return sys.stdin.read(), "<stdin>"
    try:
        return user_path(source).read_text(encoding="utf-8"), source
    except UnicodeDecodeError:
        raise UsageError(f"{source} is no text") from None


def main() -> None:
    """The tool iree-opt."""
    command_line.main(run, CompileError)


if __name__ == "__main__":
    main()
