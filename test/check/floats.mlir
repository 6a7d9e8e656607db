// Floats at their edges: NaN, infinities, signed zeros, halves.
// 0x7FC00000 is a NaN, 0x7F800000 and 0xFF800000 are the infinities.

func.func @maximum_and_minimum() {
  %a = util.unfoldable_constant dense<[0x7FC00000, 1.0, -0.0, 0x7F800000, -1.0]> : tensor<5xf32>
  %b = util.unfoldable_constant dense<[1.0, 0x7FC00000, 0.0, 1.0, 0xFF800000]> : tensor<5xf32>
  %0 = stablehlo.maximum %a, %b : tensor<5xf32>
  check.expect_eq_const(%0, dense<[0x7FC00000, 0x7FC00000, 0.0, 0x7F800000, -1.0]> : tensor<5xf32>) : tensor<5xf32>
  %1 = stablehlo.minimum %a, %b : tensor<5xf32>
  check.expect_eq_const(%1, dense<[0x7FC00000, 0x7FC00000, -0.0, 1.0, 0xFF800000]> : tensor<5xf32>) : tensor<5xf32>
  return
}

func.func @comparisons() {
  %a = util.unfoldable_constant dense<[0x7FC00000, 0.0, 1.0]> : tensor<3xf32>
  %b = util.unfoldable_constant dense<[0x7FC00000, -0.0, 0x7FC00000]> : tensor<3xf32>
  %0 = stablehlo.compare EQ, %a, %b : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
  check.expect_eq_const(%0, dense<[false, true, false]> : tensor<3xi1>) : tensor<3xi1>
  %1 = stablehlo.compare NE, %a, %b : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
  check.expect_eq_const(%1, dense<[true, false, true]> : tensor<3xi1>) : tensor<3xi1>
  %2 = stablehlo.compare GE, %a, %b : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
  check.expect_eq_const(%2, dense<[false, true, false]> : tensor<3xi1>) : tensor<3xi1>
  return
}

func.func @rounding() {
  %a = util.unfoldable_constant dense<[0.5, 1.5, 2.5, -0.5, -1.5, 0.49999997, 8388609.0]> : tensor<7xf32>
  %0 = stablehlo.round_nearest_even %a : tensor<7xf32>
  check.expect_eq_const(%0, dense<[0.0, 2.0, 2.0, -0.0, -2.0, 0.0, 8388609.0]> : tensor<7xf32>) : tensor<7xf32>
  %1 = stablehlo.round_nearest_afz %a : tensor<7xf32>
  check.expect_eq_const(%1, dense<[1.0, 2.0, 3.0, -1.0, -2.0, 0.0, 8388609.0]> : tensor<7xf32>) : tensor<7xf32>
  %2 = stablehlo.floor %a : tensor<7xf32>
  check.expect_eq_const(%2, dense<[0.0, 1.0, 2.0, -1.0, -2.0, 0.0, 8388609.0]> : tensor<7xf32>) : tensor<7xf32>
  %3 = stablehlo.ceil %a : tensor<7xf32>
  check.expect_eq_const(%3, dense<[1.0, 2.0, 3.0, -0.0, -1.0, 1.0, 8388609.0]> : tensor<7xf32>) : tensor<7xf32>
  return
}

func.func @signs() {
  %a = util.unfoldable_constant dense<[-0.0, 0.0, 0x7FC00000, 0xFF800000, 3.0]> : tensor<5xf32>
  %0 = stablehlo.sign %a : tensor<5xf32>
  check.expect_eq_const(%0, dense<[-0.0, 0.0, 0x7FC00000, -1.0, 1.0]> : tensor<5xf32>) : tensor<5xf32>
  %1 = stablehlo.abs %a : tensor<5xf32>
  check.expect_eq_const(%1, dense<[0.0, 0.0, 0x7FC00000, 0x7F800000, 3.0]> : tensor<5xf32>) : tensor<5xf32>
  %2 = stablehlo.is_finite %a : (tensor<5xf32>) -> tensor<5xi1>
  check.expect_eq_const(%2, dense<[true, true, false, false, true]> : tensor<5xi1>) : tensor<5xi1>
  return
}

func.func @division_and_remainder() {
  %a = util.unfoldable_constant dense<[1.0, -1.0, 0.0, 5.0, -5.0, 5.0, 1.0]> : tensor<7xf32>
  %b = util.unfoldable_constant dense<[0.0, 0.0, 0.0, 3.0, 3.0, -3.0, 0x7F800000]> : tensor<7xf32>
  %0 = stablehlo.divide %a, %b : tensor<7xf32>
  check.expect_close_const(%0, dense<[0x7F800000, 0xFF800000, 0x7FC00000, 1.6666666, -1.6666666, -1.6666666, 0.0]> : tensor<7xf32>, max_ulp_difference 1) : tensor<7xf32>
  %1 = stablehlo.remainder %a, %b : tensor<7xf32>
  check.expect_eq_const(%1, dense<[0x7FC00000, 0x7FC00000, 0x7FC00000, 2.0, -2.0, 2.0, 1.0]> : tensor<7xf32>) : tensor<7xf32>
  return
}

func.func @powers() {
  %a = util.unfoldable_constant dense<[-2.0, 0.0, -8.0, 2.0, 0.0, 0x7FC00000, 1.0, -1.0]> : tensor<8xf32>
  %n = util.unfoldable_constant dense<[3.0, 0.0, 0.33333334, -1.0, -1.0, 0.0, 0x7FC00000, 0x7F800000]> : tensor<8xf32>
  %0 = stablehlo.power %a, %n : tensor<8xf32>
  check.expect_close_const(%0, dense<[-8.0, 1.0, 0x7FC00000, 0.5, 0x7F800000, 1.0, 1.0, 1.0]> : tensor<8xf32>) : tensor<8xf32>
  return
}

func.func @functions_at_their_edges() {
  %a = util.unfoldable_constant dense<[0.0, -1.0, 0x7F800000, 0x7FC00000]> : tensor<4xf32>
  %0 = stablehlo.sqrt %a : tensor<4xf32>
  check.expect_eq_const(%0, dense<[0.0, 0x7FC00000, 0x7F800000, 0x7FC00000]> : tensor<4xf32>) : tensor<4xf32>
  %1 = stablehlo.log %a : tensor<4xf32>
  check.expect_eq_const(%1, dense<[0xFF800000, 0x7FC00000, 0x7F800000, 0x7FC00000]> : tensor<4xf32>) : tensor<4xf32>
  %2 = stablehlo.rsqrt %a : tensor<4xf32>
  check.expect_eq_const(%2, dense<[0x7F800000, 0x7FC00000, 0.0, 0x7FC00000]> : tensor<4xf32>) : tensor<4xf32>
  %b = util.unfoldable_constant dense<[100.0, -100.0, 0xFF800000, 0x7F800000]> : tensor<4xf32>
  %3 = stablehlo.exponential %b : tensor<4xf32>
  check.expect_almost_eq_const(%3, dense<[0x7F800000, 0.0, 0.0, 0x7F800000]> : tensor<4xf32>, atol 1.0e-30) : tensor<4xf32>
  %4 = stablehlo.tanh %b : tensor<4xf32>
  check.expect_eq_const(%4, dense<[1.0, -1.0, -1.0, 1.0]> : tensor<4xf32>) : tensor<4xf32>
  %5 = stablehlo.logistic %b : tensor<4xf32>
  check.expect_almost_eq_const(%5, dense<[1.0, 0.0, 0.0, 1.0]> : tensor<4xf32>, atol 1.0e-30) : tensor<4xf32>
  %c = util.unfoldable_constant dense<[-8.0, 27.0, -0.0]> : tensor<3xf32>
  %6 = stablehlo.cbrt %c : tensor<3xf32>
  check.expect_close_const(%6, dense<[-2.0, 3.0, -0.0]> : tensor<3xf32>) : tensor<3xf32>
  %d = util.unfoldable_constant dense<[1.0e-10, -1.0e-10]> : tensor<2xf32>
  %7 = stablehlo.exponential_minus_one %d : tensor<2xf32>
  check.expect_close(%7, %d) : tensor<2xf32>
  %8 = stablehlo.log_plus_one %d : tensor<2xf32>
  check.expect_close(%8, %d) : tensor<2xf32>
  return
}

func.func @sine_and_cosine_of_large_values() {
  %a = util.unfoldable_constant dense<[1.0e6, 1.0e10, 3.4028235e38]> : tensor<3xf32>
  %0 = stablehlo.sine %a : tensor<3xf32>
  check.expect_almost_eq_const(%0, dense<[-0.34999350, -0.48750602, -0.52187652]> : tensor<3xf32>, atol 1.0e-6) : tensor<3xf32>
  %1 = stablehlo.cosine %a : tensor<3xf32>
  check.expect_almost_eq_const(%1, dense<[0.93675213, 0.87311971, 0.85302150]> : tensor<3xf32>, atol 1.0e-6) : tensor<3xf32>
  return
}

func.func @angles_of_signed_zeros() {
  %y = util.unfoldable_constant dense<[0.0, -0.0, 0.0, -0.0, 1.0]> : tensor<5xf32>
  %x = util.unfoldable_constant dense<[1.0, 1.0, -1.0, -0.0, 0.0]> : tensor<5xf32>
  %0 = stablehlo.atan2 %y, %x : tensor<5xf32>
  check.expect_close_const(%0, dense<[0.0, -0.0, 3.1415927, -3.1415927, 1.5707964]> : tensor<5xf32>) : tensor<5xf32>
  return
}

func.func @conversions_saturate() {
  %a = util.unfoldable_constant dense<[0x7FC00000, 0x7F800000, 0xFF800000, 1.0e10, -1.0e10, 1.9, -1.9]> : tensor<7xf32>
  %0 = stablehlo.convert %a : (tensor<7xf32>) -> tensor<7xi32>
  check.expect_eq_const(%0, dense<[0, 2147483647, -2147483648, 2147483647, -2147483648, 1, -1]> : tensor<7xi32>) : tensor<7xi32>
  %1 = stablehlo.convert %a : (tensor<7xf32>) -> tensor<7xui8>
  check.expect_eq_const(%1, dense<[0, 255, 0, 255, 0, 1, 0]> : tensor<7xui8>) : tensor<7xui8>
  %2 = stablehlo.convert %a : (tensor<7xf32>) -> tensor<7xi1>
  check.expect_all_true(%2) : tensor<7xi1>
  return
}

func.func @half_precision() {
  %a = util.unfoldable_constant dense<[65504.0, 1.0, 5.9604645e-8]> : tensor<3xf16>
  %b = util.unfoldable_constant dense<[65504.0, 4.8828125e-4, 5.9604645e-8]> : tensor<3xf16>
  %0 = stablehlo.add %a, %b : tensor<3xf16>
  check.expect_eq_const(%0, dense<[0x7C00, 1.0, 1.1920929e-7]> : tensor<3xf16>) : tensor<3xf16>
  %c = util.unfoldable_constant dense<[1.00390625, 1.01171875, 3.4028235e38]> : tensor<3xf32>
  %1 = stablehlo.convert %c : (tensor<3xf32>) -> tensor<3xbf16>
  check.expect_eq_const(%1, dense<[1.0, 1.015625, 0x7F80]> : tensor<3xbf16>) : tensor<3xbf16>
  return
}

func.func @clamping() {
  %low = util.unfoldable_constant dense<0.0> : tensor<f32>
  %high = util.unfoldable_constant dense<1.0> : tensor<f32>
  %a = util.unfoldable_constant dense<[-1.0, 0.5, 2.0, 0x7FC00000]> : tensor<4xf32>
  %0 = stablehlo.clamp %low, %a, %high : (tensor<f32>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  check.expect_eq_const(%0, dense<[0.0, 0.5, 1.0, 0x7FC00000]> : tensor<4xf32>) : tensor<4xf32>
  return
}

func.func @scalars_are_ordered_and_cut_too() {
  %a = util.unfoldable_constant dense<-0.0> : tensor<f32>
  %b = util.unfoldable_constant dense<0.0> : tensor<f32>
  %0 = stablehlo.compare LT, %a, %b, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
  check.expect_true(%0) : tensor<i1>
  %c = util.unfoldable_constant dense<1.0009765625> : tensor<f32>
  %1 = stablehlo.reduce_precision %c, format = e8m7 : tensor<f32>
  check.expect_eq_const(%1, dense<1.0> : tensor<f32>) : tensor<f32>
  return
}
