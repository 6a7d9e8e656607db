// Reductions, windows, contractions and sorts: nothing to reduce, NaN, ties.

func.func @reductions_of_nothing_are_the_init() {
  %a = util.unfoldable_constant dense<> : tensor<0x2xf32>
  %z = util.unfoldable_constant dense<3.0> : tensor<f32>
  %0 = stablehlo.reduce(%a init: %z) applies stablehlo.add across dimensions = [0] : (tensor<0x2xf32>, tensor<f32>) -> tensor<2xf32>
  check.expect_eq_const(%0, dense<3.0> : tensor<2xf32>) : tensor<2xf32>
  return
}

func.func @a_maximum_keeps_nan() {
  %a = util.unfoldable_constant dense<[[1.0, 0x7FC00000, 3.0], [1.0, 2.0, 3.0]]> : tensor<2x3xf32>
  %z = util.unfoldable_constant dense<0xFF800000> : tensor<f32>
  %0 = stablehlo.reduce(%a init: %z) applies stablehlo.maximum across dimensions = [1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>
  check.expect_eq_const(%0, dense<[0x7FC00000, 3.0]> : tensor<2xf32>) : tensor<2xf32>
  return
}

func.func @windows() {
  %a = util.unfoldable_constant dense<[1, 2, 3, 4, 5]> : tensor<5xi32>
  %z = util.unfoldable_constant dense<0> : tensor<i32>
  %0 = "stablehlo.reduce_window"(%a, %z) <{
    window_dimensions = array<i64: 3>, window_strides = array<i64: 2>, padding = dense<[[1, 1]]> : tensor<1x2xi64>
  }> ({
    ^bb0(%x: tensor<i32>, %y: tensor<i32>):
      %1 = stablehlo.add %x, %y : tensor<i32>
      stablehlo.return %1 : tensor<i32>
  }) : (tensor<5xi32>, tensor<i32>) -> tensor<3xi32>
  check.expect_eq_const(%0, dense<[3, 9, 9]> : tensor<3xi32>) : tensor<3xi32>
  return
}

func.func @contractions_of_nothing_are_zero() {
  %a = util.unfoldable_constant dense<> : tensor<2x0xf32>
  %b = util.unfoldable_constant dense<> : tensor<0x3xf32>
  %0 = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<2x0xf32>, tensor<0x3xf32>) -> tensor<2x3xf32>
  check.expect_eq_const(%0, dense<0.0> : tensor<2x3xf32>) : tensor<2x3xf32>
  return
}

func.func @batched_contraction() {
  %a = util.unfoldable_constant dense<[[[1, 2]], [[3, 4]]]> : tensor<2x1x2xi32>
  %b = util.unfoldable_constant dense<[[[1], [1]], [[2], [-1]]]> : tensor<2x2x1xi32>
  %0 = stablehlo.dot_general %a, %b, batching_dims = [0] x [0], contracting_dims = [2] x [1] : (tensor<2x1x2xi32>, tensor<2x2x1xi32>) -> tensor<2x1x1xi32>
  check.expect_eq_const(%0, dense<[[[3]], [[2]]]> : tensor<2x1x1xi32>) : tensor<2x1x1xi32>
  return
}

func.func @sorting_is_stable() {
  %keys = util.unfoldable_constant dense<[2, 1, 2, 1, 0]> : tensor<5xi32>
  %values = util.unfoldable_constant dense<[0, 1, 2, 3, 4]> : tensor<5xi32>
  %0:2 = "stablehlo.sort"(%keys, %values) <{dimension = 0 : i64, is_stable = true}> ({
    ^bb0(%a: tensor<i32>, %b: tensor<i32>, %c: tensor<i32>, %d: tensor<i32>):
      %1 = stablehlo.compare LT, %a, %b : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
  }) : (tensor<5xi32>, tensor<5xi32>) -> (tensor<5xi32>, tensor<5xi32>)
  check.expect_eq_const(%0#0, dense<[0, 1, 1, 2, 2]> : tensor<5xi32>) : tensor<5xi32>
  check.expect_eq_const(%0#1, dense<[4, 1, 3, 0, 2]> : tensor<5xi32>) : tensor<5xi32>
  return
}
