"""lower-to-linalg as text, and what it refuses. What the nests compute: elementwise_test and its like."""

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
        ELEMENTWISE
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
        REDUCE
        """,
    )


def test_all_refused_ops_are_in_one_report() -> None:
    body = f"""
    %c = arith.constant dense<{list(range(17))}> : tensor<17xi32>
    %1 = "test.unknown"(%0) : (tensor<17xi32>) -> tensor<17xi32>
    %2 = arith.addi %1, %c : tensor<17xi32>
    """
    a = np.zeros(17, np.int32)
    module = parse_kernel(kernel_text(body, [a], {"%2": a}).replace('"test.unknown"', "mhlo.unknown_op"))
    with pytest.raises(CompileError) as raised:
        LowerToLinalg().run(module)
    text = str(raised.value)
    assert "kernel.mlir:4:" in text
    assert "a constant of 17 different elements" in text
    assert "mhlo.unknown_op: has no kernel" in text
