"""while, if and case: read as MLIR reads them, printed so that MLIR reads them."""

import re

from iree.compiler.dialects.mhlo.reference_parser import judge
from iree.compiler.ir.printer import print_module
from iree.testing.ir import check_round_trip

PROGRAM = """
func.func @f(%n: tensor<i32>, %x: tensor<4xf32>, %p: tensor<i1>) -> (tensor<i32>, tensor<4xf32>) {
  %c = stablehlo.constant dense<1> : tensor<i32>
  %0:2 = stablehlo.while(%iterArg = %n, %iterArg_0 = %x) : tensor<i32>, tensor<4xf32>
  cond {
    %3 = stablehlo.compare LT, %iterArg, %c : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %3 : tensor<i1>
  } do {
    %3 = stablehlo.add %iterArg, %c : tensor<i32>
    stablehlo.return %3, %iterArg_0 : tensor<i32>, tensor<4xf32>
  }
  %1 = "stablehlo.if"(%p) ({
    stablehlo.return %x : tensor<4xf32>
  }, {
    stablehlo.return %0#1 : tensor<4xf32>
  }) : (tensor<i1>) -> tensor<4xf32>
  %2 = "stablehlo.case"(%n) ({
    stablehlo.return %x : tensor<4xf32>
  }, {
    stablehlo.return %1 : tensor<4xf32>
  }) : (tensor<i32>) -> tensor<4xf32>
  stablehlo.while() cond {
    stablehlo.return %p : tensor<i1>
  } do {
    stablehlo.return
  }
  func.return %0#0, %2 : tensor<i32>, tensor<4xf32>
}
"""


def test_text_means_to_us_what_it_means_to_mlir() -> None:
    printed = print_module(check_round_trip(PROGRAM))
    theirs, ours = judge([PROGRAM, re.sub(r"\bmhlo\.", "stablehlo.", printed)])
    assert theirs[1] is None
    assert ours == theirs


def test_a_trip_count_is_kept() -> None:
    text = PROGRAM.replace(
        "%iterArg_0 = %x) : tensor<i32>, tensor<4xf32>",
        "%iterArg_0 = %x) : tensor<i32>, tensor<4xf32> attributes {trip_count = 3 : i64}",
    )
    assert "attributes {trip_count = 3 : i64}" in print_module(check_round_trip(text))
