"""Expanded functions against NumPy in f64: numbers from all of the line, special values; the text of one of them."""

# ruff: noqa: E501  IR is compared as it is printed

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.kernels.expand_math import EXACT_FUNCTIONS, ExpandMath
from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.testing.ir import check_pass
from iree.testing.kernel_stages import check_kernel, kernel_function, kernel_text, parse_kernel, shaped
from iree.testing.linalg_evaluator import run_nests

Array = NDArray[Any]
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

SPECIAL = np.array(
    [0.0, -0.0, np.inf, -np.inf, np.nan, 1, -1, 1e-45, -1e-45, 1e-38, -1e-38, 1.17549435e-38, 3.4028235e38, -3.4028235e38,
     89, 88.7, -87.3, -88, -103, -104, -200, 100, 0.5, -0.5, 2, 3, -3, 2.5, -7, 16777216, 16777217, 1e30, 0.99999994],
    np.float32,
)  # fmt: skip


def everywhere(step: int) -> Array:
    """Every step-th of all floats, by their bits."""
    return np.arange(7, 2**32, step, dtype=np.uint32).view(np.float32)


def between(low: float, high: float, count: int = 100_000) -> Array:
    return np.linspace(low, high, count).astype(np.float32)


def units_off(found: Array, exact: Array) -> Array:
    """Distance in units in the last place; subnormal numbers count in those of the least normal one."""
    nearest = exact.astype(np.float32)
    unit = np.spacing(np.maximum(np.abs(nearest), np.float32(1.17549435e-38))).astype(np.float64)
    off = np.abs(found.astype(np.float64) - exact) / unit
    same = (found == nearest) | (np.isnan(found) & np.isnan(nearest))
    off = np.where(same & ~np.isfinite(found), 0.0, off)
    return np.where(np.isnan(off), np.inf, off)


def computed(body: str, *inputs: Array, expand: ExpandMath | None = None) -> Array:
    """The only result of an elementwise body after expansion."""
    module = parse_kernel(kernel_text(body, inputs, {"%r": inputs[0]}))
    run_passes(module, [LowerToLinalg(), expand or ExpandMath()])
    left = {op.name for op in module.walk() if op.name.startswith("math.")}
    assert left <= {"math.absf", "math.sqrt", "math.floor", "math.roundeven", "math.trunc"}
    (result,) = run_nests(kernel_function(module), inputs)
    return result


UNARY: list[tuple[str, Callable[[Array], Array], Array, float]] = [
    ("math.exp", np.exp, between(-105, 90), 1.1),
    ("mhlo.exponential_minus_one", np.expm1, between(-20, 20), 1.8),
    ("math.log", np.log, between(0.1, 3), 0.9),
    ("mhlo.log_plus_one", np.log1p, between(-1, 2), 2.5),
    ("math.tanh", np.tanh, between(-10, 10), 2.5),
    ("mhlo.logistic", lambda x: 1 / (1 + np.exp(-x)), between(-100, 20), 2.4),
    ("math.rsqrt", lambda x: 1 / np.sqrt(x), between(0, 30), 1.5),
    ("mhlo.cbrt", np.cbrt, between(-30, 30), 0.6),
    ("mhlo.sine", np.sin, between(-30, 30), 1.1),
    ("mhlo.cosine", np.cos, between(-30, 30), 1.1),
    ("mhlo.tan", np.tan, between(-30, 30), 2.6),
]


@pytest.mark.parametrize(("name", "exact", "range_", "limit"), UNARY, ids=[case[0] for case in UNARY])
def test_unary(name: str, exact: Callable[[Array], Array], range_: Array, limit: float) -> None:
    x = np.concatenate([SPECIAL, everywhere(49_999), range_])
    found, expected = computed(f"%r = {name} %0 : tensor<{shaped(x)}>", x), exact(x.astype(np.float64))
    off = units_off(found, expected)
    worst = int(np.argmax(off))
    assert off[worst] <= limit, f"{name}({x[worst]!r}) = {found[worst]!r}, not {expected[worst]!r}"
    regular = ~np.isnan(expected)
    assert np.array_equal(np.signbit(found)[regular], np.signbit(expected)[regular])


def drawn(count: int, seed: int) -> Array:
    return np.random.default_rng(seed).integers(0, 2**32, count, dtype=np.uint32).view(np.float32)


def uniform(low: float, high: float, count: int, seed: int) -> Array:
    return np.random.default_rng(seed).uniform(low, high, count).astype(np.float32)


def pairs() -> tuple[Array, Array]:
    a, b = np.meshgrid(SPECIAL, SPECIAL)
    return a.reshape(-1).copy(), b.reshape(-1).copy()


BINARY: list[tuple[str, Callable[[Array, Array], Array], tuple[Array, Array], float]] = [
    ("mhlo.power", np.power, pairs(), 1.4),
    ("mhlo.power", np.power, (drawn(100_000, 0), drawn(100_000, 1)), 1.4),
    ("mhlo.power", np.power, (uniform(0, 10, 100_000, 0), uniform(-30, 30, 100_000, 1)), 1.4),
    ("mhlo.power", np.power, (uniform(0.999, 1.001, 100_000, 0), uniform(-80_000, 80_000, 100_000, 1)), 1.4),
    ("mhlo.power", np.power, (uniform(-9, 9, 10_000, 0), np.rint(uniform(-9, 9, 10_000, 1))), 1.4),
    ("mhlo.atan2", np.arctan2, pairs(), 2.5),
    ("mhlo.atan2", np.arctan2, (drawn(100_000, 0), drawn(100_000, 1)), 2.5),
    ("mhlo.atan2", np.arctan2, (uniform(-9, 9, 100_000, 0), uniform(-9, 9, 100_000, 1)), 2.5),
    ("mhlo.remainder", np.fmod, pairs(), 0.0),
    ("mhlo.remainder", np.fmod, (drawn(30_000, 0), drawn(30_000, 1)), 0.0),
]


@pytest.mark.parametrize(("name", "exact", "operands", "limit"), BINARY, ids=[case[0] for case in BINARY])
def test_binary(name: str, exact: Callable[[Array, Array], Array], operands: tuple[Array, Array], limit: float) -> None:
    x, y = operands
    found = computed(f"%r = {name} %0, %1 : tensor<{shaped(x)}>", x, y)
    expected = exact(x.astype(np.float64), y.astype(np.float64))
    off = units_off(found, expected)
    worst = int(np.argmax(off))
    assert off[worst] <= limit, f"{name}({x[worst]!r}, {y[worst]!r}) = {found[worst]!r}, not {expected[worst]!r}"
    regular = ~np.isnan(expected)
    assert np.array_equal(np.signbit(found)[regular], np.signbit(expected)[regular])


@pytest.mark.parametrize("name", ["math.exp", "math.tanh", "arith.maximumf"])
def test_half_precision_goes_through_f32(name: str) -> None:
    x = np.array([0, -0.5, 1.5, 10, -10, np.inf, np.nan], np.float16)
    operands = "%0, %0" if name.startswith("arith") else "%0"
    expected = {"math.exp": np.exp, "math.tanh": np.tanh}.get(name, lambda v: v)(x.astype(np.float64)).astype(
        np.float16
    )
    check_kernel(f"%r = {name} {operands} : tensor<7xf16>", [x], {"%r": expected})


def units_off_f64(found: Array, exact: Array) -> Array:
    """The same of f64, from what NumPy computes with 64 bits of mantissa."""
    nearest = exact.astype(np.float64)
    unit = np.spacing(np.maximum(np.abs(nearest), 2.2250738585072014e-308)).astype(np.longdouble)
    same = (found == nearest) | (np.isnan(found) & np.isnan(nearest))
    off = np.where(same & ~np.isfinite(found), 0.0, np.abs(found.astype(np.longdouble) - exact) / unit)
    return np.where(np.isnan(off), np.inf, off)


SPECIAL_F64 = np.array(
    [0.0, -0.0, np.inf, -np.inf, np.nan, 1, -1, 5e-324, -5e-324, 1e-308, 2.2250738585072014e-308, 1.7976931348623157e308,
     709.7, 709.79, -745.2, -708.5, -750, 0.5, -0.5, 2, 3, -3, 2.5, -7, 2.0**53, 2.0**53 + 2, 1e300, 1e-300,
     1 - 2.0**-53, 1 + 2.0**-52, np.pi, np.pi / 2, 22.0, 6381956970095103 * 2.0**797],
)  # fmt: skip

UNARY_F64: list[tuple[str, Callable[[Array], Array], float, float, float]] = [
    ("math.exp", np.exp, -746, 710, 1.1),
    ("mhlo.exponential_minus_one", np.expm1, -40, 40, 1.8),
    ("math.log", np.log, 0.1, 3, 0.9),
    ("mhlo.log_plus_one", np.log1p, -1, 2, 2.5),
    ("math.tanh", np.tanh, -20, 20, 2.5),
    ("mhlo.logistic", lambda x: 1 / (1 + np.exp(-x)), -700, 40, 2.4),
    ("math.rsqrt", lambda x: 1 / np.sqrt(x), 0, 30, 1.5),
    ("mhlo.cbrt", np.cbrt, -30, 30, 0.6),
    ("mhlo.sine", np.sin, -30, 30, 1.1),
    ("mhlo.cosine", np.cos, -30, 30, 1.1),
    ("mhlo.tan", np.tan, -30, 30, 2.6),
]


@pytest.mark.parametrize(("name", "exact", "low", "high", "limit"), UNARY_F64, ids=[case[0] for case in UNARY_F64])
def test_unary_f64(name: str, exact: Callable[[Array], Array], low: float, high: float, limit: float) -> None:
    generator = np.random.default_rng(4)
    any_ = generator.integers(0, 2**64, 5_000, dtype=np.uint64).view(np.float64)
    x = np.concatenate([SPECIAL_F64, any_, np.linspace(low, high, 5_000)])
    found, expected = computed(f"%r = {name} %0 : tensor<{shaped(x)}>", x), exact(x.astype(np.longdouble))
    off = units_off_f64(found, expected)
    worst = int(np.argmax(off))
    assert off[worst] <= limit, f"{name}({x[worst]!r}) = {found[worst]!r}, not {expected[worst]!r}"
    regular = ~np.isnan(expected)
    assert np.array_equal(np.signbit(found)[regular], np.signbit(expected)[regular])


BINARY_F64: list[tuple[str, Callable[[Array, Array], Array], float]] = [
    ("mhlo.power", np.power, 1.4),
    ("mhlo.atan2", np.arctan2, 2.5),
    ("mhlo.remainder", np.fmod, 0.0),
]


@pytest.mark.parametrize(("name", "exact", "limit"), BINARY_F64, ids=[case[0] for case in BINARY_F64])
def test_binary_f64(name: str, exact: Callable[[Array, Array], Array], limit: float) -> None:
    generator = np.random.default_rng(5)
    any_ = generator.integers(0, 2**64, 3_000, dtype=np.uint64).view(np.float64)
    large = generator.normal(size=3_000) * 10.0 ** generator.uniform(-30, 30, 3_000)
    small = generator.normal(size=3_000) * 10.0 ** generator.uniform(-3, 1, 3_000)
    near = 1 + generator.normal(size=3_000) * 1e-3
    x = np.concatenate([SPECIAL_F64.repeat(len(SPECIAL_F64)), any_, large, near])
    y = np.concatenate([np.tile(SPECIAL_F64, len(SPECIAL_F64)), any_[::-1], small, small * 1e4])
    found = computed(f"%r = {name} %0, %1 : tensor<{shaped(x)}>", x, y)
    off = units_off_f64(found, exact(x.astype(np.longdouble), y.astype(np.longdouble)))
    worst = int(np.argmax(off))
    assert off[worst] <= limit, f"{name}({x[worst]!r}, {y[worst]!r}) = {found[worst]!r}"


EXACT: list[tuple[str, Callable[[Array], Array]]] = [
    ("math.absf", np.abs),
    ("math.ceil", np.ceil),
    ("math.floor", np.floor),
    ("math.roundeven", np.rint),
    ("math.sqrt", np.sqrt),
    ("mhlo.round_nearest_afz", lambda x: np.copysign(np.trunc(np.abs(x)) + (np.abs(x) % 1 >= 0.5), x)),
]


@pytest.mark.parametrize(("name", "exact"), EXACT, ids=[case[0] for case in EXACT])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_exact_functions(name: str, exact: Callable[[Array], Array], dtype: Any) -> None:
    ends = [SPECIAL, SPECIAL_F64][dtype == np.float64]
    halves = np.arange(-9, 9, 0.25)
    powers = np.array([2.0**23, 2.0**24, 2.0**52, 2.0**53, 2.0**31, 2.0**63, 2.0**-126, 2.0**-1022])
    around = np.nextafter(powers.astype(dtype), dtype([[0], [np.inf]])).reshape(-1)
    if dtype == np.float32:
        any_ = everywhere(39_999)
    else:
        any_ = np.random.default_rng(6).integers(0, 2**64, 20_000, dtype=np.uint64).view(np.float64)
    x = np.concatenate([ends, halves, powers, -powers, around, -around, any_]).astype(dtype)
    found = computed(f"%r = {name} %0 : tensor<{shaped(x)}>", x, expand=ExpandMath((*EXACT_FUNCTIONS, "math.round")))
    expected = exact(x)
    is_nan = np.isnan(expected)
    assert np.array_equal(np.isnan(found), is_nan)
    bits = np.dtype(f"i{dtype().itemsize}")
    wrong = (found.view(bits) != expected.view(bits)) & ~is_nan
    assert not wrong.any(), (x[wrong][:5], found[wrong][:5], expected[wrong][:5])


def test_whole_text() -> None:
    check_pass(
        [LowerToLinalg(), ExpandMath()],
        before="""
        func.func @f(%arg0: memref<4xf32>, %arg1: memref<4xf32>) {
          %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
          %1 = math.rsqrt %0 : tensor<4xf32>
          iree.store_output(%1 : tensor<4xf32>, %arg1 : memref<4xf32>)
          iree.return
        }
        """,
        after="""
        func.func @f(%arg0: memref<4xf32>, %arg1: memref<4xf32>) {
          %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
          %1 = tensor.empty() : tensor<4xf32>
          %2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%0 : tensor<4xf32>) outs(%1 : tensor<4xf32>) {
          ^bb0(%arg2: f32, %arg3: f32):
            %3 = math.sqrt %arg2 : f32
            %4 = arith.constant 1.000000e+00 : f32
            %5 = arith.divf %4, %3 : f32
            linalg.yield %5 : f32
          } -> tensor<4xf32>
          iree.store_output(%2 : tensor<4xf32>, %arg1 : memref<4xf32>)
          iree.return
        }
        """,
    )
