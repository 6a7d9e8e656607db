"""ml_program: round trips in the bridge's spelling, and the rule broken once."""

import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.testing.ir import check_round_trip, parse


def test_round_trip():
    check_round_trip(
        """
ml_program.global public mutable @vars.count(dense<0> : tensor<i32>) : tensor<i32>
ml_program.global private @vars.w(dense<[1.0, 2.0]> : tensor<2xf32>) : tensor<2xf32>
ml_program.global private mutable @"vars.dense/kernel" : tensor<2xf32>
func.func @f() -> tensor<2xf32> {
  %0 = ml_program.global_load @vars.count : tensor<i32>
  ml_program.global_store @vars.count = %0 : tensor<i32>
  %1 = ml_program.global_load_const @vars.w : tensor<2xf32>
  ml_program.global_store @"vars.dense/kernel" = %1 : tensor<2xf32>
  return %1 : tensor<2xf32>
}
"""
    )


def test_without_a_visibility_it_is_private():
    op = parse("ml_program.global @x(dense<0> : tensor<i32>) : tensor<i32>").body.block.first_op
    assert op.sym_visibility.data == "private"


def test_c1_value_has_the_variables_type():
    with pytest.raises(CompileError, match=r"ml_program.global C1: the value is tensor<i32>, the variable tensor<f32>"):
        parse("ml_program.global private @x(dense<0> : tensor<i32>) : tensor<f32>")
