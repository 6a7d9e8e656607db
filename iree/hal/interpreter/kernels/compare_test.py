"""Comparisons and select."""

import math

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as stnp

from iree.hal.interpreter.testing.evaluate import evaluate, type_of
from iree.hal.status import DataLoss
from iree.schemas.interpreter_bytecode import PREDICATES

FLOATS = [np.dtype(t) for t in (np.float16, ml_dtypes.bfloat16, np.float32, np.float64)]
ORACLES = (np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("predicate", range(6))
def test_floats(dtype: np.dtype, predicate: int) -> None:
    values = np.array([0, -0.0, 1, -1, math.inf, -math.inf, math.nan], dtype)
    left, right = (side.reshape(-1).copy() for side in np.meshgrid(values, values))
    wanted = ORACLES[predicate](left.astype(np.float64), right.astype(np.float64))
    assert evaluate("cmp_f", [left, right], "49xi1", predicate).tolist() == wanted.tolist()


def test_the_total_order_of_scalars() -> None:
    zero, less = np.array(0.0, np.float32), np.array(-0.0, np.float32)
    assert evaluate("cmp_total", [less, zero], "i1", PREDICATES.index("lt")).tolist() is True


def test_nan_differs_from_everything() -> None:
    nan, one = np.array([math.nan], np.float32), np.array([1], np.float32)
    for index, predicate in enumerate(PREDICATES):
        for pair in ([nan, nan], [nan, one], [one, nan]):
            assert evaluate("cmp_f", pair, "1xi1", index).tolist() == [predicate == "ne"]


@settings(deadline=None)
@given(stnp.arrays(np.int32, 9), stnp.arrays(np.int32, 9))
def test_integers_by_sign(a: np.ndarray, b: np.ndarray) -> None:
    for predicate, oracle in enumerate(ORACLES):
        assert evaluate("cmp_i_s", [a, b], "9xi1", predicate).tolist() == oracle(a, b).tolist()
        unsigned = oracle(a.view(np.uint32), b.view(np.uint32)).tolist()
        assert evaluate("cmp_i_u", [a, b], "9xi1", predicate).tolist() == unsigned
        assert evaluate("cmp_i_u", [a.view(np.uint32), b.view(np.uint32)], "9xi1", predicate).tolist() == unsigned


def test_false_is_less_than_true() -> None:
    a, b = np.array([False, False, True, True]), np.array([False, True, False, True])
    for name in ("cmp_i_s", "cmp_i_u"):
        assert evaluate(name, [a, b], "4xi1", PREDICATES.index("lt")).tolist() == [False, True, False, False]


def test_select_chooses_each() -> None:
    condition = np.array([True, False, True])
    a, b = np.array([1, 2, 3], np.float32), np.array([10, 20, math.nan], np.float32)
    assert evaluate("select", [condition, a, b], "3xf32").tolist() == [1, 20, 3]


@pytest.mark.parametrize("condition", [True, False])
def test_scalar_condition_chooses_for_all(condition: bool) -> None:
    a, b = np.array([1, 2, 3], np.int32), np.array([10, 20, 30], np.int32)
    result = evaluate("select", [np.array(condition), a, b], "3xi32")
    assert result.tolist() == (a if condition else b).tolist()


@pytest.mark.parametrize("shape", [(), (0,), (2, 0), (2, 1, 3)])
def test_every_shape(shape: tuple[int, ...]) -> None:
    x, yes = np.ones(shape, np.float32), np.ones(shape, np.bool_)
    assert evaluate("select", [yes, x, x], type_of(x)).tolist() == x.tolist()
    assert evaluate("cmp_f", [x, x], type_of(yes), 0).tolist() == yes.tolist()


@pytest.mark.parametrize(
    ("name", "types", "attributes", "text"),
    [
        ("cmp_f", [np.float32, np.float32, np.bool_], (6,), "cmp_f has no predicate 6: they are 0 to 5"),
        ("cmp_f", [np.int32, np.int32, np.bool_], (0,), "cmp_f is for numbers, not 2xi32"),
        ("cmp_i_s", [np.float32, np.float32, np.bool_], (0,), "cmp_i_s is for integers and i1, not 2xf32"),
        ("cmp_f", [np.float32, np.float64, np.bool_], (0,), "cmp_f compares one type, not 2xf32 with 2xf64"),
        ("cmp_f", [np.float32, np.float32, np.float32], (0,), "cmp_f of 2xf32 gives i1s, not 2xf32"),
        (
            "select",
            [np.int8, np.int32, np.int32, np.int32],
            (),
            "select of 2xi32 chooses by i1s of that shape or of rank 0",
        ),
        ("select", [np.bool_, np.int32, np.int8, np.int32], (), "select takes and gives one type"),
    ],
)
def test_wrong_types_are_refused(name: str, types: list[type], attributes: tuple[int, ...], text: str) -> None:
    arrays: list[np.ndarray] = [np.zeros(2, dtype) for dtype in types]
    with pytest.raises(DataLoss, match=text):
        evaluate(name, arrays[:-1], type_of(arrays[-1]), *attributes)


def test_condition_of_another_shape_is_refused() -> None:
    x = np.zeros(3, np.float32)
    with pytest.raises(DataLoss, match="select of 3xf32 chooses by i1s of that shape or of rank 0, not by 2xi1"):
        evaluate("select", [np.zeros(2, np.bool_), x, x], "3xf32")
