"""A TensorFlow object in memory: a tf.Module with tf.functions, a Keras model, a tf.function."""

import inspect
from collections.abc import Sequence
from typing import Any

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.importers.tensorflow.bridge import tensorflow
from iree.compiler.importers.tensorflow.function import concrete_function, import_functions
from iree.compiler.ir.diagnostics import CompileError

KERAS_FUNCTION = "call"  # what a Keras model's own computation is exported as


def import_object(
    source: Any, exported_names: Sequence[str] = (), arguments: Sequence[Any] = (), batch_size: int | None = 1
) -> ModuleOp:
    """The mhlo module of a tf.Module, Keras model, tf.function or concrete function.

    `exported_names`: the functions of a tf.Module to export; all its tf.functions unless given.
    `arguments`: tf.TensorSpecs or example tensors for a tf.function without an input_signature.
    `batch_size`: the free batch size of a Keras model; None: it stays free, and all other free sizes with it.
    CompileError: there is nothing to export, a name is unknown, or a function cannot be converted.
    """
    tf = tensorflow()
    if isinstance(source, tf.keras.Model):
        functions = {KERAS_FUNCTION: _keras_function(source, batch_size)}
        return import_functions(functions, built_here=False)  # layers say more than lines
    if hasattr(source, "get_concrete_function"):
        name = getattr(source, "__name__", "main")
        return import_functions({name: concrete_function(source, name, arguments)}, built_here=True)
    if hasattr(source, "structured_input_signature"):
        return import_functions({"main": source}, built_here=True)
    functions = functions_of(source)
    names = exported_names or list(functions)
    if not names:
        raise CompileError(
            f"{type(source).__name__} has no tf.function to export; decorate its methods with tf.function"
        )
    unknown = [name for name in names if name not in functions]
    if unknown:
        raise CompileError(f"{type(source).__name__} has no tf.function {unknown}; it has: {', '.join(functions)}")
    concrete = {name: concrete_function(functions[name], name) for name in names}
    return import_functions(concrete, built_here=True)


def functions_of(source: Any) -> dict[str, Any]:
    """The tf.functions among the attributes of an object, by name."""
    found = inspect.getmembers(source, lambda member: hasattr(member, "get_concrete_function"))
    return {name: function for name, function in found if not name.startswith("_")}


def _keras_function(model: Any, batch_size: int | None) -> Any:
    """A Keras model's inference. Its inputs are the arguments, by their names."""
    tf = tensorflow()
    if not model.built or not model.inputs:
        raise CompileError(f"Keras model {model.name} has no input shape yet; give it an Input layer, or call it once")
    names = [tensor.name for tensor in model.inputs]
    shapes = [
        tensor.shape if batch_size is None else _static(tensor.shape, batch_size, model) for tensor in model.inputs
    ]
    types = [tensor.dtype for tensor in model.inputs]
    specs = [tf.TensorSpec(*each) for each in zip(shapes, types, names, strict=True)]

    def infer(*tensors: Any) -> Any:
        return model(tensors[0] if len(tensors) == 1 else list(tensors), training=False)

    call: Any = infer  # a function's type does not know that a signature may be set
    call.__signature__ = inspect.Signature(
        [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in names]
    )
    return tf.function(call).get_concrete_function(*specs)


def _static(shape: Sequence[int | None], batch_size: int, model: Any) -> list[int]:
    """A Keras shape with its free batch size set. CompileError: another dimension is free."""
    batch, *rest = shape
    if any(size is None for size in rest):
        raise CompileError(
            f"Keras model {model.name} has an input of shape {tuple(shape)}: give it an Input of fixed size, "
            "or compile it with batch_size=None, which leaves the sizes to the caller"
        )
    return [batch_size if batch is None else batch, *(size for size in rest if size is not None)]
