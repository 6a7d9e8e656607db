"""Contractions in parts, as text and as numbers."""

import numpy as np
import pytest

import iree.compiler
import iree.runtime
from iree.compiler.dialects import mhlo
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.targets.description import TargetDescription
from iree.compiler.transforms.dispatch_regions.split_large_contractions import SplitLargeContractions
from iree.testing.ir import check_pass, parse

TARGET = TargetDescription(
    "device", launch=1, bytes_per_us=1, steps_per_us=1, products_per_us=1, load_steps=1, lanes=1, max_flops=200
)
DOT = """
    func.func @f(%a: tensor<4x8xf32>, %b: tensor<8x6xf32>) -> tensor<4x6xf32> {
      %0 = mhlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<4x8xf32>, tensor<8x6xf32>) -> tensor<4x6xf32>
      return %0 : tensor<4x6xf32>
    }
"""


def test_the_longest_dimension_of_the_result_is_cut():
    check_pass(
        SplitLargeContractions([TARGET]),
        before=DOT,
        after="""
        func.func @f(%a: tensor<4x8xf32>, %b: tensor<8x6xf32>) -> tensor<4x6xf32> {
          %0 = mhlo.slice %b [0:8, 0:3] : (tensor<8x6xf32>) -> tensor<8x3xf32>
          %1 = mhlo.dot_general %a, %0, contracting_dims = [1] x [0] : (tensor<4x8xf32>, tensor<8x3xf32>) -> tensor<4x3xf32>
          %2 = mhlo.slice %b [0:8, 3:6] : (tensor<8x6xf32>) -> tensor<8x3xf32>
          %3 = mhlo.dot_general %a, %2, contracting_dims = [1] x [0] : (tensor<4x8xf32>, tensor<8x3xf32>) -> tensor<4x3xf32>
          %4 = mhlo.concatenate %1, %3, dim = 1 : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x6xf32>
          return %4 : tensor<4x6xf32>
        }
        """,  # noqa: E501
    )


def test_without_a_bound_and_below_it_nothing_is_cut():
    for target in (
        TargetDescription("free", 1, 1, 1, 1, 1, 1),
        TargetDescription("wide", 1, 1, 1, 1, 1, 1, max_flops=384),
    ):
        module = parse(DOT)
        SplitLargeContractions([target]).run(module)
        assert len(ops_of(module, mhlo.DotGeneral)) == 1


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
    data = iree.compiler.compile_str(text, target_backends=["interpreter-bytecode"], max_dispatch_flops=bound)
    module = iree.runtime.load_vm_flatbuffer(data, driver="interpreter")
    np.testing.assert_array_equal(module.f(*arrays), expected)
