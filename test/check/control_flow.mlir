// Loops that never begin, branches whose number is out of range, and what is checked inside of them.

func.func @a_loop_that_never_begins() {
  %i = util.unfoldable_constant dense<5> : tensor<i32>
  %n = util.unfoldable_constant dense<3> : tensor<i32>
  %0 = stablehlo.while(%x = %i) : tensor<i32>
   cond {
    %1 = stablehlo.compare LT, %x, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %1 = stablehlo.add %x, %n : tensor<i32>
    stablehlo.return %1 : tensor<i32>
  }
  check.expect_eq_const(%0, dense<5> : tensor<i32>) : tensor<i32>
  return
}

func.func @a_loop_that_is_checked_each_time() {
  %i = util.unfoldable_constant dense<0> : tensor<i32>
  %n = util.unfoldable_constant dense<4> : tensor<i32>
  %one = util.unfoldable_constant dense<1> : tensor<i32>
  %0:2 = stablehlo.while(%x = %i, %y = %one) : tensor<i32>, tensor<i32>
   cond {
    %1 = stablehlo.compare LT, %x, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %1 = stablehlo.add %x, %one : tensor<i32>
    %2 = stablehlo.add %y, %y : tensor<i32>
    %3 = stablehlo.compare LT, %x, %y : (tensor<i32>, tensor<i32>) -> tensor<i1>
    check.expect_true(%3) : tensor<i1>
    stablehlo.return %1, %2 : tensor<i32>, tensor<i32>
  }
  check.expect_eq_const(%0#1, dense<16> : tensor<i32>) : tensor<i32>
  return
}

func.func private @branch(%i: tensor<i32>) -> tensor<i32> {
  %0 = "stablehlo.case"(%i) ({
    %1 = util.unfoldable_constant dense<10> : tensor<i32>
    stablehlo.return %1 : tensor<i32>
  }, {
    %1 = util.unfoldable_constant dense<11> : tensor<i32>
    stablehlo.return %1 : tensor<i32>
  }) : (tensor<i32>) -> tensor<i32>
  return %0 : tensor<i32>
}

func.func @branches() {
  %a = util.unfoldable_constant dense<0> : tensor<i32>
  %b = util.unfoldable_constant dense<1> : tensor<i32>
  %c = util.unfoldable_constant dense<2> : tensor<i32>
  %d = util.unfoldable_constant dense<-1> : tensor<i32>
  %0 = func.call @branch(%a) : (tensor<i32>) -> tensor<i32>
  %1 = func.call @branch(%b) : (tensor<i32>) -> tensor<i32>
  %2 = func.call @branch(%c) : (tensor<i32>) -> tensor<i32>
  %3 = func.call @branch(%d) : (tensor<i32>) -> tensor<i32>
  check.expect_eq_const(%0, dense<10> : tensor<i32>) : tensor<i32>
  check.expect_eq_const(%1, dense<11> : tensor<i32>) : tensor<i32>
  check.expect_eq_const(%2, dense<11> : tensor<i32>) : tensor<i32>
  check.expect_eq_const(%3, dense<11> : tensor<i32>) : tensor<i32>
  return
}
