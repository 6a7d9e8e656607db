"""TensorFlow's bridge from graphs to mhlo: the one call, and the checks that make its silent failures errors.

All TensorFlow passes run inside that call, since TensorFlow cannot read mhlo back.
"""

import os
import re
from collections.abc import Callable, Sequence
from typing import Any

from xdsl.dialects.builtin import (
    ArrayAttr,
    FusedLoc,
    LocationAttr,
    ModuleOp,
    NameLoc,
    StringAttr,
    UnknownLoc,
)
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute

from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.location import file_location
from iree.compiler.ir.parser import parse_module

# Executor graph -> functions -> control flow in regions -> one inlined function -> stablehlo -> mhlo.
PIPELINE = "tf-lower-to-mlprogram-and-hlo,stablehlo-legalize-to-hlo"

Lines = Callable[[str], tuple[str, int] | None]  # a graph node's name -> the file and line that made it

_LEFT_OVER = re.compile(r'"?\b(tf|tf_executor|tf_type|ml_program)\.([A-Za-z_0-9]+)')
# As deep as Python's own stack; its innermost part names the node.
_CALL_STACK = re.compile(r"callsite\((#loc\d*) at #loc\d*\)")
_NOT_THE_USERS = re.compile(r"/(site|dist)-packages/(tensorflow|keras|tf_keras)/")


def run_bridge(convert: Callable[[], str], what: str, lines: Lines) -> ModuleOp:
    """The mhlo module that `convert` gives as text; `lines` tells where its graph nodes came from.

    CompileError: TensorFlow cannot convert the program, or left TensorFlow ops in it; all of them are named.
    """
    try:
        text = convert()
    except Exception as error:  # the bridge raises many types, and each says in its text what it could not do
        raise CompileError(f"TensorFlow cannot convert {what}: {_first_lines(str(error))}") from error
    left = sorted({f"{dialect}.{name}" for dialect, name in _LEFT_OVER.findall(_without_locations(text))})
    if left:
        raise CompileError(
            f"{what} uses TensorFlow ops that have no form in mhlo: {', '.join(left)}. "
            "Strings, variables that are assigned and ops that only a host can run cannot be compiled; move them out"
        )
    module = parse_module(_CALL_STACK.sub(r"fused[\1]", text), f"<{what}>", make_context())
    for op in module.walk():
        op.location = source_location(op.location, lines)
    return module


def only_function(module: ModuleOp) -> FuncOp:
    """The one function that TensorFlow's conversion of one function gives, called functions being inlined."""
    functions = [op for op in module.ops if isinstance(op, FuncOp)]
    if len(functions) != 1:
        names = ", ".join(function.sym_name.data for function in functions)
        raise CompileError(f"TensorFlow left {len(functions)} functions where one was asked for: {names}")
    return functions[0]


def source_location(location: LocationAttr, lines: Lines) -> LocationAttr:
    """The line of the user's program that made a graph node, or the node's name where no line is known.

    The bridge's own lines are not used: they are those of whoever called it, once variables have been frozen.
    """
    names = [leaf.desc.data for leaf in _leaves(location) if isinstance(leaf, NameLoc)]
    nodes = [name for name in names if not name.endswith(":")]  # "MatMul:" is a type of op
    for name in nodes:
        if (line := lines(name)) is not None:
            return file_location(*line, 1)
    return NameLoc(StringAttr(nodes[0]), UnknownLoc()) if nodes else location


def lines_of(graph: Any) -> Lines:
    """Where the nodes of a graph that was built in this process came from."""

    def line_of(name: str) -> tuple[str, int] | None:
        try:
            frames = graph.get_operation_by_name(name).traceback
        except (KeyError, ValueError):
            return None
        users = [frame for frame in frames if not _NOT_THE_USERS.search(frame.filename)]
        return (users[-1].filename, users[-1].lineno) if users else None

    return line_of


def no_lines(_: str) -> None:
    """The lines of a graph that came from a file: none is known."""


def _leaves(location: Attribute) -> list[Attribute]:
    """Every place and name in a location, in the order of its text."""
    match location:
        case FusedLoc(locations=ArrayAttr() as parts):
            return [leaf for part in parts for leaf in _leaves(part)]
        case NameLoc():
            return [location, *_leaves(location.location)]
    return [location]


def _without_locations(text: str) -> str:
    """`text` without what follows `loc(` and without the contents of constants, where anything may stand."""
    lines = (line for line in text.splitlines() if not line.startswith("#loc"))
    return "\n".join(re.sub(r'loc\(.*\)$|"0x[0-9A-Fa-f]*"', "", line) for line in lines)


def _first_lines(message: str) -> str:
    lines = [line for line in message.splitlines() if line.strip()]
    return "\n  ".join(lines[:8]) if lines else "it does not say why"


def merge(modules: Sequence[ModuleOp]) -> ModuleOp:
    """One module with the functions of all."""
    merged = ModuleOp([])
    for module in modules:
        for op in list(module.ops):
            op.detach()
            merged.body.block.add_op(op)
    return merged


def tensorflow() -> Any:
    """The tensorflow package. CompileError: it is not installed."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # its start-up messages are not about the user's program
    try:
        import tensorflow
    except ImportError as error:
        raise CompileError("TensorFlow is not installed; install the compiler with its extra [tensorflow]") from error
    return tensorflow
