from iree.compiler.transforms.input.expand.expand_linear_algebra import ExpandLinearAlgebra
from iree.testing.ir import check_pass


def test_a_factor_is_made_column_by_column() -> None:
    check_pass(
        ExpandLinearAlgebra(),
        before="""
            func.func @f(%a: tensor<5x5xf32>) -> tensor<5x5xf32> {
              %0 = stablehlo.cholesky %a, lower = true : tensor<5x5xf32>
              return %0 : tensor<5x5xf32>
            }
        """,
        after="""
            func.func @f(%a: tensor<5x5xf32>) -> tensor<5x5xf32> {
              %0 = mhlo.iota dim = 0 : tensor<5x1xi32>
              %1 = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %2 = mhlo.broadcast_in_dim %1, dims = [] : (tensor<f32>) -> tensor<5x5xf32>
              %3 = mhlo.constant dense<0> : tensor<i32>
              %4:2 = mhlo.while(%arg1 = %3, %arg2 = %2) : tensor<i32>, tensor<5x5xf32> attributes {trip_count = 5 : i64}
              cond {
                %5 = mhlo.constant dense<5> : tensor<i32>
                %6 = mhlo.compare LT, %arg1, %5 : (tensor<i32>, tensor<i32>) -> tensor<i1>
                mhlo.return %6 : tensor<i1>
              } do {
                %5 = mhlo.constant dense<1> : tensor<i32>
                %6 = mhlo.add %arg1, %5 : tensor<i32>
                %7 = mhlo.dynamic_slice %a, %3, %arg1, sizes = [5, 1] : (tensor<5x5xf32>, tensor<i32>, tensor<i32>) -> tensor<5x1xf32>
                %8 = mhlo.dynamic_slice %arg2, %arg1, %3, sizes = [1, 5] : (tensor<5x5xf32>, tensor<i32>, tensor<i32>) -> tensor<1x5xf32>
                %9 = mhlo.transpose %8, dims = [1, 0] : (tensor<1x5xf32>) -> tensor<5x1xf32>
                %10 = mhlo.dot_general %arg2, %9, contracting_dims = [1] x [0] : (tensor<5x5xf32>, tensor<5x1xf32>) -> tensor<5x1xf32>
                %11 = mhlo.subtract %7, %10 : tensor<5x1xf32>
                %12 = mhlo.dynamic_slice %11, %arg1, %3, sizes = [1, 1] : (tensor<5x1xf32>, tensor<i32>, tensor<i32>) -> tensor<1x1xf32>
                %13 = mhlo.sqrt %12 : tensor<1x1xf32>
                %14 = mhlo.broadcast_in_dim %13, dims = [0, 1] : (tensor<1x1xf32>) -> tensor<5x1xf32>
                %15 = mhlo.divide %11, %14 : tensor<5x1xf32>
                %16 = mhlo.broadcast_in_dim %arg1, dims = [] : (tensor<i32>) -> tensor<5x1xi32>
                %17 = mhlo.compare GE, %0, %16 : (tensor<5x1xi32>, tensor<5x1xi32>) -> tensor<5x1xi1>
                %18 = mhlo.constant dense<0.000000e+00> : tensor<f32>
                %19 = mhlo.broadcast_in_dim %18, dims = [] : (tensor<f32>) -> tensor<5x1xf32>
                %20 = mhlo.select %17, %15, %19 : tensor<5x1xi1>, tensor<5x1xf32>
                %21 = mhlo.dynamic_update_slice %arg2, %20, %3, %arg1 : (tensor<5x5xf32>, tensor<5x1xf32>, tensor<i32>, tensor<i32>) -> tensor<5x5xf32>
                mhlo.return %6, %21 : tensor<i32>, tensor<5x5xf32>
              }
              return %4#1 : tensor<5x5xf32>
            }
        """,  # noqa: E501
    )


def test_few_rows_are_written_out() -> None:
    check_pass(
        ExpandLinearAlgebra(),
        before="""
            func.func @f(%a: tensor<2x2xf32>, %b: tensor<2x1xf32>) -> tensor<2x1xf32> {
              %0 = "stablehlo.triangular_solve"(%a, %b) <{left_side = true, lower = true, unit_diagonal = true,
                transpose_a = #stablehlo<transpose NO_TRANSPOSE>}> : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x1xf32>
              return %0 : tensor<2x1xf32>
            }
        """,  # noqa: E501
        after="""
            func.func @f(%a: tensor<2x2xf32>, %b: tensor<2x1xf32>) -> tensor<2x1xf32> {
              %0 = mhlo.iota dim = 0 : tensor<2x2xi32>
              %1 = mhlo.iota dim = 1 : tensor<2x2xi32>
              %2 = mhlo.compare GT, %0, %1 : (tensor<2x2xi32>, tensor<2x2xi32>) -> tensor<2x2xi1>
              %3 = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %4 = mhlo.broadcast_in_dim %3, dims = [] : (tensor<f32>) -> tensor<2x2xf32>
              %5 = mhlo.select %2, %a, %4 : tensor<2x2xi1>, tensor<2x2xf32>
              %6 = mhlo.compare EQ, %0, %1 : (tensor<2x2xi32>, tensor<2x2xi32>) -> tensor<2x2xi1>
              %7 = mhlo.select %6, %a, %4 : tensor<2x2xi1>, tensor<2x2xf32>
              %8 = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %9 = mhlo.reduce(%7 init: %8) applies mhlo.add across dimensions = [1] : (tensor<2x2xf32>, tensor<f32>) -> tensor<2xf32>
              %10 = mhlo.reshape %9 : (tensor<2xf32>) -> tensor<2x1xf32>
              %11 = mhlo.constant dense<1.000000e+00> : tensor<f32>
              %12 = mhlo.broadcast_in_dim %11, dims = [] : (tensor<f32>) -> tensor<2x1xf32>
              %13 = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %14 = mhlo.broadcast_in_dim %13, dims = [] : (tensor<f32>) -> tensor<2x1xf32>
              %15 = mhlo.constant dense<0> : tensor<i32>
              %16 = mhlo.dynamic_slice %b, %15, %15, sizes = [1, 1] : (tensor<2x1xf32>, tensor<i32>, tensor<i32>) -> tensor<1x1xf32>
              %17 = mhlo.dynamic_slice %5, %15, %15, sizes = [1, 2] : (tensor<2x2xf32>, tensor<i32>, tensor<i32>) -> tensor<1x2xf32>
              %18 = mhlo.dot_general %17, %14, contracting_dims = [1] x [0] : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
              %19 = mhlo.subtract %16, %18 : tensor<1x1xf32>
              %20 = mhlo.dynamic_slice %12, %15, %15, sizes = [1, 1] : (tensor<2x1xf32>, tensor<i32>, tensor<i32>) -> tensor<1x1xf32>
              %21 = mhlo.divide %19, %20 : tensor<1x1xf32>
              %22 = mhlo.dynamic_update_slice %14, %21, %15, %15 : (tensor<2x1xf32>, tensor<1x1xf32>, tensor<i32>, tensor<i32>) -> tensor<2x1xf32>
              %23 = mhlo.constant dense<1> : tensor<i32>
              %24 = mhlo.dynamic_slice %b, %23, %15, sizes = [1, 1] : (tensor<2x1xf32>, tensor<i32>, tensor<i32>) -> tensor<1x1xf32>
              %25 = mhlo.dynamic_slice %5, %23, %15, sizes = [1, 2] : (tensor<2x2xf32>, tensor<i32>, tensor<i32>) -> tensor<1x2xf32>
              %26 = mhlo.dot_general %25, %22, contracting_dims = [1] x [0] : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
              %27 = mhlo.subtract %24, %26 : tensor<1x1xf32>
              %28 = mhlo.dynamic_slice %12, %23, %15, sizes = [1, 1] : (tensor<2x1xf32>, tensor<i32>, tensor<i32>) -> tensor<1x1xf32>
              %29 = mhlo.divide %27, %28 : tensor<1x1xf32>
              %30 = mhlo.dynamic_update_slice %22, %29, %23, %15 : (tensor<2x1xf32>, tensor<1x1xf32>, tensor<i32>, tensor<i32>) -> tensor<2x1xf32>
              return %30 : tensor<2x1xf32>
            }
        """,  # noqa: E501
    )
