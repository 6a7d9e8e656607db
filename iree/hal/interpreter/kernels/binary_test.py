"""Elementwise arithmetic of two operands, against NumPy and Python's integers."""

import math
from collections.abc import Callable

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iree.hal.interpreter.kernels.binary import BINARY
from iree.hal.interpreter.testing.evaluate import evaluate, type_of
from iree.hal.status import DataLoss

FLOATS = [np.dtype(t) for t in (np.float16, ml_dtypes.bfloat16, np.float32, np.float64)]
INTEGERS = [np.dtype(f"{sign}{width}") for sign in "iu" for width in (1, 2, 4, 8)]
VALUES = [0.0, -0.0, 1.0, -1.0, 2.5, -2.5, 3.0, -7.0, 0.125, math.inf, -math.inf, math.nan]

FLOAT_ORACLES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "add_f": np.add, "sub_f": np.subtract, "mul_f": np.multiply, "div_f": np.divide, "rem_f": np.fmod,
    "pow_f": np.power, "atan2_f": np.arctan2,
}  # fmt: skip


def wrapped(values: list[int], dtype: np.dtype) -> list[int]:
    """Each modulo the type's width, as the type shows it."""
    return [int(np.array(value % (1 << 8 * dtype.itemsize), f"u{dtype.itemsize}").astype(dtype)) for value in values]


def pairs(dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of interesting integers."""
    limits = np.iinfo(dtype)
    negative = {-1, -2, -7} if limits.min else set()
    numbers = sorted({0, 1, 2, 3, 7, limits.max, limits.max - 1, limits.min, limits.min + 1} | negative)
    left, right = np.meshgrid(np.array(numbers, dtype), np.array(numbers, dtype))
    return left.reshape(-1).copy(), right.reshape(-1).copy()


@pytest.mark.parametrize("name", FLOAT_ORACLES)
@pytest.mark.parametrize("dtype", FLOATS)
def test_float_arithmetic(name: str, dtype: np.dtype) -> None:
    left, right = (side.reshape(-1).astype(dtype) for side in np.meshgrid(VALUES, VALUES))
    with np.errstate(all="ignore"):
        wanted = FLOAT_ORACLES[name](left.astype(np.float64), right.astype(np.float64)).astype(dtype)
    result = evaluate(name, [left, right], type_of(left))
    tolerance = 2 * float(np.array(1, dtype) - np.nextafter(np.array(1, dtype), np.array(0, dtype)))
    np.testing.assert_allclose(result.astype(np.float64), wanted.astype(np.float64), rtol=2 * tolerance)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_wrap(dtype: np.dtype) -> None:
    left, right = pairs(dtype)
    a, b = [int(v) for v in left], [int(v) for v in right]
    for name, operator in {
        "add_i": int.__add__, "sub_i": int.__sub__, "mul_i": int.__mul__, "and": int.__and__,
        "or": int.__or__, "xor": int.__xor__,
    }.items():  # fmt: skip
        result = evaluate(name, [left, right], type_of(left))
        assert result.tolist() == wrapped([operator(x, y) for x, y in zip(a, b, strict=True)], dtype), name


@pytest.mark.parametrize("dtype", INTEGERS)
def test_shifts_past_the_width(dtype: np.dtype) -> None:
    bits = 8 * dtype.itemsize
    left, _ = pairs(dtype)
    for amount in (0, 1, bits - 1, bits, bits + 1, 100, -1):
        right = np.full(left.shape, amount % 256).astype(np.uint8).view(np.int8).astype(dtype)
        past = not 0 <= amount < bits
        numbers = [int(v) for v in left]
        raw = [n % (1 << bits) for n in numbers]
        signed = [n - (1 << bits) if n >> bits - 1 else n for n in raw]
        wanted = {
            "sll": [0 if past else n << amount for n in numbers],
            "srl": [0 if past else n >> amount for n in raw],
            "sra": [(-1 if n < 0 else 0) if past else n >> amount for n in signed],
        }
        for name, values in wanted.items():
            result = evaluate(name, [left, right], type_of(left))
            assert result.tolist() == wrapped(values, dtype), (name, amount)


def test_booleans() -> None:
    left, right = np.array([False, False, True, True]), np.array([False, True, False, True])
    wanted = {
        "add_i": [False, True, True, True], "mul_i": [False, False, False, True], "sub_i": [False, True, True, False],
        "and": [False, False, False, True], "or": [False, True, True, True], "xor": [False, True, True, False],
    }  # fmt: skip
    for name, values in wanted.items():
        assert evaluate(name, [left, right], "4xi1").tolist() == values, name


@settings(deadline=None)
@given(
    st.floats(width=32, allow_nan=False, allow_infinity=False),
    st.floats(width=32, allow_nan=False, allow_infinity=False).filter(bool),
)
def test_float_remainder_truncates(a: float, b: float) -> None:
    (result,) = evaluate("rem_f", [np.array([a], np.float32), np.array([b], np.float32)], "1xf32").tolist()
    assert result == math.fmod(a, b)


@pytest.mark.parametrize("name", sorted(BINARY))
@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (2, 1, 3), (1,) * 6])
def test_every_shape(name: str, shape: tuple[int, ...]) -> None:
    x = np.ones(shape, np.float32 if name.endswith("_f") else np.int32)
    assert evaluate(name, [x, x], type_of(x)).shape == shape


@pytest.mark.parametrize(
    ("name", "left", "right", "text"),
    [
        ("add_f", np.int32, np.int32, "add_f is for floats, not 2xi32"),
        ("add_i", np.float32, np.float32, "add_i is for integers and i1, not 2xf32"),
        ("add_i", np.int32, np.uint32, "add_i takes and gives one type, not 2xui32 and 2xi32"),
        ("sll", np.bool_, np.bool_, "sll is for integers, not 2xi1"),
        ("rem_f", np.complex64, np.complex64, "rem_f is for floats"),
        ("sub_i", np.float32, np.float32, "sub_i is for integers and i1"),
    ],
)
def test_wrong_types_are_refused(name: str, left: type, right: type, text: str) -> None:
    with pytest.raises(DataLoss, match=text):
        evaluate(name, [np.zeros(2, left), np.zeros(2, right)], type_of(np.zeros(2, left)))


def test_different_shapes_are_refused() -> None:
    with pytest.raises(DataLoss, match="add_f takes and gives one type, not 1xf32 and 2xf32"):
        evaluate("add_f", [np.zeros(2, np.float32), np.zeros(1, np.float32)], "2xf32")
