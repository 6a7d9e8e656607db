"""A tf.function in memory: its concrete function through the bridge, its variables beside it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.importers.exported_function import export
from iree.compiler.importers.tensorflow.bridge import (
    INLINED,
    PIPELINE,
    Lines,
    convert_graph,
    convert_text,
    converted,
    data_type_name,
    drop_results,
    lines_of,
    merge,
    no_lines,
    only_function,
    parse_converted,
    tensorflow,
)
from iree.compiler.importers.tensorflow.state import keep_state
from iree.compiler.importers.tensorflow.variables import Variables
from iree.compiler.ir.diagnostics import CompileError, raise_all
from iree.schemas import abi

_Made = TypeVar("_Made")


def import_functions(functions: Mapping[str, Any], *, built_here: bool) -> ModuleOp:
    """One module with every tf.ConcreteFunction, exported under its key.

    The values of variables become constants, but for those that a function writes: these the module keeps.

    `built_here`: they were traced in this process, so that their operations know the lines they were written in.

    CompileError: one takes something that is no tensor, or cannot be converted; all are named.
    """
    variables = Variables()
    imports = all_of([partial(_Import, each, name, variables, built_here) for name, each in functions.items()])
    written = {number for each in imports for number in each.written}
    module = merge(all_of([partial(each.finish, variables, written) for each in imports]))
    keep_state(module, variables, written)
    variables.bind(module)
    return module


def all_of(makers: Sequence[Callable[[], _Made]]) -> list[_Made]:
    """What each maker makes. CompileError: those of all, in one."""
    made, errors = list[_Made](), list[CompileError]()
    for make in makers:
        try:
            made.append(make())
        except CompileError as error:
            errors.append(error)
    raise_all(errors)
    return made


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
                with tf.control_dependencies(graph.get_operations()):
                    results = [tf.constant(0)]
            self.outputs = [tf.identity(result, f"result{i}").op.name for i, result in enumerate(results)]
        self.inputs = inputs
        self.definition = graph.as_graph_def(add_shapes=True)

    def convert(self, pipeline: str) -> str:
        names = [tensor.op.name for tensor in self.inputs]
        types = [data_type_name(tensor.dtype) for tensor in self.inputs]
        shapes = [",".join("?" if size is None else str(size) for size in tensor.shape) for tensor in self.inputs]
        return convert_graph(self.definition, names, types, shapes, self.outputs, pipeline)


def concrete_function(function: Any, name: str, specs: Sequence[Any] = ()) -> Any:
    """The one concrete function of a tf.function: for `specs`, its input_signature, or the one call that was made.

    CompileError: its argument types are not known, and how to give them; or it cannot be traced for them.
    """
    tf = tensorflow()
    try:
        if specs or getattr(function, "input_signature", None) is not None:
            return function.get_concrete_function(*specs)
        traced = _traced(function)
        if len(traced) == 1:
            return traced[0]
        if not traced and not function.function_spec.arg_names:
            return function.get_concrete_function()
    except Exception as error:  # whatever the user's function raises when it is traced
        raise CompileError(f"function {name} cannot be traced: {str(error).strip() or type(error).__name__}") from error
    known = [str(concrete.structured_input_signature) for concrete in traced]
    have = f" It was called with: {'; '.join(known)}." if known else ""
    spec = f"tf.function(input_signature=[{tf.TensorSpec([1], tf.float32)}, ...])"
    raise CompileError(
        f"function {name}: the types of its arguments are not known.{have} "
        f"Give them: {spec}, or arguments to compile for"
    )


def _traced(function: Any) -> list[Any]:
    """The concrete functions that calls of a tf.function made."""
    if hasattr(function, "concrete_functions"):  # of a SavedModel
        return list(function.concrete_functions)
    return list(function._list_all_concrete_functions())


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
        case bool() | int() | float() | str():
            return abi.Fixed(spec)
        case dict():  # TensorFlow flattens dicts in the order of their keys
            return {key: _arguments(spec[key], f"{path}_{key}", names, function, tf) for key in sorted(spec)}
        case list() | tuple():
            keys = getattr(spec, "_fields", range(len(spec)))
            parts = [
                _arguments(part, f"{path}_{key}", names, function, tf) for key, part in zip(keys, spec, strict=True)
            ]
            return abi.like(spec, iter(parts))
    raise CompileError(
        f"function {function}: argument {path} is {spec!r}; only tensors and Python's scalars can be passed"
    )


def _results(value: Any, leaves: list[int], function: str, tf: Any) -> abi.Structure:
    match value:
        case None:
            return None
        case dict():
            return {key: _results(value[key], leaves, function, tf) for key in sorted(value)}
        case list() | tuple():
            return abi.like(value, iter([_results(item, leaves, function, tf) for item in value]))
    if not isinstance(value, tf.Tensor | tf.TensorSpec) and not hasattr(value, "dtype"):
        raise CompileError(f"function {function} returns {value!r}; only tensors can be returned")
    leaves.append(len(leaves))
    return leaves[-1]
