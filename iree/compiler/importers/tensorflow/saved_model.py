"""A SavedModel on disk: its functions by the names they had in Python, or its signatures."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.importers.tensorflow.bridge import tensorflow
from iree.compiler.importers.tensorflow.function import import_functions
from iree.compiler.importers.tensorflow.module import functions_of
from iree.compiler.ir.diagnostics import CompileError


def import_saved_model(
    directory: str | os.PathLike[str], exported_names: Sequence[str] = (), tags: Sequence[str] = ()
) -> ModuleOp:
    """The mhlo module of a SavedModel of TensorFlow 2 or 1, weights included.

    `exported_names`: tf.functions of the saved object, or signatures; unless given, all tf.functions, and where there
    are none, all signatures. `tags`: which of several graphs of a TensorFlow 1 model, ["serve"] for example.
    CompileError: there is no SavedModel, a name is unknown, or a function cannot be converted.
    """
    path = Path(directory)
    if not any((path / name).is_file() for name in ("saved_model.pb", "saved_model.pbtxt")):
        raise CompileError(f"{path} is no SavedModel: it holds no saved_model.pb")
    try:
        loaded = tensorflow().saved_model.load(str(path), tags=list(tags) or None)
    except Exception as error:  # whatever a damaged or foreign model makes the loader raise
        raise CompileError(f"TensorFlow cannot load the SavedModel {path}: {str(error).splitlines()[0]}") from error
    functions = functions_of(loaded)
    signatures = dict(loaded.signatures)
    names = exported_names or list(functions) or list(signatures)
    unknown = [name for name in names if name not in functions and name not in signatures]
    if unknown or not names:
        have = f"functions: {', '.join(functions) or 'none'}; signatures: {', '.join(signatures) or 'none'}"
        raise CompileError(f"SavedModel {path} has no {unknown or 'function to export'}; it has {have}")
    concrete = {name: _concrete(functions.get(name), signatures.get(name), name) for name in names}
    return import_functions(concrete, built_here=False)


def _concrete(function: Any, signature: Any, name: str) -> Any:
    """The one concrete function behind a name."""
    if function is None:
        return signature
    concrete = function.concrete_functions
    if len(concrete) != 1:
        types = "; ".join(str(c.structured_input_signature) for c in concrete) or "none"
        raise CompileError(
            f"function {name} was saved for {len(concrete)} sets of argument types: {types}. "
            "Save it with one input_signature, or export a signature by its name"
        )
    return concrete[0]
