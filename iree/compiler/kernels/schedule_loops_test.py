"""schedule-loops as text. What the loops compute is tested as C, in codegen/runtimeless_c."""

# ruff: noqa: E501  IR is compared as it is printed

from dataclasses import replace

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
              %8 = arith.addi %j, %7 : index
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
              %15 = arith.addi %9, %14 : index
              scf.for %x = %0 to %3 step %2 {
                %16 = memref.load %acc[%x] : memref<4xf32>
                %17 = arith.addi %15, %x : index
                %18 = memref.load %a[%17] : memref<27xf32>
                %19 = arith.addf %16, %18 : f32
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


PADDED = """
func.func @f(%arg0: memref<1x5x2xf32>, %arg1: memref<3x1x2xf32>, %arg2: memref<1x5x2xf32>) {
  %a = iree.load_input(%arg0 : memref<1x5x2xf32>) : tensor<1x5x2xf32>
  %w = iree.load_input(%arg1 : memref<3x1x2xf32>) : tensor<3x1x2xf32>
  %0 = mhlo.convolution(%a, %w) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {pad = [[1, 1]]}
    {batch_group_count = 1 : i64, feature_group_count = 2 : i64}
    : (tensor<1x5x2xf32>, tensor<3x1x2xf32>) -> tensor<1x5x2xf32>
  iree.store_output(%0 : tensor<1x5x2xf32>, %arg2 : memref<1x5x2xf32>)
  iree.return
}
"""


def test_short_windows_are_written_out_and_ask_for_edges_at_borders_alone() -> None:
    check_pass(
        passes(LoopParameters(rows=1)),
        before=PADDED,
        after="""
        func.func @f(%a: memref<10xf32>, %w: memref<6xf32>, %arg2: memref<10xf32>) {
          %0 = arith.constant 0 : index
          %1 = arith.constant 2 : index
          %2 = arith.constant 1 : index
          %3 = arith.constant 0.000000e+00 : f32
          %4 = arith.constant 4 : index
          scf.for %x = %0 to %1 step %2 {
            %7 = memref.load %w[%x] : memref<6xf32>
            %8 = memref.load %a[%x] : memref<10xf32>
            %9 = arith.mulf %3, %7 : f32
            %10 = arith.addf %3, %9 : f32
            %11 = arith.addi %x, %1 : index
            %12 = memref.load %w[%11] : memref<6xf32>
            %13 = arith.mulf %8, %12 : f32
            %14 = arith.addf %10, %13 : f32
            %15 = arith.addi %x, %4 : index
            %16 = memref.load %w[%15] : memref<6xf32>
            %17 = arith.addi %1, %x : index
            %18 = memref.load %a[%17] : memref<10xf32>
            %19 = arith.mulf %18, %16 : f32
            %20 = arith.addf %14, %19 : f32
            memref.store %20, %arg2[%x] : memref<10xf32>
          }
          scf.for %i = %2 to %4 step %2 {
            %7 = arith.subi %i, %2 : index
            %8 = arith.muli %7, %1 : index
            %9 = arith.addi %i, %2 : index
            %10 = arith.subi %9, %2 : index
            %11 = arith.muli %10, %1 : index
            %12 = arith.addi %i, %1 : index
            %13 = arith.subi %12, %2 : index
            %14 = arith.muli %13, %1 : index
            %15 = arith.muli %i, %1 : index
            scf.for %x = %0 to %1 step %2 {
              %16 = memref.load %w[%x] : memref<6xf32>
              %17 = arith.addi %8, %x : index
              %18 = memref.load %a[%17] : memref<10xf32>
              %19 = arith.mulf %18, %16 : f32
              %20 = arith.addf %3, %19 : f32
              %21 = arith.addi %x, %1 : index
              %22 = memref.load %w[%21] : memref<6xf32>
              %23 = arith.addi %11, %x : index
              %24 = memref.load %a[%23] : memref<10xf32>
              %25 = arith.mulf %24, %22 : f32
              %26 = arith.addf %20, %25 : f32
              %27 = arith.addi %x, %4 : index
              %28 = memref.load %w[%27] : memref<6xf32>
              %29 = arith.addi %14, %x : index
              %30 = memref.load %a[%29] : memref<10xf32>
              %31 = arith.mulf %30, %28 : f32
              %32 = arith.addf %26, %31 : f32
              %33 = arith.addi %15, %x : index
              memref.store %32, %arg2[%33] : memref<10xf32>
            }
          }
          %5 = arith.constant 6 : index
          %6 = arith.constant 8 : index
          scf.for %x = %0 to %1 step %2 {
            %7 = memref.load %w[%x] : memref<6xf32>
            %8 = arith.addi %5, %x : index
            %9 = memref.load %a[%8] : memref<10xf32>
            %10 = arith.mulf %9, %7 : f32
            %11 = arith.addf %3, %10 : f32
            %12 = arith.addi %x, %1 : index
            %13 = memref.load %w[%12] : memref<6xf32>
            %14 = arith.addi %6, %x : index
            %15 = memref.load %a[%14] : memref<10xf32>
            %16 = arith.mulf %15, %13 : f32
            %17 = arith.addf %11, %16 : f32
            %18 = arith.addi %x, %4 : index
            %19 = memref.load %w[%18] : memref<6xf32>
            %20 = arith.mulf %3, %19 : f32
            %21 = arith.addf %17, %20 : f32
            %22 = arith.addi %x, %6 : index
            memref.store %21, %arg2[%22] : memref<10xf32>
          }
          iree.return
        }
        """,
    )


def test_longer_windows_are_loops() -> None:
    check_pass(
        passes(LoopParameters(rows=1, unrolled=2)),
        before=PADDED,
        after="""
        func.func @f(%a: memref<10xf32>, %w: memref<6xf32>, %arg2: memref<10xf32>) {
          %acc = memref.alloca() {alignment = 64 : i64} : memref<2xf32>
          %0 = arith.constant 0 : index
          %1 = arith.constant 2 : index
          %2 = arith.constant 1 : index
          %3 = arith.constant 0.000000e+00 : f32
          scf.for %x = %0 to %1 step %2 {
            memref.store %3, %acc[%x] : memref<2xf32>
          }
          %4 = arith.constant 3 : index
          %5 = arith.constant 4 : index
          scf.for %k = %0 to %4 step %2 {
            %7 = arith.muli %k, %1 : index
            %8 = arith.subi %k, %2 : index
            %9 = arith.cmpi sge, %8, %0 : index
            %10 = arith.maxsi %8, %0 : index
            %11 = arith.muli %10, %1 : index
            scf.for %x = %0 to %1 step %2 {
              %12 = memref.load %acc[%x] : memref<2xf32>
              %13 = arith.addi %7, %x : index
              %14 = memref.load %w[%13] : memref<6xf32>
              %15 = arith.addi %11, %x : index
              %16 = memref.load %a[%15] : memref<10xf32>
              %17 = arith.select %9, %16, %3 : f32
              %18 = arith.mulf %17, %14 : f32
              %19 = arith.addf %12, %18 : f32
              memref.store %19, %acc[%x] : memref<2xf32>
            }
          }
          scf.for %x = %0 to %1 step %2 {
            %7 = memref.load %acc[%x] : memref<2xf32>
            memref.store %7, %arg2[%x] : memref<10xf32>
          }
          scf.for %i = %2 to %5 step %2 {
            %acc_1 = memref.alloca() {alignment = 64 : i64} : memref<2xf32>
            scf.for %x = %0 to %1 step %2 {
              memref.store %3, %acc_1[%x] : memref<2xf32>
            }
            scf.for %k = %0 to %4 step %2 {
              %8 = arith.muli %k, %1 : index
              %9 = arith.addi %i, %k : index
              %10 = arith.subi %9, %2 : index
              %11 = arith.muli %10, %1 : index
              scf.for %x = %0 to %1 step %2 {
                %12 = memref.load %acc_1[%x] : memref<2xf32>
                %13 = arith.addi %8, %x : index
                %14 = memref.load %w[%13] : memref<6xf32>
                %15 = arith.addi %11, %x : index
                %16 = memref.load %a[%15] : memref<10xf32>
                %17 = arith.mulf %16, %14 : f32
                %18 = arith.addf %12, %17 : f32
                memref.store %18, %acc_1[%x] : memref<2xf32>
              }
            }
            %7 = arith.muli %i, %1 : index
            scf.for %x = %0 to %1 step %2 {
              %8 = memref.load %acc_1[%x] : memref<2xf32>
              %9 = arith.addi %7, %x : index
              memref.store %8, %arg2[%9] : memref<10xf32>
            }
          }
          %acc_0 = memref.alloca() {alignment = 64 : i64} : memref<2xf32>
          scf.for %x = %0 to %1 step %2 {
            memref.store %3, %acc_0[%x] : memref<2xf32>
          }
          scf.for %k = %0 to %4 step %2 {
            %7 = arith.muli %k, %1 : index
            %8 = arith.addi %5, %k : index
            %9 = arith.subi %8, %2 : index
            %10 = arith.cmpi sle, %9, %5 : index
            %11 = arith.minsi %9, %5 : index
            %12 = arith.muli %11, %1 : index
            scf.for %x = %0 to %1 step %2 {
              %13 = memref.load %acc_0[%x] : memref<2xf32>
              %14 = arith.addi %7, %x : index
              %15 = memref.load %w[%14] : memref<6xf32>
              %16 = arith.addi %12, %x : index
              %17 = memref.load %a[%16] : memref<10xf32>
              %18 = arith.select %10, %17, %3 : f32
              %19 = arith.mulf %18, %15 : f32
              %20 = arith.addf %13, %19 : f32
              memref.store %20, %acc_0[%x] : memref<2xf32>
            }
          }
          %6 = arith.constant 8 : index
          scf.for %x = %0 to %1 step %2 {
            %7 = memref.load %acc_0[%x] : memref<2xf32>
            %8 = arith.addi %x, %6 : index
            memref.store %7, %arg2[%8] : memref<10xf32>
          }
          iree.return
        }
        """,
    )


def test_weights_that_all_rows_read_are_the_outermost_loop() -> None:
    check_pass(
        passes(replace(SMALL, near=39)),
        before="""
        func.func @f(%arg0: memref<4x5xf32>, %arg1: memref<5x8xf32>, %arg2: memref<4x8xf32>) {
          %a = iree.load_input(%arg0 : memref<4x5xf32>) : tensor<4x5xf32>
          %b = iree.load_input(%arg1 : memref<5x8xf32>) : tensor<5x8xf32>
          %2 = mhlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<4x5xf32>, tensor<5x8xf32>) -> tensor<4x8xf32>
          iree.store_output(%2 : tensor<4x8xf32>, %arg2 : memref<4x8xf32>)
          iree.return
        }
        """,
        after="""
        func.func @f(%a: memref<20xf32>, %b: memref<40xf32>, %arg2: memref<32xf32>) {
          %0 = arith.constant 0 : index
          %1 = arith.constant 8 : index
          %2 = arith.constant 4 : index
          %3 = arith.constant 2 : index
          %4 = arith.constant 1 : index
          %5 = arith.constant 0.000000e+00 : f32
          %6 = arith.constant 5 : index
          scf.for %j = %0 to %1 step %2 {
            scf.for %i = %0 to %2 step %3 {
              %acc = memref.alloca() {alignment = 64 : i64} : memref<4xf32>
              %acc_0 = memref.alloca() {alignment = 64 : i64} : memref<4xf32>
              scf.for %x = %0 to %2 step %4 {
                memref.store %5, %acc[%x] : memref<4xf32>
                memref.store %5, %acc_0[%x] : memref<4xf32>
              }
              %7 = arith.muli %i, %6 : index
              scf.for %k = %0 to %6 step %4 {
                %10 = arith.addi %7, %k : index
                %11 = memref.load %a[%10] : memref<20xf32>
                %12 = arith.muli %k, %1 : index
                %13 = arith.addi %j, %12 : index
                %14 = arith.addi %10, %6 : index
                %15 = memref.load %a[%14] : memref<20xf32>
                scf.for %x = %0 to %2 step %4 {
                  %16 = memref.load %acc[%x] : memref<4xf32>
                  %17 = memref.load %acc_0[%x] : memref<4xf32>
                  %18 = arith.addi %13, %x : index
                  %19 = memref.load %b[%18] : memref<40xf32>
                  %20 = arith.mulf %11, %19 : f32
                  %21 = arith.addf %16, %20 : f32
                  %22 = arith.mulf %15, %19 : f32
                  %23 = arith.addf %17, %22 : f32
                  memref.store %21, %acc[%x] : memref<4xf32>
                  memref.store %23, %acc_0[%x] : memref<4xf32>
                }
              }
              %8 = arith.muli %i, %1 : index
              %9 = arith.addi %j, %8 : index
              scf.for %x = %0 to %2 step %4 {
                %10 = memref.load %acc[%x] : memref<4xf32>
                %11 = memref.load %acc_0[%x] : memref<4xf32>
                %12 = arith.addi %9, %x : index
                memref.store %10, %arg2[%12] : memref<32xf32>
                %13 = arith.addi %12, %1 : index
                memref.store %11, %arg2[%13] : memref<32xf32>
              }
            }
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
