"""TensorFlow's bridge from graphs to mhlo: its calls, and the checks that make its silent failures errors.

What TensorFlow gives is read once, at the end: it cannot read mhlo back.
"""

import os
import re
from collections.abc import Callable, Sequence
from typing import Any

from xdsl.dialects.builtin import (
    ArrayAttr,
    FunctionType,
    FusedLoc,
    LocationAttr,
    ModuleOp,
    NameLoc,
    StringAttr,
    UnknownLoc,
)
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Attribute

from iree.compiler.dialects.registry import make_context
from iree.compiler.importers.tensorflow.unknown_ops import check_known
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.location import file_location
from iree.compiler.ir.parser import parse_module

# Executor graph -> functions -> control flow in regions -> one function of TensorFlow's ops, all others inlined.
INLINED = "tf-standard-pipeline,tf-functional-control-flow-to-regions,inline,canonicalize"
# The same, or what INLINED gave -> stablehlo -> mhlo. Lists of tensors become tensors, which is done to @main alone.
PIPELINE = (
    "tf-standard-pipeline,tf-tensor-list-ops-decomposition,tf-lower-to-mlprogram-and-hlo,stablehlo-legalize-to-hlo"
)

Lines = Callable[[str], tuple[str, int] | None]  # a graph node's name -> the file and line that made it

_GLOBAL = re.compile(r"^ *ml_program\.global .*\n", re.MULTILINE)
# As deep as Python's own stack; its innermost part names the node.
_NODE = re.compile(r'"([^":]+@[^":]+)"')
_CALL_STACK = re.compile(r"callsite\((#loc\d*) at #loc\d*\)")
_NOT_THE_USERS = re.compile(r"/(site|dist)-packages/(tensorflow|keras|tf_keras)/")


def convert_graph(
    graph: Any,
    inputs: Sequence[str],
    types: Sequence[str],
    shapes: Sequence[str],
    outputs: Sequence[str],
    pipeline: str,
) -> str:
    """The MLIR that TensorFlow makes of the GraphDef between inputs and outputs, as one function @main.

    Types are spelled "DT_FLOAT", shapes "2,3" or "" for a scalar. Raises whatever TensorFlow does; see `converted`.
    """
    from tensorflow.python import pywrap_mlir

    text: str = pywrap_mlir.import_graphdef(
        graph,
        pipeline,
        True,
        input_names=list(inputs),
        input_data_types=list(types),
        input_data_shapes=list(shapes),
        output_names=list(outputs),
    )
    return text


def convert_text(text: str, pipeline: str) -> str:
    """What TensorFlow's passes make of MLIR in its dialects. Raises whatever TensorFlow does; see `converted`."""
    from tensorflow.python import pywrap_mlir

    converted: str = pywrap_mlir.experimental_run_pass_pipeline(text, pipeline, True)
    return converted


def converted(convert: Callable[[], str], what: str, lines: Lines) -> str:
    """The text that `convert` gives. CompileError: TensorFlow cannot convert the program; why, and where."""
    try:
        return convert()
    except Exception as error:  # the bridge raises many types, and each says in its text what it could not do
        message = str(error)
        place = next(filter(None, map(lines, _NODE.findall(message))), None)
        location = f"{place[0]}:{place[1]}:1" if place else ""
        raise CompileError(f"TensorFlow cannot convert {what}: {_first_lines(message)}", location) from error


def parse_converted(text: str, what: str, lines: Lines) -> ModuleOp:
    """The mhlo module that the bridge gave as text; `lines` tells where its graph nodes came from.

    Variables are left out: whoever gave them to the bridge knows them. CompileError: see unknown_ops.py.
    """
    context = make_context()
    check_known(text, what, context, lines)
    text = _CALL_STACK.sub(r"fused[\1]", _GLOBAL.sub("", text))
    module = parse_module(text, f"<{what}>", context)
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
    return NameLoc(StringAttr(nodes[0].partition("@")[0]), UnknownLoc()) if nodes else location


def lines_of(concrete: Any) -> Lines:
    """Where the nodes of a function that was traced in this process, and of those it calls, came from."""
    graphs: dict[str, Any] = {}
    pending = [concrete._inference_function]
    while pending:
        function = pending.pop()
        name = function.name.decode()
        if name not in graphs:
            graphs[name] = function.graph
            pending += function.children

    def line_of(name: str) -> tuple[str, int] | None:
        node, _, function = name.partition("@")
        for graph in [graphs[function]] if function in graphs else graphs.values():
            try:
                frames = graph.get_operation_by_name(node).traceback
            except (KeyError, ValueError):
                continue
            users = [frame for frame in frames if not _NOT_THE_USERS.search(frame.filename)]
            return (users[-1].filename, users[-1].lineno) if users else None
        return None

    return line_of


def drop_results(function: FuncOp) -> None:
    """Makes a function return nothing."""
    last = function.body.block.last_op
    assert isinstance(last, ReturnOp)
    last.operands = ()
    function.properties["function_type"] = FunctionType.from_lists(list(function.function_type.inputs), [])


def data_type_name(dtype: Any) -> str:
    """A tf.DType as the bridge wants it: "DT_FLOAT"."""
    from tensorflow.core.framework import types_pb2

    name: str = types_pb2.DataType.Name(dtype.as_datatype_enum)
    return name


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
