"""Programs whose sizes the caller chooses, as JAX exports them, and what JAX computes."""

import functools
import re
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import export

import iree.compiler
import iree.runtime
from test.e2e.programs import validated

Array = np.ndarray[Any, Any]

_RANDOM = np.random.default_rng(7)
_WEIGHTS = _RANDOM.standard_normal((12, 16), np.float32)
_KERNEL = _RANDOM.standard_normal((3, 3, 2, 4), np.float32)
_TABLE = _RANDOM.standard_normal((50, 8), np.float32)

PROGRAMS: dict[str, tuple[Callable[..., Any], Sequence[str]]] = {
    "mlp": (lambda x: jax.nn.softmax(jax.nn.relu(x @ _WEIGHTS + 1.0)), ["b, 12"]),
    "cnn": (
        lambda x: jax.lax.conv_general_dilated(
            x, jnp.asarray(_KERNEL), (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        ).reshape(x.shape[0], -1),
        ["b, 5, 6, 2"],
    ),
    "mean": (lambda x: x.mean(0), ["b, 7"]),
    "mean_of_all": (lambda x: x.mean(), ["b, 7"]),
    "layer_norm": (
        lambda x: (x - x.mean(-1, keepdims=True)) / jnp.sqrt(x.var(-1, keepdims=True) + 1e-5),
        ["b, 7"],
    ),
    "concatenate": (lambda x, y: jnp.concatenate([x, y], 0), ["b, 3", "c, 3"]),
    "reshape": (lambda x: (x.reshape(-1, 6), x.reshape(-1, 3), x.transpose(1, 2, 0)), ["b, 2, 3"]),
    "embedding": (lambda i: jnp.take(_TABLE, i, axis=0, mode="clip"), ["b, c int32"]),
    "attention": (lambda q: jax.nn.softmax(q @ jnp.swapaxes(q, 1, 2), -1) @ q, ["b, c, 8"]),
    "count": (lambda x: jnp.arange(x.shape[0]) * x.shape[1], ["b, c"]),
    "pad": (lambda x: jnp.pad(x, ((1, 2), (0, 1)), constant_values=3.0), ["b, 4"]),
    "reverse": (lambda x: x[::-1], ["b, 4"]),
    "tile": (lambda x: jnp.tile(x, (2, 1)), ["b, 4"]),
    "gram": (lambda x: x.T @ x, ["b, 4"]),
    "outer": (lambda x: x @ x.T, ["b, 4"]),
    "loop": (lambda x: jax.lax.fori_loop(0, 3, lambda i, y: y * 0.5 + x.shape[0], x), ["b, 4"]),
    "maximum": (lambda x: x.max(1), ["b, 4"]),
}


@functools.cache
def exported(name: str) -> str:
    """The program as text, without what JAX asserts, that sizes are 1 or more: 0 is a size like any other here."""
    return re.sub(r".*stablehlo\.custom_call @shape_assertion.*\n", "", asserting(name))


@functools.cache
def asserting(name: str) -> str:
    """The program as JAX exports it."""
    function, specs = PROGRAMS[name]
    scope = export.SymbolicScope()
    arguments = [
        jax.ShapeDtypeStruct(  # type: ignore[no-untyped-call]
            export.symbolic_shape(spec.removesuffix(" int32"), scope=scope), _dtype(spec)
        )
        for spec in specs
    ]
    text: str = export.export(jax.jit(function))(*arguments).mlir_module()
    return text


@functools.cache
def loaded(name: str, driver: str) -> Any:
    """The program on a driver."""
    return iree.runtime.load_vm_flatbuffer(_compiled(name), driver=driver)


@functools.cache
def _compiled(name: str) -> bytes:
    return validated(iree.compiler.compile_str(exported(name)))


def inputs(name: str, sizes: Sequence[int]) -> list[Array]:
    """Arguments for these values of b, c."""
    values = dict(zip("bc", sizes, strict=True))
    arrays = []
    for spec in PROGRAMS[name][1]:
        shape = [values[size] if size in values else int(size) for size in _names(spec)]
        random = np.random.default_rng(3)
        integers = random.integers(0, 50, shape).astype(np.int32)
        arrays.append(integers if spec.endswith("int32") else random.standard_normal(shape, np.float32))
    return arrays


def expected(name: str, arguments: Sequence[Array]) -> list[Array]:
    """What JAX computes, operation by operation."""
    return [np.asarray(result) for result in jax.tree.leaves(PROGRAMS[name][0](*arguments))]


def _names(spec: str) -> list[str]:
    return spec.removesuffix(" int32").split(", ")


def _dtype(spec: str) -> Any:
    return jnp.int32 if spec.endswith("int32") else jnp.float32
