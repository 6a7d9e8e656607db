"""Kernels in C: however their loops are cut, they compute what NumPy does."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from iree.compiler.codegen.runtimeless_c.options import COptions
from iree.compiler.kernels.loop_parameters import LoopParameters
from iree.testing.c_programs import CProgram
from iree.testing.kernel_stages import shaped
from iree.testing.windows import Window

Array = NDArray[Any]
EXAMPLES = settings(max_examples=15, deadline=None)


def small(*numbers: int) -> st.SearchStrategy[int]:
    return st.sampled_from(numbers)


parameters = st.builds(
    LoopParameters,
    lanes=small(1, 2, 8),
    block=small(2, 8, 32),
    rows=small(1, 2, 4),
    long_block=small(8, 512),
    near=small(0, 8192),
    unrolled=small(0, 4, 16),
    steps=small(1, 4),
    sum_block=small(2, 1024),
    most_code=small(1, 256),
)


windows = st.builds(
    Window, st.integers(1, 3), st.integers(1, 2), st.integers(1, 2), st.integers(0, 2), st.integers(0, 2)
)


def numbers(*shape: int, seed: int = 0) -> Array:
    """Small whole numbers: sums of their products are exact in any order."""
    return np.random.default_rng(seed).integers(-9, 10, shape).astype(np.float32)


def seen(image: Array, along: tuple[Window, Window], padding: float) -> list[list[Array]]:
    """The elements that all windows see in each of their steps."""
    around = [(0, 0), *((window.low, window.high) for window in along), (0, 0)]
    padded = np.pad(image, around, constant_values=padding)
    rows, columns = (window.positions(size) + window.low for window, size in zip(along, image.shape[1:], strict=False))
    return [[padded[:, row[:, None], column] for column in columns.T] for row in rows.T]


def program(name: str, op: str, inputs: list[Array], result: Array) -> str:
    """A function of one op."""
    names = [f"%{number}" for number in range(len(inputs))]
    arguments = ", ".join(f"{each}: tensor<{shaped(array)}>" for each, array in zip(names, inputs, strict=True))
    types = ", ".join(f"tensor<{shaped(array)}>" for array in inputs)
    return f"""
    func.func @{name}({arguments}) -> tensor<{shaped(result)}> {{
      %minus = mhlo.constant dense<0xFF800000> : tensor<f32>
      %out = {op.replace("TYPES", types)} -> tensor<{shaped(result)}>
      return %out : tensor<{shaped(result)}>
    }}
    """


def check(options: COptions, op: str, inputs: list[Array], expected: Array) -> None:
    found = CProgram(program("f", op, inputs, expected), options, flags=("-O0",))
    np.testing.assert_array_equal(found.f(*inputs), expected)


@given(parameters, windows, windows, small(1, 3, 8), small(1, 2, 9), st.booleans())
@EXAMPLES
def test_convolutions(
    cut: LoopParameters, first: Window, second: Window, channels: int, results: int, is_depthwise: bool
) -> None:
    image, groups = numbers(1, 7, 9, channels), channels if is_depthwise else 1
    weights = numbers(first.size, second.size, 1 if is_depthwise else channels, groups * results, seed=1)
    expected: Any = 0
    for i, row in enumerate(seen(image, (first, second), 0)):
        for j, elements in enumerate(row):
            if is_depthwise:
                each = weights[i, j, 0].reshape(channels, results)
                expected = expected + (elements[..., None] * each).reshape(*elements.shape[:-1], -1)
            else:
                expected = expected + elements @ weights[i, j]
    along = (first, second)
    op = (
        "mhlo.convolution(%0, %1) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], "
        f"window = {{stride = {[w.stride for w in along]}, pad = {[[w.low, w.high] for w in along]}, "
        f"rhs_dilate = {[w.dilation for w in along]}}} "
        f"{{feature_group_count = {groups} : i64, batch_group_count = 1 : i64}} : (TYPES)"
    )
    check(COptions(parameters=cut), op, [image, weights], np.asarray(expected, np.float32))


@given(parameters, windows, windows, small(1, 3, 8, 40))
@EXAMPLES
def test_the_greatest_of_each_window(cut: LoopParameters, first: Window, second: Window, channels: int) -> None:
    image, along = numbers(2, 7, 9, channels), (first, second)
    expected = np.max([elements for row in seen(image, along, -np.inf) for elements in row], axis=0)

    def spelled(name: str) -> str:
        return f"array<i64: 1, {getattr(first, name)}, {getattr(second, name)}, 1>"

    padding = [[0, 0], *([window.low, window.high] for window in along), [0, 0]]
    op = f"""
    "mhlo.reduce_window"(%0, %minus) <{{window_dimensions = {spelled("size")}, window_strides = {spelled("stride")},
      window_dilations = {spelled("dilation")}, padding = dense<{padding}> : tensor<4x2xi64>}}> ({{
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %c = mhlo.maximum %a, %b : tensor<f32>
      mhlo.return %c : tensor<f32>
    }}) : (TYPES, tensor<f32>)"""
    check(COptions(parameters=cut), op, [image], expected)


@given(parameters, small(1, 2, 5, 8), small(1, 3, 17), small(1, 7, 8, 33, 64))
@EXAMPLES
def test_products_of_matrices(cut: LoopParameters, rows: int, steps: int, columns: int) -> None:
    left, right = numbers(rows, steps), numbers(steps, columns, seed=1)
    op = "mhlo.dot_general %0, %1, contracting_dims = [1] x [0] : (TYPES)"
    check(COptions(parameters=cut), op, [left, right], left @ right)


def test_long_sums_are_made_of_shorter_ones() -> None:
    """3 x 3 x 512 products for each result, and 2048 numbers through a change of shape."""
    image, weights, along = numbers(1, 4, 5, 512), numbers(3, 3, 512, 2, seed=1), (Window(3, 1, 1, 0, 0),) * 2
    expected = sum(e @ weights[i, j] for i, row in enumerate(seen(image, along, 0)) for j, e in enumerate(row))
    op = (
        "mhlo.convolution(%0, %1) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], "
        "window = {pad = [[0, 0], [0, 0]]} {feature_group_count = 1 : i64, batch_group_count = 1 : i64} : (TYPES)"
    )
    check(COptions(), op, [image, weights], np.asarray(expected))
    rows = numbers(4, 3, 1024)
    found = CProgram("""
    func.func @f(%0: tensor<4x3x1024xf32>) -> tensor<3xf32> {
      %zero = mhlo.constant dense<0.0> : tensor<f32>
      %1 = mhlo.transpose %0, dims = [0, 2, 1] : (tensor<4x3x1024xf32>) -> tensor<4x1024x3xf32>
      %2 = mhlo.reshape %1 : (tensor<4x1024x3xf32>) -> tensor<4096x3xf32>
      %3 = mhlo.reduce(%2 init: %zero) applies mhlo.add across dimensions = [0]
        : (tensor<4096x3xf32>, tensor<f32>) -> tensor<3xf32>
      return %3 : tensor<3xf32>
    }
    """)
    np.testing.assert_array_equal(found.f(rows), rows.sum((0, 2)))
