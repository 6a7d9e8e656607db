"""Elementwise instructions of one operand, against NumPy in more precision, and where it matters bit by bit."""

import math
from collections.abc import Callable

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stnp

from iree.hal.interpreter.kernels.unary import COPY, UNARY
from iree.hal.interpreter.testing.evaluate import evaluate, type_of
from iree.hal.status import DataLoss

FLOATS = [np.dtype(t) for t in (np.float16, ml_dtypes.bfloat16, np.float32, np.float64)]
INTEGERS = [np.dtype(f"{sign}{width}") for sign in "iu" for width in (1, 2, 4, 8)]
EPSILON = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float32": 2.0**-23, "float64": 2.0**-52}
SMALLEST = {"float16": 2.0**-24, "bfloat16": 2.0**-133, "float32": 2.0**-149, "float64": 2.0**-1074}
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 0.49999997, -0.49999997, 3e4, -3e4]
SPECIAL += [math.inf, -math.inf, math.nan, 1e-5, -1e-5, 20.25, -20.25, 100.0, -100.0]


ORACLES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "abs_f": np.abs, "neg_f": np.negative, "exp_f": np.exp, "expm1_f": np.expm1, "log_f": np.log, "log1p_f": np.log1p,
    "sqrt_f": np.sqrt, "rsqrt_f": lambda x: 1 / np.sqrt(x), "cbrt_f": np.cbrt, "sin_f": np.sin, "cos_f": np.cos,
    "tan_f": np.tan, "tanh_f": np.tanh, "logistic_f": lambda x: 1 / (1 + np.exp(-x)), "floor_f": np.floor,
    "ceil_f": np.ceil, "round_even_f": np.rint,
}  # fmt: skip


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("dtype", FLOATS)
def test_float_function(name: str, dtype: np.dtype) -> None:
    x = np.concatenate([np.array(SPECIAL), np.linspace(-9, 9, 77)]).astype(dtype)
    with np.errstate(all="ignore"):
        wanted = ORACLES[name](x.astype(np.float64)).astype(dtype)
    result = evaluate(name, [x], type_of(x))
    assert result.dtype == dtype
    tolerance, smallest = 4 * EPSILON[dtype.name], 2 * SMALLEST[dtype.name]
    np.testing.assert_allclose(
        result.astype(np.float64), wanted.astype(np.float64), rtol=tolerance, atol=max(smallest, 1e-6 * tolerance)
    )


@pytest.mark.parametrize("dtype", FLOATS)
def test_logistic_keeps_small_results(dtype: np.dtype) -> None:
    x = np.array([-10, -40, -80, 80], dtype)
    result = evaluate("logistic_f", [x], type_of(x)).astype(np.float64)
    wanted = [4.5397868e-5, 4.248354e-18, 1.804851e-35, 1]
    np.testing.assert_allclose(result, wanted, rtol=1e-2, atol=1e-7 if dtype == np.float16 else 0)


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("round_even_f", [0.5, 1.5, 2.5, -0.5, -1.5, 0.49999997], [0, 2, 2, -0.0, -2, 0]),
        ("round_away_f", [0.5, 1.5, 2.5, -0.5, -2.5, 0.49999997, -0.2], [1, 2, 3, -1, -3, 0, -0.0]),
        ("round_away_f", [8388609.0, -16777215.0, math.inf, math.nan], [8388609, -16777215, math.inf, math.nan]),
        ("sign_f", [3, -2, 0.0, -0.0, math.nan, math.inf, -math.inf], [1, -1, 0.0, -0.0, math.nan, 1, -1]),
        ("rsqrt_f", [4, 0.0, -0.0, -1, math.inf], [0.5, math.inf, -math.inf, math.nan, 0]),
        ("abs_f", [-0.0, -math.inf], [0.0, math.inf]),
        ("neg_f", [0.0, -0.0], [-0.0, 0.0]),
        ("floor_f", [-0.5, -0.0], [-1, -0.0]),
        ("ceil_f", [-0.5], [-0.0]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_special_values(name: str, value: list[float], wanted: list[float], dtype: np.dtype) -> None:
    result = evaluate(name, [np.array(value, dtype)], type_of(np.array(value, dtype)))
    np.testing.assert_array_equal(result, np.array(wanted, dtype))
    keep = ~np.isnan(result)
    np.testing.assert_array_equal(np.signbit(result[keep]), np.signbit(np.array(wanted)[keep]))


@pytest.mark.parametrize("dtype", FLOATS)
def test_is_finite(dtype: np.dtype) -> None:
    x = np.array([0, 1, -1, math.inf, -math.inf, math.nan], dtype)
    assert evaluate("is_finite_f", [x], "6xi1").tolist() == [True, True, True, False, False, False]


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integer_functions(dtype: np.dtype) -> None:
    limits = np.iinfo(dtype)
    x = np.array([0, 1, 2, 3, 5, limits.max, limits.min, limits.max // 3, limits.min // 3], dtype)
    bits, mask = limits.bits, (1 << limits.bits) - 1
    numbers = [int(value) for value in x]
    wanted = {
        "abs_i": [abs(n) for n in numbers],
        "neg_i": [-n for n in numbers],
        "sign_i": [(n > 0) - (n < 0) for n in numbers],
        "not": [~n for n in numbers],
        "popcnt": [(n & mask).bit_count() for n in numbers],
        "clz": [bits - (n & mask).bit_length() for n in numbers],
        "copy": numbers,
    }
    for name, results in wanted.items():
        kept = [int(value) & mask for value in evaluate(name, [x], type_of(x))]
        assert kept == [result & mask for result in results], name


def test_not_of_booleans() -> None:
    assert evaluate("not", [np.array([True, False])], "2xi1").tolist() == [False, True]


@settings(deadline=None)
@given(stnp.arrays(np.int32, st.integers(0, 40)))
def test_clz_and_popcnt_of_any_integer(x: np.ndarray) -> None:
    assert evaluate("clz", [x], type_of(x)).tolist() == [32 - (int(v) & 0xFFFFFFFF).bit_length() for v in x]
    assert evaluate("popcnt", [x], type_of(x)).tolist() == [(int(v) & 0xFFFFFFFF).bit_count() for v in x]


@settings(deadline=None)
@given(stnp.arrays(np.float32, st.integers(0, 40)))
def test_round_away_of_any_float(x: np.ndarray) -> None:
    with np.errstate(all="ignore"):
        wide = x.astype(np.float64)
        wanted = np.copysign(np.floor(np.abs(wide) + 0.5), wide).astype(np.float32)
    np.testing.assert_array_equal(evaluate("round_away_f", [x], type_of(x)), wanted)


@pytest.mark.parametrize("name", sorted(UNARY | COPY))
@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (2, 1, 3), (1,) * 6])
def test_every_shape(name: str, shape: tuple[int, ...]) -> None:
    dtype = np.float32 if name.endswith("_f") else np.int32
    x = np.ones(shape, dtype)
    target = type_of(np.empty(shape, np.bool_ if name == "is_finite_f" else dtype))
    assert evaluate(name, [x], target).shape == shape


@pytest.mark.parametrize(
    ("name", "value", "output", "text"),
    [
        ("exp_f", "4xi32", "4xi32", "exp_f is for floats, not 4xi32"),
        ("exp_f", "4xf32", "5xf32", "exp_f takes and gives one type, not 4xf32 and 5xf32"),
        ("exp_f", "4xf32", "4xf64", "exp_f takes and gives one type, not 4xf32 and 4xf64"),
        ("abs_i", "4xi1", "4xi1", "abs_i is for integers, not 4xi1"),
        ("clz", "4xf32", "4xf32", "clz is for integers"),
        ("not", "4xf32", "4xf32", "not is for integers and i1"),
        ("is_finite_f", "4xi32", "4xi1", "is_finite_f is for floats, not 4xi32"),
        ("is_finite_f", "4xf32", "4xf32", "is_finite_f of 4xf32 gives i1s, not 4xf32"),
        ("copy", "4xf32", "2x2xf32", "copy copies 4xf32 to the same type, not to 2x2xf32"),
    ],
)
def test_wrong_types_are_refused(name: str, value: str, output: str, text: str) -> None:
    *sizes, element = value.split("x")
    dtype = {"f32": np.float32, "i32": np.int32, "i1": np.bool_}[element]
    with pytest.raises(DataLoss, match=text):
        evaluate(name, [np.zeros([int(size) for size in sizes], dtype)], output)
