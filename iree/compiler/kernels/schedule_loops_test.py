"""schedule-loops as text. What the loops compute is tested as C, in codegen/runtimeless_c."""

# ruff: noqa: E501  IR is compared as it is printed

import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.kernels.fuse_producers import FuseProducers
from iree.compiler.kernels.loop_parameters import LoopParameters
from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.compiler.kernels.schedule_loops import ScheduleLoops
from iree.testing.ir import check_pass, parse

SMALL = LoopParameters(lanes=2, block=4, rows=2, long_block=8, steps=2, sum_block=1000)


def passes(parameters: LoopParameters = SMALL) -> list[object]:
    return [LowerToLinalg(), FuseProducers(), ScheduleLoops(parameters)]


def test_dimensions_that_are_read_as_one_are_one_loop() -> None:
    check_pass(
        passes(),
        before="""
        func.func @f(%arg0: memref<2x3xf32>, %arg1: memref<2x3xf32>) {
          %a = iree.load_input(%arg0 : memref<2x3xf32>) : tensor<2x3xf32>
          %1 = arith.mulf %a, %a : tensor<2x3xf32>
          iree.store_output(%1 : tensor<2x3xf32>, %arg1 : memref<2x3xf32>)
          iree.return
        }
        """,
        after="""
        func.func @f(%a: memref<6xf32>, %arg1: memref<6xf32>) {
          %0 = arith.constant 0 : index
          %1 = arith.constant 6 : index
          %2 = arith.constant 1 : index
          scf.for %x = %0 to %1 step %2 {
            %3 = memref.load %a[%x] : memref<6xf32>
            %4 = arith.mulf %3, %3 : f32
            memref.store %4, %arg1[%x] : memref<6xf32>
          }
          iree.return
        }
        """,
    )


def test_rows_of_a_contraction_share_what_they_read() -> None:
    check_pass(
        passes(),
        before="""
        func.func @f(%arg0: memref<2x5xf32>, %arg1: memref<5x8xf32>, %arg2: memref<2x8xf32>) {
          %a = iree.load_input(%arg0 : memref<2x5xf32>) : tensor<2x5xf32>
          %b = iree.load_input(%arg1 : memref<5x8xf32>) : tensor<5x8xf32>
          %2 = mhlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<2x5xf32>, tensor<5x8xf32>) -> tensor<2x8xf32>
          iree.store_output(%2 : tensor<2x8xf32>, %arg2 : memref<2x8xf32>)
          iree.return
        }
        """,
        after="""
        func.func @f(%a: memref<10xf32>, %b: memref<40xf32>, %arg2: memref<16xf32>) {
          %0 = arith.constant 0 : index
          %1 = arith.constant 8 : index
          %2 = arith.constant 4 : index
          %3 = arith.constant 1 : index
          %4 = arith.constant 0.000000e+00 : f32
          %5 = arith.constant 5 : index
          scf.for %j = %0 to %1 step %2 {
            %acc = memref.alloca() {alignment = 64 : i64} : memref<4xf32>
            %acc_0 = memref.alloca() {alignment = 64 : i64} : memref<4xf32>
            scf.for %x = %0 to %2 step %3 {
              memref.store %4, %acc[%x] : memref<4xf32>
              memref.store %4, %acc_0[%x] : memref<4xf32>
            }
            scf.for %k = %0 to %5 step %3 {
              %6 = memref.load %a[%k] : memref<10xf32>
              %7 = arith.muli %k, %1 : index
              %8 = arith.addi %7, %j : index
              %9 = arith.addi %k, %5 : index
              %10 = memref.load %a[%9] : memref<10xf32>
              scf.for %x = %0 to %2 step %3 {
                %11 = memref.load %acc[%x] : memref<4xf32>
                %12 = memref.load %acc_0[%x] : memref<4xf32>
                %13 = arith.addi %8, %x : index
                %14 = memref.load %b[%13] : memref<40xf32>
                %15 = arith.mulf %6, %14 : f32
                %16 = arith.addf %11, %15 : f32
                %17 = arith.mulf %10, %14 : f32
                %18 = arith.addf %12, %17 : f32
                memref.store %16, %acc[%x] : memref<4xf32>
                memref.store %18, %acc_0[%x] : memref<4xf32>
              }
            }
            scf.for %x = %0 to %2 step %3 {
              %6 = memref.load %acc[%x] : memref<4xf32>
              %7 = memref.load %acc_0[%x] : memref<4xf32>
              %8 = arith.addi %j, %x : index
              memref.store %6, %arg2[%8] : memref<16xf32>
              %9 = arith.addi %8, %1 : index
              memref.store %7, %arg2[%9] : memref<16xf32>
            }
          }
          iree.return
        }
        """,
    )


def test_a_sum_of_neighbours_is_made_in_parts() -> None:
    check_pass(
        passes(),
        before="""
        func.func @f(%arg0: memref<3x9xf32>, %arg1: memref<3xf32>) {
          %a = iree.load_input(%arg0 : memref<3x9xf32>) : tensor<3x9xf32>
          %zero = arith.constant dense<0.0> : tensor<f32>
          %1 = mhlo.reduce(%a init: %zero) applies mhlo.add across dimensions = [1] : (tensor<3x9xf32>, tensor<f32>) -> tensor<3xf32>
          iree.store_output(%1 : tensor<3xf32>, %arg1 : memref<3xf32>)
          iree.return
        }
        """,
        after="""
        func.func @f(%a: memref<27xf32>, %arg1: memref<3xf32>) {
          %0 = arith.constant 0 : index
          %1 = arith.constant 3 : index
          %2 = arith.constant 1 : index
          %3 = arith.constant 4 : index
          %4 = arith.constant -0.000000e+00 : f32
          %5 = arith.constant 2 : index
          %6 = arith.constant 9 : index
          %7 = arith.constant 0.000000e+00 : f32
          %8 = arith.constant 8 : index
          scf.for %i = %0 to %1 step %2 {
            %acc = memref.alloca() {alignment = 64 : i64} : memref<4xf32>
            scf.for %x = %0 to %3 step %2 {
              memref.store %4, %acc[%x] : memref<4xf32>
            }
            %9 = arith.muli %i, %6 : index
            scf.for %k = %0 to %5 step %2 {
              %14 = arith.muli %k, %3 : index
              scf.for %x = %0 to %3 step %2 {
                %15 = memref.load %acc[%x] : memref<4xf32>
                %16 = arith.addi %9, %x : index
                %17 = arith.addi %16, %14 : index
                %18 = memref.load %a[%17] : memref<27xf32>
                %19 = arith.addf %15, %18 : f32
                memref.store %19, %acc[%x] : memref<4xf32>
              }
            }
            %10 = scf.for %x = %0 to %3 step %2 iter_args(%arg4 = %7) -> (f32) {
              %14 = memref.load %acc[%x] : memref<4xf32>
              %15 = arith.addf %arg4, %14 : f32
              scf.yield %15 : f32
            }
            %11 = arith.addi %9, %8 : index
            %12 = memref.load %a[%11] : memref<27xf32>
            %13 = arith.addf %10, %12 : f32
            memref.store %13, %arg1[%i] : memref<3xf32>
          }
          iree.return
        }
        """,
    )


def test_sizes_that_only_a_call_knows_are_refused() -> None:
    module = parse("""
    func.func @f(%arg0: memref<?xf32>, %arg1: memref<?xf32>) {
      iree.return
    }
    """)
    with pytest.raises(CompileError, match="size"):
        run_passes(module, [ScheduleLoops()])
