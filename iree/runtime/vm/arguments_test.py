from collections.abc import Callable
from typing import Any

import jax
import ml_dtypes
import numpy as np
import pytest

from iree.runtime.vm.arguments import ArgumentError, to_array
from iree.runtime.vm.function_def import BufferType
from iree.schemas import element_types


def typed(name: str, *shape: int) -> BufferType:
    return BufferType(element_types.from_name(name), shape)


class OnlyDLPack:
    """What a foreign framework's array looks like."""

    def __init__(self, array: np.ndarray):
        self.array = array

    def __dlpack__(self, **kwargs: Any) -> object:
        return self.array.__dlpack__(**kwargs)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.array.__dlpack_device__()


class OnlyArray:
    def __init__(self, make: Callable[[], object]):
        self.make = make

    def __array__(self, dtype: object = None, copy: object = None) -> object:
        return self.make()


GOOD: list[tuple[object, BufferType, object]] = [
    (np.arange(4, dtype=np.float32), typed("f32", 4), [0, 1, 2, 3]),
    (np.arange(4, dtype=">f4"), typed("f32", 4), [0, 1, 2, 3]),
    (np.arange(8, dtype=np.float32)[::2], typed("f32", 4), [0, 2, 4, 6]),
    (np.float32(2), typed("f32"), 2),
    (2, typed("f32"), 2),
    (0.1, typed("f32"), np.float32(0.1)),
    (float("inf"), typed("f32"), np.inf),
    (float("nan"), typed("f32"), np.nan),
    ([1, 2.5], typed("f64", 2), [1, 2.5]),
    ((1, 2), typed("i8", 2), [1, 2]),
    ([[1], [2]], typed("ui64", 2, 1), [[1], [2]]),
    (2**63, typed("ui64"), 2**63),
    ([True, False], typed("i1", 2), [True, False]),
    ([1, 2], typed("bf16", 2), [1, 2]),
    (1j, typed("complex<f32>"), 1j),
    (3, typed("complex<f32>"), 3),
    ([], typed("f32", 0), []),
    ([[], []], typed("i32", 2, 0), [[], []]),
    (OnlyDLPack(np.arange(4, dtype=np.float32)), typed("f32", 4), [0, 1, 2, 3]),
    (OnlyArray(lambda: np.arange(4, dtype=np.float32)), typed("f32", 4), [0, 1, 2, 3]),
    (np.array([1, 2], ml_dtypes.bfloat16), typed("bf16", 2), [1, 2]),
    (np.array([1, -8]).astype(ml_dtypes.int4), typed("i4", 2), [1, -8]),
    ([15, 0], typed("ui4", 2), [15, 0]),
    ([-2, 1], typed("i2", 2), [-2, 1]),
    ([0.5, float("nan")], typed("f8E4M3FN", 2), [0.5, float("nan")]),
    (float("inf"), typed("f8E5M2"), float("inf")),
    (float("-inf"), typed("complex<f64>"), float("-inf")),
]


@pytest.mark.parametrize(("value", "of", "expected"), GOOD)
def test_taken(value: object, of: BufferType, expected: object) -> None:
    array = to_array(value, of, "argument 'x'")
    assert array.dtype == of.dtype
    assert array.shape == of.shape
    wanted = np.asarray(expected).astype(of.dtype)
    assert array.tobytes() == wanted.tobytes()


BAD: list[tuple[object, BufferType, str]] = [
    (np.zeros(5, np.float32), typed("f32", 4), r"argument 'x' has shape \(5,\), needs \(4,\) \(4xf32\)"),
    (np.zeros((4, 1), np.float32), typed("f32", 4), r"has shape \(4, 1\)"),
    (1.0, typed("f32", 1), r"has shape \(\), needs \(1,\)"),
    (np.zeros(4), typed("f32", 4), r"has type float64, needs float32 \(4xf32\): convert it with .astype\('float32'\)"),
    (np.float64(1), typed("f32"), "has type float64, needs float32"),
    (np.zeros(4, np.int32), typed("f32", 4), "has type int32, needs float32"),
    ([np.float64(1)], typed("f32", 1), "has type float64, needs float32"),
    (1.5, typed("i32"), "has float values, needs integer"),
    (True, typed("i32"), "has bool values, needs integer"),
    (1, typed("i1"), "has integer values, needs bool"),
    (1j, typed("f32"), "has complex values, needs float"),
    ([1, 300], typed("i8", 2), "has the value 300, which i8 cannot hold"),
    (-1, typed("ui64"), "has the value -1, which ui64 cannot hold"),
    (8, typed("i4"), "has the value 8, which i4 cannot hold"),
    (1.5, typed("ui4"), "has float values, needs integer"),
    (float("inf"), typed("f8E4M3FN"), "has the value inf, which f8E4M3FN cannot hold"),
    (500.0, typed("f8E4M3FN"), "has the value 500.0, which f8E4M3FN cannot hold"),
    (np.zeros(2, np.int8), typed("i4", 2), r"has type int8, needs int4 \(2xi4\)"),
    (-1, typed("ui8"), "has the value -1, which ui8 cannot hold"),
    (2**24 + 1, typed("f32"), "has the value 16777217, which f32 cannot hold"),
    (2**70, typed("f32"), "integers of more than 64 bits"),
    (1e39, typed("f32"), r"has the value 1e\+39, which f32 cannot hold"),
    ([[1], [2, 3]], typed("i32", 2), "is not rectangular"),
    (None, typed("f32"), "is of type NoneType, which is no array; needs f32"),
    ({}, typed("f32"), "is of type dict, which is no array"),
    ("1", typed("f32"), "has type <U1, needs float32"),
    (np.ma.masked_array(np.zeros(2, np.float32), [True, False]), typed("f32", 2), r"masked .* with \.filled"),
    (OnlyArray(lambda: 1 / 0), typed("f32"), r"\(OnlyArray\) cannot be read as an array: division by zero; needs f32"),
]


@pytest.mark.parametrize(("value", "of", "match"), BAD)
def test_refused(value: object, of: BufferType, match: str) -> None:
    with pytest.raises(ArgumentError, match=match):
        to_array(value, of, "argument 'x'")


def test_errors_are_what_callers_catch() -> None:
    assert issubclass(ArgumentError, TypeError)
    assert issubclass(ArgumentError, ValueError)


def test_arrays_of_jax() -> None:
    array = to_array(jax.numpy.arange(4, dtype=jax.numpy.bfloat16), typed("bf16", 4), "x")
    np.testing.assert_array_equal(array, np.arange(4))


def test_an_array_of_the_type_is_not_copied() -> None:
    array = np.arange(4, dtype=np.float32)
    assert to_array(array, typed("f32", 4), "x") is array
