"""The jax package, imported when it is first needed."""

from typing import Any

from iree.compiler.ir.diagnostics import CompileError


def jax_package() -> Any:
    """The jax package. CompileError: it is not installed."""
    try:
        import jax
    except ImportError as error:
        raise CompileError("JAX is not installed; install the compiler with its extra [jax]") from error
    return jax


def jax_source_info() -> Any:
    """What knows which files' lines are not the user's."""
    from jax.extend import source_info_util

    return source_info_util
