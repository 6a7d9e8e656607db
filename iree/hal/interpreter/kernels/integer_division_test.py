"""Division, remainder and power of integers have a result for all operands: StableHLO's, which XLA computes too."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stnp
from jax import lax

from iree.hal.interpreter.kernels.binary_test import INTEGERS, pairs, wrapped
from iree.hal.interpreter.testing.evaluate import evaluate, type_of
from iree.hal.status import DataLoss


def quotient(a: int, b: int) -> int:
    """Toward zero; by zero all bits are set."""
    if b == 0:
        return -1
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def power(a: int, b: int) -> int:
    """Zero where the exact result is a fraction, or infinite."""
    if abs(a) == 1:
        return a if b % 2 else 1
    if a == 0 or b < 0:
        return int(a == b == 0)
    result: int = a**b
    return result


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("suffix", ["s", "u"])
def test_division_and_remainder(dtype: np.dtype, suffix: str) -> None:
    left, right = pairs(dtype)
    view = {"s": f"i{dtype.itemsize}", "u": f"u{dtype.itemsize}"}[suffix]
    operands = [(int(a), int(b)) for a, b in zip(left.view(view), right.view(view), strict=True)]
    quotients = wrapped([quotient(a, b) for a, b in operands], dtype)
    remainders = wrapped([a - quotient(a, b) * b if b else a for a, b in operands], dtype)
    assert evaluate(f"div_i_{suffix}", [left, right], type_of(left)).tolist() == quotients
    assert evaluate(f"rem_i_{suffix}", [left, right], type_of(left)).tolist() == remainders


def test_the_four_corners() -> None:
    least = np.iinfo(np.int32).min
    a, b = np.array([5, least, 5, least], np.int32), np.array([0, -1, -1, 0], np.int32)
    assert evaluate("div_i_s", [a, b], "4xi32").tolist() == [-1, least, -5, -1]
    assert evaluate("rem_i_s", [a, b], "4xi32").tolist() == [5, 0, 0, least]
    assert evaluate("div_i_u", [a[:1], b[:1]], "1xi32").tolist() == [-1]


@pytest.mark.parametrize("dtype", INTEGERS)
def test_power(dtype: np.dtype) -> None:
    bases, exponents = pairs(dtype)
    keep = np.abs(exponents.astype(np.float64)) < 200
    keep |= np.abs(bases.astype(np.float64)) <= 1
    bases, exponents = bases[keep], exponents[keep]
    wanted = [power(int(a), int(b)) for a, b in zip(bases, exponents, strict=True)]
    assert evaluate("pow_i", [bases, exponents], type_of(bases)).tolist() == wrapped(wanted, dtype)


@settings(deadline=None)
@given(stnp.arrays(np.int32, 8), stnp.arrays(np.int32, 8, elements=st.integers(-20, 20)))
def test_agrees_with_xla(a: np.ndarray, b: np.ndarray) -> None:
    for name, function in (("div_i_s", lax.div), ("rem_i_s", lax.rem)):
        np.testing.assert_array_equal(evaluate(name, [a, b], "8xi32"), np.asarray(function(a, b)), name)


@pytest.mark.parametrize("name", ["div_i_s", "div_i_u", "rem_i_s", "rem_i_u", "pow_i"])
@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (2, 1, 3)])
def test_every_shape(name: str, shape: tuple[int, ...]) -> None:
    x = np.ones(shape, np.int32)
    assert evaluate(name, [x, x], type_of(x)).tolist() == np.full(shape, int(not name.startswith("rem"))).tolist()


@pytest.mark.parametrize("name", ["div_i_s", "div_i_u", "rem_i_s", "rem_i_u", "pow_i"])
@pytest.mark.parametrize("dtype", [np.float32, np.bool_])
def test_other_types_are_refused(name: str, dtype: type) -> None:
    x: np.ndarray = np.zeros(2, dtype)
    with pytest.raises(DataLoss, match=f"{name} is for integers"):
        evaluate(name, [x, x], type_of(x))
