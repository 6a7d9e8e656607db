"""Helpers as compilers make them, against NumPy: every edge of every type, and every half."""

import ctypes
import itertools
import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iree.compiler.codegen.runtimeless_c.helpers import HELPERS, definitions

Array = np.ndarray[Any, Any]

STRICT = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O2", "-Wno-unused-function")
TYPES = {"float": np.float32, "double": np.float64} | {
    f"{sign}int{width}_t": np.dtype(f"{sign}int{width}") for sign in ("", "u") for width in (8, 16, 32, 64)
}
HEAD = re.compile(r"static inline (\w+) (\w+)\(([^)]*)\)")


@pytest.fixture(scope="module", params=["gcc", "clang"])
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """all_NAME(n, operands..., results): a helper on n numbers."""
    folder = tmp_path_factory.mktemp("helpers")
    loops = []
    for result, name, parameters in map(signature, HELPERS):
        types = [*parameters, result]
        declared = ", ".join(f"{'const ' * (n < len(parameters))}{type_} *a{n}" for n, type_ in enumerate(types))
        given = ", ".join(f"a{n}[i]" for n in range(len(parameters)))
        loops.append(
            f"void all_{name}(int n, {declared});\nvoid all_{name}(int n, {declared}) {{\n"
            f"  for (int i = 0; i < n; ++i) a{len(parameters)}[i] = {name}({given});\n}}\n"
        )
    head = "#include <math.h>\n#include <stdint.h>\n#include <string.h>\n"
    (folder / "a.c").write_text(head + definitions(set(HELPERS)) + "".join(loops))
    subprocess.run([request.param, *STRICT, "-shared", "-fPIC", "-o", "a.so", "a.c"], cwd=folder, check=True)
    return ctypes.CDLL(str(Path(folder) / "a.so"))


def signature(name: str) -> tuple[str, str, list[str]]:
    """A helper's result, name, and parameters' types."""
    found = HEAD.search(HELPERS[name])
    assert found is not None
    assert found[2] == name
    return found[1], name, [parameter.split()[0] for parameter in found[3].split(", ")]


def call(library: ctypes.CDLL, name: str, *operands: Array) -> Array:
    """A helper of many numbers."""
    result, _, parameters = signature(name)
    arrays = [np.ascontiguousarray(array, TYPES[type_]) for array, type_ in zip(operands, parameters, strict=True)]
    found = np.zeros(len(arrays[0]), TYPES[result])
    addresses = [ctypes.c_void_p(array.ctypes.data) for array in (*arrays, found)]
    library[f"all_{name}"](ctypes.c_int(len(found)), *addresses)
    return found


def pairs(values: Array) -> tuple[Array, Array]:
    """Every value beside every other."""
    both = np.array(list(itertools.product(values, repeat=2)), values.dtype)
    return both[:, 0], both[:, 1]


def integers(dtype: Any) -> Array:
    """What integers wrap around at, and some between."""
    limits = np.iinfo(dtype)
    edges = [limits.min, limits.min + 1, limits.max // 2, limits.max - 1, limits.max, 0, 1, 2, 3, 46341]
    edges += [-1, -2, -46341] if limits.min < 0 else []
    return np.array([edge for edge in edges if limits.min <= edge <= limits.max], dtype)


def floats(dtype: Any) -> Array:
    """Zeros, infinities, NaN, and the ends of the range."""
    info = np.finfo(dtype)
    edges = [0, info.smallest_subnormal, info.tiny, 0.5, 1, 1.5, info.max, np.inf]
    return np.array([*edges, *(-edge for edge in edges), np.nan], dtype)


@pytest.mark.parametrize("width", [32, 64])
@pytest.mark.parametrize(("name", "function"), [("add", np.add), ("sub", np.subtract), ("mul", np.multiply)])
def test_integers_wrap_around(library: ctypes.CDLL, name: str, function: Any, width: int) -> None:
    a, b = pairs(integers(np.dtype(f"int{width}")))
    with np.errstate(over="ignore"):
        assert call(library, f"{name}_i{width}", a, b).tolist() == function(a, b).tolist()


@pytest.mark.parametrize("width", [8, 16, 32, 64])
@pytest.mark.parametrize("sign", ["i", "u"])
@pytest.mark.parametrize(("name", "function"), [("min", np.minimum), ("max", np.maximum)])
def test_the_lesser_and_the_greater_integer(
    library: ctypes.CDLL, name: str, function: Any, sign: str, width: int
) -> None:
    a, b = pairs(integers(np.dtype(f"{sign}{width // 8}")))
    assert call(library, f"{name}_{sign}{width}", a, b).tolist() == function(a, b).tolist()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("name", "function"), [("min", np.fmin), ("max", np.fmax)])
def test_the_lesser_and_the_greater_float(library: ctypes.CDLL, name: str, function: Any, dtype: Any) -> None:
    a, b = pairs(floats(dtype))
    found = call(library, f"{name}_f{np.dtype(dtype).itemsize * 8}", a, b)
    is_nan = np.isnan(a) | np.isnan(b)
    assert (np.isnan(found) == is_nan).all()
    both_zero = (a == 0) & (b == 0)
    negative = np.signbit(a) & np.signbit(b) if name == "max" else np.signbit(a) | np.signbit(b)
    assert (np.signbit(found) == negative)[both_zero].all()
    assert (found == function(a, b))[~is_nan].all()


@pytest.mark.parametrize("width", [32, 64])
def test_the_bits_of_floats(library: ctypes.CDLL, width: int) -> None:
    values = floats(np.dtype(f"float{width}"))
    bits = call(library, f"bits_of_f{width}", values)
    assert bits.tobytes() == values.tobytes()
    assert call(library, f"f{width}_of_bits", bits).tobytes() == values.tobytes()


def test_every_half(library: ctypes.CDLL) -> None:
    halves = np.arange(2**16, dtype=np.uint16)
    found, expected = call(library, "f32_of_f16", halves), halves.view(np.float16).astype(np.float32)
    is_nan = np.isnan(expected)
    assert (np.isnan(found) == is_nan).all()
    assert (found.view(np.uint32) == expected.view(np.uint32))[~is_nan].all()


def test_a_helper_comes_with_those_that_it_uses() -> None:
    text = definitions({"max_f32"})
    assert text.index("bits_of_f32(float x)") < text.index("f32_of_bits(int32_t bits)") < text.index("max_f32(float a")
    assert "f64" not in text
    assert definitions(set()) == ""
