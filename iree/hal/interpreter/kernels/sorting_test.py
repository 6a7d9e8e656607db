"""The order of elements by several keys, along any dimension."""

import ml_dtypes
import numpy as np
import pytest

from iree.hal.interpreter.kernels.sorting import SORTING
from iree.hal.interpreter.tensor_type import TensorType
from iree.hal.interpreter.testing.evaluate import evaluate
from iree.hal.status import DataLoss
from iree.schemas.element_types import from_name

DTYPES = [np.bool_, np.int8, np.uint8, np.int32, np.uint32, np.int64, np.uint64, np.float16, np.float32, np.float64,
          ml_dtypes.bfloat16]  # fmt: skip


def order(keys: list[np.ndarray], dimension: int, descending: list[int]) -> np.ndarray:
    type_ = TensorType(from_name("i32"), keys[0].shape)
    return evaluate("sort_order", keys, type_, (dimension,), tuple(descending))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("dimension", [0, 1])
def test_one_key(dtype: type, dimension: int) -> None:
    x = np.random.default_rng(1).integers(-3 if np.dtype(dtype).kind in "if" else 0, 4, (30, 7)).astype(dtype)
    wide = x.astype(np.float64)
    assert (order([x], dimension, [0]) == np.argsort(wide, dimension, kind="stable")).all()
    assert (order([x], dimension, [1]) == np.argsort(-wide, dimension, kind="stable")).all()


@pytest.mark.parametrize("dtype", [np.int32, np.uint32, np.int64, np.uint64])
def test_the_ends_of_the_range(dtype: type) -> None:
    limits = np.iinfo(dtype)
    x = np.array([limits.max, 0, limits.min, 1, limits.max - 1], dtype)
    assert x[order([x], 0, [0])].tolist() == sorted(x.tolist())
    assert x[order([x], 0, [1])].tolist() == sorted(x.tolist(), reverse=True)


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float32, np.float64])
def test_floats_are_in_total_order(dtype: type) -> None:
    x = np.array([np.nan, np.inf, 1, 0.0, -0.0, -1, -np.inf, -np.nan], dtype)
    assert order([x], 0, [0]).tolist() == [7, 6, 5, 4, 3, 2, 1, 0]
    assert order([x], 0, [1]).tolist() == [0, 1, 2, 3, 4, 5, 6, 7]


def test_the_first_key_decides_then_the_second() -> None:
    a, b = np.array([1, 0, 1, 0], np.int32), np.array([2.0, 3.0, 5.0, 4.0], np.float32)
    assert order([a, b], 0, [0, 1]).tolist() == [3, 1, 2, 0]
    assert order([b, a], 0, [0, 0]).tolist() == [0, 1, 3, 2]
    assert order([a[:, None], b[:, None]], 0, [1, 0]).tolist() == [[0], [2], [1], [3]]


def test_nothing_is_in_order() -> None:
    assert order([np.zeros((0, 3), np.float32)], 0, [0]).shape == (0, 3)


@pytest.mark.parametrize(
    ("keys", "dimension", "descending", "text"),
    [
        ([np.zeros(3, np.int32), np.zeros(4, np.int32)], 0, [0, 0], "takes keys of one shape"),
        ([np.zeros(3, np.complex64)], 0, [0], "is for what has an order"),
        ([np.zeros(3, np.int32)], 1, [0], "of 1 dimensions is along"),
        ([np.zeros(3, np.int32)], 0, [0, 0], "of 1 keys has directions"),
    ],
)
def test_what_is_not_taken(keys: list[np.ndarray], dimension: int, descending: list[int], text: str) -> None:
    with pytest.raises(DataLoss, match=text):
        order(keys, dimension, descending)


def test_the_order_is_in_i32() -> None:
    with pytest.raises(DataLoss, match="gives i32s"):
        evaluate("sort_order", [np.zeros(3, np.int32)], TensorType(from_name("i64"), (3,)), (0,), (0,))
    assert list(SORTING) == ["sort_order"]
