"""TensorFlow programs to modules, in one call.

module = iree.compiler.tf.compile_module(my_tf_module, target_backends=["interpreter-bytecode"])
"""

import os
from collections.abc import Sequence
from typing import Any

from iree.compiler.compile import compile_imported
from iree.compiler.importers.tensorflow.graphdef import import_graphdef
from iree.compiler.importers.tensorflow.module import import_object
from iree.compiler.importers.tensorflow.saved_model import import_saved_model


def compile_module(
    source: Any,
    *,
    exported_names: Sequence[str] = (),
    arguments: Sequence[Any] = (),
    batch_size: int | None = 1,
    **options: Any,
) -> bytes:
    """Compiles a tf.Module, a Keras model or a tf.function. `options` are those of iree.compiler.compile_str.

    `exported_names`: the functions of a tf.Module to export; all its tf.functions unless given.
    `arguments`: tf.TensorSpecs or example tensors for a tf.function without an input_signature.
    `batch_size`: of a Keras model's inputs, where the model leaves it free. None: whoever calls the module chooses it,
    and every other size that the model leaves free.
    CompileError: see iree.compiler.compile_str.
    """
    return compile_imported(import_object(source, exported_names, arguments, batch_size), options)


def compile_saved_model(
    directory: str | os.PathLike[str], *, exported_names: Sequence[str] = (), tags: Sequence[str] = (), **options: Any
) -> bytes:
    """Compiles a SavedModel of TensorFlow 2 or 1. See compile_module and importers/tensorflow/saved_model.py."""
    return compile_imported(import_saved_model(directory, exported_names, tags), options)


def compile_graphdef(
    path: str | os.PathLike[str],
    *,
    input_arrays: Sequence[str],
    output_arrays: Sequence[str],
    function_name: str = "main",
    **options: Any,
) -> bytes:
    """Compiles a TensorFlow 1 GraphDef. See compile_module and importers/tensorflow/graphdef.py."""
    module = import_graphdef(path, input_arrays, output_arrays, function_name=function_name)
    return compile_imported(module, options)
