"""A tf.function in memory: its concrete function through the bridge, its variables beside it."""

from collections.abc import Mapping, Sequence
from typing import Any

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.importers.tensorflow.bridge import (
    INLINED,
    PIPELINE,
    Lines,
    convert_graph,
    convert_text,
    converted,
    data_type_name,
    drop_results,
    export,
    lines_of,
    merge,
    no_lines,
    only_function,
    parse_converted,
    tensorflow,
)
from iree.compiler.importers.tensorflow.variables import Variables
from iree.compiler.ir.diagnostics import CompileError
from iree.schemas import abi


def import_functions(functions: Mapping[str, Any], *, built_here: bool) -> ModuleOp:
    """One module with every tf.ConcreteFunction, exported under its key; the values of variables become constants.

    `built_here`: they were traced in this process, so that their operations know the lines they were written in.

    CompileError: one assigns to variables, takes something that is no tensor, or TensorFlow cannot convert it.
    """
    variables = Variables()
    imports = [_Import(concrete, name, variables, built_here) for name, concrete in functions.items()]
    _check_written(imports, variables)
    module = merge([each.finish(variables, set()) for each in imports])
    variables.bind(module)
    return module


class _Import:
    """One function on its way: its graph inlined, in TensorFlow's ops; only then it is known what it writes."""

    def __init__(self, concrete: Any, name: str, variables: Variables, built_here: bool):
        self.name = name
        self.structure, self.argument_names = signature_of(concrete, name)
        self.lines: Lines = lines_of(concrete) if built_here else no_lines
        self.graph = _CallGraph(concrete, name, variables)
        self.text = converted(lambda: self.graph.convert(INLINED), self.what, self.lines)
        self.written = variables.written_in(self.text)

    @property
    def what(self) -> str:
        return f"function {self.name}"

    def finish(self, variables: Variables, written: set[int]) -> ModuleOp:
        folded = variables.fold_small(self.text, written)
        text = converted(lambda: convert_text(folded, PIPELINE), self.what, self.lines)
        module = parse_converted(text, self.what, self.lines)
        function = only_function(module)
        if not self.graph.has_results:
            drop_results(function)
        export(function, self.name, self.argument_names, self.structure)
        return module


class _CallGraph:
    """A graph that calls a concrete function: placeholders for its arguments, handles for what it captures."""

    def __init__(self, concrete: Any, name: str, variables: Variables):
        tf = tensorflow()
        captured = concrete.captured_inputs
        arguments = concrete.inputs[: len(concrete.inputs) - len(captured)]
        names = {id(variable.handle): variable.name for variable in concrete.graph.variables}
        numbers = [
            variables.number_of(each, inner, names.get(id(each), inner.op.name), name)
            for each, inner in zip(captured, concrete.inputs[len(arguments) :], strict=True)
        ]
        with tf.Graph().as_default() as graph:
            inputs = [tf.compat.v1.placeholder(a.dtype, a.shape, f"argument{i}") for i, a in enumerate(arguments)]
            handles = map(variables.handle, numbers)
            results = concrete._inference_function.call_flat(*inputs, *handles)
            self.has_results = bool(concrete.outputs)
            if not self.has_results:  # nothing would ask for the call
                with tf.control_dependencies([results] if results is not None else graph.get_operations()):
                    results = [tf.constant(0)]
            self.outputs = [tf.identity(result, f"result{i}").op.name for i, result in enumerate(results)]
        self.inputs = inputs
        self.definition = graph.as_graph_def(add_shapes=True)

    def convert(self, pipeline: str) -> str:
        names = [tensor.op.name for tensor in self.inputs]
        types = [data_type_name(tensor.dtype) for tensor in self.inputs]
        shapes = [",".join("?" if size is None else str(size) for size in tensor.shape) for tensor in self.inputs]
        return convert_graph(self.definition, names, types, shapes, self.outputs, pipeline)


def _check_written(imports: Sequence[_Import], variables: Variables) -> None:
    for each in imports:
        if each.written:
            raise CompileError(
                f"function {each.name} writes to variables ({', '.join(sorted(set(each.written.values())))}: "
                f"{', '.join(variables.names(set(each.written)))}), which cannot be compiled yet: "
                "pass the state as an argument and return its new value"
            )


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
