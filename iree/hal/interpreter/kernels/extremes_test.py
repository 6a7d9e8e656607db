"""Minimum, maximum and clamp: NaN wins, -0 is less than +0, whatever is known of the operands beforehand."""

import math
from collections.abc import Sequence

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stnp

from iree.hal.buffer_view_text import parse_shaped_array
from iree.hal.interpreter.testing.evaluate import evaluate, type_of
from iree.hal.status import DataLoss

FLOATS = [np.dtype(t) for t in (np.float16, ml_dtypes.bfloat16, np.float32, np.float64)]
VALUES = [0.0, -0.0, 1.0, -1.0, 6.0, math.inf, -math.inf, math.nan]


def order(value: float) -> tuple[float, float]:
    """Sorts -0 before +0."""
    return value, math.copysign(1, value)


def extreme(name: str, a: float, b: float) -> float:
    """Python's own, made to know NaN and -0."""
    if math.isnan(a) or math.isnan(b):
        return math.nan
    return (max if name == "max_f" else min)(a, b, key=order)


def assert_same(result: np.ndarray, wanted: Sequence[float]) -> None:
    """Equal, zeros by their sign too."""
    shown = [str(float(value)) for value in result.reshape(-1)]
    assert shown == [str(float(np.array(value, result.dtype))) for value in wanted]


def all_pairs(dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    left, right = np.meshgrid(VALUES, VALUES)
    repeated = (np.tile(side.reshape(-1).astype(dtype), 3) for side in (left, right))  # long enough for vector code
    return next(repeated), next(repeated)


@pytest.mark.parametrize("name", ["min_f", "max_f"])
@pytest.mark.parametrize("dtype", FLOATS)
def test_every_pair(name: str, dtype: np.dtype) -> None:
    a, b = all_pairs(dtype)
    wanted = [extreme(name, float(x), float(y)) for x, y in zip(a, b, strict=True)]
    assert_same(evaluate(name, [a, b], type_of(a)), wanted)


@pytest.mark.parametrize("name", ["min_f", "max_f"])
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("constant", VALUES)
@pytest.mark.parametrize("place", [0, 1])
def test_one_side_is_a_constant(name: str, dtype: np.dtype, constant: float, place: int) -> None:
    x = np.tile(np.array(VALUES, dtype), 5)
    operands = [x, x]
    operands[place] = np.full(x.shape, constant, dtype)
    wanted = [extreme(name, float(value), constant) for value in x]
    assert_same(evaluate(name, operands, type_of(x), constants=[place]), wanted)


@pytest.mark.parametrize("name", ["min_f", "max_f"])
def test_constant_of_several_values(name: str) -> None:
    x = np.array([-0.0] * 6, np.float32)
    constant = np.array([0.0, -0.0, 1.0, -1.0, math.nan, 0.0], np.float32)
    wanted = [extreme(name, float(a), float(b)) for a, b in zip(x, constant, strict=True)]
    assert_same(evaluate(name, [x, constant], "6xf32", constants=[1]), wanted)


@settings(deadline=None)
@given(stnp.arrays(np.float32, 16), stnp.arrays(np.float32, 16))
def test_any_floats(a: np.ndarray, b: np.ndarray) -> None:
    for name in ("min_f", "max_f"):
        wanted = [extreme(name, float(x), float(y)) for x, y in zip(a, b, strict=True)]
        assert_same(evaluate(name, [a, b], "16xf32"), wanted)


@pytest.mark.parametrize("dtype", [np.dtype(np.int32), np.dtype(np.uint32), np.dtype(np.int8), np.dtype(np.uint64)])
def test_integers_by_sign(dtype: np.dtype) -> None:
    a = np.array([0, 1, -1, 5], np.int64).astype(dtype)
    b = np.array([1, -1, 0, -6], np.int64).astype(dtype)
    for suffix, kind in (("s", "i"), ("u", "u")):
        x, y = a.view(f"{kind}{dtype.itemsize}"), b.view(f"{kind}{dtype.itemsize}")
        least, most = np.minimum(x, y).view(dtype), np.maximum(x, y).view(dtype)
        np.testing.assert_array_equal(evaluate(f"min_i_{suffix}", [a, b], type_of(a)), least)
        np.testing.assert_array_equal(evaluate(f"max_i_{suffix}", [a, b], type_of(a)), most)


def test_booleans() -> None:
    a, b = np.array([False, False, True, True]), np.array([False, True, False, True])
    for suffix in "su":
        assert evaluate(f"min_i_{suffix}", [a, b], "4xi1").tolist() == [False, False, False, True]
        assert evaluate(f"max_i_{suffix}", [a, b], "4xi1").tolist() == [False, True, True, True]


@pytest.mark.parametrize("constants", [(), (0, 2)])
@pytest.mark.parametrize("rank", [0, 1])
def test_clamp(constants: tuple[int, ...], rank: int) -> None:
    x = np.array([-0.0, 0.0, -5, 5, 7, math.nan, math.inf, -math.inf], np.float32)
    shape = x.shape if rank else ()
    low, high = np.full(shape, 0.0, np.float32), np.full(shape, 6.0, np.float32)
    result = evaluate("clamp_f", [low, x, high], "8xf32", constants=constants)
    assert_same(result, [0.0, 0.0, 0.0, 5, 6, math.nan, 6, 0.0])


def test_clamp_with_bounds_of_nan() -> None:
    x = np.array([1, 2], np.float32)
    nan, one = np.array(math.nan, np.float32), np.array(1, np.float32)
    assert_same(evaluate("clamp_f", [nan, x, one], "2xf32"), [math.nan, math.nan])
    assert_same(evaluate("clamp_f", [one, x, nan], "2xf32"), [math.nan, math.nan])


@settings(deadline=None)
@given(st.integers(-100, 100), st.integers(-100, 100), stnp.arrays(np.int8, 5))
def test_clamp_of_integers(low: int, high: int, x: np.ndarray) -> None:
    """The upper bound wins where the two cross."""
    bounds = np.array(low, np.int8), np.array(high, np.int8)
    result = evaluate("clamp_i_s", [bounds[0], x, bounds[1]], "5xi8")
    assert result.tolist() == [min(max(int(value), low), high) for value in x]
    unsigned = evaluate("clamp_i_u", [bounds[0], x, bounds[1]], "5xi8")
    assert unsigned.tolist() == [(min(max(int(v) % 256, low % 256), high % 256) + 128) % 256 - 128 for v in x]


@pytest.mark.parametrize("name", ["min_f", "max_f", "clamp_f", "min_i_s", "max_i_u", "clamp_i_s", "clamp_i_u"])
@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (2, 1, 3)])
def test_every_shape(name: str, shape: tuple[int, ...]) -> None:
    x = np.ones(shape, np.float32 if name.endswith("_f") else np.int32)
    assert evaluate(name, [x] * (3 if "clamp" in name else 2), type_of(x)).tolist() == x.tolist()


@pytest.mark.parametrize(
    ("name", "shapes", "text"),
    [
        ("max_f", ["4xi32", "4xi32", "4xi32"], "max_f is for floats"),
        ("max_i_s", ["4xf32", "4xf32", "4xf32"], "max_i_s is for integers and i1"),
        ("clamp_f", ["4xi32", "4xi32", "4xi32", "4xi32"], "clamp_f is for floats"),
        ("clamp_i_s", ["4xf32", "4xf32", "4xf32", "4xf32"], "clamp_i_s is for integers and i1"),
        (
            "clamp_f",
            ["2xf32", "4xf32", "f32", "4xf32"],
            "clamp_f of 4xf32 takes bounds of that type or of rank 0, not 2xf32",
        ),
        ("clamp_f", ["f32", "4xf32", "f64", "4xf32"], "bounds of that type or of rank 0, not f64"),
        ("clamp_f", ["f32", "4xf32", "f32", "5xf32"], "clamp_f gives the type of its operand 4xf32, not 5xf32"),
    ],
)
def test_wrong_types_are_refused(name: str, shapes: list[str], text: str) -> None:
    with pytest.raises(DataLoss, match=text):
        evaluate(name, [parse_shaped_array(shape) for shape in shapes[:-1]], shapes[-1])
