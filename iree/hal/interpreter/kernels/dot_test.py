"""dot_general with any batch and contracted dimensions, against einsum and XLA."""

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

from iree.hal.interpreter.tensor_type import TensorType
from iree.hal.interpreter.testing.evaluate import evaluate
from iree.hal.status import DataLoss
from iree.schemas.element_types import from_dtype

Dimensions = tuple[int, ...]


def dot(left: np.ndarray, right: np.ndarray, dims: tuple[Dimensions, ...], dtype: np.dtype | None = None) -> np.ndarray:
    """dims: batch of left, batch of right, contracted of left, contracted of right."""
    left_batch, right_batch, left_contracted, right_contracted = dims
    shape = [left.shape[d] for d in left_batch]
    shape += [size for d, size in enumerate(left.shape) if d not in left_batch + left_contracted]
    shape += [size for d, size in enumerate(right.shape) if d not in right_batch + right_contracted]
    target = TensorType(from_dtype(dtype or left.dtype), tuple(shape))
    name = "dot_general_i" if left.dtype.kind in "iub" else "dot_general_f"
    return evaluate(name, [left, right], target, *dims)


def einsum(left: np.ndarray, right: np.ndarray, dims: tuple[Dimensions, ...]) -> np.ndarray:
    """The same, by letters."""
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    names: tuple[dict[int, str], dict[int, str]] = ({}, {})
    for first, second in ((dims[0], dims[1]), (dims[2], dims[3])):
        for a, b in zip(first, second, strict=True):
            names[0][a] = names[1][b] = next(letters)
    batch = "".join(names[0][d] for d in dims[0])
    free = ["", ""]
    for side, array in enumerate((left, right)):
        for d in range(array.ndim):
            if d not in names[side]:
                names[side][d] = next(letters)
                free[side] += names[side][d]
    text = ["".join(names[side][d] for d in range(array.ndim)) for side, array in enumerate((left, right))]
    return np.asarray(np.einsum(f"{text[0]},{text[1]}->{batch}{free[0]}{free[1]}", left, right))


def integers(*shape: int, dtype: str = "i4") -> np.ndarray:
    return np.random.default_rng(sum(shape)).integers(0, 9, shape).astype(dtype)


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[int], list[int], tuple[Dimensions, ...]]:
    """Two shapes and what of them is paired, in any order."""
    pairs = draw(st.lists(st.integers(0, 4), max_size=3))
    batch_count = draw(st.integers(0, len(pairs)))
    shapes, places = [], []
    for _ in range(2):
        sizes = pairs + draw(st.lists(st.integers(0, 4), max_size=2))
        order = draw(st.permutations(range(len(sizes))))
        shapes.append([sizes[i] for i in order])
        places.append([order.index(i) for i in range(len(pairs))])
    batch = [tuple(place[:batch_count]) for place in places]
    contracted = [tuple(place[batch_count:]) for place in places]
    return shapes[0], shapes[1], (*batch, *contracted)


@settings(max_examples=150, deadline=None)
@given(problems())
def test_any_dimensions(problem: tuple[list[int], list[int], tuple[Dimensions, ...]]) -> None:
    left_shape, right_shape, dims = problem
    left, right = integers(*left_shape), integers(*right_shape)
    np.testing.assert_array_equal(dot(left, right, dims), einsum(left, right, dims))
    np.testing.assert_array_equal(dot(left.astype("f4"), right.astype("f4"), dims), einsum(left, right, dims))


def test_agrees_with_xla() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.standard_normal((3, 5, 4), np.float32), rng.standard_normal((4, 6, 3), np.float32)
    wanted = lax.dot_general(left, right, (((2,), (0,)), ((0,), (2,))), precision="highest")
    np.testing.assert_allclose(dot(left, right, ((0,), (2,), (2,), (0,))), np.asarray(wanted), rtol=1e-5)


@pytest.mark.parametrize("left_order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("right_order", [(0, 1), (1, 0)])
def test_matrices_of_any_order(left_order: Dimensions, right_order: Dimensions) -> None:
    left, right = integers(5, 7).transpose(left_order).copy(), integers(7, 3).transpose(right_order).copy()
    dims = ((), (), (left_order.index(1),), (right_order.index(0),))
    np.testing.assert_array_equal(dot(left.astype("f4"), right.astype("f4"), dims), integers(5, 7) @ integers(7, 3))


@pytest.mark.parametrize("dtype", [np.dtype(t) for t in (np.float16, ml_dtypes.bfloat16, np.float32, np.float64)])
def test_floats(dtype: np.dtype) -> None:
    left, right = integers(8, 64).astype(dtype), integers(64, 8).astype(dtype)
    wanted = (integers(8, 64) @ integers(64, 8)).astype(dtype)  # exact in f32, rounded once
    np.testing.assert_array_equal(dot(left, right, ((), (), (1,), (0,))), wanted)


@pytest.mark.parametrize(("narrow", "wide"), [("f2", "f4"), ("f4", "f8"), ("f8", "f4"), ("i1", "i4"), ("u1", "u4")])
def test_result_of_another_width(narrow: str, wide: str) -> None:
    left, right = integers(8, 64).astype(narrow), integers(64, 8).astype(narrow)
    result = dot(left, right, ((), (), (1,), (0,)), np.dtype(wide))
    np.testing.assert_array_equal(result, integers(8, 64) @ integers(64, 8))


def test_integers_wrap() -> None:
    big = np.full((2, 2), 2**31 - 1, np.int32)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(dot(big, big, ((), (), (1,), (0,))), big @ big)


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "i4", "u4", "i8", "u8"])
@pytest.mark.parametrize("batch", [(), (2,)])
def test_large_integer_products_are_exact(dtype: str, batch: Dimensions) -> None:
    """Large enough for f64, with values for which f64 is exact and with values for which it is not."""
    rng, limits = np.random.default_rng(0), np.iinfo(dtype)
    dims = (tuple(range(len(batch))),) * 2 + ((len(batch) + 1,), (len(batch),))
    for low, high in ((0, 9), (limits.min, limits.max)):
        left, right = (rng.integers(low, high, (*batch, 40, 40), dtype, endpoint=True) for _ in range(2))
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(dot(left, right, dims), left @ right)


def test_booleans() -> None:
    left, right = integers(3, 4) > 4, integers(4, 2) > 4
    assert dot(left, right, ((), (), (1,), (0,))).tolist() == (left.astype(int) @ right.astype(int) > 0).tolist()


def test_nothing_contracted_and_contracting_nothing() -> None:
    left, right = integers(2), integers(3)
    assert dot(left, right, ((), (), (), ())).tolist() == np.outer(left, right).tolist()
    empty = np.zeros((2, 0), np.float32)
    assert dot(empty, empty, ((), (), (1,), (1,))).tolist() == [[0, 0], [0, 0]]
    assert dot(np.array(3, np.float32), np.array(4, np.float32), ((), (), (), ())).tolist() == 12


@pytest.mark.parametrize(
    ("shapes", "dims", "text"),
    [
        (
            [(2, 3), (4, 5), (2, 5)],
            ((), (), (1,), (0,)),
            r"dot_general_f pairs sizes \[3\] of 2x3xf32 with \[4\] of 4x5xf32",
        ),
        (
            [(2, 3), (3, 5), (2, 4)],
            ((), (), (1,), (0,)),
            r"dot_general_f of 2x3xf32 and 3x5xf32 has shape \[2, 5\], not 2x4xf32",
        ),
        ([(2, 3), (3, 5), (2, 5)], ((), (), (2,), (0,)), r"dimensions \[2\] are not different ones of 0 to 1"),
        ([(2, 2), (2, 2), (2,)], ((0,), (0,), (0,), (0,)), r"dimensions \[0, 0\] are not different"),
        (
            [(2, 2), (2, 2), (2, 2)],
            ((0,), (), (1,), (0,)),
            r"dot_general_f pairs sizes \[2\] of 2x2xf32 with \[\] of 2x2xf32",
        ),
    ],
)
def test_wrong_shapes_are_refused(shapes: list[Dimensions], dims: tuple[Dimensions, ...], text: str) -> None:
    left, right, target = (np.zeros(shape, np.float32) for shape in shapes)
    with pytest.raises(DataLoss, match=text):
        evaluate("dot_general_f", [left, right], TensorType(from_dtype(target.dtype), target.shape), *dims)


def test_wrong_types_are_refused() -> None:
    floats, integers_ = np.zeros((2, 2), np.float32), np.zeros((2, 2), np.int32)
    dims = ((), (), (1,), (0,))
    with pytest.raises(DataLoss, match="dot_general_f is for floats, not 2x2xf32 and 2x2xi32 to 2x2xf32"):
        evaluate("dot_general_f", [floats, integers_], "2x2xf32", *dims)
    with pytest.raises(DataLoss, match="dot_general_f is for floats, not 2x2xi32"):
        evaluate("dot_general_f", [integers_, integers_], "2x2xi32", *dims)
    with pytest.raises(DataLoss, match="dot_general_i is for integers and i1, not 2x2xf32"):
        evaluate("dot_general_i", [floats, floats], "2x2xf32", *dims)
    with pytest.raises(DataLoss, match="dot_general_f is for floats, not 2x2xf32 and 2x2xf32 to 2x2xcomplex<f32>"):
        evaluate("dot_general_f", [floats, floats], "2x2xcomplex<f32>", *dims)
