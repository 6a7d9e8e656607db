"""Refuses what calls back into the process that traced a function, with the lines that do.

    model.py:12:9: jax.pure_callback calls a function of this process, which no module can

jax.debug.print and jax.debug.callback are such calls too.
"""

from collections.abc import Iterator
from typing import Any

from iree.compiler.ir.diagnostics import CompileError, raise_all

_NAMES = {
    "pure_callback": "jax.pure_callback",
    "io_callback": "jax.experimental.io_callback",
    "debug_callback": "jax.debug.print or callback",
    "debug_print": "jax.debug.print",
}


def check_callbacks(jaxpr: Any) -> None:
    """CompileError: the function calls back; all places."""
    raise_all(
        [
            CompileError(
                f"{_NAMES[equation.primitive.name]} calls a function of this process, which no module can. Leave it "
                'out, or call the function by a name, jax.ffi.ffi_call("my_function", ...), and load the module with '
                'custom_calls={"my_function": ...}',
                place_of(equation),
            )
            for equation in _equations(jaxpr)
            if equation.primitive.name in _NAMES
        ]
    )


def place_of(equation: Any) -> str:
    """`file:line:col` of an equation: the innermost line that is not JAX's own."""
    trace = equation.source_info.traceback
    frames = () if trace is None else trace.frames
    users = [frame for frame in frames if "/site-packages/jax" not in frame.file_name]
    return f"{users[0].file_name}:{users[0].line_num}:1" if users else ""


def _equations(jaxpr: Any) -> Iterator[Any]:
    """The equations of a jaxpr and of those inside it."""
    for equation in getattr(jaxpr, "jaxpr", jaxpr).eqns:
        yield equation
        for value in equation.params.values():
            for inner in value if isinstance(value, tuple | list) else (value,):
                if hasattr(inner, "eqns") or hasattr(inner, "jaxpr"):
                    yield from _equations(inner)
