// Expectations as IREE's tests, StableHLO's and StableHLO's test suite of JAX write them.

func.func @iree() {
  %0 = util.unfoldable_constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = "stablehlo.add"(%0, %0) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  check.expect_almost_eq_const(%1, dense<[2.0, 4.00005]> : tensor<2xf32>) : tensor<2xf32>
  check.expect_eq_const(%1, dense<[2.0, 4.0]> : tensor<2xf32>) : tensor<2xf32>
  return
}

// -----

func.func @stablehlo() {
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf64>
  %1 = stablehlo.multiply %0, %0 : tensor<2xf64>
  check.expect_almost_eq_const %1, dense<[1.0, 4.0]> : tensor<2xf64>
  "check.expect_close"(%1, %1) {max_ulp_difference = 0 : ui64} : (tensor<2xf64>, tensor<2xf64>) -> ()
  func.return
}

// -----

module @jit_main attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() -> (tensor<2xi32> {jax.result_info = "", mhlo.layout_mode = "default"}) {
    %0:2 = call @inputs() : () -> (tensor<2xi32>, tensor<2xi32>)
    %1 = call @expected() : () -> tensor<2xi32>
    %2 = stablehlo.subtract %0#0, %0#1 : tensor<2xi32>
    stablehlo.custom_call @check.expect_eq(%2, %1) {has_side_effect = true} : (tensor<2xi32>, tensor<2xi32>) -> ()
    return %2 : tensor<2xi32>
  }
  func.func private @inputs() -> (tensor<2xi32> {mhlo.layout_mode = "default"}, tensor<2xi32> {mhlo.layout_mode = "default"}) {
    %c = stablehlo.constant dense<[1, 2]> : tensor<2xi32>
    %c_0 = stablehlo.constant dense<[3, -3]> : tensor<2xi32>
    return %c, %c_0 : tensor<2xi32>, tensor<2xi32>
  }
  func.func private @expected() -> (tensor<2xi32> {mhlo.layout_mode = "default"}) {
    %c = stablehlo.constant dense<[-2, 5]> : tensor<2xi32>
    return %c : tensor<2xi32>
  }
}
