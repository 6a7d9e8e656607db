"""A JAX function: traced and lowered by JAX for no platform in particular, read as text, with its weights as bytes.

    import_function(f, [params, x])

For a platform that JAX does not know it lowers by its general rules: linear algebra becomes StableHLO, where for a CPU
it would become calls of LAPACK.
"""

import re
import traceback
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from xdsl.dialects.builtin import FileLineColLoc, LocationAttr, ModuleOp, StringAttr, SymbolRefAttr, UnknownLoc
from xdsl.dialects.func import CallOp, FuncOp

from iree.compiler.dialects.registry import make_context
from iree.compiler.importers.exported_function import export
from iree.compiler.importers.jax.callbacks import check_callbacks
from iree.compiler.importers.jax.package import jax_package, jax_source_info
from iree.compiler.importers.jax.signature import (
    Function,
    Signature,
    check_leaves,
    name_of,
    static_names_of,
    structure_of,
)
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.location import file_location, innermost_place
from iree.compiler.ir.parser import parse_module
from iree.compiler.ir.rewriting import ops_of
from iree.schemas import abi

PLATFORM = "iree"  # none that JAX has rules of its own for
_NOT_THE_USERS = (str(Path(__file__).parent), str(Path(__file__).parents[2] / "jax.py"))
LARGEST_IN_TEXT = 64  # elements of a constant that comes over as text


def import_function(
    function: Function,
    args: Sequence[Any],
    kwargs: Mapping[str, Any] | None = None,
    *,
    static_argnames: Collection[str] = (),
    name: str = "",
) -> ModuleOp:
    """The StableHLO module of a function called with these arguments, or any of their shapes and types.

    `static_argnames`: parameters whose values the module is compiled for; those of jax.jit count too.
    `name`: what the module calls the function; its own name unless given.
    CompileError: the arguments do not fit the function, or JAX cannot trace or lower it.
    """
    names = {static_argnames} if isinstance(static_argnames, str) else set(static_argnames)
    signature = Signature.of(function, args, kwargs or {}, names | static_names_of(function))
    check_leaves(signature.traced)
    name = name or name_of(function)
    text, resources, labels, structure = _lower(signature, name)
    filename = f"<function {name}>"
    module = parse_module(text, filename, make_context(), resources)
    for op in module.walk():
        op.location = _users_place(op.location, filename)
    export(_main(module, name), name, labels, structure)
    module.sym_name = StringAttr(name)
    return module


def _lower(signature: Signature, name: str) -> tuple[str, dict[str, bytes], list[str], abi.Abi]:
    """JAX's lowering of the function on its flat arguments, as _text_of gives it; their names, and how they nest."""
    jax = jax_package()
    paths, tree = jax.tree_util.tree_flatten_with_path(signature.traced_values)
    labels = [_label(signature.names[path[0].idx], path[1:]) for path, _ in paths]
    leaves = [leaf for _, leaf in paths]
    names = signature.names

    def flat(*values: Any) -> Any:
        return signature.call(dict(zip(names, tree.unflatten(values), strict=True)))

    flat.__name__ = flat.__qualname__ = name
    positions = tree.unflatten(range(len(leaves)))
    arguments = {n: structure_of(p, f"argument '{n}'") for n, p in zip(names, positions, strict=True)}
    for path in _NOT_THE_USERS:
        jax_source_info().register_exclusion(path)
    try:
        traced = jax.jit(flat, keep_unused=True).trace(*leaves)
        check_callbacks(traced.jaxpr)
        if any(_has_symbols(leaf) for leaf in leaves):
            text, resources = _exported(flat, leaves), dict[str, bytes]()
        else:
            text, resources = _text_of(traced.lower(lowering_platforms=(PLATFORM,)).compiler_ir())
    except CompileError:
        raise
    except Exception as error:  # whatever the user's function and JAX raise
        raise _lowering_error(error, name) from error
    results = jax.tree_util.tree_structure(traced.out_info)
    outputs = structure_of(results.unflatten(range(results.num_leaves)), "the result")
    return text, resources, labels, abi.Abi(arguments, outputs)


def _has_symbols(leaf: Any) -> bool:
    """Whether an argument has sizes of jax.export.symbolic_shape, which each call chooses."""
    return any(not isinstance(size, int) for size in getattr(leaf, "shape", ()))


def _exported(function: Function, leaves: Sequence[Any]) -> str:
    """The text of a function of symbolic sizes. Only jax.export makes arguments' sizes of them, and it knows no lines.

    It lowers for platforms that JAX knows alone.
    """
    jax = jax_package()
    from jax import export as jax_export

    text: str = jax_export.export(jax.jit(function, keep_unused=True), platforms=["cpu"])(*leaves).mlir_module()
    return text


def _label(name: str, path: Sequence[Any]) -> str:
    """What errors and the IR call an array that stands somewhere in an argument: params_layers_0."""
    return f"{name}_{jax_package().tree_util.keystr(path, simple=True, separator='_')}" if path else name


def _lowering_error(error: Exception, name: str) -> CompileError:
    """What went wrong, at the innermost line that is not JAX's."""
    frames = traceback.extract_tb(error.__traceback__)
    users = [f for f in frames if f.filename != __file__ and not f.filename.endswith("importers/jax/signature.py")]
    users = [f for f in users if "/site-packages/jax" not in f.filename and f.lineno is not None]
    place = f"{users[-1].filename}:{users[-1].lineno}:{(users[-1].colno or 0) + 1}" if users else ""
    said = next((line for line in str(error).splitlines() if line.strip()), "it does not say why")
    said = re.sub(f" at {re.escape(__file__)}:\\d+", "", said)
    return CompileError(f"JAX cannot lower {name}: {type(error).__name__}: {said}", place)


def _text_of(module: Any) -> tuple[str, dict[str, bytes]]:
    """The text of JAX's module, and the data of its large constants, which stand in the text as resources."""
    from jaxlib.mlir import ir

    resources: dict[str, bytes] = {}
    with module.context, ir.Location.unknown():
        for op in _walk(module.operation):
            if op.name != "stablehlo.constant":
                continue
            data = _data_of(op)
            if data is None:
                continue
            key = f"jax_{len(resources)}"
            resources[key] = data
            op.attributes["value"] = ir.DenseResourceElementsAttr.get_from_buffer(b"", key, op.results[0].type)
    text: str = module.operation.get_asm(enable_debug_info=True, large_resource_limit=0)
    return text, resources


def _data_of(constant: Any) -> bytes | None:
    """The elements of a large constant.

    None where it is small, or of a type that Python's buffers or MLIR's Python does not have: it stays in the text.
    """
    try:
        value = constant.attributes["value"]
        if value.is_splat or len(value) <= LARGEST_IN_TEXT:
            return None
        return memoryview(value).tobytes()
    except (AttributeError, BufferError, TypeError, ValueError):
        return None


def _walk(op: Any) -> Iterator[Any]:
    for region in op.regions:
        for block in region.blocks:
            for inner in block.operations:
                yield inner.operation
                yield from _walk(inner.operation)


def _users_place(location: LocationAttr, filename: str) -> LocationAttr:
    """The innermost line that a location names; none where that is one of the text. JAX counts columns from 0."""
    place = innermost_place(location)
    if not isinstance(place, FileLineColLoc) or place.filename.data == filename:
        return UnknownLoc()
    return file_location(place.filename.data, place.line.data, place.column.data + 1)


def _main(module: ModuleOp, name: str) -> FuncOp:
    """JAX's @main, which is to be called `name`; another function of that name gets another one."""
    functions = {function.sym_name.data: function for function in ops_of(module, FuncOp)}
    main = functions.pop("main")
    if name in functions:
        other = next(f"{name}_{n}" for n in range(len(functions) + 1) if f"{name}_{n}" not in functions)
        functions[name].properties["sym_name"] = StringAttr(other)
        for call in ops_of(module, CallOp):
            if call.callee.root_reference.data == name:
                call.properties["callee"] = SymbolRefAttr(other)
    return main
