"""Contractions in parts compute what they compute as a whole."""

import numpy as np
import pytest

import iree.compiler
import iree.runtime
from test.e2e.programs import DRIVERS

DOTS = {
    "rows": ("tensor<9x4xf32>", "tensor<4x3xf32>", "[1] x [0]", "", "ij,jk->ik"),
    "columns": ("tensor<3x4xf32>", "tensor<4x9xf32>", "[1] x [0]", "", "ij,jk->ik"),
    "batch": ("tensor<2x5x4xf32>", "tensor<2x4x3xf32>", "[2] x [1]", "batching_dims = [0] x [0], ", "bij,bjk->bik"),
    "swapped": ("tensor<4x7xf32>", "tensor<3x4xf32>", "[0] x [1]", "", "ji,kj->ik"),
}


@pytest.mark.parametrize(("lhs", "rhs", "summed", "batch", "equation"), DOTS.values(), ids=DOTS)
@pytest.mark.parametrize("bound", [1, 50])
def test_parts_compute_the_same(lhs, rhs, summed, batch, equation, bound):
    arrays = []
    for number, type_ in enumerate((lhs, rhs)):
        shape = [int(size) for size in type_.removeprefix("tensor<").split("x")[:-1]]
        arrays.append(np.random.default_rng(number).integers(-4, 5, shape).astype(np.float32))
    expected = np.einsum(equation, *arrays)
    result = f"tensor<{'x'.join(map(str, expected.shape))}xf32>"
    text = f"""
        func.func @f(%a: {lhs}, %b: {rhs}) -> {result} {{
          %0 = stablehlo.dot_general %a, %b, {batch}contracting_dims = {summed} : ({lhs}, {rhs}) -> {result}
          return %0 : {result}
        }}
    """
    check(text, arrays, expected, bound)


@pytest.mark.parametrize(("images", "groups"), [(1, 1), (5, 1), (5, 2)])
def test_convolutions(images, groups):
    image = np.random.default_rng(0).integers(-4, 5, (images, 5, 4)).astype(np.float32)
    kernel = np.random.default_rng(1).integers(-4, 5, (3, 4 // groups, 4)).astype(np.float32)
    expected = np.zeros((images, 3, 4), np.float32)
    for out in range(4):
        first = out // (4 // groups) * (4 // groups)
        inputs = image[:, :, first : first + 4 // groups]
        for tap in range(3):
            expected[:, :, out] += inputs[:, tap : tap + 3] @ kernel[tap, :, out]
    types = f"tensor<{images}x5x4xf32>", f"tensor<3x{4 // groups}x4xf32>", f"tensor<{images}x3x4xf32>"
    text = f"""
        func.func @f(%a: {types[0]}, %b: {types[1]}) -> {types[2]} {{
          %0 = stablehlo.convolution(%a, %b) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {{}}
            {{batch_group_count = 1 : i64, feature_group_count = {groups} : i64}}
            : ({types[0]}, {types[1]}) -> {types[2]}
          return %0 : {types[2]}
        }}
    """
    check(text, [image, kernel], expected, 10)


def check(text, arrays, expected, bound):
    data = iree.compiler.compile_str(text, max_dispatch_flops=bound)
    for driver in DRIVERS:
        module = iree.runtime.load_vm_flatbuffer(data, driver=driver)
        np.testing.assert_array_equal(module.f(*arrays), expected)
