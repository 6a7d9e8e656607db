"""Reductions over any dimensions, with the initial value applied once."""

import itertools
import math
from collections.abc import Callable

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as stnp

from iree.hal.interpreter.kernels.reduce import REDUCE
from iree.hal.interpreter.tensor_type import TensorType
from iree.hal.interpreter.testing.evaluate import evaluate, type_of
from iree.hal.status import DataLoss
from iree.schemas.element_types import from_dtype

FLOATS = [np.dtype(t) for t in (np.float16, ml_dtypes.bfloat16, np.float32, np.float64)]
SHAPES = [(), (5,), (2, 3), (0,), (2, 0, 3), (2, 1, 3, 2), (2, 1, 2, 1, 2, 2)]

FOLDS: dict[str, Callable[[int, int], int]] = {
    "reduce_sum_i": int.__add__, "reduce_prod_i": int.__mul__, "reduce_min_i_s": min, "reduce_max_i_s": max,
    "reduce_and": int.__and__, "reduce_or": int.__or__, "reduce_xor": int.__xor__,
}  # fmt: skip


def folded(x: np.ndarray, initial: int, dimensions: tuple[int, ...], fold: Callable[[int, int], int]) -> np.ndarray:
    """Element by element, in Python."""
    kept = [d for d in range(x.ndim) if d not in dimensions]
    result = np.full([x.shape[d] for d in kept], initial, object)
    for index in itertools.product(*map(range, x.shape)):
        place = tuple(index[d] for d in kept)
        result[place] = fold(result[place], int(x[index]))
    return result


def reduce(name: str, x: np.ndarray, initial: float, dimensions: tuple[int, ...]) -> np.ndarray:
    kept = tuple(size for d, size in enumerate(x.shape) if d not in dimensions)
    return evaluate(name, [x, np.array(initial, x.dtype)], TensorType(from_dtype(x.dtype), kept), dimensions)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_choice_of_dimensions(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).integers(-9, 9, shape, np.int32)
    for count in range(len(shape) + 1):
        for dimensions in itertools.combinations(range(len(shape)), count):
            for name, fold in FOLDS.items():
                wanted = folded(x, 3, dimensions, fold)
                assert reduce(name, x, 3, dimensions).tolist() == wanted.tolist(), (name, dimensions)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("name", "oracle"), [("reduce_sum_f", np.sum), ("reduce_prod_f", np.prod)])
def test_float_sums_and_products(dtype: np.dtype, name: str, oracle: Callable[..., np.ndarray]) -> None:
    x = np.random.default_rng(0).uniform(0.5, 1.5, (3, 4, 5)).astype(dtype)
    for dimensions in ((), (0,), (2,), (0, 2), (0, 1, 2)):
        wide = oracle(x.astype(np.float64), axis=dimensions)
        wanted = (wide + 2 if name == "reduce_sum_f" else wide * 2).astype(dtype)
        result = reduce(name, x, 2, dimensions)
        np.testing.assert_allclose(
            result.astype(np.float64), wanted.astype(np.float64), rtol=0.01 if dtype.itemsize == 2 else 1e-5
        )


@pytest.mark.parametrize("dtype", FLOATS[:2])
def test_half_floats_add_up_in_f32(dtype: np.dtype) -> None:
    """One at a time in bf16, 256 ones more would change nothing."""
    x = np.ones(4096, dtype)
    assert float(reduce("reduce_sum_f", x, 0, (0,))) == 4096


@pytest.mark.parametrize("dtype", FLOATS)
def test_extremes_of_nothing_are_the_initial_value(dtype: np.dtype) -> None:
    x = np.zeros((2, 0), dtype)
    assert reduce("reduce_max_f", x, -math.inf, (1,)).tolist() == [-math.inf, -math.inf]
    assert reduce("reduce_min_f", x, 5, (1,)).tolist() == [5, 5]
    assert reduce("reduce_sum_f", x, 5, (1,)).tolist() == [5, 5]
    assert reduce("reduce_max_f", x, 5, (0,)).shape == (0,)


@pytest.mark.parametrize("dtype", FLOATS)
def test_extremes_know_nan_and_negative_zero(dtype: np.dtype) -> None:
    x = np.array([[1, math.nan, 2], [-0.0, 0.0, -0.0], [-0.0, -0.0, -0.0], [3, -0.0, -1]], dtype)
    for columns in (x, x[:, ::-1].copy()):
        most = reduce("reduce_max_f", columns, -math.inf, (1,))
        least = reduce("reduce_min_f", columns, math.inf, (1,))
        assert [str(float(v)) for v in most] == ["nan", "0.0", "-0.0", "3.0"]
        assert [str(float(v)) for v in least] == ["nan", "-0.0", "-0.0", "-1.0"]
    assert str(float(reduce("reduce_max_f", x[2], 0.0, (0,)))) == "0.0"
    assert str(float(reduce("reduce_min_f", -x[2], -0.0, (0,)))) == "-0.0"
    assert math.isnan(float(reduce("reduce_max_f", x[2], math.nan, (0,))))


@settings(deadline=None)
@given(stnp.arrays(np.float32, (4, 3)))
def test_extremes_agree_with_numpy(x: np.ndarray) -> None:
    for dimensions in ((0,), (1,), (0, 1)):
        np.testing.assert_array_equal(reduce("reduce_max_f", x, -math.inf, dimensions), np.max(x, axis=dimensions))
        np.testing.assert_array_equal(reduce("reduce_min_f", x, math.inf, dimensions), np.min(x, axis=dimensions))


@pytest.mark.parametrize("dtype", [np.dtype(f"{sign}{width}") for sign in "iu" for width in (1, 2, 4, 8)])
def test_integers_wrap(dtype: np.dtype) -> None:
    limits = np.iinfo(dtype)
    x = np.array([limits.max, 1, 2], dtype)
    assert int(reduce("reduce_sum_i", x, 0, (0,))) == limits.min + 2
    assert int(reduce("reduce_prod_i", x, 1, (0,))) == (limits.max * 2 - limits.min) % (1 << limits.bits) + limits.min


def test_unsigned_extremes() -> None:
    x = np.array([1, -1], np.int32)
    assert int(reduce("reduce_max_i_u", x, 0, (0,))) == -1
    assert int(reduce("reduce_min_i_u", x, -1, (0,))) == 1


def test_booleans() -> None:
    x = np.array([[False, False], [True, False], [True, True]])
    wanted = {
        "reduce_or": [False, True, True], "reduce_sum_i": [False, True, True], "reduce_max_i_u": [False, True, True],
        "reduce_xor": [False, True, False],
    }  # fmt: skip
    for name, values in wanted.items():
        assert reduce(name, x, False, (1,)).tolist() == values, name
    for name in ("reduce_and", "reduce_prod_i", "reduce_min_i_s"):
        assert reduce(name, x, True, (1,)).tolist() == [False, False, True], name


@pytest.mark.parametrize("name", sorted(REDUCE))
def test_wrong_shapes_and_types_are_refused(name: str) -> None:
    good = np.float32 if name.endswith("_f") else np.int32
    x, zero = np.zeros((2, 3), good), np.zeros((), good)
    with pytest.raises(DataLoss, match=rf"{name} of 2x3x.* over \[1\] is not 3x"):
        evaluate(name, [x, zero], type_of(np.zeros(3, good)), (1,))
    with pytest.raises(DataLoss, match=r"dimensions \[2\] are not different ones of 0 to 1"):
        evaluate(name, [x, zero], type_of(np.zeros(2, good)), (2,))
    with pytest.raises(DataLoss, match=f"{name} of 2x3x.* starts with one element, not 1x"):
        evaluate(name, [x, np.zeros(1, good)], type_of(np.zeros(2, good)), (1,))
    bad = np.int32 if name.endswith("_f") else np.float32
    with pytest.raises(DataLoss, match=f"{name} is for"):
        evaluate(name, [np.zeros((2, 3), bad), np.zeros((), bad)], type_of(np.zeros(2, bad)), (1,))


def test_negative_zeros_add_up_to_one() -> None:
    x = np.full((3, 2), -0.0, np.float32)
    for dimensions in ((0,), (1,), (0, 1)):
        assert np.signbit(reduce("reduce_sum_f", x, -0.0, dimensions)).all()
        assert not np.signbit(reduce("reduce_sum_f", x, 0.0, dimensions)).any()
