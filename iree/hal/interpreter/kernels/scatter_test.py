"""Scatters against JAX, and at the edges of floats."""

import numpy as np
import pytest
from hypothesis import given, settings

from iree.hal.interpreter.testing.evaluate import evaluate, type_of
from iree.hal.status import DataLoss
from iree.schemas.instruction import Operand
from iree.testing.gathers import Scatter, scatters

_ROWS: tuple[Operand, ...] = ((1,), (0,), (), (), (0,), (1,))


@given(scatters())
@settings(max_examples=20, deadline=None)
def test_scatter(case: Scatter) -> None:
    numbers, expected = case.gather, case.expected()
    inputs = [numbers.operand, numbers.starts, case.updates]
    result = evaluate(f"scatter_{case.kind}", inputs, type_of(expected), *numbers[2:7], (numbers.vector_dim,))
    np.testing.assert_array_equal(result, expected, strict=True)


def test_booleans() -> None:
    x, i, u = np.array([[True], [False]]), np.array([1, 1, 0], np.int32), np.array([[True], [False], [False]])
    assert evaluate("scatter_or", [x, i, u], type_of(x), *_ROWS).tolist() == [[True], [True]]
    assert evaluate("scatter_and", [x, i, u], type_of(x), *_ROWS).tolist() == [[False], [False]]


def test_floats_are_ordered_with_nan_winning_and_negative_zero_below_zero() -> None:
    x, i = np.array([[1.0], [-0.0], [0.0]], np.float32), np.array([0, 1, 2], np.int32)
    u = np.array([[np.nan], [0.0], [-0.0]], np.float32)
    most = evaluate("scatter_maximum", [x, i, u], type_of(x), *_ROWS)
    least = evaluate("scatter_minimum", [x, i, u], type_of(x), *_ROWS)
    assert np.isnan(most[0, 0])
    assert np.isnan(least[0, 0])
    assert np.signbit(most[1:, 0]).tolist() == [False, False]
    assert np.signbit(least[1:, 0]).tolist() == [True, True]


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.uint32, np.int64, np.uint64])
def test_places_of_any_integer_type(dtype: type[np.integer]) -> None:
    limits = np.iinfo(dtype)
    i = np.array([limits.min, 1, limits.max], dtype)
    x, u = np.zeros((3, 1), np.float32), np.ones((3, 1), np.float32)
    expected = [[1.0 if limits.min == 0 else 0.0], [1.0], [0.0]]
    assert evaluate("scatter_add", [x, i, u], type_of(x), *_ROWS).tolist() == expected


def _rows(index: int, value: tuple[int, ...]) -> tuple[Operand, ...]:
    return (*_ROWS[:index], value, *_ROWS[index + 1 :])


@pytest.mark.parametrize(
    ("changed", "output", "text"),
    [
        ({}, "5x3xf32", "cannot become 5x3xf32"),
        ({2: np.zeros((2, 3), np.int32)}, "4x3xf32", "takes updates like 4x3xf32, not 2x3xi32"),
        ({1: np.zeros(2, np.float32)}, "4x3xf32", "takes integers for places"),
        ({2: np.zeros((5, 3), np.float32)}, "4x3xf32", "has updates 5x3xf32 at 2xi32"),
    ],
)
def test_wrong_types_are_refused(changed: dict[int, np.ndarray], output: str, text: str) -> None:
    inputs = [np.zeros((4, 3), np.float32), np.zeros(2, np.int32), np.zeros((2, 3), np.float32)]
    with pytest.raises(DataLoss, match=text):
        evaluate("scatter_add", [changed.get(n, array) for n, array in enumerate(inputs)], output, *_ROWS)


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        (_rows(0, ()), "has 0 window dimensions"),
        (_rows(0, (2,)), "are not different ones"),
        (_rows(1, (2,)), "are not different ones"),
        (_rows(4, (2,)), "are not different ones"),
        (_rows(3, (0,)), "batching dimensions of different sizes"),
        (_rows(4, (0, 1)), "has index vectors of 1"),
        (_rows(5, (2,)), "has index vectors along"),
    ],
)
def test_wrong_numbers_are_refused(attributes: tuple[Operand, ...], text: str) -> None:
    inputs = [np.zeros((4, 3), np.float32), np.zeros(2, np.int32), np.zeros((2, 3), np.float32)]
    with pytest.raises(DataLoss, match=text):
        evaluate("scatter_add", inputs, "4x3xf32", *attributes)
