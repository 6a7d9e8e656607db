"""convert: every pair of types, exact where the value fits, and what StableHLO says where it does not."""

import math
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iree.hal.interpreter.testing.evaluate import evaluate
from iree.hal.status import DataLoss
from iree.schemas.element_types import ELEMENT_TYPES, ElementType, from_name

TYPES = [t for t in ELEMENT_TYPES if t.kind != "complex"]
INTEGERS = [t for t in TYPES if t.kind == "integer"]
FLOATS = [np.dtype(t) for t in (np.float16, ml_dtypes.bfloat16, np.float32, np.float64, ml_dtypes.float8_e5m2)]
NARROW = [t for t in TYPES if t.kind == "float" and t.bit_width <= 16 and t.name != "f16"]


def truncated(value: float, low: int, high: int) -> int:
    """Toward zero, saturated, NaN to 0."""
    if math.isnan(value):
        return 0
    return int(min(max(value, low), high)) if math.isfinite(value) else (low if value < 0 else high)


@pytest.mark.parametrize("source", TYPES, ids=str)
@pytest.mark.parametrize("target", TYPES, ids=str)
def test_small_values_stay(source: ElementType, target: ElementType) -> None:
    bits = min(t.bit_width - (t.name[0] == "i") for t in (source, target))
    x = np.array([0, 1] if bits < 2 else [0, 1, 2, 3 if bits < 3 else 7 if bits < 7 else 12]).astype(source.dtype)
    result = evaluate("convert", [x], f"{len(x)}x{target}")
    assert result.astype(np.float64).tolist() == x.astype(np.float64).tolist()


@pytest.mark.parametrize("source", FLOATS)
@pytest.mark.parametrize("target", INTEGERS, ids=str)
def test_floats_are_truncated_and_saturate(source: np.dtype, target: ElementType) -> None:
    limits = ml_dtypes.iinfo(target.dtype)
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
    limits = ml_dtypes.iinfo(target.dtype)
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


def test_complex_numbers_become_others_by_their_real_part() -> None:
    x = np.array([1.9 - 2j, -3e9, complex(math.nan, 1), 1j], np.complex64)
    assert evaluate("convert", [x], "4xi32").tolist() == [1, -(2**31), 0, 0]
    np.testing.assert_array_equal(evaluate("convert", [x], "4xf64"), x.real.astype(np.float64))
    assert evaluate("convert", [x], "4xi1").tolist() == [True, True, True, True]
    assert evaluate("convert", [np.array([2, -1], np.int8)], "2xcomplex<f64>").tolist() == [2, -1]
    assert evaluate("convert", [np.array([1e300 + 1j])], "1xcomplex<f32>").tolist() == [complex(math.inf, 1)]


def test_integers_of_less_than_a_byte_wrap() -> None:
    x = np.array([-1, 7, 8, -9, 300], np.int32)
    assert evaluate("convert", [x], "5xi4").astype(int).tolist() == [-1, 7, -8, 7, -4]
    assert evaluate("convert", [x], "5xui4").astype(int).tolist() == [15, 7, 8, 7, 12]
    nibbles = np.array([-8, 7, -1]).astype(ml_dtypes.int4)
    assert evaluate("convert", [nibbles], "3xui4").astype(int).tolist() == [8, 7, 15]
    assert evaluate("convert", [nibbles], "3xi2").astype(int).tolist() == [0, -1, -1]


def nearest(values: np.ndarray, bits: np.ndarray, x: Fraction) -> float:
    """The nearest of a type's finite values, the one with an even last bit of two: rounded once, exactly."""
    distances = [abs(Fraction(float(value)) - x) for value in values]
    least = min(distances)
    best = [index for index, distance in enumerate(distances) if distance == least]
    return float(values[min(best, key=lambda index: bits[index] & 1)])


def near(element: ElementType, position: int, x: float) -> tuple[np.ndarray, np.ndarray]:
    """The finite values of a narrow float type around x, of the same sign, with their bits."""
    word = np.dtype(f"u{element.byte_width}")
    every = np.arange(1 << element.bit_width, dtype=np.uint32).astype(word)
    values = every.view(element.dtype).astype(np.float64)
    keep = np.isfinite(values) & (np.signbit(values) == np.signbit(x))
    order = np.argsort(values[keep])
    at = int(np.searchsorted(values[keep][order], x))
    window = order[max(at - 3, 0) : at + 3]
    return values[keep][window], every[keep][window]


@pytest.mark.parametrize("target", NARROW, ids=str)
@settings(deadline=None, max_examples=20, derandomize=True)
@given(st.data())
def test_what_is_wider_is_rounded_once(target: ElementType, data: st.DataObject) -> None:
    """Numbers half between two of the type, and the least bit beside: they round wrongly when rounded twice."""
    largest = float(ml_dtypes.finfo(target.dtype).max)
    whole = data.draw(st.integers(1, int(min(largest, 2.0**40)) - 1))
    middle = Fraction(sum(map(Fraction, sorted(near(target, 0, float(whole))[0].tolist())[1:3]))) / 2
    for shift in (0, 1, -1):
        x = np.array([float(middle) * (1 + shift * 2.0**-45)])
        values, bits = near(target, 0, float(x[0]))
        got = evaluate("convert", [x], f"1x{target}").astype(np.float64)
        assert got[0] == nearest(values, bits, Fraction(float(x[0])))
        if middle.denominator == 1 and middle > 1 << 20:
            n = np.array([int(middle) + shift])
            assert evaluate("convert", [n], f"1x{target}").astype(float)[0] == nearest(
                values, bits, Fraction(int(n[0]))
            )


@pytest.mark.parametrize("source", ["i64", "ui64"])
def test_large_integers_are_rounded_once(source: str) -> None:
    half = 2**62 + 2**54  # half between two bf16
    x = np.array([half - 1, half, half + 1, half + 2**55 - 1, half + 2**55 + 1], from_name(source).dtype)
    wanted = [2**62, 2**62, 2**62 + 2**55, 2**62 + 2**55, 2**62 + 2**56]
    assert evaluate("convert", [x], "5xbf16").astype(float).tolist() == [float(n) for n in wanted]
    if source == "i64":
        assert evaluate("convert", [-x], "5xbf16").astype(float).tolist() == [-float(n) for n in wanted]


def test_another_shape_is_refused() -> None:
    with pytest.raises(DataLoss, match="convert keeps the shape, 2xf32 cannot become 3xi32"):
        evaluate("convert", [np.zeros(2, np.float32)], "3xi32")
