"""JAX programs to modules, in one call.

module = iree.compiler.jax.compile(predict, params, jax.ShapeDtypeStruct((1, 784), np.float32))
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from iree.compiler.compile import compile_imported
from iree.compiler.importers.jax.function import import_function


def compile(
    function: Callable[..., Any],
    *example_args: Any,
    example_kwargs: Mapping[str, Any] | None = None,
    static_argnames: Collection[str] = (),
    name: str = "",
    **options: Any,
) -> bytes:
    """Compiles a function of JAX arrays, jitted or not. `options` are those of iree.compiler.compile_str.

    `example_args`, `example_kwargs`: arguments as the function takes them, for their shapes and types: arrays, numbers
    or jax.ShapeDtypeStruct, in dicts, lists, tuples and named tuples. The module's function is called the same way.
    Sizes of jax.export.symbolic_shape are chosen by each call.
    `static_argnames`: parameters whose values the module is compiled for; those of jax.jit count too.
    `name`: what the module calls the function; its own name unless given.

    Arrays that the function closes over become constants of the module.
    CompileError: JAX cannot trace or lower the function; otherwise see iree.compiler.compile_str.
    """
    module = import_function(function, example_args, example_kwargs, static_argnames=static_argnames, name=name)
    return compile_imported(module, options)
