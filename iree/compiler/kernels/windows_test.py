"""convolution and reduce_window as nests, fused and scheduled, against JAX."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax
from numpy.typing import NDArray

from iree.testing.kernel_stages import check_kernel, shaped

Array = NDArray[Any]
EXAMPLES = settings(max_examples=15, deadline=None)
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
edges = st.tuples(st.integers(-1, 2), st.integers(-1, 2))


def integers(shape: tuple[int, ...], seed: int = 0) -> Array:
    return np.random.default_rng(seed).integers(-9, 10, shape).astype(np.int32)


def types(arrays: list[Array], result: Array) -> str:
    return f"({', '.join(f'tensor<{shaped(array)}>' for array in arrays)}) -> tensor<{shaped(result)}>"


@given(st.data())
@EXAMPLES
def test_convolution(data: st.DataObject) -> None:
    kernel, strides, base, own = (data.draw(pairs) for _ in range(4))
    padding = [data.draw(edges), data.draw(edges)]
    groups, by_batch = data.draw(st.integers(1, 2)), data.draw(st.booleans())
    counts = (1, groups) if by_batch else (groups, 1)
    x = integers((2, data.draw(st.integers(3, 6)), 4, 2 if by_batch else 2 * groups))
    weights = integers((*kernel, 2, 2 * groups), 1)
    expected = np.asarray(
        lax.conv_general_dilated(x, weights, strides, padding, base, own, ("NHWC", "HWIO", "NHWC"), *counts)
    )
    body = (
        "%2 = mhlo.convolution(%0, %1) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], "
        f"window = {{stride = {list(strides)}, pad = {[list(pair) for pair in padding]}, lhs_dilate = {list(base)}, "
        f"rhs_dilate = {list(own)}}} "
        f"{{feature_group_count = {counts[0]} : i64, batch_group_count = {counts[1]} : i64}} "
        f": {types([x, weights], expected)}"
    )
    check_kernel(body, [x, weights], {"%2": expected})


@pytest.mark.parametrize("padding", ["[[0, 0]]", "[[1, 1]]"])
def test_a_reversed_kernel(padding: str) -> None:
    x, weights = integers((1, 5, 2)), integers((3, 2, 3), 1)
    around = int(padding[2])
    expected = np.asarray(
        lax.conv_general_dilated(x, weights[::-1], (1,), [(around, around)], dimension_numbers=("NHC", "HIO", "NHC"))
    )
    body = (
        "%2 = mhlo.convolution(%0, %1) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], "
        f"window = {{pad = {padding}, reverse = [true]}} "
        "{feature_group_count = 1 : i64, batch_group_count = 1 : i64} "
        f": {types([x, weights], expected)}"
    )
    check_kernel(body, [x, weights], {"%2": expected})


def _reduce_window(sizes: tuple[int, ...], lists: str, signature: str) -> str:
    spelled = ", ".join(map(str, sizes))
    return (
        f'%2 = "mhlo.reduce_window"(%0, %1) <{{window_dimensions = array<i64: {spelled}>, {lists}}}> ({{\n'
        "^bb0(%a: tensor<i32>, %b: tensor<i32>):\n"
        "%c = mhlo.add %a, %b : tensor<i32>\nmhlo.return %c : tensor<i32>\n"
        f"}}) : {signature}"
    )


@given(pairs, pairs, pairs, pairs, edges, edges)
@EXAMPLES
def test_reduce_window(
    sizes: tuple[int, int],
    strides: tuple[int, int],
    base: tuple[int, int],
    own: tuple[int, int],
    first: tuple[int, int],
    second: tuple[int, int],
) -> None:
    x, init = integers((5, 4)), np.zeros((), np.int32)
    padding = (first, second)
    expected = np.asarray(lax.reduce_window(x, init[()], lax.add, sizes, strides, padding, base, own))
    lists = (
        f"window_strides = array<i64: {str(strides)[1:-1]}>, base_dilations = array<i64: {str(base)[1:-1]}>, "
        f"window_dilations = array<i64: {str(own)[1:-1]}>, "
        f"padding = dense<{[list(pair) for pair in padding]}> : tensor<2x2xi64>"
    )
    check_kernel(_reduce_window(sizes, lists, types([x, init], expected)), [x, init], {"%2": expected})


def test_how_many_elements_a_window_sees() -> None:
    """What TensorFlow divides by in an average: an operand that is one number."""
    init = np.zeros((), np.int32)
    expected = np.array([2, 3, 3, 2], np.int32)
    body = "%0 = arith.constant dense<1> : tensor<4xi32>\n" + _reduce_window(
        (3,), "padding = dense<1> : tensor<1x2xi64>", "(tensor<4xi32>, tensor<i32>) -> tensor<4xi32>"
    )
    check_kernel(body.replace("%0", "%ones").replace("%1", "%0"), [init], {"%2": expected})
