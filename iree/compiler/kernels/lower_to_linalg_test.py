"""lower-to-linalg as text, and what it refuses. What the nests compute: elementwise_test and its like."""

# ruff: noqa: E501  IR is compared as it is printed

import numpy as np
import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.testing.ir import check_pass
from iree.testing.kernel_stages import kernel_text, parse_kernel


def test_elementwise_and_transpose() -> None:
    check_pass(
        LowerToLinalg(),
        before="""
        func.func @f(%arg0: memref<2x3xf32>, %arg1: memref<3x2xf32>) {
          %0 = iree.load_input(%arg0 : memref<2x3xf32>) : tensor<2x3xf32>
          %c = arith.constant dense<2.000000e+00> : tensor<2x3xf32>
          %1 = arith.mulf %0, %c : tensor<2x3xf32>
          %2 = mhlo.transpose %1, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
          iree.store_output(%2 : tensor<3x2xf32>, %arg1 : memref<3x2xf32>)
          iree.return
        }
        """,
        after="""
        func.func @f(%arg0: memref<2x3xf32>, %arg1: memref<3x2xf32>) {
          %0 = iree.load_input(%arg0 : memref<2x3xf32>) : tensor<2x3xf32>
          %1 = tensor.empty() : tensor<2x3xf32>
          %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<2x3xf32>) outs(%1 : tensor<2x3xf32>) {
          ^bb0(%arg2: f32, %arg3: f32):
            %5 = arith.constant 2.000000e+00 : f32
            %6 = arith.mulf %arg2, %5 : f32
            linalg.yield %6 : f32
          } -> tensor<2x3xf32>
          %3 = tensor.empty() : tensor<3x2xf32>
          %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%2 : tensor<2x3xf32>) outs(%3 : tensor<3x2xf32>) {
          ^bb0(%arg2: f32, %arg3: f32):
            linalg.yield %arg2 : f32
          } -> tensor<3x2xf32>
          iree.store_output(%4 : tensor<3x2xf32>, %arg1 : memref<3x2xf32>)
          iree.return
        }
        """,
    )


def test_reduce_and_unsigned() -> None:
    check_pass(
        LowerToLinalg(),
        before="""
        func.func @f(%arg0: memref<2x3xui32>, %arg1: memref<ui32>, %arg2: memref<2xui32>) {
          %0 = iree.load_input(%arg0 : memref<2x3xui32>) : tensor<2x3xui32>
          %1 = iree.load_input(%arg1 : memref<ui32>) : tensor<ui32>
          %2 = mhlo.reduce(%0 init: %1) applies mhlo.maximum across dimensions = [1] : (tensor<2x3xui32>, tensor<ui32>) -> tensor<2xui32>
          iree.store_output(%2 : tensor<2xui32>, %arg2 : memref<2xui32>)
          iree.return
        }
        """,
        after="""
        func.func @f(%arg0: memref<2x3xi32>, %arg1: memref<i32>, %arg2: memref<2xi32>) {
          %0 = iree.load_input(%arg0 : memref<2x3xi32>) : tensor<2x3xi32>
          %1 = iree.load_input(%arg1 : memref<i32>) : tensor<i32>
          %2 = tensor.empty() : tensor<2xi32>
          %3 = linalg.generic {indexing_maps = [affine_map<(d0) -> ()>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%1 : tensor<i32>) outs(%2 : tensor<2xi32>) {
          ^bb0(%arg3: i32, %arg4: i32):
            linalg.yield %arg3 : i32
          } -> tensor<2xi32>
          %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%0 : tensor<2x3xi32>) outs(%3 : tensor<2xi32>) {
          ^bb0(%arg3: i32, %arg4: i32):
            %5 = arith.maxui %arg4, %arg3 : i32
            linalg.yield %5 : i32
          } -> tensor<2xi32>
          iree.store_output(%4 : tensor<2xi32>, %arg2 : memref<2xi32>)
          iree.return
        }
        """,
    )


def test_all_refused_ops_are_in_one_report() -> None:
    body = f"""
    %c = arith.constant dense<{list(range(17))}> : tensor<17xi32>
    %1 = tensor.cast %0 : tensor<17xi32> to tensor<17xi32>
    %2 = arith.addi %1, %c : tensor<17xi32>
    """
    a = np.zeros(17, np.int32)
    module = parse_kernel(kernel_text(body, [a], {"%2": a}))
    with pytest.raises(CompileError) as raised:
        LowerToLinalg().run(module)
    text = str(raised.value)
    assert "kernel.mlir:4:10: arith.constant: a constant of 17 different elements" in text
    assert "kernel.mlir:5:10: tensor.cast: has no kernel for compiled targets; interpreter-bytecode runs it" in text


def test_an_op_in_a_reduce_that_has_no_kernel() -> None:
    body = """
    %c = arith.constant dense<0> : tensor<i32>
    %1 = mhlo.reduce(%0 init: %c) across dimensions = [0] : (tensor<17xi32>, tensor<i32>) -> tensor<i32>
      reducer(%x: tensor<i32>, %y: tensor<i32>) {
        %2 = tensor.cast %x : tensor<i32> to tensor<i32>
        mhlo.return %2 : tensor<i32>
      }
    """
    module = parse_kernel(kernel_text(body, [np.zeros(17, np.int32)], {"%1": np.zeros((), np.int32)}))
    with pytest.raises(CompileError, match=r"kernel.mlir:7:14: tensor.cast: has no kernel inside the body of a reduce"):
        LowerToLinalg().run(module)
