from iree.compiler.transforms.input.expand.expand_batch_norm import ExpandBatchNorm
from iree.testing.ir import check_pass


def test_inference_is_arithmetic_on_what_is_broadcast_along_the_features() -> None:
    check_pass(
        ExpandBatchNorm(),
        before="""
            func.func @f(%x: tensor<2x3xf32>, %v: tensor<3xf32>) -> tensor<2x3xf32> {
              %0 = "mhlo.batch_norm_inference"(%x, %v, %v, %v, %v) <{epsilon = 0.5 : f32, feature_index = 1 : i64}>
                 : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
              return %0 : tensor<2x3xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<2x3xf32>, %v: tensor<3xf32>) -> tensor<2x3xf32> {
              %0 = mhlo.constant dense<5.000000e-01> : tensor<f32>
              %1 = mhlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<3xf32>
              %2 = mhlo.add %v, %1 : tensor<3xf32>
              %3 = mhlo.sqrt %2 : tensor<3xf32>
              %4 = mhlo.broadcast_in_dim %v, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
              %5 = mhlo.subtract %x, %4 : tensor<2x3xf32>
              %6 = mhlo.divide %v, %3 : tensor<3xf32>
              %7 = mhlo.broadcast_in_dim %6, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
              %8 = mhlo.multiply %5, %7 : tensor<2x3xf32>
              %9 = mhlo.broadcast_in_dim %v, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
              %10 = mhlo.add %8, %9 : tensor<2x3xf32>
              return %10 : tensor<2x3xf32>
            }
        """,
    )


def test_narrow_floats_are_computed_in_f32() -> None:
    check_pass(
        ExpandBatchNorm(),
        before="""
            func.func @f(%x: tensor<2x3xf16>, %v: tensor<3xf16>) -> tensor<2x3xf16> {
              %0:3 = "mhlo.batch_norm_training"(%x, %v, %v) <{epsilon = 0.5 : f32, feature_index = 1 : i64}>
                 : (tensor<2x3xf16>, tensor<3xf16>, tensor<3xf16>) -> (tensor<2x3xf16>, tensor<3xf16>, tensor<3xf16>)
              return %0#0 : tensor<2x3xf16>
            }
        """,
        after="""
            func.func @f(%x: tensor<2x3xf16>, %v: tensor<3xf16>) -> tensor<2x3xf16> {
              %0 = mhlo.convert %x : (tensor<2x3xf16>) -> tensor<2x3xf32>
              %1 = mhlo.convert %v : (tensor<3xf16>) -> tensor<3xf32>
              %2 = mhlo.convert %v : (tensor<3xf16>) -> tensor<3xf32>
              %3 = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %4 = mhlo.reduce(%0 init: %3) applies mhlo.add across dimensions = [0] : (tensor<2x3xf32>, tensor<f32>) -> tensor<3xf32>
              %5 = mhlo.constant dense<2.000000e+00> : tensor<f32>
              %6 = mhlo.broadcast_in_dim %5, dims = [] : (tensor<f32>) -> tensor<3xf32>
              %7 = mhlo.divide %4, %6 : tensor<3xf32>
              %8 = mhlo.broadcast_in_dim %7, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
              %9 = mhlo.subtract %0, %8 : tensor<2x3xf32>
              %10 = mhlo.multiply %9, %9 : tensor<2x3xf32>
              %11 = mhlo.reduce(%10 init: %3) applies mhlo.add across dimensions = [0] : (tensor<2x3xf32>, tensor<f32>) -> tensor<3xf32>
              %12 = mhlo.divide %11, %6 : tensor<3xf32>
              %13 = mhlo.constant dense<5.000000e-01> : tensor<f32>
              %14 = mhlo.broadcast_in_dim %13, dims = [] : (tensor<f32>) -> tensor<3xf32>
              %15 = mhlo.add %12, %14 : tensor<3xf32>
              %16 = mhlo.sqrt %15 : tensor<3xf32>
              %17 = mhlo.broadcast_in_dim %7, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
              %18 = mhlo.subtract %0, %17 : tensor<2x3xf32>
              %19 = mhlo.divide %1, %16 : tensor<3xf32>
              %20 = mhlo.broadcast_in_dim %19, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
              %21 = mhlo.multiply %18, %20 : tensor<2x3xf32>
              %22 = mhlo.broadcast_in_dim %2, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
              %23 = mhlo.add %21, %22 : tensor<2x3xf32>
              %24 = mhlo.convert %23 : (tensor<2x3xf32>) -> tensor<2x3xf16>
              %25 = mhlo.convert %7 : (tensor<3xf32>) -> tensor<3xf16>
              %26 = mhlo.convert %12 : (tensor<3xf32>) -> tensor<3xf16>
              return %24 : tensor<2x3xf16>
            }
        """,  # noqa: E501
    )
