"""Instructions that read or write at places that are data, against JAX."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

from iree.hal.interpreter.tensor_type import TensorType
from iree.hal.interpreter.testing.evaluate import evaluate, type_of
from iree.hal.status import DataLoss
from iree.schemas.element_types import from_name
from iree.schemas.instruction import Operand
from iree.testing.gathers import Gather, gathers

INDEX_TYPES = ("i8", "ui8", "i32", "ui32", "i64", "ui64")


def counted(*shape: int) -> np.ndarray:
    """0, 1, 2, ... in a shape."""
    return np.arange(np.prod(shape, dtype=int), dtype=np.int32).reshape(shape)


def _lists(case: Gather) -> tuple[Operand, ...]:
    return (*case[2:7], (case.vector_dim,), case.sizes)


@given(gathers())
@settings(max_examples=80, deadline=None)
def test_gather(case: Gather) -> None:
    expected = case.expected()
    result = evaluate("gather", [case.operand, case.starts], type_of(expected), *_lists(case))
    np.testing.assert_array_equal(result, expected, strict=True)


@pytest.mark.parametrize("name", INDEX_TYPES)
def test_starts_of_any_integer_type_are_clamped(name: str) -> None:
    dtype = from_name(name).dtype
    limits = np.iinfo(dtype)
    starts = np.array([limits.min, 0, 7, limits.max], dtype)
    x = counted(300, 2)
    expected = x[[min(max(int(start), 0), 299) for start in starts]]
    lists = ((1,), (0,), (), (), (0,), (1,), (1, 2))
    np.testing.assert_array_equal(evaluate("gather", [x, starts], "4x2xi32", *lists), expected)
    for start in starts:
        place = min(max(int(start), 0), 299)
        zero = np.zeros((), dtype)
        found = evaluate("dynamic_slice", [x, start, zero], "1x2xi32")
        np.testing.assert_array_equal(found, x[place : place + 1])


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(-3, 6)), max_size=4))
@settings(max_examples=40, deadline=None)
def test_dynamic_slices(dims: list[tuple[int, int, int]]) -> None:
    sizes = [min(size, part) for size, part, _ in dims]
    x, update = counted(*(size for size, _, _ in dims)), -1 - counted(*sizes)
    starts = [np.array(start, np.int32) for _, _, start in dims]
    clamped = [min(max(start, 0), size - part) for (size, _, start), part in zip(dims, sizes, strict=True)]
    expected = np.asarray(lax.dynamic_slice(x, clamped, sizes))
    np.testing.assert_array_equal(evaluate("dynamic_slice", [x, *starts], type_of(expected)), expected)
    expected = np.asarray(lax.dynamic_update_slice(x, update, clamped))
    np.testing.assert_array_equal(evaluate("dynamic_update_slice", [x, update, *starts], type_of(x)), expected)


def test_a_gather_of_a_view() -> None:
    x = counted(4, 5)
    starts = np.array([2, 9], np.int32)
    lists = ((1,), (0,), (), (), (0,), (1,), (1, 4))
    result = evaluate("gather", [x.T.copy(), starts], "2x4xi32", *lists)
    np.testing.assert_array_equal(result, x.T[[2, 4]])


F32, I32 = np.float32, np.int32
_ROWS: tuple[Operand, ...] = ((1,), (0,), (), (), (0,), (1,), (1, 3))


def _rows(index: int, value: tuple[int, ...]) -> tuple[Operand, ...]:
    return (*_ROWS[:index], value, *_ROWS[index + 1 :])


@pytest.mark.parametrize(
    ("name", "inputs", "output", "attributes", "text"),
    [
        ("dynamic_slice", [], "2xi32", (), "takes an operand and starts"),
        ("dynamic_slice", [((3,), I32), ((), I32)], "4xi32", (), "a 4xi32 is no part of a 3xi32"),
        ("dynamic_slice", [((3,), I32), ((), I32)], "2xf32", (), "a 2xf32 is no part of a 3xi32"),
        ("dynamic_slice", [((3,), I32), ((), I32)], "2x1xi32", (), "a 2x1xi32 is no part of a 3xi32"),
        ("dynamic_slice", [((3,), I32)], "2xi32", (), "takes a start for each of 1 dimensions"),
        ("dynamic_slice", [((3,), I32), ((), F32)], "2xi32", (), "takes a start for each of 1 dimensions, not f32"),
        ("dynamic_slice", [((3,), I32), ((1,), I32)], "2xi32", (), "takes a start for each of 1 dimensions, not 1xi32"),
        ("dynamic_update_slice", [((3,), I32)], "3xi32", (), "takes an operand, an update and starts"),
        ("dynamic_update_slice", [((3,), I32), ((2,), I32), ((), I32)], "4xi32", (), "cannot become 4xi32"),
        ("dynamic_update_slice", [((3,), I32), ((4,), I32), ((), I32)], "3xi32", (), "a 4xi32 is no part of a 3xi32"),
        ("gather", [((4, 3), I32), ((2,), I32)], "2x3xf32", _ROWS, "keeps the element type"),
        ("gather", [((4, 3), I32), ((2,), F32)], "2x3xi32", _ROWS, "takes integers for starts"),
        ("gather", [((4, 3), I32), ((2,), I32)], "3x2xi32", _ROWS, r"has sizes \[2, 3\], not \[3, 2\]"),
        ("gather", [((4, 3), I32), ((2,), I32)], "2x3xi32", _rows(0, ()), "has 0 offset dims"),
        ("gather", [((4, 3), I32), ((2,), I32)], "2x3xi32", _rows(0, (2,)), "are not different ones"),
        ("gather", [((4, 3), I32), ((2,), I32)], "2x3xi32", _rows(1, (2,)), "are not different ones"),
        ("gather", [((4, 3), I32), ((2,), I32)], "2x3xi32", _rows(2, (1,)), "has 1 offset dims"),
        ("gather", [((4, 3), I32), ((2,), I32)], "2x3xi32", _rows(3, (0,)), "batching dimensions of different sizes"),
        ("gather", [((4, 3), I32), ((2,), I32)], "2x3xi32", _rows(3, (1,)), "are not different ones"),
        ("gather", [((4, 3), I32), ((2,), I32)], "2x3xi32", _rows(4, (0, 1)), "has index vectors of 1"),
        ("gather", [((4, 3), I32), ((2,), I32)], "2x3xi32", _rows(4, (2,)), "are not different ones"),
        ("gather", [((4, 3), I32), ((2,), I32)], "2x3xi32", _rows(5, (2,)), "has index vectors along"),
        ("gather", [((4, 3), I32), ((2,), I32)], "2x3xi32", _rows(6, (2, 3)), r"has slices of \[2, 3\]"),
        ("gather", [((4, 3), I32), ((2,), I32)], "2x4xi32", _rows(6, (1, 4)), r"has slices of \[1, 4\]"),
        ("gather", [((0, 3), I32), ((2,), I32)], "2x3xi32", _rows(6, (0, 3)), "which is empty"),
    ],
)  # fmt: skip
def test_what_no_compiler_writes_is_refused(
    name: str, inputs: list[tuple[tuple[int, ...], Any]], output: str, attributes: tuple[Operand, ...], text: str
) -> None:
    with pytest.raises(DataLoss, match=text):
        evaluate(name, [np.zeros(shape, dtype) for shape, dtype in inputs], output, *attributes)


def test_the_type_of_a_result_is_the_outputs() -> None:
    kind = TensorType(from_name("i1"), (2,))
    x = np.array([True, False, True])
    result = evaluate("dynamic_slice", [x, np.array(1, np.int32)], kind)
    assert result.tolist() == [False, True]
