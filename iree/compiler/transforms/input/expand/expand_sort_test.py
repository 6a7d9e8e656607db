from iree.compiler.transforms.input.expand.expand_sort import ExpandSort
from iree.testing.ir import check_pass

_SORT = """
    func.func @f(%x: tensor<20xf32>, %n: tensor<20xi32>) -> (tensor<20xf32>, tensor<20xi32>) {
      %0:2 = "mhlo.sort"(%x, %n) <{dimension = 0 : i64}> ({
      ^bb0(%a: tensor<f32>, %b: tensor<f32>, %i: tensor<i32>, %j: tensor<i32>):
        %1 = mhlo.compare GT, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
        mhlo.return %1 : tensor<i1>
      }) : (tensor<20xf32>, tensor<20xi32>) -> (tensor<20xf32>, tensor<20xi32>)
      return %0#0, %0#1 : tensor<20xf32>, tensor<20xi32>
    }
"""


def test_a_sort_becomes_runs_that_are_merged() -> None:
    check_pass(
        ExpandSort(),
        before=_SORT,
        after="""
            func.func @f(%x: tensor<20xf32>, %n: tensor<20xi32>) -> (tensor<20xf32>, tensor<20xi32>) {
              %0 = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %1 = mhlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<20xf32>
              %2 = mhlo.compare EQ, %x, %1 : (tensor<20xf32>, tensor<20xf32>) -> tensor<20xi1>
              %3 = mhlo.select %2, %1, %x : tensor<20xi1>, tensor<20xf32>
              %4 = mhlo.compare NE, %x, %x : (tensor<20xf32>, tensor<20xf32>) -> tensor<20xi1>
              %5 = mhlo.constant dense<0x7FC00000> : tensor<f32>
              %6 = mhlo.broadcast_in_dim %5, dims = [] : (tensor<f32>) -> tensor<20xf32>
              %7 = mhlo.select %4, %6, %3 : tensor<20xi1>, tensor<20xf32>
              %8 = "mhlo.sort_order"(%7) <{dimension = 0 : i64, run = 8 : i64}> ({
              ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
                %13 = mhlo.compare GT, %arg2, %arg3, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
                mhlo.return %13 : tensor<i1>
              }) : (tensor<20xf32>) -> tensor<20xi32>
              %9 = "mhlo.merge_order"(%8, %7) <{dimension = 0 : i64, run = 8 : i64}> ({
              ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
                %13 = mhlo.compare GT, %arg2, %arg3, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
                mhlo.return %13 : tensor<i1>
              }) : (tensor<20xi32>, tensor<20xf32>) -> tensor<20xi32>
              %10 = "mhlo.merge_order"(%9, %7) <{dimension = 0 : i64, run = 16 : i64}> ({
              ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
                %13 = mhlo.compare GT, %arg2, %arg3, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
                mhlo.return %13 : tensor<i1>
              }) : (tensor<20xi32>, tensor<20xf32>) -> tensor<20xi32>
              %11 = "mhlo.gather"(%x, %10) <{dimension_numbers = #mhlo.gather<collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1>}> : (tensor<20xf32>, tensor<20xi32>) -> tensor<20xf32>
              %12 = "mhlo.gather"(%n, %10) <{dimension_numbers = #mhlo.gather<collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1>}> : (tensor<20xi32>, tensor<20xi32>) -> tensor<20xi32>
              return %11, %12 : tensor<20xf32>, tensor<20xi32>
            }
        """,  # noqa: E501
    )


def test_for_the_interpreter_alone_there_is_one_run() -> None:
    check_pass(
        ExpandSort(target_backends=("interpreter-bytecode",)),
        before=_SORT,
        after="""
            func.func @f(%x: tensor<20xf32>, %n: tensor<20xi32>) -> (tensor<20xf32>, tensor<20xi32>) {
              %0 = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %1 = mhlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<20xf32>
              %2 = mhlo.compare EQ, %x, %1 : (tensor<20xf32>, tensor<20xf32>) -> tensor<20xi1>
              %3 = mhlo.select %2, %1, %x : tensor<20xi1>, tensor<20xf32>
              %4 = mhlo.compare NE, %x, %x : (tensor<20xf32>, tensor<20xf32>) -> tensor<20xi1>
              %5 = mhlo.constant dense<0x7FC00000> : tensor<f32>
              %6 = mhlo.broadcast_in_dim %5, dims = [] : (tensor<f32>) -> tensor<20xf32>
              %7 = mhlo.select %4, %6, %3 : tensor<20xi1>, tensor<20xf32>
              %8 = "mhlo.sort_order"(%7) <{dimension = 0 : i64, run = 20 : i64}> ({
              ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
                %11 = mhlo.compare GT, %arg2, %arg3, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
                mhlo.return %11 : tensor<i1>
              }) : (tensor<20xf32>) -> tensor<20xi32>
              %9 = "mhlo.gather"(%x, %8) <{dimension_numbers = #mhlo.gather<collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1>}> : (tensor<20xf32>, tensor<20xi32>) -> tensor<20xf32>
              %10 = "mhlo.gather"(%n, %8) <{dimension_numbers = #mhlo.gather<collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1>}> : (tensor<20xi32>, tensor<20xi32>) -> tensor<20xi32>
              return %9, %10 : tensor<20xf32>, tensor<20xi32>
            }
        """,  # noqa: E501
    )


def test_top_k_is_the_first_of_a_sort() -> None:
    check_pass(
        ExpandSort(),
        before="""
            func.func @f(%x: tensor<2x5xi32>) -> (tensor<2x3xi32>, tensor<2x3xi32>) {
              %values, %indices = chlo.top_k(%x, k = 3) : tensor<2x5xi32> -> (tensor<2x3xi32>, tensor<2x3xi32>)
              return %values, %indices : tensor<2x3xi32>, tensor<2x3xi32>
            }
        """,
        after="""
            func.func @f(%x: tensor<2x5xi32>) -> (tensor<2x3xi32>, tensor<2x3xi32>) {
              %0 = "mhlo.sort_order"(%x) <{dimension = 1 : i64, run = 5 : i64}> ({
              ^bb0(%arg1: tensor<i32>, %arg2: tensor<i32>):
                %1 = mhlo.compare GT, %arg1, %arg2 : (tensor<i32>, tensor<i32>) -> tensor<i1>
                mhlo.return %1 : tensor<i1>
              }) : (tensor<2x5xi32>) -> tensor<2x5xi32>
              %indices = mhlo.slice %0 [0:2, 0:3] : (tensor<2x5xi32>) -> tensor<2x3xi32>
              %values = "mhlo.gather"(%x, %indices) <{dimension_numbers = #mhlo.gather<collapsed_slice_dims = [1], operand_batching_dims = [0], start_indices_batching_dims = [0], start_index_map = [1], index_vector_dim = 2>, slice_sizes = array<i64: 1, 1>}> : (tensor<2x5xi32>, tensor<2x3xi32>) -> tensor<2x3xi32>
              return %values, %indices : tensor<2x3xi32>, tensor<2x3xi32>
            }
        """,  # noqa: E501
    )


def test_what_is_alone_or_nothing_is_sorted() -> None:
    check_pass(
        ExpandSort(),
        before="""
            func.func @f(%x: tensor<5x1xi32>, %y: tensor<4xi32>) -> (tensor<5x1xi32>, tensor<0xi32>, tensor<0xi32>) {
              %0 = "mhlo.sort"(%x) <{dimension = 1 : i64}> ({
              ^bb0(%a: tensor<i32>, %b: tensor<i32>):
                %1 = mhlo.compare LT, %a, %b : (tensor<i32>, tensor<i32>) -> tensor<i1>
                mhlo.return %1 : tensor<i1>
              }) : (tensor<5x1xi32>) -> tensor<5x1xi32>
              %2:2 = mhlo.top_k(%y, k = 0, largest = false) : tensor<4xi32> -> (tensor<0xi32>, tensor<0xi32>)
              return %0, %2#0, %2#1 : tensor<5x1xi32>, tensor<0xi32>, tensor<0xi32>
            }
        """,
        after="""
            func.func @f(%x: tensor<5x1xi32>, %y: tensor<4xi32>) -> (tensor<5x1xi32>, tensor<0xi32>, tensor<0xi32>) {
              %0 = mhlo.constant dense<0> : tensor<i32>
              %1 = mhlo.broadcast_in_dim %0, dims = [] : (tensor<i32>) -> tensor<0xi32>
              return %x, %1, %1 : tensor<5x1xi32>, tensor<0xi32>, tensor<0xi32>
            }
        """,
    )
