from iree.compiler.transforms.input.expand.expand_broadcasting_ops import ExpandBroadcastingOps
from iree.testing.ir import check_pass


def test_operands_are_brought_to_the_results_shape() -> None:
    check_pass(
        ExpandBroadcastingOps(),
        before="""
            func.func @f(%a: tensor<4xf32>, %b: tensor<3x1xf32>, %s: tensor<f32>, %r: tensor<3xf32>)
                -> tensor<3x4xf32> {
              %0 = chlo.broadcast_add %a, %b : (tensor<4xf32>, tensor<3x1xf32>) -> tensor<3x4xf32>
              %1 = chlo.broadcast_multiply %0, %s : (tensor<3x4xf32>, tensor<f32>) -> tensor<3x4xf32>
              %2 = chlo.broadcast_subtract %r, %1 {broadcast_dimensions = array<i64: 0>}
                 : (tensor<3xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
              %3 = chlo.broadcast_compare %2, %s {comparison_direction = #chlo<comparison_direction LT>,
                                                   compare_type = #chlo<comparison_type FLOAT>}
                 : (tensor<3x4xf32>, tensor<f32>) -> tensor<3x4xi1>
              %4 = chlo.broadcast_compare %2, %2 {comparison_direction = #chlo<comparison_direction EQ>}
                 : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xi1>
              %5 = chlo.broadcast_select %3, %2, %s : (tensor<3x4xi1>, tensor<3x4xf32>, tensor<f32>) -> tensor<3x4xf32>
              %6 = chlo.square %5 : tensor<3x4xf32> -> tensor<3x4xf32>
              return %6 : tensor<3x4xf32>
            }
        """,
        after="""
            func.func @f(%a: tensor<4xf32>, %b: tensor<3x1xf32>, %s: tensor<f32>, %r: tensor<3xf32>) -> tensor<3x4xf32> {
              %0 = mhlo.broadcast_in_dim %a, dims = [1] : (tensor<4xf32>) -> tensor<3x4xf32>
              %1 = mhlo.broadcast_in_dim %b, dims = [0, 1] : (tensor<3x1xf32>) -> tensor<3x4xf32>
              %2 = mhlo.add %0, %1 : tensor<3x4xf32>
              %3 = mhlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<3x4xf32>
              %4 = mhlo.multiply %2, %3 : tensor<3x4xf32>
              %5 = mhlo.broadcast_in_dim %r, dims = [0] : (tensor<3xf32>) -> tensor<3x4xf32>
              %6 = mhlo.subtract %5, %4 : tensor<3x4xf32>
              %7 = mhlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<3x4xf32>
              %8 = mhlo.compare LT, %6, %7, FLOAT : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xi1>
              %9 = mhlo.compare EQ, %6, %6 : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xi1>
              %10 = mhlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<3x4xf32>
              %11 = mhlo.select %8, %6, %10 : tensor<3x4xi1>, tensor<3x4xf32>
              %12 = mhlo.multiply %11, %11 : tensor<3x4xf32>
              return %12 : tensor<3x4xf32>
            }
        """,  # noqa: E501
    )
