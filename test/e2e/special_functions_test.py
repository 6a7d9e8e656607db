"""CHLO's functions on every driver, dense and at their edges, against NumPy and SciPy in f64 and against JAX.

An error is counted in units in the last place of the exact result, and for functions that have zeros between, in such
units of 1 where the result is smaller. JAX's own error is the yardstick: none here is worse than twice that and a bit.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special

import iree.compiler
import iree.runtime
from test.e2e.programs import DRIVERS, function_text, validated

F32, F64 = np.float32, np.float64
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 1e-30, -1e-30, 3e38, -3e38, np.inf, -np.inf, np.nan]


class Case(NamedTuple):
    """`ulp` bounds the error of f32 on every driver, `wide_ulp` that of f64; `absolute` counts it in units of 1."""

    op: str
    oracle: Callable[..., Any]
    jax: Callable[..., Any]
    ulp: float
    wide_ulp: float
    absolute: bool = False
    low: float = -90.0
    high: float = 90.0


CASES = (
    Case("acos", np.arccos, jnp.arccos, 4, 4, low=-1.5, high=1.5),
    Case("acosh", np.arccosh, jnp.arccosh, 4, 4),
    Case("asin", np.arcsin, jnp.arcsin, 4, 4, low=-1.5, high=1.5),
    Case("asinh", np.arcsinh, jnp.arcsinh, 4, 4),
    Case("atan", np.arctan, jnp.arctan, 4, 4),
    Case("atanh", np.arctanh, jnp.arctanh, 4, 4, low=-1.2, high=1.2),
    Case("bessel_i1e", special.i1e, jax.scipy.special.i1e, 12, 16),
    Case("cosh", np.cosh, jnp.cosh, 6, 6),
    Case("digamma", special.digamma, jax.scipy.special.digamma, 12, 64, absolute=True, low=-6.9),
    Case("erf", special.erf, jax.scipy.special.erf, 8, 6, low=-6, high=6),
    Case("erf_inv", special.erfinv, jax.scipy.special.erfinv, 24, 24, low=-1.1, high=1.1),
    Case("erfc", special.erfc, jax.scipy.special.erfc, 10, 128, low=-6, high=9),
    Case("lgamma", special.gammaln, jax.scipy.special.gammaln, 30, 64, absolute=True, low=-6.9),
    Case("sinh", np.sinh, jnp.sinh, 6, 6),
    Case("tan", np.tan, jnp.tan, 5, 4),
)  # fmt: skip


def drawn(case: Case, dtype: Any, count: int = 4000) -> Any:
    """Values all over the case's interval, near 0, and edges; without poles, where units tell nothing."""
    generator = np.random.default_rng(len(case.op))
    values = np.concatenate(
        [generator.uniform(case.low, case.high, count), generator.normal(size=count), generator.normal(size=9) * 1e-4]
    )
    values = values[(values >= case.low) & (values <= case.high)].astype(dtype)
    if case.absolute:
        values = values[np.abs(values - np.round(values)) > 0.02]  # near its poles a function shows x's last place
    return np.concatenate([values, np.array(EDGES, dtype)])


def error(got: Any, exact: Any, absolute: bool) -> float:
    """The largest error, in units in the last place of f32 or f64; infinite where one is NaN or infinite alone."""
    dtype = got.dtype.type
    with np.errstate(all="ignore"):
        wanted = exact.astype(dtype)
        same = (got == wanted) | (np.isnan(got) & np.isnan(wanted))
        size = np.maximum(np.abs(wanted), 1 if absolute else np.finfo(dtype).tiny)
        errors = np.abs(got.astype(F64) - exact) / np.spacing(size).astype(F64)
        flushed = (got == 0) & (np.abs(wanted) <= np.finfo(dtype).tiny)
    return float(np.nan_to_num(np.where(same | flushed, 0, errors), nan=np.inf).max())


def run(op: str, inputs: Any, driver: str, backends: Any = ("interpreter-bytecode", "vulkan-spirv")) -> Any:
    """The op's result on one driver."""
    key = op, inputs[0].dtype, inputs[0].shape, len(inputs)
    if key not in _MODULES:
        text = function_text("f", f"chlo.{op}", inputs, inputs[0])
        _MODULES[key] = validated(iree.compiler.compile_str(text, target_backends=backends))
    return np.asarray(iree.runtime.load_vm_flatbuffer(_MODULES[key], driver=driver).f(*inputs))


_MODULES: dict[Any, bytes] = {}


def exact_of(case: Case, x: Any) -> Any:
    """SciPy's or NumPy's value in f64, where CHLO says the same: it has no digamma at 0, and lgamma of -inf is inf."""
    with np.errstate(all="ignore"):
        exact = case.oracle(x.astype(F64))
    if case.op == "digamma":
        exact = np.where((x <= 0) & (x == np.floor(x)), np.nan, exact)
    return np.where(x == -np.inf, np.inf, exact) if case.op == "lgamma" else exact


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.op)
def test_a_function_of_f32(case, driver):
    x = drawn(case, F32)
    got = run(case.op, [x], driver)
    ours = error(got, exact_of(case, x), case.absolute)
    assert ours <= case.ulp
    usual = np.abs(x) < 1e30
    theirs = error(np.asarray(case.jax(x[usual])), exact_of(case, x[usual]), case.absolute)
    assert ours <= 2 * theirs + 4


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.op)
def test_a_function_of_f64(case):
    x = drawn(case, F64)
    exact = exact_of(case, x)
    got = run(case.op, [x], "interpreter", ["interpreter-bytecode"])
    unsure = (np.abs(x) > 1e30) & np.isfinite(x)
    assert error(got[~unsure], exact[~unsure], case.absolute) <= case.wide_ulp


COMPLEX_FUNCTIONS = {
    "acos": np.arccos, "acosh": np.arccosh, "asin": np.arcsin, "asinh": np.arcsinh, "atan": np.arctan,
    "atanh": np.arctanh, "cosh": np.cosh, "sinh": np.sinh,
}  # fmt: skip


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
@pytest.mark.parametrize("op", COMPLEX_FUNCTIONS)
def test_a_function_of_complex_numbers(op, dtype):
    """Within 4 units in the last place of the result's size, on both sides of every branch cut, and near 0 and 1."""
    generator = np.random.default_rng(6)
    grid = np.array([0.0, -0.0, 0.5, -0.5, 1, -1, 2, -2, 1e-4, 30, -30])
    x = np.empty((11, 11), np.complex128)
    x.real, x.imag = grid[:, None], grid
    parts = generator.normal(size=(2, 600)) * generator.choice([3, 1e-3], 600)
    x = np.concatenate([x.ravel(), parts[0] + 1j * parts[1]]).astype(dtype)
    with np.errstate(all="ignore"):
        exact = COMPLEX_FUNCTIONS[op](x.astype(np.complex128))
    got = run(op, [x], "interpreter", ["interpreter-bytecode"])
    known = np.isfinite(exact)
    size = np.spacing(np.abs(exact[known]).astype(got.real.dtype).clip(1e-30))
    with np.errstate(all="ignore"):
        assert (np.abs(got - exact)[known] / size).max() <= 4


@pytest.mark.parametrize("driver", DRIVERS)
def test_zeta(driver):
    generator = np.random.default_rng(3)
    x = np.concatenate([generator.uniform(1.01, 20, 600), [1.0, 0.5, 2.0, 4.0, 3.0, np.nan]]).astype(F32)
    q = np.concatenate([generator.uniform(0.1, 30, 600), [1.0, 1.0, -2.0, -1.5, -1.0, 2.0]]).astype(F32)
    of_jax = np.asarray(jax.scipy.special.zeta(x, q))
    expected = np.where(q > 0, special.zeta(F64(x), F64(q)), of_jax)
    expected[:600] = special.zeta(F64(x[:600]), F64(q[:600]))
    np.testing.assert_allclose(run("zeta", [x, q], driver), expected, rtol=4e-6, atol=1e-30)


@pytest.mark.parametrize("driver", DRIVERS)
def test_polygamma(driver):
    generator = np.random.default_rng(3)
    n, x = generator.integers(0, 6, 600), generator.uniform(0.1, 30, 600).astype(F32)
    expected = [*special.polygamma(n, F64(x)), np.nan, np.nan, special.digamma(-0.5), np.inf]
    n = np.array([*n, 0.5, -1, 0, 1], F32)
    x = np.array([*x, 1.0, 1.0, -0.5, -1.0], F32)
    np.testing.assert_allclose(run("polygamma", [n, x], driver), expected, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("driver", DRIVERS)
def test_predicates(driver):
    x = np.array(EDGES, F32)
    text = "".join(
        function_text(name, f"chlo.{name}", [x], np.bool_(x)) for name in ("is_inf", "is_pos_inf", "is_neg_inf")
    )
    module = iree.runtime.load_vm_flatbuffer(iree.compiler.compile_str(text), driver=driver)
    np.testing.assert_array_equal(module.is_inf(x), np.isinf(x))
    np.testing.assert_array_equal(module.is_pos_inf(x), np.isposinf(x))
    np.testing.assert_array_equal(module.is_neg_inf(x), np.isneginf(x))


@pytest.mark.parametrize("driver", DRIVERS)
def test_the_upper_half_of_a_product(driver):
    generator = np.random.default_rng(4)
    x, y = (
        np.concatenate([generator.integers(-(2**31), 2**31, 500), [0, -1, -(2**31), 2**31 - 1]]).astype(np.int32)
        for _ in range(2)
    )
    exact = ((x.astype(np.int64) * y.astype(np.int64)) >> 32).astype(np.int32)
    np.testing.assert_array_equal(run("mulhi", [x, y], driver), exact)


def test_the_upper_half_of_a_product_of_other_integers():
    generator = np.random.default_rng(5)
    for dtype in (np.int8, np.uint8, np.int16, np.uint16, np.uint32, np.int64, np.uint64):
        limits = np.iinfo(dtype)
        x, y = (generator.integers(limits.min, limits.max, 300, dtype, endpoint=True) for _ in range(2))
        exact = [(int(a) * int(b)) >> limits.bits for a, b in zip(x, y, strict=True)]
        got = run("mulhi", [x, y], "interpreter", ["interpreter-bytecode"])
        np.testing.assert_array_equal(got, np.array(exact, dtype))


@pytest.mark.parametrize("dtype", [np.float16, F32, F64])
def test_the_next_float(dtype):
    limits = np.finfo(dtype)
    small = [limits.tiny, -limits.tiny, limits.smallest_subnormal, -limits.smallest_subnormal]
    edges = np.array([*(value for value in EDGES if abs(value) != 3e38), *small, limits.max, limits.min], dtype)
    x, target = (each.ravel() for each in np.meshgrid(edges, edges))
    with np.errstate(all="ignore"):
        expected = np.where(x == target, target, np.nextafter(x, target))
    got = run("next_after", [x, target], "interpreter", ["interpreter-bytecode"])
    np.testing.assert_array_equal(got, expected)
    number = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(got[number]), np.signbit(expected[number]))


def test_narrow_floats_are_computed_in_f32():
    x = np.linspace(-3, 3, 101).astype(np.float16)
    got = run("erf", [x], "interpreter", ["interpreter-bytecode"])
    np.testing.assert_array_equal(got, special.erf(x.astype(F64)).astype(np.float16))


@pytest.mark.parametrize("driver", DRIVERS)
def test_constant_like_and_broadcasting_functions(driver):
    text = """
      func.func @f(%x: tensor<3x1xf32>, %q: tensor<4xf32>) -> tensor<3x4xf32> {
        %0 = chlo.broadcast_zeta %x, %q : (tensor<3x1xf32>, tensor<4xf32>) -> tensor<3x4xf32>
        %1 = "chlo.constant_like"(%0) <{value = 2.5 : f32}> : (tensor<3x4xf32>) -> tensor<3x4xf32>
        %2 = chlo.broadcast_polygamma %x, %q : (tensor<3x1xf32>, tensor<4xf32>) -> tensor<3x4xf32>
        %3 = stablehlo.add %0, %1 : tensor<3x4xf32>
        %4 = stablehlo.add %3, %2 : tensor<3x4xf32>
        return %4 : tensor<3x4xf32>
      }"""
    x, q = np.array([[2], [3], [4]], F32), np.array([1, 2, 3, 4], F32)
    module = iree.runtime.load_vm_flatbuffer(iree.compiler.compile_str(text), driver=driver)
    expected = special.zeta(F64(x), F64(q)) + 2.5 + special.polygamma(np.int64(x), F64(q))
    np.testing.assert_allclose(module.f(x, q), expected, rtol=1e-5)
