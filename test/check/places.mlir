// Ops that move elements: places outside, negative padding, steps, and tensors without elements.

func.func @padding() {
  %a = util.unfoldable_constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
  %z = util.unfoldable_constant dense<0> : tensor<i32>
  %0 = stablehlo.pad %a, %z, low = [1, -1], high = [0, 2], interior = [1, 0] : (tensor<2x3xi32>, tensor<i32>) -> tensor<4x4xi32>
  check.expect_eq_const(%0, dense<[[0, 0, 0, 0], [2, 3, 0, 0], [0, 0, 0, 0], [5, 6, 0, 0]]> : tensor<4x4xi32>) : tensor<4x4xi32>
  %1 = stablehlo.pad %a, %z, low = [-1, -1], high = [-1, -2], interior = [0, 0] : (tensor<2x3xi32>, tensor<i32>) -> tensor<0x0xi32>
  %2 = stablehlo.pad %1, %z, low = [1, 0], high = [0, 2], interior = [0, 0] : (tensor<0x0xi32>, tensor<i32>) -> tensor<1x2xi32>
  check.expect_eq_const(%2, dense<0> : tensor<1x2xi32>) : tensor<1x2xi32>
  return
}

func.func @slices_outside_are_moved_inside() {
  %a = util.unfoldable_constant dense<[10, 11, 12, 13, 14]> : tensor<5xi32>
  %far = util.unfoldable_constant dense<4> : tensor<i32>
  %before = util.unfoldable_constant dense<-3> : tensor<i32>
  %0 = stablehlo.dynamic_slice %a, %far, sizes = [3] : (tensor<5xi32>, tensor<i32>) -> tensor<3xi32>
  check.expect_eq_const(%0, dense<[12, 13, 14]> : tensor<3xi32>) : tensor<3xi32>
  %1 = stablehlo.dynamic_slice %a, %before, sizes = [3] : (tensor<5xi32>, tensor<i32>) -> tensor<3xi32>
  check.expect_eq_const(%1, dense<[10, 11, 12]> : tensor<3xi32>) : tensor<3xi32>
  %u = util.unfoldable_constant dense<[0, 1]> : tensor<2xi32>
  %2 = stablehlo.dynamic_update_slice %a, %u, %far : (tensor<5xi32>, tensor<2xi32>, tensor<i32>) -> tensor<5xi32>
  check.expect_eq_const(%2, dense<[10, 11, 12, 0, 1]> : tensor<5xi32>) : tensor<5xi32>
  return
}

func.func @gathers_outside_are_moved_inside() {
  %a = util.unfoldable_constant dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi32>
  %i = util.unfoldable_constant dense<[[7], [-1], [1]]> : tensor<3x1xi32>
  %0 = "stablehlo.gather"(%a, %i) <{
    dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>,
    slice_sizes = array<i64: 1, 2>, indices_are_sorted = false
  }> : (tensor<3x2xi32>, tensor<3x1xi32>) -> tensor<3x2xi32>
  check.expect_eq_const(%0, dense<[[5, 6], [1, 2], [3, 4]]> : tensor<3x2xi32>) : tensor<3x2xi32>
  return
}

func.func @scatters_outside_are_left_out() {
  %a = util.unfoldable_constant dense<[1, 2, 3]> : tensor<3xi32>
  %i = util.unfoldable_constant dense<[[2], [3], [-1], [2]]> : tensor<4x1xi32>
  %u = util.unfoldable_constant dense<[10, 20, 30, 40]> : tensor<4xi32>
  %0 = "stablehlo.scatter"(%a, %i, %u) <{
    scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>,
    indices_are_sorted = false, unique_indices = false
  }> ({
    ^bb0(%x: tensor<i32>, %y: tensor<i32>):
      %1 = stablehlo.add %x, %y : tensor<i32>
      stablehlo.return %1 : tensor<i32>
  }) : (tensor<3xi32>, tensor<4x1xi32>, tensor<4xi32>) -> tensor<3xi32>
  check.expect_eq_const(%0, dense<[1, 2, 53]> : tensor<3xi32>) : tensor<3xi32>
  return
}

func.func @steps_and_turns() {
  %a = stablehlo.iota dim = 1 : tensor<2x5xi32>
  %0 = stablehlo.slice %a [0:1, 1:5:3] : (tensor<2x5xi32>) -> tensor<1x2xi32>
  check.expect_eq_const(%0, dense<[[1, 4]]> : tensor<1x2xi32>) : tensor<1x2xi32>
  %1 = stablehlo.reverse %a, dims = [1] : tensor<2x5xi32>
  check.expect_eq_const(%1, dense<[[4, 3, 2, 1, 0], [4, 3, 2, 1, 0]]> : tensor<2x5xi32>) : tensor<2x5xi32>
  %2 = stablehlo.transpose %a, dims = [1, 0] : (tensor<2x5xi32>) -> tensor<5x2xi32>
  check.expect_eq_const(%2, dense<[[0, 0], [1, 1], [2, 2], [3, 3], [4, 4]]> : tensor<5x2xi32>) : tensor<5x2xi32>
  %b = util.unfoldable_constant dense<7> : tensor<i32>
  %3 = stablehlo.broadcast_in_dim %b, dims = [] : (tensor<i32>) -> tensor<2x0xi32>
  %4 = stablehlo.concatenate %3, %a, dim = 1 : (tensor<2x0xi32>, tensor<2x5xi32>) -> tensor<2x5xi32>
  check.expect_eq(%4, %a) : tensor<2x5xi32>
  return
}
