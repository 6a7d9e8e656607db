// What TensorFlow 2.21 printed for small programs, lowered to MHLO by its own bridge. Sections are modules.

// ----- abs
module {
  func.func @__inference_abs_5(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.abs %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- negative
module {
  func.func @__inference_neg_10(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.negate %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- sign
module {
  func.func @__inference_sign_15(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.sign %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- floor
module {
  func.func @__inference_floor_20(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.floor %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- ceil
module {
  func.func @__inference_ceil_25(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.ceil %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- exp
module {
  func.func @__inference_exp_30(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.exponential %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- log
module {
  func.func @__inference_log_35(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.log %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- sqrt
module {
  func.func @__inference_sqrt_40(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.sqrt %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- rsqrt
module {
  func.func @__inference_rsqrt_45(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.rsqrt %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- tanh
module {
  func.func @__inference_tanh_50(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.tanh %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- sigmoid
module {
  func.func @__inference_sigmoid_55(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.logistic %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- sin
module {
  func.func @__inference_sin_60(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.sine %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- cos
module {
  func.func @__inference_cos_65(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.cosine %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- tan
module {
  func.func @__inference_tan_70(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.tan %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- expm1
module {
  func.func @__inference_expm1_75(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.exponential_minus_one %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- log1p
module {
  func.func @__inference_log1p_80(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.log_plus_one %arg0 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- is_finite
module {
  func.func @__inference_is_finite_85(%arg0: tensor<4x5xf32>) -> tensor<4x5xi1> attributes {allow_soft_placement = false} {
    %0 = mhlo.is_finite %arg0 : (tensor<4x5xf32>) -> tensor<4x5xi1>
    return %0 : tensor<4x5xi1>
  }
}

// ----- rint
module {
  func.func @__inference_rint_95(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<0.000000e+00> : tensor<4x5xf32>
    %1 = mhlo.constant dense<1.000000e+00> : tensor<4x5xf32>
    %2 = mhlo.constant dense<2.000000e+00> : tensor<4x5xf32>
    %3 = mhlo.constant dense<5.000000e-01> : tensor<4x5xf32>
    %4 = mhlo.floor %arg0 : tensor<4x5xf32>
    %5 = mhlo.subtract %arg0, %4 : tensor<4x5xf32>
    %6 = mhlo.compare  GT, %5, %3 : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
    %7 = mhlo.compare  EQ, %5, %3 : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
    %8 = mhlo.multiply %arg0, %3 : tensor<4x5xf32>
    %9 = mhlo.floor %8 : tensor<4x5xf32>
    %10 = mhlo.multiply %9, %2 : tensor<4x5xf32>
    %11 = mhlo.subtract %4, %10 : tensor<4x5xf32>
    %12 = mhlo.compare  EQ, %11, %1 : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
    %13 = mhlo.and %7, %12 : tensor<4x5xi1>
    %14 = mhlo.or %6, %13 : tensor<4x5xi1>
    %15 = mhlo.add %4, %1 : tensor<4x5xf32>
    %16 = mhlo.select %14, %15, %4 : tensor<4x5xi1>, tensor<4x5xf32>
    %17 = mhlo.compare  EQ, %16, %0 : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
    %18 = mhlo.select %17, %0, %16 : tensor<4x5xi1>, tensor<4x5xf32>
    return %18 : tensor<4x5xf32>
  }
}

// ----- reciprocal
module {
  func.func @__inference_reciprocal_105(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<1.000000e+00> : tensor<4x5xf32>
    %1 = mhlo.divide %0, %arg0 : tensor<4x5xf32>
    return %1 : tensor<4x5xf32>
  }
}

// ----- not
module {
  func.func @__inference_invert_125(%arg0: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = mhlo.not %arg0 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- lnot
module {
  func.func @__inference_logical_not_130(%arg0: tensor<4x5xi1>) -> tensor<4x5xi1> attributes {allow_soft_placement = false} {
    %0 = mhlo.not %arg0 : tensor<4x5xi1>
    return %0 : tensor<4x5xi1>
  }
}

// ----- popcnt
module {
  func.func @"__inference_<lambda>_135"(%arg0: tensor<4x5xi32>) -> tensor<4x5xui8> attributes {allow_soft_placement = false} {
    %0 = mhlo.popcnt %arg0 : tensor<4x5xi32>
    %1 = mhlo.convert %0 : (tensor<4x5xi32>) -> tensor<4x5xui8>
    return %1 : tensor<4x5xui8>
  }
}

// ----- absi
module {
  func.func @__inference_abs_140(%arg0: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = mhlo.abs %arg0 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- signi
module {
  func.func @__inference_sign_145(%arg0: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = mhlo.sign %arg0 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- floormod
module {
  func.func @__inference_floor_mod_175(%arg0: tensor<4x5xf32>, %arg1: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<0.000000e+00> : tensor<4x5xf32>
    %1 = mhlo.remainder %arg0, %arg1 : tensor<4x5xf32>
    %2 = mhlo.compare  NE, %1, %0 : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
    %3 = mhlo.compare  LT, %arg1, %0 : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
    %4 = mhlo.compare  LT, %1, %0 : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
    %5 = mhlo.compare  NE, %3, %4 : (tensor<4x5xi1>, tensor<4x5xi1>) -> tensor<4x5xi1>
    %6 = mhlo.and %2, %5 : tensor<4x5xi1>
    %7 = mhlo.add %arg1, %1 : tensor<4x5xf32>
    %8 = mhlo.select %6, %7, %1 : tensor<4x5xi1>, tensor<4x5xf32>
    return %8 : tensor<4x5xf32>
  }
}

// ----- maximum
module {
  func.func @__inference_maximum_181(%arg0: tensor<4x5xf32>, %arg1: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.maximum %arg0, %arg1 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- minimum
module {
  func.func @__inference_minimum_187(%arg0: tensor<4x5xf32>, %arg1: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.minimum %arg0, %arg1 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- pow
module {
  func.func @__inference_pow_193(%arg0: tensor<4x5xf32>, %arg1: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.power %arg0, %arg1 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- atan2
module {
  func.func @__inference_atan2_199(%arg0: tensor<4x5xf32>, %arg1: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.atan2 %arg0, %arg1 : tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- floordiv_i
module {
  func.func @__inference_floordiv_247(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<1> : tensor<4x5xi32>
    %1 = mhlo.constant dense<0> : tensor<4x5xi32>
    %2 = mhlo.divide %arg0, %arg1 : tensor<4x5xi32>
    %3 = mhlo.multiply %2, %arg1 : tensor<4x5xi32>
    %4 = mhlo.compare  NE, %3, %arg0 : (tensor<4x5xi32>, tensor<4x5xi32>) -> tensor<4x5xi1>
    %5 = mhlo.compare  LT, %arg0, %1 : (tensor<4x5xi32>, tensor<4x5xi32>) -> tensor<4x5xi1>
    %6 = mhlo.compare  LT, %arg1, %1 : (tensor<4x5xi32>, tensor<4x5xi32>) -> tensor<4x5xi1>
    %7 = mhlo.compare  NE, %5, %6 : (tensor<4x5xi1>, tensor<4x5xi1>) -> tensor<4x5xi1>
    %8 = mhlo.and %4, %7 : tensor<4x5xi1>
    %9 = mhlo.subtract %2, %0 : tensor<4x5xi32>
    %10 = mhlo.select %8, %9, %2 : tensor<4x5xi1>, tensor<4x5xi32>
    return %10 : tensor<4x5xi32>
  }
}

// ----- floormod_i
module {
  func.func @__inference_floor_mod_253(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<0> : tensor<4x5xi32>
    %1 = mhlo.remainder %arg0, %arg1 : tensor<4x5xi32>
    %2 = mhlo.compare  NE, %1, %0 : (tensor<4x5xi32>, tensor<4x5xi32>) -> tensor<4x5xi1>
    %3 = mhlo.compare  LT, %arg1, %0 : (tensor<4x5xi32>, tensor<4x5xi32>) -> tensor<4x5xi1>
    %4 = mhlo.compare  LT, %1, %0 : (tensor<4x5xi32>, tensor<4x5xi32>) -> tensor<4x5xi1>
    %5 = mhlo.compare  NE, %3, %4 : (tensor<4x5xi1>, tensor<4x5xi1>) -> tensor<4x5xi1>
    %6 = mhlo.and %2, %5 : tensor<4x5xi1>
    %7 = mhlo.add %arg1, %1 : tensor<4x5xi32>
    %8 = mhlo.select %6, %7, %1 : tensor<4x5xi1>, tensor<4x5xi32>
    return %8 : tensor<4x5xi32>
  }
}

// ----- maximum_i
module {
  func.func @__inference_maximum_259(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = mhlo.maximum %arg0, %arg1 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- pow_i
module {
  func.func @__inference_pow_283(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = mhlo.power %arg0, %arg1 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- left_shift
module {
  func.func @__inference_left_shift_295(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = mhlo.shift_left %arg0, %arg1 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- right_shift
module {
  func.func @__inference_right_shift_301(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = mhlo.shift_right_arithmetic %arg0, %arg1 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- bitwise_and
module {
  func.func @__inference_bitwise_and_307(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = mhlo.and %arg0, %arg1 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- bitwise_or
module {
  func.func @__inference_bitwise_or_313(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = mhlo.or %arg0, %arg1 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- bitwise_xor
module {
  func.func @__inference_bitwise_xor_319(%arg0: tensor<4x5xi32>, %arg1: tensor<4x5xi32>) -> tensor<4x5xi32> attributes {allow_soft_placement = false} {
    %0 = mhlo.xor %arg0, %arg1 : tensor<4x5xi32>
    return %0 : tensor<4x5xi32>
  }
}

// ----- add_b
module {
  func.func @__inference_add_346(%arg0: tensor<4x5xf32>, %arg1: tensor<5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = "mhlo.broadcast_in_dim"(%arg1) <{broadcast_dimensions = dense<1> : tensor<1xi64>}> : (tensor<5xf32>) -> tensor<4x5xf32>
    %1 = mhlo.add %arg0, %0 : tensor<4x5xf32>
    return %1 : tensor<4x5xf32>
  }
}

// ----- relu6
module {
  func.func @__inference_relu6_386(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<0.000000e+00> : tensor<f32>
    %1 = mhlo.constant dense<6.000000e+00> : tensor<f32>
    %2 = mhlo.clamp %0, %arg0, %1 : (tensor<f32>, tensor<4x5xf32>, tensor<f32>) -> tensor<4x5xf32>
    return %2 : tensor<4x5xf32>
  }
}

// ----- softmax
module {
  func.func @__inference_softmax_v2_396(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<-0.000000e+00> : tensor<f32>
    %1 = mhlo.constant dense<0xFF800000> : tensor<f32>
    %2 = mhlo.reduce(%arg0 init: %1) applies mhlo.maximum across dimensions = [1] : (tensor<4x5xf32>, tensor<f32>) -> tensor<4xf32>
    %3 = mhlo.reshape %2 : (tensor<4xf32>) -> tensor<4x1xf32>
    %4 = "mhlo.broadcast_in_dim"(%3) <{broadcast_dimensions = dense<[0, 1]> : tensor<2xi64>}> : (tensor<4x1xf32>) -> tensor<4x5xf32>
    %5 = mhlo.subtract %arg0, %4 : tensor<4x5xf32>
    %6 = mhlo.exponential %5 : tensor<4x5xf32>
    %7 = mhlo.reduce(%6 init: %0) applies mhlo.add across dimensions = [1] : (tensor<4x5xf32>, tensor<f32>) -> tensor<4xf32>
    %8 = mhlo.reshape %7 : (tensor<4xf32>) -> tensor<4x1xf32>
    %9 = "mhlo.broadcast_in_dim"(%8) <{broadcast_dimensions = dense<[0, 1]> : tensor<2xi64>}> : (tensor<4x1xf32>) -> tensor<4x5xf32>
    %10 = mhlo.divide %6, %9 : tensor<4x5xf32>
    return %10 : tensor<4x5xf32>
  }
}

// ----- castb
module {
  func.func @"__inference_<lambda>_411"(%arg0: tensor<4x5xi1>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.convert %arg0 : (tensor<4x5xi1>) -> tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}

// ----- tr
module {
  func.func @"__inference_<lambda>_434"(%arg0: tensor<4x5xf32>) -> tensor<5x4xf32> attributes {allow_soft_placement = false} {
    %0 = "mhlo.transpose"(%arg0) <{permutation = dense<[1, 0]> : tensor<2xi64>}> : (tensor<4x5xf32>) -> tensor<5x4xf32>
    return %0 : tensor<5x4xf32>
  }
}

// ----- sl
module {
  func.func @"__inference_<lambda>_442"(%arg0: tensor<4x5xf32>) -> tensor<2x3xf32> attributes {allow_soft_placement = false} {
    %0 = "mhlo.slice"(%arg0) <{limit_indices = dense<[3, 5]> : tensor<2xi64>, start_indices = dense<[1, 0]> : tensor<2xi64>, strides = dense<[1, 2]> : tensor<2xi64>}> : (tensor<4x5xf32>) -> tensor<2x3xf32>
    return %0 : tensor<2x3xf32>
  }
}

// ----- slneg
module {
  func.func @"__inference_<lambda>_450"(%arg0: tensor<4x5xf32>) -> tensor<4xf32> attributes {allow_soft_placement = false} {
    %0 = "mhlo.reverse"(%arg0) <{dimensions = dense<0> : tensor<1xi64>}> : (tensor<4x5xf32>) -> tensor<4x5xf32>
    %1 = "mhlo.slice"(%0) <{limit_indices = dense<[4, 2]> : tensor<2xi64>, start_indices = dense<[0, 1]> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}> : (tensor<4x5xf32>) -> tensor<4x1xf32>
    %2 = mhlo.reshape %1 : (tensor<4x1xf32>) -> tensor<4xf32>
    return %2 : tensor<4xf32>
  }
}

// ----- cat
module {
  func.func @"__inference_<lambda>_457"(%arg0: tensor<4x5xf32>, %arg1: tensor<4x5xf32>) -> tensor<4x10xf32> attributes {allow_soft_placement = false} {
    %0 = "mhlo.concatenate"(%arg0, %arg1) <{dimension = 1 : i64}> : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x10xf32>
    return %0 : tensor<4x10xf32>
  }
}

// ----- pad
module {
  func.func @"__inference_<lambda>_464"(%arg0: tensor<4x5xf32>) -> tensor<7x8xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<2.000000e+00> : tensor<f32>
    %1 = "mhlo.pad"(%arg0, %0) <{edge_padding_high = dense<[2, 3]> : tensor<2xi64>, edge_padding_low = dense<[1, 0]> : tensor<2xi64>, interior_padding = dense<0> : tensor<2xi64>}> : (tensor<4x5xf32>, tensor<f32>) -> tensor<7x8xf32>
    return %1 : tensor<7x8xf32>
  }
}

// ----- range
module {
  func.func @"__inference_<lambda>_475"(%arg0: tensor<4x5xf32>) -> tensor<4x5xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<[0.000000e+00, 1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]> : tensor<5xf32>
    %1 = "mhlo.broadcast_in_dim"(%0) <{broadcast_dimensions = dense<1> : tensor<1xi64>}> : (tensor<5xf32>) -> tensor<4x5xf32>
    %2 = mhlo.add %arg0, %1 : tensor<4x5xf32>
    return %2 : tensor<4x5xf32>
  }
}

// ----- rasum
module {
  func.func @"__inference_<lambda>_504"(%arg0: tensor<4x5xi32>) -> tensor<i32> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<0> : tensor<i32>
    %1 = mhlo.reduce(%arg0 init: %0) applies mhlo.add across dimensions = [0, 1] : (tensor<4x5xi32>, tensor<i32>) -> tensor<i32>
    return %1 : tensor<i32>
  }
}

// ----- rmin
module {
  func.func @"__inference_<lambda>_522"(%arg0: tensor<4x5xf32>) -> tensor<4xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<0x7F800000> : tensor<f32>
    %1 = mhlo.reduce(%arg0 init: %0) applies mhlo.minimum across dimensions = [1] : (tensor<4x5xf32>, tensor<f32>) -> tensor<4xf32>
    return %1 : tensor<4xf32>
  }
}

// ----- rmean
module {
  func.func @"__inference_<lambda>_546"(%arg0: tensor<4x5xf32>) -> tensor<4xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<5.000000e+00> : tensor<4xf32>
    %1 = mhlo.constant dense<-0.000000e+00> : tensor<f32>
    %2 = mhlo.reduce(%arg0 init: %1) applies mhlo.add across dimensions = [1] : (tensor<4x5xf32>, tensor<f32>) -> tensor<4xf32>
    %3 = mhlo.divide %2, %0 : tensor<4xf32>
    return %3 : tensor<4xf32>
  }
}

// ----- rall
module {
  func.func @"__inference_<lambda>_558"(%arg0: tensor<4x5xi1>) -> tensor<5xi1> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<true> : tensor<i1>
    %1 = mhlo.reduce(%arg0 init: %0) applies mhlo.and across dimensions = [0] : (tensor<4x5xi1>, tensor<i1>) -> tensor<5xi1>
    return %1 : tensor<5xi1>
  }
}

// ----- rany
module {
  func.func @"__inference_<lambda>_564"(%arg0: tensor<4x5xi1>) -> tensor<i1> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<false> : tensor<i1>
    %1 = mhlo.reduce(%arg0 init: %0) applies mhlo.or across dimensions = [0, 1] : (tensor<4x5xi1>, tensor<i1>) -> tensor<i1>
    return %1 : tensor<i1>
  }
}

// ----- argmax
module {
  func.func @"__inference_<lambda>_570"(%arg0: tensor<4x5xf32>) -> tensor<4xi64> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<0xFF800000> : tensor<f32>
    %1 = mhlo.constant dense<0> : tensor<i64>
    %2 = "mhlo.iota"() <{iota_dimension = 0 : i64}> : () -> tensor<5xi64>
    %3 = "mhlo.broadcast_in_dim"(%2) <{broadcast_dimensions = dense<1> : tensor<1xi64>}> : (tensor<5xi64>) -> tensor<4x5xi64>
    %4:2 = mhlo.reduce(%arg0 init: %0), (%3 init: %1) across dimensions = [1] : (tensor<4x5xf32>, tensor<4x5xi64>, tensor<f32>, tensor<i64>) -> (tensor<4xf32>, tensor<4xi64>)
     reducer(%arg1: tensor<f32>, %arg3: tensor<f32>) (%arg2: tensor<i64>, %arg4: tensor<i64>)  {
      %5 = mhlo.compare  GE, %arg1, %arg3 : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %6 = mhlo.select %5, %arg1, %arg3 : tensor<i1>, tensor<f32>
      %7 = mhlo.compare  EQ, %arg1, %arg3 : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %8 = mhlo.minimum %arg2, %arg4 : tensor<i64>
      %9 = mhlo.select %5, %arg2, %arg4 : tensor<i1>, tensor<i64>
      %10 = mhlo.select %7, %8, %9 : tensor<i1>, tensor<i64>
      mhlo.return %6, %10 : tensor<f32>, tensor<i64>
    }
    return %4#1 : tensor<4xi64>
  }
}

// ----- mm
module {
  func.func @__inference_matmul_576(%arg0: tensor<4x5xf32>, %arg1: tensor<5x4xf32>) -> tensor<4x4xf32> attributes {allow_soft_placement = false} {
    %0 = "mhlo.dot"(%arg0, %arg1) <{precision_config = [#mhlo<precision DEFAULT>, #mhlo<precision DEFAULT>]}> : (tensor<4x5xf32>, tensor<5x4xf32>) -> tensor<4x4xf32>
    return %0 : tensor<4x4xf32>
  }
}

// ----- bmm
module {
  func.func @__inference_matmul_594(%arg0: tensor<2x3x4xf32>, %arg1: tensor<2x4x5xf32>) -> tensor<2x3x5xf32> attributes {allow_soft_placement = false} {
    %0 = "mhlo.dot_general"(%arg0, %arg1) <{dot_dimension_numbers = #mhlo.dot<lhs_batching_dimensions = [0], rhs_batching_dimensions = [0], lhs_contracting_dimensions = [2], rhs_contracting_dimensions = [1]>, precision_config = [#mhlo<precision DEFAULT>, #mhlo<precision DEFAULT>]}> {mhlo.frontend_attributes = {grad_x = "false", grad_y = "false"}} : (tensor<2x3x4xf32>, tensor<2x4x5xf32>) -> tensor<2x3x5xf32>
    return %0 : tensor<2x3x5xf32>
  }
}

// ----- ohot
module {
  func.func @"__inference_<lambda>_637"(%arg0: tensor<4xi32>) -> tensor<4x3xf32> attributes {allow_soft_placement = false} {
    %0 = mhlo.constant dense<0.000000e+00> : tensor<4x3xf32>
    %1 = mhlo.constant dense<1.000000e+00> : tensor<4x3xf32>
    %2 = "mhlo.iota"() <{iota_dimension = 0 : i64}> : () -> tensor<3xi32>
    %3 = "mhlo.broadcast_in_dim"(%2) <{broadcast_dimensions = dense<1> : tensor<1xi64>}> : (tensor<3xi32>) -> tensor<4x3xi32>
    %4 = "mhlo.broadcast_in_dim"(%arg0) <{broadcast_dimensions = dense<0> : tensor<1xi64>}> : (tensor<4xi32>) -> tensor<4x3xi32>
    %5 = mhlo.compare  EQ, %4, %3 : (tensor<4x3xi32>, tensor<4x3xi32>) -> tensor<4x3xi1>
    %6 = mhlo.select %5, %1, %0 : tensor<4x3xi1>, tensor<4x3xf32>
    return %6 : tensor<4x3xf32>
  }
}

// ----- slice_at_data
module {
  func.func @__inference_slice_at_data_7(%arg0: tensor<4x5xf32>, %arg1: tensor<2xi32>) -> tensor<2x3xf32> attributes {allow_soft_placement = false} {
    %0 = "mhlo.slice"(%arg1) <{limit_indices = dense<1> : tensor<1xi64>, start_indices = dense<0> : tensor<1xi64>, strides = dense<1> : tensor<1xi64>}> : (tensor<2xi32>) -> tensor<1xi32>
    %1 = mhlo.reshape %0 : (tensor<1xi32>) -> tensor<i32>
    %2 = "mhlo.slice"(%arg1) <{limit_indices = dense<2> : tensor<1xi64>, start_indices = dense<1> : tensor<1xi64>, strides = dense<1> : tensor<1xi64>}> : (tensor<2xi32>) -> tensor<1xi32>
    %3 = mhlo.reshape %2 : (tensor<1xi32>) -> tensor<i32>
    %4 = "mhlo.dynamic_slice"(%arg0, %1, %3) <{slice_sizes = dense<[2, 3]> : tensor<2xi64>}> : (tensor<4x5xf32>, tensor<i32>, tensor<i32>) -> tensor<2x3xf32>
    return %4 : tensor<2x3xf32>
  }
}

// ----- gather_nd
module {
  func.func @__inference_gather_nd_13(%arg0: tensor<4x5xf32>, %arg1: tensor<3x2xi32>) -> tensor<3xf32> attributes {allow_soft_placement = false} {
    %0 = "mhlo.gather"(%arg0, %arg1) <{dimension_numbers = #mhlo.gather<collapsed_slice_dims = [0, 1], start_index_map = [0, 1], index_vector_dim = 1>, slice_sizes = dense<1> : tensor<2xi64>}> : (tensor<4x5xf32>, tensor<3x2xi32>) -> tensor<3xf32>
    return %0 : tensor<3xf32>
  }
}

// ----- gather
module {
  func.func @__inference_gather_20(%arg0: tensor<4x5xf32>, %arg1: tensor<3xi32>) -> tensor<4x3xf32> attributes {allow_soft_placement = false} {
    %0 = "mhlo.torch_index_select"(%arg0, %arg1) <{batch_dims = 0 : i64, dim = 1 : i64}> : (tensor<4x5xf32>, tensor<3xi32>) -> tensor<4x3xf32>
    return %0 : tensor<4x3xf32>
  }
}

// ----- gather_batched
module {
  func.func @__inference_gather_batched_27(%arg0: tensor<4x5xf32>, %arg1: tensor<4x2xi32>) -> tensor<4x2xf32> attributes {allow_soft_placement = false} {
    %0 = "mhlo.torch_index_select"(%arg0, %arg1) <{batch_dims = 1 : i64, dim = 1 : i64}> : (tensor<4x5xf32>, tensor<4x2xi32>) -> tensor<4x2xf32>
    return %0 : tensor<4x2xf32>
  }
}
