"""Which constants move into regions."""

from iree.compiler.transforms.dispatch_regions.rematerialize_dispatch_constants import RematerializeDispatchConstants
from iree.testing.ir import check_pass


def test_a_splat_moves_in_and_other_constants_stay_operands():
    check_pass(
        RematerializeDispatchConstants(),
        before="""
        func.func @f(%a: tensor<2xf32>) -> tensor<2xf32> {
          %two = arith.constant dense<2.0> : tensor<2xf32>
          %weights = arith.constant dense<[3.0, 4.0]> : tensor<2xf32>
          %w = arith.constant dense<[2, 1, 1]> : tensor<3xi32>
          %0 = iree.dispatch_region[%w : tensor<3xi32>](%x = %a : tensor<2xf32>, %y = %two : tensor<2xf32>, %z = %weights : tensor<2xf32>) : tensor<2xf32> {
            %1 = arith.mulf %x, %y : tensor<2xf32>
            %2 = arith.addf %1, %z : tensor<2xf32>
            iree.return %2 : tensor<2xf32>
          }
          return %0 : tensor<2xf32>
        }
        """,  # noqa: E501
        after="""
        func.func @f(%a: tensor<2xf32>) -> tensor<2xf32> {
          %two = arith.constant dense<2.000000e+00> : tensor<2xf32>
          %weights = arith.constant dense<[3.000000e+00, 4.000000e+00]> : tensor<2xf32>
          %w = arith.constant dense<[2, 1, 1]> : tensor<3xi32>
          %0 = iree.dispatch_region[%w : tensor<3xi32>](%x = %a : tensor<2xf32>, %z = %weights : tensor<2xf32>) : tensor<2xf32> {
            %two_0 = arith.constant dense<2.000000e+00> : tensor<2xf32>
            %1 = arith.mulf %x, %two_0 : tensor<2xf32>
            %2 = arith.addf %1, %z : tensor<2xf32>
            iree.return %2 : tensor<2xf32>
          }
          return %0 : tensor<2xf32>
        }
        """,  # noqa: E501
    )
