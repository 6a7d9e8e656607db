"""A tf.function in memory: its concrete function with frozen variables, through the bridge."""

from collections.abc import Mapping, Sequence
from typing import Any

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.importers.exported_function import export
from iree.compiler.importers.tensorflow.bridge import (
    PIPELINE,
    lines_of,
    merge,
    no_lines,
    only_function,
    run_bridge,
    tensorflow,
)
from iree.compiler.ir.diagnostics import CompileError
from iree.schemas import abi

# Ops that write state. Freezing their variables would lose what they write.
_STATE = ("AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp", "ResourceScatterUpdate", "ResourceApply")


def import_functions(functions: Mapping[str, Any], *, built_here: bool) -> ModuleOp:
    """One module with every concrete function, exported under its key. See import_function."""
    return merge([import_function(function, name, built_here=built_here) for name, function in functions.items()])


def import_function(concrete: Any, name: str, *, built_here: bool) -> ModuleOp:
    """The mhlo module of one tf.ConcreteFunction; the values of its variables become constants.

    `built_here`: it was traced in this process, so that its operations know the lines they were written in.

    CompileError: it assigns to variables, takes something that is no tensor, or TensorFlow cannot convert it.
    """
    _check_state(concrete, name)
    structure, argument_names = signature_of(concrete, name)
    lines = lines_of(concrete.graph) if built_here else no_lines
    module = run_bridge(lambda: _convert(concrete), f"function {name}", lines)
    function = only_function(module)
    if len(function.body.block.args) != len(argument_names):
        found = len(function.body.block.args)
        raise CompileError(
            f"function {name}: TensorFlow made {found} arguments of {len(argument_names)}: {argument_names}"
        )
    export(function, name, argument_names, structure)
    return module


def concrete_function(function: Any, name: str, specs: Sequence[Any] = ()) -> Any:
    """The one concrete function of a tf.function. CompileError: its argument types are not known; how to give them."""
    tf = tensorflow()
    try:
        if specs or getattr(function, "input_signature", None) is not None:
            return function.get_concrete_function(*specs)
        return function.get_concrete_function()
    except (TypeError, ValueError) as error:
        known = [str(f.structured_input_signature) for f in getattr(function, "concrete_functions", [])]
        have = f" It was called with: {'; '.join(known)}." if known else ""
        spec = f"tf.function(input_signature=[{tf.TensorSpec([1], tf.float32)}, ...])"
        raise CompileError(
            f"function {name}: the types of its arguments are not known.{have} "
            f"Give them: {spec}, or arguments to compile for"
        ) from error


def _convert(concrete: Any) -> str:
    tf = tensorflow()
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    if concrete.variables or concrete.captured_inputs:
        concrete = convert_variables_to_constants_v2(concrete, lower_control_flow=False)
    text: str = tf.mlir.experimental.convert_function(concrete, PIPELINE, show_debug_info=True)
    return text


def _check_state(concrete: Any, name: str) -> None:
    nodes = [*concrete.graph.as_graph_def().node]
    for definition in concrete.graph.as_graph_def().library.function:
        nodes += definition.node_def
    writes = sorted({node.op for node in nodes if node.op.startswith(_STATE)})
    if writes:
        raise CompileError(
            f"function {name} writes to variables ({', '.join(writes)}), which cannot be compiled yet: "
            "pass the state as an argument and return its new value"
        )


def signature_of(concrete: Any, name: str) -> tuple[abi.Abi | None, list[str]]:
    """How arguments and results nest (None: a flat list each), and the names of the flat arguments."""
    tf = tensorflow()
    positional, keywords = concrete.structured_input_signature
    parameters = list(concrete.function_type.parameters)[: len(positional)]
    given = dict(zip(parameters, positional, strict=True)) | keywords
    names: list[str] = []
    arguments: dict[str, abi.Structure] = {}
    for parameter, spec in given.items():
        arguments[parameter] = _arguments(spec, parameter, names, name, tf)
    count = len(names)
    results: list[int] = []
    outputs = _results(concrete.structured_outputs, results, name, tf)
    flat_arguments = list(arguments.values()) == list(range(count))
    flat_results = outputs == 0 or (outputs == tuple(range(len(results))) and len(results) > 1)
    return (None if flat_arguments and flat_results else abi.Abi(arguments, outputs)), names


def _arguments(spec: Any, path: str, names: list[str], function: str, tf: Any) -> abi.Structure:
    """The structure of one parameter; appends the name of each tensor in it to `names`."""
    match spec:
        case tf.TensorSpec():
            names.append(path)
            return len(names) - 1
        case None:
            return None
        case dict():  # TensorFlow flattens dicts in the order of their keys
            return {key: _arguments(spec[key], f"{path}_{key}", names, function, tf) for key in sorted(spec)}
        case list():
            return [_arguments(item, f"{path}_{index}", names, function, tf) for index, item in enumerate(spec)]
        case tuple():
            return tuple(_arguments(item, f"{path}_{index}", names, function, tf) for index, item in enumerate(spec))
    raise CompileError(f"function {function}: argument {path} is {spec!r}; only tensors can be passed")


def _results(value: Any, leaves: list[int], function: str, tf: Any) -> abi.Structure:
    match value:
        case None:
            return None
        case dict():
            return {key: _results(value[key], leaves, function, tf) for key in sorted(value)}
        case list():
            return [_results(item, leaves, function, tf) for item in value]
        case tuple():
            return tuple(_results(item, leaves, function, tf) for item in value)
    if not isinstance(value, tf.Tensor | tf.TensorSpec) and not hasattr(value, "dtype"):
        raise CompileError(f"function {function} returns {value!r}; only tensors can be returned")
    leaves.append(len(leaves))
    return leaves[-1]
