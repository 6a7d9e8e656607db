"""convert: every pair of types, exact where the value fits, and what StableHLO says where it does not."""

import math

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iree.hal.interpreter.testing.evaluate import evaluate, type_of
from iree.hal.status import DataLoss
from iree.schemas.element_types import ELEMENT_TYPES, ElementType

TYPES = [t for t in ELEMENT_TYPES if t.dtype.kind != "c"]
INTEGERS = [t for t in TYPES if t.dtype.kind in "iu"]
FLOATS = [np.dtype(t) for t in (np.float16, ml_dtypes.bfloat16, np.float32, np.float64)]


def truncated(value: float, low: int, high: int) -> int:
    """Toward zero, saturated, NaN to 0."""
    if math.isnan(value):
        return 0
    return int(min(max(value, low), high)) if math.isfinite(value) else (low if value < 0 else high)


@pytest.mark.parametrize("source", TYPES, ids=str)
@pytest.mark.parametrize("target", TYPES, ids=str)
def test_small_values_stay(source: ElementType, target: ElementType) -> None:
    x = np.array([0, 1] if "i1" in (source.name, target.name) else [0, 1, 2, 100]).astype(source.dtype)
    result = evaluate("convert", [x], f"{len(x)}x{target}")
    assert result.astype(np.float64).tolist() == x.astype(np.float64).tolist()


@pytest.mark.parametrize("source", FLOATS)
@pytest.mark.parametrize("target", INTEGERS, ids=str)
def test_floats_are_truncated_and_saturate(source: np.dtype, target: ElementType) -> None:
    limits = np.iinfo(target.dtype)
    edges = [
        float(limits.max),
        float(limits.min),
        2.0**limits.bits,
        -(2.0**limits.bits),
        limits.max * 0.75,
        limits.min * 0.75,
    ]
    with np.errstate(over="ignore"):
        x = np.array([1.9, -1.9, 0.5, -0.5, 127.5, -128.5, 255.5, math.nan, math.inf, -math.inf, *edges]).astype(source)
    wanted = [truncated(float(v), limits.min, limits.max) for v in x]
    assert evaluate("convert", [x], f"{len(x)}x{target}").tolist() == wanted


@pytest.mark.parametrize("target", INTEGERS, ids=str)
def test_floats_inside_the_limits(target: ElementType) -> None:
    """None of them saturates, so they are converted at once."""
    limits = np.iinfo(target.dtype)
    large = 1 << limits.bits - 2
    x = np.array([limits.min, 0.9, 1.5, large, 0.0])
    assert evaluate("convert", [x], f"5x{target}").tolist() == [limits.min, 0, 1, large, 0]


@settings(deadline=None)
@given(st.lists(st.floats(width=32), min_size=1, max_size=20))
def test_any_f32_to_i32(values: list[float]) -> None:
    x = np.array(values, np.float32)
    wanted = [truncated(float(v), -(2**31), 2**31 - 1) for v in x]
    assert evaluate("convert", [x], f"{len(x)}xi32").tolist() == wanted


@pytest.mark.parametrize("source", FLOATS)
def test_everything_but_zero_is_true(source: np.dtype) -> None:
    x = np.array([0, -0.0, 0.1, -3, math.nan, math.inf], source)
    assert evaluate("convert", [x], "6xi1").tolist() == [False, False, True, True, True, True]


def test_integers_wrap() -> None:
    x = np.array([-1, 256, 300, -129, 2**31 - 1], np.int32)
    assert evaluate("convert", [x], "5xi8").tolist() == [-1, 0, 44, 127, -1]
    assert evaluate("convert", [x], "5xui8").tolist() == [255, 0, 44, 127, 255]
    assert evaluate("convert", [x], "5xi64").tolist() == x.tolist()
    assert evaluate("convert", [np.array([-1], np.int8)], "1xui32").tolist() == [2**32 - 1]
    assert evaluate("convert", [np.array([256, 0], np.int32)], "2xi1").tolist() == [True, False]


def test_floats_round_to_the_nearest() -> None:
    assert evaluate("convert", [np.array([16777217, 33554435], np.int32)], "2xf32").tolist() == [16777216, 33554436]
    assert evaluate("convert", [np.array([1 + 2**-11, 1e6, -1e6])], "3xf16").tolist() == [1, math.inf, -math.inf]


def test_scalars_and_nothing() -> None:
    assert evaluate("convert", [np.array(2.5, np.float32)], "i32").tolist() == 2
    assert evaluate("convert", [np.zeros((2, 0), np.float32)], "2x0xi32").shape == (2, 0)


def test_complex_numbers_are_refused() -> None:
    x = np.zeros(2, np.complex64)
    with pytest.raises(DataLoss, match="convert is for numbers that are not complex"):
        evaluate("convert", [x], "2xf32")
    with pytest.raises(DataLoss, match="convert is for numbers that are not complex"):
        evaluate("convert", [np.zeros(2, np.float32)], type_of(x))


def test_another_shape_is_refused() -> None:
    with pytest.raises(DataLoss, match="convert keeps the shape, 2xf32 cannot become 3xi32"):
        evaluate("convert", [np.zeros(2, np.float32)], "3xi32")
