"""The opt tool over the compiler's IR: read a module, run passes on it by name, print it.

    iree-opt --passes=identify-dispatch-regions,outline-dispatch-regions model.mlir
    iree-opt --passes='fuse{max-ops=4}' --print-ir-after-all -

Which passes there are is the caller's: iree/tools/opt.py hands in all of the compiler's.
"""

import argparse
import dataclasses
import json
import pathlib
import re
import sys
from collections.abc import Callable, Mapping, Sequence

from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.parser import parse_module
from iree.compiler.ir.pass_manager import Pass, Timing, run_passes
from iree.compiler.ir.printer import print_module
from iree.compiler.ir.suggestions import nearest

PassTable = Mapping[str, Callable[[], Pass]]


def run(arguments: Sequence[str], passes: PassTable) -> int:
    """Runs the tool; `passes` are those that can be named. The exit status: 0, or 1 with the error on stderr."""
    options = _argument_parser(passes).parse_args(arguments)
    timing = Timing()
    try:
        pipeline = parse_pipeline(options.passes, passes)
        module = parse_module(_read(options.input), _display_name(options.input), make_context())
        run_passes(
            module,
            pipeline,
            print_ir_after=options.print_ir_after,
            print_ir_after_all=options.print_ir_after_all,
            timing=timing,
        )
        text = print_module(module, locations=options.locations, generic=options.generic, elide_large=options.elide)
        _write(options.output, text)
    except CompileError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps({"passes": timing.seconds}), file=sys.stderr)
    elif options.timing:
        print(timing.table(), end="", file=sys.stderr)
    return 0


def parse_pipeline(spec: str, passes: PassTable) -> list[Pass]:
    """The passes that a text such as `a,b{max-ops=4,fold=true}` names, with their options set.

    CompileError: the text is malformed, or a pass or an option is not known.
    """
    if not re.fullmatch(r"([^,{}]+(\{[^{}]*\})?(,(?!$)|$))*", spec):
        raise CompileError(f"--passes={spec} is not of the form pass,pass{{option=value}}")
    return [_make_pass(name.strip(), options, passes) for name, options in re.findall(r"([^,{}]+)(\{[^{}]*\})?", spec)]


def _make_pass(name: str, options: str, passes: PassTable) -> Pass:
    if name not in passes:
        raise CompileError(f"there is no pass {name}{nearest(name, passes)}; known: {', '.join(sorted(passes))}")
    pass_ = passes[name]()
    fields = {field.name.replace("_", "-"): field.name for field in _fields(pass_)}
    values = {}
    for option in filter(None, options.strip("{}").split(",")):
        key, _, text = (part.strip() for part in option.partition("="))
        if key not in fields:
            raise CompileError(f"pass {name} has no option {key}; it has: {', '.join(fields) or 'none'}")
        values[fields[key]] = _option_value(name, key, text, getattr(pass_, fields[key]))
    return dataclasses.replace(pass_, **values) if values else pass_  # type: ignore[type-var]


def _fields(pass_: Pass) -> tuple["dataclasses.Field[object]", ...]:
    return dataclasses.fields(pass_) if dataclasses.is_dataclass(pass_) else ()


def _option_value(name: str, key: str, text: str, default: object) -> object:
    """The option's text as the type of its default."""
    try:
        match default:
            case bool():
                return {"true": True, "false": False}[text]
            case int() | float() | str():
                return type(default)(text)
    except (KeyError, ValueError):
        pass
    raise CompileError(f"pass {name}: {key}={text} is no {type(default).__name__}")


def _argument_parser(passes: PassTable) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("iree-opt", description="Runs compiler passes on MLIR text.", allow_abbrev=False)
    parser.add_argument("input", nargs="?", default="-", help="the module's file; - is standard input")
    parser.add_argument("-o", "--output", default="-", help="where the result goes; - is standard output")
    parser.add_argument(
        "-p", "--passes", default="", help=f"comma-separated, in order; known: {', '.join(sorted(passes))}"
    )
    parser.add_argument("--print-ir-after", action="append", default=[], metavar="PASS", help="dump after this pass")
    parser.add_argument("--print-ir-after-all", action="store_true", help="dump after each pass")
    parser.add_argument("--locations", action="store_true", help="print loc(..) after each operation")
    parser.add_argument("--generic", action="store_true", help="print the generic form")
    parser.add_argument("--elide", type=int, metavar="N", help="leave out constants of more than N elements")
    parser.add_argument("--timing", action="store_true", help="print the time each pass took")
    parser.add_argument("--json", action="store_true", help="print the times as JSON")
    return parser


def _display_name(path: str) -> str:
    return "<stdin>" if path == "-" else path


def _read(path: str) -> str:
    try:
        return sys.stdin.read() if path == "-" else pathlib.Path(path).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise CompileError(f"cannot read {_display_name(path)}: {error}") from None


def _write(path: str, text: str) -> None:
    if path == "-":
        sys.stdout.write(text)
        return
    try:
        pathlib.Path(path).write_text(text)
    except OSError as error:
        raise CompileError(f"cannot write {path}: {error}") from None
