from iree.compiler.transforms.input.expand.expand_select_and_scatter import ExpandSelectAndScatter
from iree.testing.ir import check_pass

_POOL = """
    func.func @f(%x: tensor<{size}xf32>, %u: tensor<{stops}xf32>, %i: tensor<f32>) -> tensor<{size}xf32> {{
      %0 = "mhlo.select_and_scatter"(%x, %u, %i) <{{window_dimensions = array<i64: {window}>,
             window_strides = array<i64: {stride}>, padding = dense<[[{low}, 0]]> : tensor<1x2xi64>}}> ({{
      ^bb0(%a: tensor<f32>, %b: tensor<f32>):
        %1 = mhlo.compare GE, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
        mhlo.return %1 : tensor<i1>
      }}, {{
      ^bb0(%a: tensor<f32>, %b: tensor<f32>):
        %1 = mhlo.add %a, %b : tensor<f32>
        mhlo.return %1 : tensor<f32>
      }}) : (tensor<{size}xf32>, tensor<{stops}xf32>, tensor<f32>) -> tensor<{size}xf32>
      return %0 : tensor<{size}xf32>
    }}
"""


def test_each_element_looks_at_the_windows_that_it_may_be_in() -> None:
    check_pass(
        ExpandSelectAndScatter(),
        before=_POOL.format(size=10, stops=3, window=5, stride=3, low=2),
        after="""
            func.func @f(%x: tensor<10xf32>, %u: tensor<3xf32>, %i: tensor<f32>) -> tensor<10xf32> {
              %0 = mhlo.broadcast_in_dim %i, dims = [] : (tensor<f32>) -> tensor<10xf32>
              %1 = mhlo.iota dim = 0 : tensor<10xi32>
              %2 = mhlo.constant dense<-1> : tensor<i32>
              %3:2 = "mhlo.reduce_window"(%x, %1, %i, %2) <{window_strides = array<i64: 3>, padding = dense<[[2, 0]]> : tensor<1x2xi64>, window_dimensions = array<i64: 5>}> ({
              ^bb0(%arg3: tensor<f32>, %arg4: tensor<i32>, %arg5: tensor<f32>, %arg6: tensor<i32>):
                %18 = mhlo.compare GE, %arg3, %arg5 : (tensor<f32>, tensor<f32>) -> tensor<i1>
                %19 = mhlo.constant dense<0> : tensor<i32>
                %20 = mhlo.compare GE, %arg4, %19 : (tensor<i32>, tensor<i32>) -> tensor<i1>
                %21 = mhlo.and %18, %20 : tensor<i1>
                %22 = mhlo.compare LT, %arg6, %19 : (tensor<i32>, tensor<i32>) -> tensor<i1>
                %23 = mhlo.or %21, %22 : tensor<i1>
                %24 = mhlo.select %23, %arg3, %arg5 : tensor<i1>, tensor<f32>
                %25 = mhlo.select %23, %arg4, %arg6 : tensor<i1>, tensor<i32>
                mhlo.return %24, %25 : tensor<f32>, tensor<i32>
              }) : (tensor<10xf32>, tensor<10xi32>, tensor<f32>, tensor<i32>) -> (tensor<3xf32>, tensor<3xi32>)
              %4 = mhlo.broadcast_in_dim %3#1, dims = [0] : (tensor<3xi32>) -> tensor<3x3xi32>
              %5 = mhlo.reshape %4 : (tensor<3x3xi32>) -> tensor<9xi32>
              %6 = mhlo.broadcast_in_dim %u, dims = [0] : (tensor<3xf32>) -> tensor<3x3xf32>
              %7 = mhlo.reshape %6 : (tensor<3x3xf32>) -> tensor<9xf32>
              %8 = mhlo.pad %5, %2, low = [1], high = [0], interior = [0] : (tensor<9xi32>, tensor<i32>) -> tensor<10xi32>
              %9 = mhlo.pad %7, %i, low = [1], high = [0], interior = [0] : (tensor<9xf32>, tensor<f32>) -> tensor<10xf32>
              %10 = mhlo.add %0, %9 : tensor<10xf32>
              %11 = mhlo.compare EQ, %8, %1 : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
              %12 = mhlo.select %11, %10, %0 : tensor<10xi1>, tensor<10xf32>
              %13 = mhlo.pad %5, %2, low = [-2], high = [3], interior = [0] : (tensor<9xi32>, tensor<i32>) -> tensor<10xi32>
              %14 = mhlo.pad %7, %i, low = [-2], high = [3], interior = [0] : (tensor<9xf32>, tensor<f32>) -> tensor<10xf32>
              %15 = mhlo.add %12, %14 : tensor<10xf32>
              %16 = mhlo.compare EQ, %13, %1 : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
              %17 = mhlo.select %16, %15, %12 : tensor<10xi1>, tensor<10xf32>
              return %17 : tensor<10xf32>
            }
        """,  # noqa: E501
    )


def test_very_many_windows_are_scattered() -> None:
    check_pass(
        ExpandSelectAndScatter(),
        before=_POOL.format(size=39, stops=4, window=37, stride=1, low=1),
        after="""
            func.func @f(%x: tensor<39xf32>, %u: tensor<4xf32>, %i: tensor<f32>) -> tensor<39xf32> {
              %0 = mhlo.broadcast_in_dim %i, dims = [] : (tensor<f32>) -> tensor<39xf32>
              %1 = mhlo.iota dim = 0 : tensor<39xi32>
              %2 = mhlo.constant dense<-1> : tensor<i32>
              %3:2 = "mhlo.reduce_window"(%x, %1, %i, %2) <{window_strides = array<i64: 1>, padding = dense<[[1, 0]]> : tensor<1x2xi64>, window_dimensions = array<i64: 37>}> ({
              ^bb0(%arg3: tensor<f32>, %arg4: tensor<i32>, %arg5: tensor<f32>, %arg6: tensor<i32>):
                %5 = mhlo.compare GE, %arg3, %arg5 : (tensor<f32>, tensor<f32>) -> tensor<i1>
                %6 = mhlo.constant dense<0> : tensor<i32>
                %7 = mhlo.compare GE, %arg4, %6 : (tensor<i32>, tensor<i32>) -> tensor<i1>
                %8 = mhlo.and %5, %7 : tensor<i1>
                %9 = mhlo.compare LT, %arg6, %6 : (tensor<i32>, tensor<i32>) -> tensor<i1>
                %10 = mhlo.or %8, %9 : tensor<i1>
                %11 = mhlo.select %10, %arg3, %arg5 : tensor<i1>, tensor<f32>
                %12 = mhlo.select %10, %arg4, %arg6 : tensor<i1>, tensor<i32>
                mhlo.return %11, %12 : tensor<f32>, tensor<i32>
              }) : (tensor<39xf32>, tensor<39xi32>, tensor<f32>, tensor<i32>) -> (tensor<4xf32>, tensor<4xi32>)
              %4 = "mhlo.scatter"(%0, %3#1, %u) <{scatter_dimension_numbers = #mhlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
              ^bb0(%a: tensor<f32>, %b: tensor<f32>):
                %5 = mhlo.add %a, %b : tensor<f32>
                mhlo.return %5 : tensor<f32>
              }) : (tensor<39xf32>, tensor<4xi32>, tensor<4xf32>) -> tensor<39xf32>
              return %4 : tensor<39xf32>
            }
        """,  # noqa: E501
    )


def test_no_window_selects_nothing() -> None:
    check_pass(
        ExpandSelectAndScatter(),
        before=_POOL.format(size=6, stops=0, window=9, stride=1, low=1),
        after="""
            func.func @f(%x: tensor<6xf32>, %u: tensor<0xf32>, %i: tensor<f32>) -> tensor<6xf32> {
              %0 = mhlo.broadcast_in_dim %i, dims = [] : (tensor<f32>) -> tensor<6xf32>
              return %0 : tensor<6xf32>
            }
        """,
    )
