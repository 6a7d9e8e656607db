"""schedule-kernels as text, and scheduled kernels run with drawn shapes and drawn target parameters."""

# ruff: noqa: E501  IR is compared as it is printed

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.kernels.parameters import KernelParameters
from iree.testing.ir import check_pass
from iree.testing.kernel_evaluator import run_kernel
from iree.testing.kernel_stages import check_kernel, kernel_function, kernel_passes, kernel_text, parse_kernel, shaped

Array = NDArray[Any]
Shape = tuple[int, ...]


def numbers(shape: Shape, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def integers(shape: Shape, seed: int = 0) -> Array:
    return np.random.default_rng(seed).integers(-9, 10, shape).astype(np.int32)


limits = st.integers(2, 6)
drawn_parameters = st.builds(
    KernelParameters,
    workgroup_invocations=st.sampled_from([1, 8, 13, 64]),
    tiled_workgroup_invocations=st.sampled_from([1, 8, 13]),
    max_workgroup_count=st.tuples(limits, limits, limits),
    lanes=st.sampled_from([1, 4, 8]),
    min_workgroups=st.sampled_from([1, 8]),
    min_tiled_invocations=st.sampled_from([1, 64]),
    max_elements=st.integers(1, 7),
    tile=st.tuples(st.integers(1, 4), st.integers(1, 5)),
    unroll=st.integers(1, 5),
    max_unrolled=st.integers(1, 40),
    sum_block=st.integers(2, 9),
    small_launch=st.sampled_from([0, 8, 32]),
)


def test_the_walkthrough_kernel() -> None:
    check_pass(
        kernel_passes(),
        before="""
        func.func @simple_mul_rgn_dispatch_0(%arg0: memref<4xf32>, %arg1: memref<4xf32>, %arg2: memref<4xf32>) attributes {iree.executable.export, iree.executable.workload = dense<[4, 1, 1]> : tensor<3xi32>, iree.ordinal = 0 : i32} {
          %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
          %1 = iree.load_input(%arg1 : memref<4xf32>) : tensor<4xf32>
          %2 = arith.mulf %0, %1 : tensor<4xf32>
          iree.store_output(%2 : tensor<4xf32>, %arg2 : memref<4xf32>)
          iree.return
        }
        """,
        after="""
        func.func @simple_mul_rgn_dispatch_0(%arg0: memref<4xf32>, %arg1: memref<4xf32>, %arg2: memref<4xf32>) attributes {iree.executable.export, iree.executable.workload = dense<[4, 1, 1]> : tensor<3xi32>, iree.ordinal = 0 : i32, iree.executable.workgroup_size = dense<1> : tensor<3xi32>, iree.executable.workgroup_tile = dense<1> : tensor<3xi32>} {
          %0 = "gpu.global_id"() <{dimension = #gpu<dim x>}> : () -> index
          %1 = "gpu.global_id"() <{dimension = #gpu<dim y>}> : () -> index
          %2 = "gpu.global_id"() <{dimension = #gpu<dim z>}> : () -> index
          %3 = memref.load %arg0[%0] : memref<4xf32>
          %4 = memref.load %arg1[%0] : memref<4xf32>
          %5 = arith.mulf %3, %4 : f32
          memref.store %5, %arg2[%0] : memref<4xf32>
          iree.return
        }
        """,
    )


def test_a_guard_where_the_workload_is_no_multiple_of_the_launch() -> None:
    check_pass(
        kernel_passes(KernelParameters(workgroup_invocations=64)),
        before="""
        func.func @f(%arg0: memref<67xf32>, %arg1: memref<67xf32>) attributes {iree.executable.workload = dense<[67, 1, 1]> : tensor<3xi32>} {
          %0 = iree.load_input(%arg0 : memref<67xf32>) : tensor<67xf32>
          %1 = arith.negf %0 : tensor<67xf32>
          iree.store_output(%1 : tensor<67xf32>, %arg1 : memref<67xf32>)
          iree.return
        }
        """,
        after="""
        func.func @f(%arg0: memref<67xf32>, %arg1: memref<67xf32>) attributes {iree.executable.workload = dense<[67, 1, 1]> : tensor<3xi32>, iree.executable.workgroup_size = dense<[40, 1, 1]> : tensor<3xi32>, iree.executable.workgroup_tile = dense<[40, 1, 1]> : tensor<3xi32>} {
          %0 = "gpu.global_id"() <{dimension = #gpu<dim x>}> : () -> index
          %1 = "gpu.global_id"() <{dimension = #gpu<dim y>}> : () -> index
          %2 = "gpu.global_id"() <{dimension = #gpu<dim z>}> : () -> index
          %3 = arith.constant 67 : index
          %4 = arith.cmpi slt, %0, %3 : index
          scf.if %4 {
            %5 = memref.load %arg0[%0] : memref<67xf32>
            %6 = arith.negf %5 : f32
            memref.store %6, %arg1[%0] : memref<67xf32>
          }
          iree.return
        }
        """,
    )


def test_a_contraction_with_its_epilogue() -> None:
    check_pass(
        kernel_passes(KernelParameters(min_tiled_invocations=1, tile=(2, 1), small_launch=1, unroll=1)),
        before="""
        func.func @f(%arg0: memref<2x3xf32>, %arg1: memref<3x2xf32>, %arg2: memref<2xf32>, %arg3: memref<2x2xf32>) attributes {iree.executable.workload = dense<[2, 2, 1]> : tensor<3xi32>} {
          %0 = iree.load_input(%arg0 : memref<2x3xf32>) : tensor<2x3xf32>
          %1 = iree.load_input(%arg1 : memref<3x2xf32>) : tensor<3x2xf32>
          %2 = iree.load_input(%arg2 : memref<2xf32>) : tensor<2xf32>
          %3 = mhlo.dot %0, %1 : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
          %4 = mhlo.broadcast_in_dim %2, dims = [1] : (tensor<2xf32>) -> tensor<2x2xf32>
          %5 = arith.addf %3, %4 : tensor<2x2xf32>
          iree.store_output(%5 : tensor<2x2xf32>, %arg3 : memref<2x2xf32>)
          iree.return
        }
        """,
        after="""
        func.func @f(%arg0: memref<2x3xf32>, %arg1: memref<3x2xf32>, %arg2: memref<2xf32>, %arg3: memref<2x2xf32>) attributes {iree.executable.workload = dense<[2, 2, 1]> : tensor<3xi32>, iree.executable.workgroup_size = dense<[1, 2, 1]> : tensor<3xi32>, iree.executable.workgroup_tile = dense<[2, 2, 1]> : tensor<3xi32>} {
          %0 = "gpu.global_id"() <{dimension = #gpu<dim x>}> : () -> index
          %1 = "gpu.global_id"() <{dimension = #gpu<dim y>}> : () -> index
          %2 = "gpu.global_id"() <{dimension = #gpu<dim z>}> : () -> index
          %3 = arith.constant 0 : index
          %4 = arith.constant 1 : index
          %5 = arith.addi %0, %4 : index
          %6 = arith.constant 0.000000e+00 : f32
          %7 = arith.constant 3 : index
          %8:2 = scf.for %arg4 = %3 to %7 step %4 iter_args(%arg5 = %6, %arg6 = %6) -> (f32, f32) {
            %13 = memref.load %arg0[%1, %arg4] : memref<2x3xf32>
            %14 = memref.load %arg1[%arg4, %0] : memref<3x2xf32>
            %15 = memref.load %arg1[%arg4, %5] : memref<3x2xf32>
            %16 = arith.mulf %13, %14 : f32
            %17 = arith.addf %arg5, %16 : f32
            %18 = arith.mulf %13, %15 : f32
            %19 = arith.addf %arg6, %18 : f32
            scf.yield %17, %19 : f32, f32
          }
          %9 = memref.load %arg2[%0] : memref<2xf32>
          %10 = memref.load %arg2[%5] : memref<2xf32>
          %11 = arith.addf %8#0, %9 : f32
          %12 = arith.addf %8#1, %10 : f32
          memref.store %11, %arg3[%1, %0] : memref<2x2xf32>
          memref.store %12, %arg3[%1, %5] : memref<2x2xf32>
          iree.return
        }
        """,
    )


@given(st.lists(st.integers(1, 9), max_size=6).map(tuple).filter(lambda s: math.prod(s) < 3000), drawn_parameters)
@settings(max_examples=40, deadline=None)
def test_elementwise_with_any_parameters(shape: Shape, parameters: KernelParameters) -> None:
    a, b = integers(shape), integers(shape, 1)
    body = f"%2 = arith.muli %0, %1 : tensor<{shaped(a)}>"
    check_kernel(body, [a, b], {"%2": a * b}, parameters=parameters)


@given(st.integers(1, 40), st.integers(0, 30), st.integers(1, 40), drawn_parameters)
@settings(max_examples=20, deadline=None)
def test_contraction_with_any_parameters(rows: int, summed: int, columns: int, parameters: KernelParameters) -> None:
    a, b, c = integers((rows, summed)), integers((summed, columns), 1), integers((columns,), 2)
    result = f"tensor<{rows}x{columns}xi32>"
    body = f"""
    %3 = mhlo.dot %0, %1 : (tensor<{shaped(a)}>, tensor<{shaped(b)}>) -> {result}
    %4 = mhlo.broadcast_in_dim %2, dims = [1] : (tensor<{columns}xi32>) -> {result}
    %5 = arith.addi %3, %4 : {result}
    """
    check_kernel(body, [a, b, c], {"%5": a @ b + c}, parameters=parameters)


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=4).map(tuple).filter(lambda s: math.prod(s) < 200),
    st.data(),
    drawn_parameters,
)
@settings(max_examples=40, deadline=None)
def test_float_sums_with_any_parameters(shape: Shape, data: st.DataObject, parameters: KernelParameters) -> None:
    dims = data.draw(st.lists(st.integers(0, len(shape) - 1), unique=True, min_size=1))
    a = integers(shape).astype(np.float32)  # sums of whole numbers are exact in any order
    expected = np.asarray(a.sum(tuple(dims)))
    body = f"""
    %c = arith.constant dense<0.0> : tensor<f32>
    %2 = mhlo.reduce(%0 init: %c) applies mhlo.add across dimensions = {dims} :
      (tensor<{shaped(a)}>, tensor<f32>) -> tensor<{shaped(expected)}>
    """
    check_kernel(body, [a], {"%2": expected}, parameters=parameters)


@given(drawn_parameters)
@settings(max_examples=20, deadline=None)
def test_several_results_of_different_shapes(parameters: KernelParameters) -> None:
    a = integers((7, 11))
    body = """
    %c = arith.constant dense<0> : tensor<i32>
    %2 = mhlo.reduce(%0 init: %c) applies mhlo.add across dimensions = [1] : (tensor<7x11xi32>, tensor<i32>) -> tensor<7xi32>
    %3 = arith.addi %0, %0 : tensor<7x11xi32>
    %4 = mhlo.reshape %3 : (tensor<7x11xi32>) -> tensor<77xi32>
    """
    check_kernel(
        body, [a], {"%2": a.sum(1, dtype=np.int32), "%3": a + a, "%4": (a + a).reshape(77)}, parameters=parameters
    )


def test_softmax_in_one_kernel() -> None:
    a = numbers((5, 13))
    e = np.exp(a - a.max(1, keepdims=True))
    body = """
    %i = arith.constant dense<0xFF800000> : tensor<f32>
    %z = arith.constant dense<0.0> : tensor<f32>
    %1 = mhlo.reduce(%0 init: %i) applies mhlo.maximum across dimensions = [1] : (tensor<5x13xf32>, tensor<f32>) -> tensor<5xf32>
    %2 = mhlo.broadcast_in_dim %1, dims = [0] : (tensor<5xf32>) -> tensor<5x13xf32>
    %3 = arith.subf %0, %2 : tensor<5x13xf32>
    %4 = math.exp %3 : tensor<5x13xf32>
    %5 = mhlo.reduce(%4 init: %z) applies mhlo.add across dimensions = [1] : (tensor<5x13xf32>, tensor<f32>) -> tensor<5xf32>
    %6 = mhlo.broadcast_in_dim %5, dims = [0] : (tensor<5xf32>) -> tensor<5x13xf32>
    %7 = arith.divf %4, %6 : tensor<5x13xf32>
    """
    check_kernel(body, [a], {"%7": e / e.sum(1, keepdims=True)}, rtol=1e-6)


def test_a_sum_of_negative_zeros_keeps_their_sign() -> None:
    a, start = np.full(1000, -0.0, np.float32), np.array(-0.0, np.float32)
    body = "%2 = mhlo.reduce(%0 init: %1) applies mhlo.add across dimensions = [0] : (tensor<1000xf32>, tensor<f32>) -> tensor<f32>"
    module = parse_kernel(kernel_text(body, [a, start], {"%2": start}))
    run_passes(module, kernel_passes())
    (result,) = run_kernel(kernel_function(module), [a, start])
    assert np.signbit(result)


def test_a_result_without_elements_needs_no_code() -> None:
    a = np.zeros((0, 3), np.float32)
    module = check_kernel("%2 = arith.negf %0 : tensor<0x3xf32>", [a], {"%2": a})
    assert [op.name for op in kernel_function(module).body.block.ops] == ["iree.return"]


def test_an_empty_workload_with_work_is_an_error() -> None:
    a, b = np.zeros(0, np.float32), np.zeros(4, np.float32)
    body = "%2 = arith.negf %0 : tensor<0xf32>\n %3 = arith.negf %1 : tensor<4xf32>"
    module = parse_kernel(kernel_text(body, [a, b], {"%2": a, "%3": b}))
    with pytest.raises(CompileError, match=r"kernel.mlir:7:3: iree.store_output: .*workload \[0, 1, 1\] is empty"):
        run_passes(module, kernel_passes())


def test_long_loops_take_more_steps_in_a_round() -> None:
    a = np.ones(1000, np.int32)
    body = """
    %c = arith.constant dense<0> : tensor<i32>
    %2 = mhlo.reduce(%0 init: %c) applies mhlo.add across dimensions = [0] : (tensor<1000xi32>, tensor<i32>) -> tensor<i32>
    """
    result = np.array(1000, np.int32)
    short, long = KernelParameters(unroll=1, max_rounds=20), KernelParameters(unroll=1)
    loads = []
    for parameters in (short, long):
        module = check_kernel(body, [a], {"%2": result}, parameters=parameters)
        loads.append(sum(op.name == "memref.load" for op in module.walk()))
    assert loads == [64 + 1000 % 64, 1]


def test_what_runs_too_long_is_refused() -> None:
    body = """
    %c = arith.constant dense<0.0> : tensor<f32>
    %2 = mhlo.reduce(%0 init: %c) applies mhlo.add across dimensions = [0, 1] : (tensor<4096x4096xf32>, tensor<f32>) -> tensor<f32>
    """
    inputs = {"%2": np.zeros((), np.float32)}
    module = parse_kernel(kernel_text(body, [np.broadcast_to(np.float32(1), (4096, 4096))], inputs))
    with pytest.raises(
        CompileError, match=r"kernel.mlir:5:10: linalg.generic: takes \d+ rounds of loops for one result"
    ):
        run_passes(module, kernel_passes())


def test_a_function_without_a_workload_is_an_error() -> None:
    module = parse_kernel("func.func @f(%arg0: memref<4xf32>) {\n  iree.return\n}")
    with pytest.raises(CompileError, match=r"kernel.mlir:1:1: func.func: @f has no iree.executable.workload"):
        run_passes(module, kernel_passes())
