"""Functions of complex numbers, against Python's cmath, which is C's; and what C says at infinities and zeros."""

import cmath
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iree.hal.interpreter.testing.evaluate import evaluate, type_of
from iree.hal.status import DataLoss

TYPES = (np.complex64, np.complex128)
EPSILON = {np.complex64: 2.0**-23, np.complex128: 2.0**-50}

INF, NAN = math.inf, math.nan


def cubic_root(z: complex) -> complex:
    return cmath.rect(abs(z) ** (1 / 3), cmath.phase(z) / 3)


UNARY: dict[str, Callable[[complex], complex]] = {
    "neg_f": lambda z: -z,
    "exp_f": cmath.exp,
    "expm1_f": lambda z: 2 * cmath.exp(z / 2) * cmath.sinh(z / 2),
    "log_f": cmath.log,
    "log1p_f": lambda z: 2 * cmath.atanh(z / (2 + z)),
    "sqrt_f": cmath.sqrt,
    "rsqrt_f": lambda z: 1 / cmath.sqrt(z),
    "cbrt_f": cubic_root,
    "sin_f": cmath.sin,
    "cos_f": cmath.cos,
    "tan_f": cmath.tan,
    "tanh_f": cmath.tanh,
    "logistic_f": lambda z: 1 / (1 + cmath.exp(-z)),
    "sign_f": lambda z: z / abs(z),
}
BINARY: dict[str, Callable[[complex, complex], complex]] = {
    "add_f": lambda a, b: a + b,
    "sub_f": lambda a, b: a - b,
    "mul_f": lambda a, b: a * b,
    "div_f": lambda a, b: a / b,
    "pow_f": lambda a, b: cmath.exp(b * cmath.log(a)),
    "atan2_f": lambda a, b: -1j * cmath.log((b + 1j * a) / cmath.sqrt(b * b + a * a)),
}

# Away from where the oracles lose digits, and from zero.
parts = st.floats(0.01, 3) | st.floats(-3, -0.01)
numbers = st.builds(complex, parts, parts)


def close(result: np.ndarray, wanted: list[complex], epsilon: float) -> None:
    """Within some steps of a float of the size of the number."""
    assert (np.abs(result - np.array(wanted)) <= 8 * epsilon * np.abs(wanted)).all(), (result, wanted)


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("dtype", TYPES)
@settings(deadline=None, max_examples=10)
@given(st.lists(numbers, min_size=1, max_size=8))
def test_unary(name: str, dtype: type, values: list[complex]) -> None:
    x = np.array(values, dtype)
    result = evaluate(name, [x], type_of(x))
    assert result.dtype == dtype
    close(result, [UNARY[name](complex(z)) for z in x], EPSILON[dtype])


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("dtype", TYPES)
@settings(deadline=None, max_examples=10)
@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=8))
def test_binary(name: str, dtype: type, values: list[tuple[complex, complex]]) -> None:
    a, b = (np.array(side, dtype) for side in zip(*values, strict=True))
    wanted = [BINARY[name](complex(x), complex(y)) for x, y in zip(a, b, strict=True)]
    result = evaluate(name, [a, b], type_of(a))
    scale = np.maximum(np.abs(a), np.abs(b)) if name in ("add_f", "sub_f") else np.abs(wanted)
    loss = 64 if name in ("pow_f", "atan2_f") else 8
    assert (np.abs(result - np.array(wanted)) <= loss * EPSILON[dtype] * scale).all(), (result, wanted)


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("log1p_f", [1e-30 + 1e-25j, 1e-18, -1 + 1e-20j, 1e300], [1e-30 + 1e-25j, 1e-18, -46.051701859880914 + 1.5707963267948966j, 690.7755278982137]),  # noqa: E501
        ("log1p_f", [complex(-0.0, -0.0), complex(INF, 1)], [complex(-0.0, -0.0), complex(INF, 0)]),
        ("expm1_f", [1e-30 + 1e-25j, complex(INF, 0), complex(-INF, 5), 1e20], [1e-30 + 1e-25j, complex(INF, 0), -1, complex(INF, 0)]),  # noqa: E501
        ("exp_f", [complex(-INF, 1), complex(INF, 0), complex(0.0, -0.0)], [0, complex(INF, 0), complex(1, -0.0)]),
        ("log_f", [0, -1, complex(-1, -0.0), complex(INF, INF)], [complex(-INF, 0), cmath.pi * 1j, -cmath.pi * 1j, complex(INF, cmath.pi / 4)]),  # noqa: E501
        ("sqrt_f", [-4, complex(-4, -0.0), complex(NAN, INF)], [2j, -2j, complex(INF, INF)]),
        ("rsqrt_f", [0, complex(INF, 0), -4], [complex(INF, NAN), 0, complex(0, -0.5)]),
        ("logistic_f", [-1000 + 1j, 1000 + 1j, complex(-INF, 0)], [0, 1, 0]),
        ("sign_f", [0, complex(-0.0, 0.0), 3j], [0, complex(-0.0, 0.0), 1j]),
        ("abs_f", [complex(INF, NAN), 3 + 4j, complex(1e200, 1e200), 0], [INF, 5, 1e200 * math.sqrt(2), 0]),
    ],
)  # fmt: skip
def test_special_values(name: str, value: list[complex], wanted: list[complex]) -> None:
    x = np.array(value, np.complex128)
    result = evaluate(name, [x], f"{len(x)}x{'f64' if name == 'abs_f' else 'complex<f64>'}")
    for got, expected in zip(result.astype(np.complex128), wanted, strict=True):
        expected = complex(expected)
        np.testing.assert_allclose([got.real, got.imag], [expected.real, expected.imag], rtol=1e-14, atol=1e-300)


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        (1 + 1j, complex(INF, INF), 0),
        (complex(INF, 1), 1 + 1j, complex(INF, -INF)),
        (complex(INF, NAN), 2, complex(INF, NAN)),
        (1, 0, complex(INF, NAN)),
        (1 + 1j, complex(-0.0, 0), complex(-INF, -INF)),
        (0, 0, complex(NAN, NAN)),
        (1e300, complex(1e300, 1e300), 0.5 - 0.5j),
    ],
)
def test_division(a: complex, b: complex, wanted: complex) -> None:
    result = evaluate("div_f", [np.array([a], complex), np.array([b], complex)], "1xcomplex<f64>")[0]
    np.testing.assert_allclose([result.real, result.imag], [complex(wanted).real, complex(wanted).imag], atol=1e-300)


def test_comparison() -> None:
    a, b = np.array([1 + 1j, 1, complex(NAN, 1)], np.complex64), np.array([1 + 1j, 1 + 1j, complex(NAN, 1)])
    b = b.astype(np.complex64)
    assert evaluate("cmp_f", [a, b], "3xi1", 0).tolist() == [True, False, False]
    assert evaluate("cmp_f", [a, b], "3xi1", 1).tolist() == [False, True, True]
    with pytest.raises(DataLoss, match="cmp_f of 3xcomplex<f32> has no order, only eq and ne"):
        evaluate("cmp_f", [a, b], "3xi1", 2)


def test_sums_and_products() -> None:
    rng = np.random.default_rng(0)
    x, y = (rng.normal(size=(3, 4)) + 1j * rng.normal(size=(3, 4)) for _ in range(2))
    zero, one = np.array(0, complex), np.array(1, complex)
    np.testing.assert_allclose(evaluate("reduce_sum_f", [x, zero], "3xcomplex<f64>", (1,)), x.sum(1))
    np.testing.assert_allclose(evaluate("reduce_prod_f", [x, one], "4xcomplex<f64>", (0,)), x.prod(0))
    dims = ((), (), (1,), (1,))
    np.testing.assert_allclose(evaluate("dot_general_f", [x, y], "3x3xcomplex<f64>", *dims), x @ y.T)
    windows = ((1, 2), (1, 1), (0, 0), (0, 0), (1, 1), (1, 1))
    np.testing.assert_allclose(evaluate("window_sum_f", [x, zero], "3x3xcomplex<f64>", *windows), x[:, 1:] + x[:, :-1])
    lists = ((), (), (), (), (), (), (0, 1), (0, 1), (0, 1), (1, 1))
    np.testing.assert_allclose(evaluate("convolution_f", [x, y.T], "3x3xcomplex<f64>", *lists), x @ y.T)


def test_counting() -> None:
    assert evaluate("iota", [], type_of(np.zeros(3, np.complex64)), (0,)).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("name", "count", "text"),
    [
        ("floor_f", 1, "floor_f is for floats, not 2xcomplex<f32>"),
        ("rem_f", 2, "rem_f is for floats"),
        ("max_f", 2, "max_f is for floats"),
    ],
)
def test_what_complex_numbers_do_not_have(name: str, count: int, text: str) -> None:
    x = np.ones(2, np.complex64)
    with pytest.raises(DataLoss, match=text):
        evaluate(name, [x] * count, type_of(x))


def test_wrong_types_are_refused() -> None:
    x = np.ones(2, np.complex64)
    with pytest.raises(DataLoss, match="abs_f of 2xcomplex<f32> is no 2xf64"):
        evaluate("abs_f", [x], "2xf64")
    with pytest.raises(DataLoss, match="exp_f takes and gives one type"):
        evaluate("exp_f", [x], "2xcomplex<f64>")
    with pytest.raises(DataLoss, match="add_f takes and gives one type"):
        evaluate("add_f", [x, x], "2xcomplex<f64>")
