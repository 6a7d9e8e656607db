// What TensorFlow 2.21 printed for small programs, lowered to StableHLO by its own bridge. Sections are modules.

// ----- abs
module {
  func.func @__inference_abs_5(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.abs %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- negative
module {
  func.func @__inference_neg_10(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.negate %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- sign
module {
  func.func @__inference_sign_15(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.sign %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- floor
module {
  func.func @__inference_floor_20(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.floor %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- ceil
module {
  func.func @__inference_ceil_25(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.ceil %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- exp
module {
  func.func @__inference_exp_30(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.exponential %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- log
module {
  func.func @__inference_log_35(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.log %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- sqrt
module {
  func.func @__inference_sqrt_40(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.sqrt %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- rsqrt
module {
  func.func @__inference_rsqrt_45(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.rsqrt %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- tanh
module {
  func.func @__inference_tanh_50(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.tanh %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- sigmoid
module {
  func.func @__inference_sigmoid_55(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.logistic %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- sin
module {
  func.func @__inference_sin_60(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.sine %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- cos
module {
  func.func @__inference_cos_65(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.cosine %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- tan
module {
  func.func @__inference_tan_70(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.tan %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- expm1
module {
  func.func @__inference_expm1_75(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.exponential_minus_one %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- log1p
module {
  func.func @__inference_log1p_80(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.log_plus_one %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- is_finite
module {
  func.func @__inference_is_finite_85(%arg0: tensor<4x5xf32>) -> tensor<4x5xi1> attributes {allow_soft_placement = false} {
    %0 = stablehlo.is_finite %arg0 : (tensor<4x5xf32>) -> tensor<4x5xi1>
    return %0 : tensor<4x5xi1>
  }
}

// ----- rint
module {
  func.func @__inference_rint_95(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<4x5xf32>
    %cst_0 = stablehlo.constant dense<1.000000e+00> : tensor<4x5xf32>
    %cst_1 = stablehlo.constant dense<2.000000e+00> : tensor<4x5xf32>
    %cst_2 = stablehlo.constant dense<5.000000e-01> : tensor<4x5xf32>
    %0 = stablehlo.floor %arg0 : tensor<4x5xf32>
    %1 = stablehlo.subtract %arg0, %0 : tensor<4x5xf32>
    %2 = stablehlo.compare  GT, %1, %cst_2 : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
    %3 = stablehlo.compare  EQ, %1, %cst_2 : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
    %4 = stablehlo.multiply %arg0, %cst_2 : tensor<4x5xf32>
    %5 = stablehlo.floor %4 : tensor<4x5xf32>
    %6 = stablehlo.multiply %5, %cst_1 : tensor<4x5xf32>
    %7 = stablehlo.subtract %0, %6 : tensor<4x5xf32>
    %8 = stablehlo.compare  EQ, %7, %cst_0 : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
    %9 = stablehlo.and %3, %8 : tensor<4x5xi1>
    %10 = stablehlo.or %2, %9 : tensor<4x5xi1>
    %11 = stablehlo.add %0, %cst_0 : tensor<4x5xf32>
    %12 = stablehlo.select %10, %11, %0 : tensor<4x5xi1>, tensor<4x5xf32>
    %13 = stablehlo.compare  EQ, %12, %cst : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
    %14 = stablehlo.select %13, %cst, %12 : tensor<4x5xi1>, tensor<4x5xf32>
    return %14 : tensor<4x5xf32>
  }
}

// ----- reciprocal
module {
  func.func @__inference_reciprocal_105(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %cst = stablehlo.constant dense<1.000000e+00> : tensor<4x5xf32>
    %0 = stablehlo.divide %cst, %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- not
module {
  func.func @__inference_invert_125(%arg0: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.not %arg0 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- lnot
module {
  func.func @__inference_logical_not_130(%arg0: tensor<4x5xi1>) -> tensor<4x5xi1> attributes {allow_soft_placement = false} {
    %0 = stablehlo.not %arg0 : tensor<4x5xi1>
    return %0 : tensor<4x5xi1>
  }
}

// ----- popcnt
module {
  func.func @"__inference_<lambda>_135"(%arg0: tensor<4x5xi32>) -> tensor<4x5xui8> attributes {allow_soft_placement = false} {
    %0 = stablehlo.popcnt %arg0 : tensor<4x5xi32>
    %1 = stablehlo.convert %0 : (tensor<4x5xi32>) -> tensor<4x5xui8>
    return %1 : tensor<4x5xui8>
  }
}

// ----- absi
module {
  func.func @__inference_abs_140(%arg0: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.abs %arg0 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- signi
module {
  func.func @__inference_sign_145(%arg0: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.sign %arg0 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- floormod
module {
  func.func @__inference_floor_mod_175(%arg0: tensor<4x5xf32>, %arg1: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<4x5xf32>
    %0 = stablehlo.remainder %arg0, %arg1 : tensor<4x5xf32>
    %1 = stablehlo.compare  NE, %0, %cst : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
    %2 = stablehlo.compare  LT, %arg1, %cst : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
    %3 = stablehlo.compare  LT, %0, %cst : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
    %4 = stablehlo.compare  NE, %2, %3 : (tensor<4x5xi1>, tensor<4x5xi1>) -> tensor<4x5xi1>
    %5 = stablehlo.and %1, %4 : tensor<4x5xi1>
    %6 = stablehlo.add %arg1, %0 : tensor<4x5xf32>
    %7 = stablehlo.select %5, %6, %0 : tensor<4x5xi1>, tensor<4x5xf32>
    return %7 : tensor<4x5xf32>
  }
}

// ----- maximum
module {
  func.func @__inference_maximum_181(%arg0: tensor<4x5xf32>, %arg1: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.maximum %arg0, %arg1 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- minimum
module {
  func.func @__inference_minimum_187(%arg0: tensor<4x5xf32>, %arg1: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.minimum %arg0, %arg1 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- pow
module {
  func.func @__inference_pow_193(%arg0: tensor<4x5xf32>, %arg1: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.power %arg0, %arg1 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- atan2
module {
  func.func @__inference_atan2_199(%arg0: tensor<4x5xf32>, %arg1: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.atan2 %arg0, %arg1 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- floordiv_i
module {
  func.func @__inference_floordiv_247(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %c = stablehlo.constant dense<1> : tensor<4x5xi32>
    %c_0 = stablehlo.constant dense<0> : tensor<4x5xi32>
    %0 = stablehlo.divide %arg0, %arg1 : tensor<4x5xi32>
    %1 = stablehlo.multiply %0, %arg1 : tensor<4x5xi32>
    %2 = stablehlo.compare  NE, %1, %arg0 : (tensor<4x5xi32>, tensor<4x5xi32>) -> tensor<4x5xi1>
    %3 = stablehlo.compare  LT, %arg0, %c_0 : (tensor<4x5xi32>, tensor<4x5xi32>) -> tensor<4x5xi1>
    %4 = stablehlo.compare  LT, %arg1, %c_0 : (tensor<4x5xi32>, tensor<4x5xi32>) -> tensor<4x5xi1>
    %5 = stablehlo.compare  NE, %3, %4 : (tensor<4x5xi1>, tensor<4x5xi1>) -> tensor<4x5xi1>
    %6 = stablehlo.and %2, %5 : tensor<4x5xi1>
    %7 = stablehlo.subtract %0, %c : tensor<4x5xi32>
    %8 = stablehlo.select %6, %7, %0 : tensor<4x5xi1>, tensor<4x5xi32>
    return %8 : tensor<4x5xi32>
  }
}

// ----- floormod_i
module {
  func.func @__inference_floor_mod_253(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %c = stablehlo.constant dense<0> : tensor<4x5xi32>
    %0 = stablehlo.remainder %arg0, %arg1 : tensor<4x5xi32>
    %1 = stablehlo.compare  NE, %0, %c : (tensor<4x5xi32>, tensor<4x5xi32>) -> tensor<4x5xi1>
    %2 = stablehlo.compare  LT, %arg1, %c : (tensor<4x5xi32>, tensor<4x5xi32>) -> tensor<4x5xi1>
    %3 = stablehlo.compare  LT, %0, %c : (tensor<4x5xi32>, tensor<4x5xi32>) -> tensor<4x5xi1>
    %4 = stablehlo.compare  NE, %2, %3 : (tensor<4x5xi1>, tensor<4x5xi1>) -> tensor<4x5xi1>
    %5 = stablehlo.and %1, %4 : tensor<4x5xi1>
    %6 = stablehlo.add %arg1, %0 : tensor<4x5xi32>
    %7 = stablehlo.select %5, %6, %0 : tensor<4x5xi1>, tensor<4x5xi32>
    return %7 : tensor<4x5xi32>
  }
}

// ----- maximum_i
module {
  func.func @__inference_maximum_259(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.maximum %arg0, %arg1 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- pow_i
module {
  func.func @__inference_pow_283(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.power %arg0, %arg1 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- left_shift
module {
  func.func @__inference_left_shift_295(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.shift_left %arg0, %arg1 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- right_shift
module {
  func.func @__inference_right_shift_301(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.shift_right_arithmetic %arg0, %arg1 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- bitwise_and
module {
  func.func @__inference_bitwise_and_307(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.and %arg0, %arg1 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- bitwise_or
module {
  func.func @__inference_bitwise_or_313(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.or %arg0, %arg1 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- bitwise_xor
module {
  func.func @__inference_bitwise_xor_319(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.xor %arg0, %arg1 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- add_b
module {
  func.func @__inference_add_346(%arg0: tensor<4x5xf32>, %arg1: tensor<5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<5xf32>) -> tensor<4x5xf32>
    %1 = stablehlo.add %arg0, %0 : tensor<4x5xf32>
    return %1 : tensor<4x5xf32>
  }
}

// ----- relu6
module {
  func.func @__inference_relu6_386(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %cst_0 = stablehlo.constant dense<6.000000e+00> : tensor<f32>
    %0 = stablehlo.clamp %cst, %arg0, %cst_0 : (tensor<f32>, tensor<4x5xf32>, tensor<f32>) -> tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- softmax
module {
  func.func @__inference_softmax_v2_396(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %cst = stablehlo.constant dense<-0.000000e+00> : tensor<f32>
    %cst_0 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %0 = stablehlo.reduce(%arg0 init: %cst_0) applies stablehlo.maximum across dimensions = [1] : (tensor<4x5xf32>, tensor<f32>) -> tensor<4xf32>
    %1 = stablehlo.reshape %0 : (tensor<4xf32>) -> tensor<4x1xf32>
    %2 = stablehlo.broadcast_in_dim %1, dims = [0, 1] : (tensor<4x1xf32>) -> tensor<4x5xf32>
    %3 = stablehlo.subtract %arg0, %2 : tensor<4x5xf32>
    %4 = stablehlo.exponential %3 : tensor<4x5xf32>
    %5 = stablehlo.reduce(%4 init: %cst) applies stablehlo.add across dimensions = [1] : (tensor<4x5xf32>, tensor<f32>) -> tensor<4xf32>
    %6 = stablehlo.reshape %5 : (tensor<4xf32>) -> tensor<4x1xf32>
    %7 = stablehlo.broadcast_in_dim %6, dims = [0, 1] : (tensor<4x1xf32>) -> tensor<4x5xf32>
    %8 = stablehlo.divide %4, %7 : tensor<4x5xf32>
    return %8 : tensor<4x5xf32>
  }
}

// ----- castb
module {
  func.func @"__inference_<lambda>_411"(%arg0: tensor<4x5xi1>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.convert %arg0 : (tensor<4x5xi1>) -> tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- tr
module {
  func.func @"__inference_<lambda>_434"(%arg0: tensor<4x5xf32>) -> tensor<5x4xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.transpose %arg0, dims = [1, 0] : (tensor<4x5xf32>) -> tensor<5x4xf32>
    return %0 : tensor<5x4xf32>
  }
}

// ----- sl
module {
  func.func @"__inference_<lambda>_442"(%arg0: tensor<4x5xf32>) -> tensor<2x3xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.slice %arg0 [1:3, 0:5:2] : (tensor<4x5xf32>) -> tensor<2x3xf32>
    return %0 : tensor<2x3xf32>
  }
}

// ----- slneg
module {
  func.func @"__inference_<lambda>_450"(%arg0: tensor<4x5xf32>) -> tensor<4xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.reverse %arg0, dims = [0] : tensor<4x5xf32>
    %1 = stablehlo.slice %0 [0:4, 1:2] : (tensor<4x5xf32>) -> tensor<4x1xf32>
    %2 = stablehlo.reshape %1 : (tensor<4x1xf32>) -> tensor<4xf32>
    return %2 : tensor<4xf32>
  }
}

// ----- cat
module {
  func.func @"__inference_<lambda>_457"(%arg0: tensor<4x5xf32>, %arg1: tensor<4x5xf32>) -> tensor<4x10xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.concatenate %arg0, %arg1, dim = 1 : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x10xf32>
    return %0 : tensor<4x10xf32>
  }
}

// ----- pad
module {
  func.func @"__inference_<lambda>_464"(%arg0: tensor<4x5xf32>) -> tensor<7x8xf32> attributes {allow_soft_placement = false} {
    %cst = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %0 = stablehlo.pad %arg0, %cst, low = [1, 0], high = [2, 3], interior = [0, 0] : (tensor<4x5xf32>, tensor<f32>) -> tensor<7x8xf32>
    return %0 : tensor<7x8xf32>
  }
}

// ----- range
module {
  func.func @"__inference_<lambda>_475"(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %cst = stablehlo.constant dense<[0.000000e+00, 1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]> : tensor<5xf32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [1] : (tensor<5xf32>) -> tensor<4x5xf32>
    %1 = stablehlo.add %arg0, %0 : tensor<4x5xf32>
    return %1 : tensor<4x5xf32>
  }
}

// ----- rasum
module {
  func.func @"__inference_<lambda>_504"(%arg0: tensor<4x5xi32>) -> tensor<i32> attributes {allow_soft_placement = false} {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.reduce(%arg0 init: %c) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x5xi32>, tensor<i32>) -> tensor<i32>
    return %0 : tensor<i32>
  }
}

// ----- rmin
module {
  func.func @"__inference_<lambda>_522"(%arg0: tensor<4x5xf32>) -> tensor<4xf32> attributes {allow_soft_placement = false} {
    %cst = stablehlo.constant dense<0x7F800000> : tensor<f32>
    %0 = stablehlo.reduce(%arg0 init: %cst) applies stablehlo.minimum across dimensions = [1] : (tensor<4x5xf32>, tensor<f32>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}

// ----- rmean
module {
  func.func @"__inference_<lambda>_546"(%arg0: tensor<4x5xf32>) -> tensor<4xf32> attributes {allow_soft_placement = false} {
    %cst = stablehlo.constant dense<5.000000e+00> : tensor<4xf32>
    %cst_0 = stablehlo.constant dense<-0.000000e+00> : tensor<f32>
    %0 = stablehlo.reduce(%arg0 init: %cst_0) applies stablehlo.add across dimensions = [1] : (tensor<4x5xf32>, tensor<f32>) -> tensor<4xf32>
    %1 = stablehlo.divide %0, %cst : tensor<4xf32>
    return %1 : tensor<4xf32>
  }
}

// ----- rall
module {
  func.func @"__inference_<lambda>_558"(%arg0: tensor<4x5xi1>) -> tensor<5xi1> attributes {allow_soft_placement = false} {
    %c = stablehlo.constant dense<true> : tensor<i1>
    %0 = stablehlo.reduce(%arg0 init: %c) applies stablehlo.and across dimensions = [0] : (tensor<4x5xi1>, tensor<i1>) -> tensor<5xi1>
    return %0 : tensor<5xi1>
  }
}

// ----- rany
module {
  func.func @"__inference_<lambda>_564"(%arg0: tensor<4x5xi1>) -> tensor<i1> attributes {allow_soft_placement = false} {
    %c = stablehlo.constant dense<false> : tensor<i1>
    %0 = stablehlo.reduce(%arg0 init: %c) applies stablehlo.or across dimensions = [0, 1] : (tensor<4x5xi1>, tensor<i1>) -> tensor<i1>
    return %0 : tensor<i1>
  }
}

// ----- argmax
module {
  func.func @"__inference_<lambda>_570"(%arg0: tensor<4x5xf32>) -> tensor<4xi64> attributes {allow_soft_placement = false} {
    %cst = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %c = stablehlo.constant dense<0> : tensor<i64>
    %0 = stablehlo.iota dim = 0 : tensor<5xi64>
    %1 = stablehlo.broadcast_in_dim %0, dims = [1] : (tensor<5xi64>) -> tensor<4x5xi64>
    %2:2 = stablehlo.reduce(%arg0 init: %cst), (%1 init: %c) across dimensions = [1] : (tensor<4x5xf32>, tensor<4x5xi64>, tensor<f32>, tensor<i64>) -> (tensor<4xf32>, tensor<4xi64>)
     reducer(%arg1: tensor<f32>, %arg3: tensor<f32>) (%arg2: tensor<i64>, %arg4: tensor<i64>)  {
      %3 = stablehlo.compare  GE, %arg1, %arg3 : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %4 = stablehlo.select %3, %arg1, %arg3 : tensor<i1>, tensor<f32>
      %5 = stablehlo.compare  EQ, %arg1, %arg3 : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %6 = stablehlo.minimum %arg2, %arg4 : tensor<i64>
      %7 = stablehlo.select %3, %arg2, %arg4 : tensor<i1>, tensor<i64>
      %8 = stablehlo.select %5, %6, %7 : tensor<i1>, tensor<i64>
      stablehlo.return %4, %8 : tensor<f32>, tensor<i64>
    }
    return %2#1 : tensor<4xi64>
  }
}

// ----- mm
module {
  func.func @__inference_matmul_576(%arg0: tensor<4x5xf32>, %arg1: tensor<5x4xf32>) -> tensor<4x4xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.dot %arg0, %arg1, precision = [DEFAULT, DEFAULT] : (tensor<4x5xf32>, tensor<5x4xf32>) -> tensor<4x4xf32>
    return %0 : tensor<4x4xf32>
  }
}

// ----- bmm
module {
  func.func @__inference_matmul_594(%arg0: tensor<2x3x4xf32>, %arg1: tensor<2x4x5xf32>) -> tensor<2x3x5xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.dot_general %arg0, %arg1, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [DEFAULT, DEFAULT] {mhlo.frontend_attributes = {grad_x = "false", grad_y = "false"}} : (tensor<2x3x4xf32>, tensor<2x4x5xf32>) -> tensor<2x3x5xf32>
    return %0 : tensor<2x3x5xf32>
  }
}

// ----- ohot
module {
  func.func @"__inference_<lambda>_637"(%arg0: tensor<4xi32>) -> tensor<4x3xf32> attributes {allow_soft_placement = false} {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<4x3xf32>
    %cst_0 = stablehlo.constant dense<1.000000e+00> : tensor<4x3xf32>
    %0 = stablehlo.iota dim = 0 : tensor<3xi32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [1] : (tensor<3xi32>) -> tensor<4x3xi32>
    %2 = stablehlo.broadcast_in_dim %arg0, dims = [0] : (tensor<4xi32>) -> tensor<4x3xi32>
    %3 = stablehlo.compare  EQ, %2, %1 : (tensor<4x3xi32>, tensor<4x3xi32>) -> tensor<4x3xi1>
    %4 = stablehlo.select %3, %cst_0, %cst : tensor<4x3xi1>, tensor<4x3xf32>
    return %4 : tensor<4x3xf32>
  }
}

// ----- slice_at_data
module {
  func.func @__inference_slice_at_data_34(%arg0: tensor<4x5xf32>, %arg1: tensor<2xi32>) -> tensor<2x3xf32> attributes {allow_soft_placement = false} {
    %0 = stablehlo.slice %arg1 [0:1] : (tensor<2xi32>) -> tensor<1xi32>
    %1 = stablehlo.reshape %0 : (tensor<1xi32>) -> tensor<i32>
    %2 = stablehlo.slice %arg1 [1:2] : (tensor<2xi32>) -> tensor<1xi32>
    %3 = stablehlo.reshape %2 : (tensor<1xi32>) -> tensor<i32>
    %4 = stablehlo.dynamic_slice %arg0, %1, %3, sizes = [2, 3] : (tensor<4x5xf32>, tensor<i32>, tensor<i32>) -> tensor<2x3xf32>
    return %4 : tensor<2x3xf32>
  }
}

// ----- gather_nd
module {
  func.func @__inference_gather_nd_40(%arg0: tensor<4x5xf32>, %arg1: tensor<3x2xi32>) -> tensor<3xf32> attributes {allow_soft_placement = false} {
    %0 = "stablehlo.gather"(%arg0, %arg1) <{dimension_numbers = #stablehlo.gather<collapsed_slice_dims = [0, 1], start_index_map = [0, 1], index_vector_dim = 1>, slice_sizes = array<i64: 1, 1>}> : (tensor<4x5xf32>, tensor<3x2xi32>) -> tensor<3xf32>
    return %0 : tensor<3xf32>
  }
}

// ----- gather
module {
  func.func @__inference_gather_47(%arg0: tensor<4x5xf32>, %arg1: tensor<3xi32>) -> tensor<4x3xf32> attributes {allow_soft_placement = false} {
    %0 = "stablehlo.torch_index_select"(%arg0, %arg1) <{batch_dims = 0 : i64, dim = 1 : i64}> : (tensor<4x5xf32>, tensor<3xi32>) -> tensor<4x3xf32>
    return %0 : tensor<4x3xf32>
  }
}

// ----- gather_batched
module {
  func.func @__inference_gather_batched_54(%arg0: tensor<4x5xf32>, %arg1: tensor<4x2xi32>) -> tensor<4x2xf32> attributes {allow_soft_placement = false} {
    %0 = "stablehlo.torch_index_select"(%arg0, %arg1) <{batch_dims = 1 : i64, dim = 1 : i64}> : (tensor<4x5xf32>, tensor<4x2xi32>) -> tensor<4x2xf32>
    return %0 : tensor<4x2xf32>
  }
}
