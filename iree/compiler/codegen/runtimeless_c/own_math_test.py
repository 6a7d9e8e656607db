"""The C file's own functions: they need no library, and are as exact as those of compiled targets, against NumPy."""

import ctypes
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iree.compiler.codegen.runtimeless_c.helpers import HELPERS, definitions
from iree.compiler.codegen.runtimeless_c.own_math import CONSTANTS, OWN, used_by

Array = np.ndarray[Any, Any]
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

# Against NumPy with more bits: the most units in the last place; 0 is exact.
UNARY: dict[str, tuple[Callable[[Array], Array], float]] = {
    "abs": (np.abs, 0),
    "cbrt": (np.cbrt, 0.6),
    "ceil": (np.ceil, 0),
    "cos": (np.cos, 1.1),
    "exp": (np.exp, 1.1),
    "expm1": (np.expm1, 1.9),
    "floor": (np.floor, 0),
    "log": (np.log, 0.9),
    "log1p": (np.log1p, 2.5),
    "round": (lambda x: np.copysign(np.trunc(np.abs(x)) + (np.abs(x) % 1 >= 0.5), x), 0),
    "roundeven": (np.rint, 0),
    "rsqrt": (lambda x: 1 / np.sqrt(x), 1.5),
    "sin": (np.sin, 1.1),
    "sqrt": (np.sqrt, 0.5),
    "tan": (np.tan, 2.6),
    "tanh": (np.tanh, 2.5),
    "trunc": (np.trunc, 0),
}
BINARY: dict[str, tuple[Callable[[Array, Array], Array], float]] = {"atan2": (np.arctan2, 2.5), "pow": (np.power, 1.4)}
FLAGS = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O2", "-fPIC", "-ffreestanding")


@pytest.fixture(scope="module", params=["gcc", "clang"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """a.o and a.so: all_NAME(n, operands..., results) for every function."""
    folder = tmp_path_factory.mktemp("own")
    loops = []
    for name, (_, type_) in OWN.items():
        declared = {"f32": "float", "f64": "double"}[str(type_)]
        binary = name.partition("_")[0] in BINARY
        parameters = f"int n, const {declared} *x, {f'const {declared} *y, ' * binary}{declared} *out"
        loops.append(
            f"void all_{name}({parameters});\nvoid all_{name}({parameters}) {{\n"
            f"  for (int i = 0; i < n; ++i) out[i] = {name}(x[i]{', y[i]' * binary});\n}}\n"
        )
    code = "\n".join([*used_by("".join(loops)), *loops])
    used = definitions({name for name in HELPERS if f"{name}(" in code})
    (folder / "a.c").write_text(f"#include <stdint.h>\n#include <string.h>\n{CONSTANTS}\n{used}\n{code}")
    subprocess.run([request.param, *FLAGS, "-c", "-o", "a.o", "a.c"], cwd=folder, check=True)
    subprocess.run([request.param, "-shared", "-o", "a.so", "a.o"], cwd=folder, check=True)
    return folder


def test_every_function_is_tested() -> None:
    assert {name.rpartition("_")[0] for name in OWN} == UNARY.keys() | BINARY.keys()


def test_nothing_is_missing(folder: Path) -> None:
    found = subprocess.run(["nm", "-u", "a.o"], cwd=folder, check=True, capture_output=True, text=True)
    assert set(found.stdout.split()) - {"U"} <= {"memcpy", "memset", "_GLOBAL_OFFSET_TABLE_"}


def computed(folder: Path, name: str, *operands: Array) -> Array:
    """The function of many numbers."""
    result = np.empty_like(operands[0])
    function = ctypes.CDLL(str(folder / "a.so"))[f"all_{name}"]
    function(ctypes.c_int(len(result)), *(ctypes.c_void_p(array.ctypes.data) for array in (*operands, result)))
    return result


def numbers(dtype: Any, seed: int) -> Array:
    """Of all sizes, of everyday ones, and the special ones."""
    draw, info = np.random.default_rng(seed), np.finfo(dtype)
    bits = np.dtype(f"u{info.bits // 8}")
    any_ = draw.integers(0, 2**info.bits, 20_000, bits).view(dtype)
    ends = [0, 1, 0.5, 1.5, 2.5, 3, info.smallest_subnormal, info.tiny, info.max, np.inf, 2.0**info.nmant]
    usual = draw.normal(size=20_000) * 10.0 ** draw.uniform(-3, 3, 20_000)
    return np.concatenate([np.array([*ends, *(-end for end in ends), np.nan]), usual, any_]).astype(dtype)


def check(found: Array, exact: Array, limit: float, dtype: Any) -> None:
    """Whether the numbers are within some units in the last place, and their signs are right."""
    nearest, tiny = exact.astype(dtype), np.finfo(dtype).tiny
    unit = np.spacing(np.maximum(np.abs(nearest), tiny)).astype(exact.dtype)
    same = (found == nearest) | (np.isnan(found) & np.isnan(exact))
    off = np.where(same & ((limit == 0) | ~np.isfinite(found)), 0, np.abs(found.astype(exact.dtype) - exact) / unit)
    worst = int(np.argmax(np.where(np.isnan(off), np.inf, off)))
    assert off[worst] <= limit, (worst, found[worst], exact[worst])
    regular = ~np.isnan(exact)
    assert np.array_equal(np.signbit(found)[regular], np.signbit(exact)[regular])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", UNARY)
def test_functions_of_one_number(folder: Path, name: str, dtype: Any) -> None:
    function, limit = UNARY[name]
    x = numbers(dtype, 0)
    wide = x.astype(np.float64 if dtype == np.float32 else np.longdouble)
    check(computed(folder, f"{name}_f{x.itemsize * 8}", x), function(wide), limit, dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", BINARY)
def test_functions_of_two_numbers(folder: Path, name: str, dtype: Any) -> None:
    function, limit = BINARY[name]
    x, y = numbers(dtype, 1), numbers(dtype, 2)[::-1].copy()
    x, y = np.concatenate([x, x[:23].repeat(23)]), np.concatenate([y, np.tile(x[:23], 23)])
    wide = [array.astype(np.float64 if dtype == np.float32 else np.longdouble) for array in (x, y)]
    check(computed(folder, f"{name}_f{x.itemsize * 8}", x, y), function(*wide), limit, dtype)


def test_functions_come_with_those_that_they_call() -> None:
    heads = [text.splitlines()[1] for text in used_by("y = rsqrt_f32(x) + mine_f32(x);")]
    assert heads == ["static inline float sqrt_f32(float x) {", "static inline float rsqrt_f32(float x) {"]
    assert used_by("y = x;") == []
