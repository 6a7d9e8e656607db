"""Convolutions against XLA; test/e2e/convolution_test.py has every dimension order and padding."""

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

from iree.hal.interpreter.kernels import convolution
from iree.hal.interpreter.tensor_type import TensorType
from iree.hal.interpreter.testing.evaluate import evaluate
from iree.hal.status import DataLoss
from iree.schemas.element_types import from_dtype

Lists = list[tuple[int, ...]]
CHANNELS_LAST = [(0, 3, 1, 2), (2, 3, 0, 1), (0, 3, 1, 2)]


def lists_of(
    groups: tuple[int, int] = (1, 1), strides: tuple[int, int] = (1, 1), low: tuple[int, int] = (0, 0)
) -> Lists:
    """The attributes of a convolution of images; padding before and after is the same."""
    return [strides, low, low, (1, 1), (1, 1), (0, 0), *CHANNELS_LAST, groups]


def convolve(x: np.ndarray, weights: np.ndarray, shape: tuple[int, ...], lists: Lists) -> np.ndarray:
    name = "convolution_f" if x.dtype.kind not in "iub" else "convolution_i"
    return evaluate(name, [x, weights], TensorType(from_dtype(x.dtype), shape), *lists)


def integers(*shape: int, dtype: str = "i4") -> np.ndarray:
    return np.random.default_rng(sum(shape)).integers(-9, 9, shape).astype(dtype)


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[int], list[int], Lists]:
    """Shapes of an image and a kernel, and attributes."""
    features, groups, outputs = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    pair = st.tuples(st.integers(1, 3), st.integers(1, 3))
    kernel = [*draw(pair), features, groups * outputs]
    padding = st.tuples(st.integers(-2, 3), st.integers(-2, 3))
    flags = st.tuples(st.integers(0, 1), st.integers(0, 1))
    lists = [draw(pair), draw(padding), draw(padding), draw(pair), draw(pair), draw(flags), *CHANNELS_LAST]
    sizes = [draw(st.integers(4, 8)), draw(st.integers(4, 8))]
    if draw(st.booleans()):
        return [groups * draw(st.integers(1, 2)), *sizes, features], kernel, [*lists, (1, groups)]
    return [draw(st.integers(1, 2)), *sizes, features * groups], kernel, [*lists, (groups, 1)]


@settings(max_examples=60, deadline=None)
@given(problems())
def test_agrees_with_xla(problem: tuple[list[int], list[int], Lists]) -> None:
    image, kernel, lists = problem
    strides, low, high, base, own, reversal, *_, groups = lists
    x, weights = integers(*image, dtype="f4"), integers(*kernel, dtype="f4")
    turned = np.flip(weights, [d for d, flag in enumerate(reversal) if flag])
    numbers = lax.conv_dimension_numbers(x.shape, turned.shape, ("NHWC", "HWIO", "NHWC"))
    padding = list(zip(low, high, strict=True))
    wanted = np.asarray(lax.conv_general_dilated(x, turned, strides, padding, base, own, numbers, *groups))
    np.testing.assert_array_equal(convolve(x, weights, wanted.shape, lists), wanted)
    whole = convolve(x.astype("i4"), weights.astype("i4"), wanted.shape, lists)
    np.testing.assert_array_equal(whole, wanted)


@pytest.mark.parametrize("chunk", [1, 1 << 10, 1 << 30])
def test_chunks_of_any_size(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convolution, "_CHUNK_BYTES", chunk)
    monkeypatch.setattr(convolution, "_CACHED_BYTES", chunk)
    numbers = ("NHWC", "HWIO", "NHWC")
    x = integers(2, 9, 7, 4, dtype="f4")
    for taken, results in ((4, 5), (1, 8)):
        weights, groups = integers(3, 3, taken, results, dtype="f4"), 4 // taken
        wanted = lax.conv_general_dilated(
            x, weights, (1, 1), "VALID", None, None, numbers, feature_group_count=groups, precision="highest"
        )
        found = convolve(x, weights, (2, 7, 5, results), lists_of(groups=(groups, 1)))
        np.testing.assert_array_equal(found, np.asarray(wanted))


@pytest.mark.parametrize("dtype", [np.dtype(np.float16), np.dtype(ml_dtypes.bfloat16), np.dtype("f8")])
def test_floats_of_other_widths_are_rounded_once(dtype: np.dtype) -> None:
    x, weights = integers(1, 4, 4, 9), integers(1, 1, 9, 3)
    wanted = (x @ weights[0, 0]).astype(dtype)
    np.testing.assert_array_equal(convolve(x.astype(dtype), weights.astype(dtype), (1, 4, 4, 3), lists_of()), wanted)


def test_integers_wrap() -> None:
    big = np.full((1, 1, 1, 2), 2**31 - 1, np.int32)
    assert convolve(big, big.reshape(1, 1, 2, 1), (1, 1, 1, 1), lists_of()).item() == 2


@pytest.mark.parametrize(
    ("shapes", "lists", "text"),
    [
        ([(1, 4, 4, 3), (2, 2, 2, 5), (1, 3, 3, 5)], lists_of(), "cannot have 1 feature and 1 batch groups"),
        ([(1, 4, 4, 3), (2, 2, 3, 5), (1, 4, 3, 5)], lists_of(), "1x4x4x3xf32 and 2x2x3x5xf32 is not 1x4x3x5xf32"),
        ([(1, 4, 4, 3), (2, 2, 3, 5), (1, 3, 3, 5)], lists_of((1, 0)), r"batch groups, not \[1, 0\]"),
        ([(1, 4, 4, 3), (2, 2, 3, 5), (1, 3, 3, 5)], lists_of(strides=(1, 0)), "of at least 1, not 0"),
        ([(1, 4, 4, 3), (2, 2, 3, 5), (1, 3, 3, 5)], [(1,), *lists_of()[1:]], r"has lists of \[1, 2\] entries"),
        ([(1, 4, 4, 3), (2, 2, 3, 5), (1, 3, 3, 5)], [*lists_of()[:5], (0,), *lists_of()[6:]], "what runs backwards"),
        (
            [(1, 4, 4, 3), (2, 2, 3, 5), (1, 3, 3, 5)],
            [*lists_of()[:6], (0, 1), *lists_of()[7:]],
            r"names \[0, 1\] of 1x4x4x3xf32",
        ),
        (
            [(1, 4, 4, 3), (2, 2, 3, 5), (1, 3, 3, 5)],
            [*lists_of()[:6], (0, 0, 1, 2), *lists_of()[7:]],
            r"dimensions \[0, 0, 1, 2\] are not different",
        ),
    ],
)
def test_wrong_types_and_lists_are_refused(shapes: Lists, lists: Lists, text: str) -> None:
    x, weights, out = (np.zeros(shape, np.float32) for shape in shapes)
    with pytest.raises(DataLoss, match=text):
        convolve(x, weights, out.shape, lists)


def test_wrong_elements_are_refused() -> None:
    floats, whole = np.zeros((1, 1, 1, 1), np.float32), np.zeros((1, 1, 1, 1), np.int32)
    with pytest.raises(DataLoss, match="convolution_f is for floats"):
        evaluate("convolution_f", [whole, whole], "1x1x1x1xi32", *lists_of())
    with pytest.raises(DataLoss, match="convolution_i is for integers"):
        evaluate("convolution_i", [floats, floats], "1x1x1x1xf32", *lists_of())
