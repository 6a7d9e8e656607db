"""What the evaluation of nests refuses; what it computes is in schedule_kernels_test and its like."""

import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.kernels.evaluation import is_float_sum
from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.compiler.kernels.nests import is_parallel
from iree.compiler.kernels.schedule_kernels import ScheduleKernels
from iree.testing.ir import parse


def test_a_tensor_that_is_neither_input_nor_nest_is_refused() -> None:
    module = parse("""
        func.func @f(%arg0: memref<4xf32>) attributes {iree.executable.workload = dense<[4, 1, 1]> : tensor<3xi32>} {
          %0 = tensor.empty() : tensor<4xf32>
          iree.store_output(%0 : tensor<4xf32>, %arg0 : memref<4xf32>)
          iree.return
        }
    """)
    with pytest.raises(CompileError, match=r"test.mlir:3:8: tensor.empty: is no input and no nest"):
        run_passes(module, [ScheduleKernels()])


@pytest.mark.parametrize(
    ("element", "op", "expected"), [("f32", "add", True), ("i32", "add", False), ("f32", "maximum", False)]
)
def test_only_sums_of_floats_are_done_in_parts(element: str, op: str, expected: bool) -> None:
    module = parse(f"""
        func.func @f(%arg0: memref<4x{element}>, %arg1: memref<{element}>, %arg2: memref<{element}>) {{
          %0 = iree.load_input(%arg0 : memref<4x{element}>) : tensor<4x{element}>
          %1 = iree.load_input(%arg1 : memref<{element}>) : tensor<{element}>
          %2 = mhlo.reduce(%0 init: %1) applies mhlo.{op} across dimensions = [0] :
            (tensor<4x{element}>, tensor<{element}>) -> tensor<{element}>
          iree.store_output(%2 : tensor<{element}>, %arg2 : memref<{element}>)
          iree.return
        }}
    """)
    run_passes(module, [LowerToLinalg()])
    (nest,) = [op for op in module.walk() if op.name == "linalg.generic" and not is_parallel(op)]
    assert is_float_sum(nest) == expected  # type: ignore[arg-type]
