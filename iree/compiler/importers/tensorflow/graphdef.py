"""A TensorFlow 1 GraphDef (.pb or .pbtxt). It does not say what goes in and what comes out: the caller does.

import_graphdef("mul.pbtxt", input_arrays=["Placeholder", "Placeholder_1"], output_arrays=["Mul"])
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.importers.exported_function import export
from iree.compiler.importers.tensorflow.bridge import (
    PIPELINE,
    convert_graph,
    converted,
    no_lines,
    only_function,
    parse_converted,
    tensorflow,
)
from iree.compiler.ir.diagnostics import CompileError

_PLACEHOLDERS = ("Placeholder", "PlaceholderV2", "PlaceholderWithDefault")
_V1_LOOPS = ("Enter", "RefEnter", "NextIteration", "RefNextIteration", "Switch", "RefSwitch")


def import_graphdef(
    path: str | os.PathLike[str],
    input_arrays: Sequence[str],
    output_arrays: Sequence[str],
    *,
    function_name: str = "main",
    input_shapes: Mapping[str, Sequence[int]] | None = None,
) -> ModuleOp:
    """The mhlo module of the graph between `input_arrays` and `output_arrays`, as one exported function.

    `input_shapes`: static shapes for inputs whose own shape is not fully known.
    CompileError: the file is no GraphDef, a name is not in it, a placeholder that an output needs is not fed, the graph
    has TensorFlow 1 control flow, or an op cannot be converted.
    """
    graph = read_graphdef(path)
    nodes = {node.name: node for node in graph.node}
    inputs, outputs = [_node_name(name) for name in input_arrays], list(output_arrays)
    _check_names(nodes, inputs, [_node_name(name) for name in outputs], path)
    needed = _needed(nodes, [_node_name(name) for name in outputs], set(inputs))
    _check_feeds(nodes, needed, inputs)
    _check_control_flow(nodes, needed)
    shapes = [_shape(nodes[name], (input_shapes or {}).get(name)) for name in inputs]
    types = [_dtype(nodes[name]) for name in inputs]
    what = f"graph {os.fspath(path)}"
    text = converted(lambda: convert_graph(graph, inputs, types, shapes, outputs, PIPELINE), what, no_lines)
    module = parse_converted(text, what, no_lines)
    export(only_function(module), function_name, inputs, None)
    return module


def read_graphdef(path: str | os.PathLike[str]) -> Any:
    """The GraphDef in a file, binary or text. CompileError: it is neither. OSError: it cannot be read."""
    tf = tensorflow()
    from google.protobuf import message, text_format

    content = Path(path).read_bytes()
    graph = tf.compat.v1.GraphDef()
    try:
        if Path(path).suffix in (".pbtxt", ".txt", ".prototxt"):
            text_format.Parse(content.decode("utf-8"), graph)
        else:
            graph.ParseFromString(content)
    except (message.DecodeError, text_format.ParseError, UnicodeDecodeError) as error:
        hint = "text files end in .pbtxt, binary ones in .pb"
        raise CompileError(f"{os.fspath(path)} is no GraphDef: {error}; {hint}") from error
    if not graph.node:
        raise CompileError(f"{os.fspath(path)} is a GraphDef without nodes")
    return graph


def _node_name(array: str) -> str:
    """The node in "name:0", "^name" or "name"."""
    return array.removeprefix("^").partition(":")[0]


def _check_names(nodes: Mapping[str, Any], inputs: Sequence[str], outputs: Sequence[str], path: object) -> None:
    unknown = [name for name in (*inputs, *outputs) if name not in nodes]
    if unknown:
        raise CompileError(f"{path} has no node {', '.join(unknown)}; it has: {', '.join(list(nodes)[:50])}")
    if not outputs:
        raise CompileError(f"{path}: name what to compute with --output_arrays; nodes: {', '.join(list(nodes)[:50])}")
    twice = sorted({name for name in inputs if inputs.count(name) > 1})
    if twice:
        raise CompileError(f"{path}: input {', '.join(twice)} is given twice")


def _needed(nodes: Mapping[str, Any], outputs: Sequence[str], fed: set[str]) -> list[str]:
    """The nodes that the outputs are computed from, fed ones included but not what lies behind them."""
    seen: dict[str, None] = {}
    pending = list(outputs)
    while pending:
        name = pending.pop()
        if name not in seen and name in nodes:
            seen[name] = None
            if name not in fed:
                pending += [_node_name(source) for source in nodes[name].input]
    return list(seen)


def _check_feeds(nodes: Mapping[str, Any], needed: Sequence[str], inputs: Sequence[str]) -> None:
    # TensorFlow keeps a placeholder that is not fed inside the graph, and merges equal ones: silently wrong.
    missing = [name for name in nodes if name in needed and nodes[name].op in _PLACEHOLDERS and name not in inputs]
    if missing:
        every = ",".join([*inputs, *missing])
        raise CompileError(f"placeholder {', '.join(missing)} is not fed; give every one: --input_arrays={every}")
    unused = [name for name in inputs if name not in needed]
    if unused:
        raise CompileError(f"input {', '.join(unused)} is not used by any output; leave it out of --input_arrays")


def _check_control_flow(nodes: Mapping[str, Any], needed: Sequence[str]) -> None:
    loops = sorted({nodes[name].op for name in needed if nodes[name].op in _V1_LOOPS})
    if loops:
        raise CompileError(
            f"the graph has TensorFlow 1 control flow ({', '.join(loops)}), which a GraphDef cannot be imported with; "
            "build it with tf.compat.v1.enable_control_flow_v2(), or save a SavedModel"
        )


def _shape(node: Any, given: Sequence[int] | None) -> str:
    """The shape of an input as the bridge wants it: "2,3", "" for a scalar."""
    if given is not None:
        return ",".join(map(str, given))
    declared = node.attr["shape"].shape
    if declared.unknown_rank or any(dim.size < 0 for dim in declared.dim):
        sizes = "unknown" if declared.unknown_rank else [dim.size if dim.size >= 0 else "?" for dim in declared.dim]
        raise CompileError(
            f"input {node.name} has shape {sizes}; give a static one: --input_shapes={node.name}=1x224x224x3"
        )
    if "shape" not in node.attr and node.op not in _PLACEHOLDERS:
        raise CompileError(
            f"input {node.name} is no placeholder, so its shape is not known: give it with --input_shapes"
        )
    return ",".join(str(dim.size) for dim in declared.dim)


def _dtype(node: Any) -> str:
    tf = tensorflow()
    number = node.attr["dtype"].type or node.attr["T"].type
    types = tf.compat.v1.AttrValue.DESCRIPTOR.file.pool.FindEnumTypeByName("tensorflow.DataType")
    name: str = types.values_by_number[number].name
    return name
