"""Contractions in parts, as text; what they compute is test/e2e/split_contractions_test.py's."""

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
