"""Reductions over windows, against XLA."""

import math

import ml_dtypes
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jax import lax

from iree.hal.interpreter.tensor_type import TensorType
from iree.hal.interpreter.testing.evaluate import evaluate
from iree.hal.status import DataLoss
from iree.schemas.element_types import from_dtype

Lists = list[tuple[int, ...]]  # sizes, strides, low, high, base dilations, window dilations

STARTS = {
    "window_sum_i": (lax.add, 0, "i4"), "window_prod_i": (lax.mul, 1, "i4"),
    "window_min_i_s": (lax.min, 2**31 - 1, "i4"), "window_max_i_s": (lax.max, -(2**31), "i4"),
    "window_min_i_u": (lax.min, 2**32 - 1, "u4"), "window_max_i_u": (lax.max, 0, "u4"),
    "window_and": (lax.bitwise_and, -1, "i4"), "window_or": (lax.bitwise_or, 0, "i4"),
    "window_xor": (lax.bitwise_xor, 0, "i4"), "window_sum_f": (lax.add, 0, "f4"),
    "window_prod_f": (lax.mul, 1, "f4"), "window_min_f": (lax.min, np.inf, "f4"),
    "window_max_f": (lax.max, -np.inf, "f4"),
}  # fmt: skip


def reduce_window(name: str, x: np.ndarray, init: np.ndarray, shape: tuple[int, ...], lists: Lists) -> np.ndarray:
    return evaluate(name, [x, init], TensorType(from_dtype(x.dtype), shape), *lists)


@st.composite
def problems(draw: st.DrawFn) -> tuple[tuple[int, ...], Lists]:
    """A shape and a window over it, but none that XLA aborts on: one of a single element, and padding that cuts off.

    Its algebraic simplifier replaces such a window by its body, and then finds that the shape has changed.
    """
    rank = draw(st.integers(0, 3))

    def numbers(low: int, high: int) -> tuple[int, ...]:
        return tuple(draw(st.lists(st.integers(low, high), min_size=rank, max_size=rank)))

    lists = [numbers(1, 3), numbers(1, 3), numbers(-2, 3), numbers(-2, 3), numbers(1, 3), numbers(1, 3)]
    sizes, _, low, high, _, _ = lists
    assume(math.prod(sizes) > 1 or min((*low, *high), default=0) >= 0)
    return numbers(0, 7), lists


def test_one_element_and_padding_that_cuts_off() -> None:
    lists: Lists = [(1,), (2,), (-1,), (-1,), (1,), (1,)]
    x = np.array([5, 1, 4, 3, 2, 6], np.int32)
    assert reduce_window("window_min_i_s", x, np.array(3, np.int32), (2,), lists).tolist() == [1, 3]


@pytest.mark.parametrize("name", STARTS)
@settings(max_examples=12, deadline=None)
@given(problem=problems())
def test_agrees_with_xla(name: str, problem: tuple[tuple[int, ...], Lists]) -> None:
    shape, lists = problem
    sizes, strides, low, high, base, own = lists
    computation, start, dtype = STARTS[name]
    x = np.random.default_rng(0).integers(0, 4, shape).astype(dtype)
    init = np.array(start, np.int64 if x.dtype.kind in "iu" else x.dtype).astype(x.dtype)
    padding = list(zip(low, high, strict=True))
    wanted = np.asarray(lax.reduce_window(x, init[()], computation, sizes, strides, padding, base, own))
    np.testing.assert_array_equal(reduce_window(name, x, init, wanted.shape, lists), wanted)


def test_booleans() -> None:
    x, init = np.array([True, False, False, True]), np.array(False)
    lists: Lists = [(2,), (1,), (0,), (0,), (1,), (1,)]
    assert reduce_window("window_or", x, init, (3,), lists).tolist() == [True, False, True]
    assert reduce_window("window_and", x, np.array(True), (3,), lists).tolist() == [False, False, False]


@pytest.mark.parametrize("dtype", [np.dtype(np.float16), np.dtype(ml_dtypes.bfloat16), np.dtype("f8")])
def test_floats_of_other_widths_are_rounded_once(dtype: np.dtype) -> None:
    x = np.full(9, 1 + 2**-7).astype(dtype)
    lists: Lists = [(9,), (1,), (0,), (0,), (1,), (1,)]
    wanted = x.astype("f8").sum(keepdims=True).astype(dtype)
    np.testing.assert_array_equal(reduce_window("window_sum_f", x, np.zeros((), dtype), (1,), lists), wanted)


def test_the_initial_value_is_kept_apart_from_the_zeros_of_the_operand() -> None:
    x, lists = np.array([-0.0, -0.0, 0.0], np.float32), [(2,), (1,), (0,), (0,), (1,), (1,)]
    lowest, highest = np.array(-np.inf, np.float32), np.array(np.inf, np.float32)
    assert np.signbit(reduce_window("window_max_f", x, lowest, (2,), lists)).tolist() == [True, False]
    assert np.signbit(reduce_window("window_min_f", x, highest, (2,), lists)).tolist() == [True, True]


@pytest.mark.parametrize(
    ("name", "types", "lists", "text"),
    [
        ("window_sum_f", ("4xf32", "f32", "4xf32"), [(2,), (1,)], r"of 4xf32 is \[3\], not 4xf32"),
        ("window_sum_f", ("4xf32", "1xf32", "3xf32"), [(2,), (1,)], "of 4xf32 starts with one element, not 1xf32"),
        ("window_sum_f", ("4xf32", "f32", "4xf32"), [(0,), (1,)], "of at least 1, not 0"),
        ("window_sum_f", ("4xf32", "f32", "4xf32"), [(1, 1), (1,)], r"over 1 dimensions has lists of \[1, 2\] entries"),
        ("window_sum_f", ("4xi32", "i32", "3xi32"), [(2,), (1,)], "window_sum_f is for floats"),
        ("window_sum_i", ("4xf32", "f32", "3xf32"), [(2,), (1,)], "window_sum_i is for integers and i1"),
    ],
)
def test_what_is_wrong_is_refused(name: str, types: tuple[str, str, str], lists: Lists, text: str) -> None:
    dtypes = {"f32": np.float32, "i32": np.int32}
    arrays = [
        np.zeros([int(size) for size in parts[:-1]], dtypes[parts[-1]]) for parts in (t.split("x") for t in types[:2])
    ]
    with pytest.raises(DataLoss, match=text):
        evaluate(name, arrays, types[2], *lists, (0,), (0,), (1,), (1,))
