// Integers at their edges: division by zero, overflow, shifts past the width. Every result is one that XLA gives.

func.func @division_by_zero_and_overflow() {
  %a = util.unfoldable_constant dense<[7, -7, 7, -7, 5, -2147483648, 0]> : tensor<7xi32>
  %b = util.unfoldable_constant dense<[2, 2, -2, -2, 0, -1, 0]> : tensor<7xi32>
  %0 = stablehlo.divide %a, %b : tensor<7xi32>
  check.expect_eq_const(%0, dense<[3, -3, -3, 3, -1, -2147483648, -1]> : tensor<7xi32>) : tensor<7xi32>
  %1 = stablehlo.remainder %a, %b : tensor<7xi32>
  check.expect_eq_const(%1, dense<[1, -1, 1, -1, 5, 0, 0]> : tensor<7xi32>) : tensor<7xi32>
  return
}

func.func @unsigned_division() {
  %a = util.unfoldable_constant dense<[7, 4294967295, 4294967295, 5]> : tensor<4xui32>
  %b = util.unfoldable_constant dense<[2, 2, 4294967295, 0]> : tensor<4xui32>
  %0 = stablehlo.divide %a, %b : tensor<4xui32>
  check.expect_eq_const(%0, dense<[3, 2147483647, 1, 4294967295]> : tensor<4xui32>) : tensor<4xui32>
  %1 = stablehlo.remainder %a, %b : tensor<4xui32>
  check.expect_eq_const(%1, dense<[1, 1, 0, 5]> : tensor<4xui32>) : tensor<4xui32>
  return
}

func.func @arithmetic_wraps() {
  %a = util.unfoldable_constant dense<[2147483647, -2147483648, -2147483648, 65536]> : tensor<4xi32>
  %b = util.unfoldable_constant dense<[1, -1, -2147483648, 65536]> : tensor<4xi32>
  %0 = stablehlo.add %a, %b : tensor<4xi32>
  check.expect_eq_const(%0, dense<[-2147483648, 2147483647, 0, 131072]> : tensor<4xi32>) : tensor<4xi32>
  %1 = stablehlo.multiply %a, %b : tensor<4xi32>
  check.expect_eq_const(%1, dense<[2147483647, -2147483648, 0, 0]> : tensor<4xi32>) : tensor<4xi32>
  %2 = stablehlo.negate %a : tensor<4xi32>
  check.expect_eq_const(%2, dense<[-2147483647, -2147483648, -2147483648, -65536]> : tensor<4xi32>) : tensor<4xi32>
  %3 = stablehlo.abs %a : tensor<4xi32>
  check.expect_eq_const(%3, dense<[2147483647, -2147483648, -2147483648, 65536]> : tensor<4xi32>) : tensor<4xi32>
  return
}

func.func @shifts_past_the_width() {
  %a = util.unfoldable_constant dense<[1, -1, -8, -8, 1]> : tensor<5xi32>
  %n = util.unfoldable_constant dense<[31, 32, 1, 40, -1]> : tensor<5xi32>
  %0 = stablehlo.shift_left %a, %n : tensor<5xi32>
  check.expect_eq_const(%0, dense<[-2147483648, 0, -16, 0, 0]> : tensor<5xi32>) : tensor<5xi32>
  %1 = stablehlo.shift_right_arithmetic %a, %n : tensor<5xi32>
  check.expect_eq_const(%1, dense<[0, -1, -4, -1, 0]> : tensor<5xi32>) : tensor<5xi32>
  %2 = stablehlo.shift_right_logical %a, %n : tensor<5xi32>
  check.expect_eq_const(%2, dense<[0, 0, 2147483644, 0, 0]> : tensor<5xi32>) : tensor<5xi32>
  return
}

func.func @bits() {
  %a = util.unfoldable_constant dense<[0, 1, -1, 255]> : tensor<4xi32>
  %0 = stablehlo.popcnt %a : tensor<4xi32>
  check.expect_eq_const(%0, dense<[0, 1, 32, 8]> : tensor<4xi32>) : tensor<4xi32>
  %1 = stablehlo.count_leading_zeros %a : tensor<4xi32>
  check.expect_eq_const(%1, dense<[32, 31, 0, 24]> : tensor<4xi32>) : tensor<4xi32>
  %2 = stablehlo.not %a : tensor<4xi32>
  check.expect_eq_const(%2, dense<[-1, -2, 0, -256]> : tensor<4xi32>) : tensor<4xi32>
  %3 = stablehlo.sign %a : tensor<4xi32>
  check.expect_eq_const(%3, dense<[0, 1, -1, 1]> : tensor<4xi32>) : tensor<4xi32>
  return
}

func.func @powers() {
  %a = util.unfoldable_constant dense<[3, -2, 2, 0, 2, 1, -1]> : tensor<7xi32>
  %n = util.unfoldable_constant dense<[4, 3, 31, 0, -1, -5, -3]> : tensor<7xi32>
  %0 = stablehlo.power %a, %n : tensor<7xi32>
  check.expect_eq_const(%0, dense<[81, -8, -2147483648, 1, 0, 1, -1]> : tensor<7xi32>) : tensor<7xi32>
  return
}

func.func @narrow_types_wrap() {
  %a = util.unfoldable_constant dense<[127, -128, 100]> : tensor<3xi8>
  %b = util.unfoldable_constant dense<[1, -1, 100]> : tensor<3xi8>
  %0 = stablehlo.add %a, %b : tensor<3xi8>
  check.expect_eq_const(%0, dense<[-128, 127, -56]> : tensor<3xi8>) : tensor<3xi8>
  %c = util.unfoldable_constant dense<[255, 0, 16]> : tensor<3xui8>
  %d = util.unfoldable_constant dense<[1, 1, 16]> : tensor<3xui8>
  %1 = stablehlo.add %c, %d : tensor<3xui8>
  check.expect_eq_const(%1, dense<[0, 1, 32]> : tensor<3xui8>) : tensor<3xui8>
  %2 = stablehlo.multiply %c, %d : tensor<3xui8>
  check.expect_eq_const(%2, dense<[255, 0, 0]> : tensor<3xui8>) : tensor<3xui8>
  %3 = stablehlo.subtract %d, %c : tensor<3xui8>
  check.expect_eq_const(%3, dense<[2, 1, 0]> : tensor<3xui8>) : tensor<3xui8>
  return
}

func.func @wide_types() {
  %a = util.unfoldable_constant dense<[9223372036854775807, -9223372036854775808, 4294967296]> : tensor<3xi64>
  %b = util.unfoldable_constant dense<[1, -1, 4294967296]> : tensor<3xi64>
  %0 = stablehlo.add %a, %b : tensor<3xi64>
  check.expect_eq_const(%0, dense<[-9223372036854775808, 9223372036854775807, 8589934592]> : tensor<3xi64>) : tensor<3xi64>
  %1 = stablehlo.multiply %a, %b : tensor<3xi64>
  check.expect_eq_const(%1, dense<[9223372036854775807, -9223372036854775808, 0]> : tensor<3xi64>) : tensor<3xi64>
  return
}

func.func @signed_and_unsigned_comparisons() {
  %a = util.unfoldable_constant dense<[-1, 1]> : tensor<2xi32>
  %b = util.unfoldable_constant dense<[1, -1]> : tensor<2xi32>
  %0 = stablehlo.compare LT, %a, %b : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi1>
  check.expect_eq_const(%0, dense<[true, false]> : tensor<2xi1>) : tensor<2xi1>
  %c = util.unfoldable_constant dense<[4294967295, 1]> : tensor<2xui32>
  %d = util.unfoldable_constant dense<[1, 4294967295]> : tensor<2xui32>
  %1 = stablehlo.compare LT, %c, %d : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xi1>
  check.expect_eq_const(%1, dense<[false, true]> : tensor<2xi1>) : tensor<2xi1>
  return
}
