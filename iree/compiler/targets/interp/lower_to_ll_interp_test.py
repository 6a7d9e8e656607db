"""Tensor ops become instructions; what has none is reported, all of it."""

import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.targets.interp.lower_to_ll_interp import LowerToLlInterp
from iree.testing.ir import check_pass, parse


def test_inputs_constants_reshapes_and_outputs():
    check_pass(
        LowerToLlInterp(),
        before="""
        func.func @fn(%arg0: memref<2x3xf32>, %arg1: memref<6xf32>)
        attributes {iree.executable.export, iree.ordinal = 0 : i32} {
          %0 = iree.load_input(%arg0 : memref<2x3xf32>) : tensor<2x3xf32>
          %1 = arith.constant dense<2.0> : tensor<2x3xf32>
          %2 = arith.mulf %0, %1 : tensor<2x3xf32>
          %3 = mhlo.reshape %2 : (tensor<2x3xf32>) -> tensor<6xf32>
          iree.store_output(%3 : tensor<6xf32>, %arg1 : memref<6xf32>)
          iree.return
        }
        """,
        after="""
        func.func @fn(%arg0: memref<2x3xf32>, %arg1: memref<6xf32>) attributes {iree.executable.export, iree.ordinal = 0 : i32} {
          %0 = "iree_ll_interp.constant"() {value = dense<2.000000e+00> : tensor<2x3xf32>} : () -> memref<2x3xf32>
          %1 = "iree_ll_interp.alloc_heap"() : () -> memref<2x3xf32>
          "iree_ll_interp.mul_f"(%arg0, %0, %1) : (memref<2x3xf32>, memref<2x3xf32>, memref<2x3xf32>) -> ()
          %2 = "iree_ll_interp.reshape"(%1) : (memref<2x3xf32>) -> memref<6xf32>
          %3 = "iree_ll_interp.constant"() {value = dense<0> : tensor<1xi32>} : () -> memref<1xi32>
          %4 = "iree_ll_interp.constant"() {value = dense<6> : tensor<1xi32>} : () -> memref<1xi32>
          "iree_ll_interp.dynamic_copy"(%2, %3, %arg1, %3, %4) : (memref<6xf32>, memref<1xi32>, memref<6xf32>, memref<1xi32>, memref<1xi32>) -> ()
          iree.return
        }
        """,  # noqa: E501
    )


def test_everything_without_an_instruction_is_in_one_report():
    module = parse(
        """
func.func @fn(%arg0: memref<4xf32>, %arg1: memref<4xf32>) attributes {iree.executable.export} {
  %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
  %1 = math.acosh %0 : tensor<4xf32>
  %2 = math.asinh %1 : tensor<4xf32>
  iree.store_output(%2 : tensor<4xf32>, %arg1 : memref<4xf32>)
  iree.return
}
""",
        "model.mlir",
    )
    with pytest.raises(CompileError) as raised:
        LowerToLlInterp().run(module)
    text = str(raised.value)
    assert "model.mlir:4:8: math.acosh: the interpreter has no instruction for it" in text
    assert "model.mlir:5:8: math.asinh: the interpreter has no instruction for it" in text
