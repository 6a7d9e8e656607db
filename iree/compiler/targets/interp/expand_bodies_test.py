import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.targets.interp.expand_bodies import ExpandBodies
from iree.testing.ir import check_pass, parse


def test_a_reduce_becomes_its_body_on_pairs_and_what_is_left_over() -> None:
    check_pass(
        ExpandBodies(),
        before="""
            func.func @f(%x: tensor<3x2xf32>, %i: tensor<f32>) -> tensor<2xf32> {
              %0 = mhlo.reduce(%x init: %i) applies mhlo.subtract across dimensions = [0]
                 : (tensor<3x2xf32>, tensor<f32>) -> tensor<2xf32>
              return %0 : tensor<2xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<3x2xf32>, %i: tensor<f32>) -> tensor<2xf32> {
              %0 = mhlo.broadcast_in_dim %i, dims = [] : (tensor<f32>) -> tensor<2xf32>
              %1 = mhlo.slice %x [2:3, 0:2] : (tensor<3x2xf32>) -> tensor<1x2xf32>
              %2 = mhlo.slice %x [0:2:2, 0:2] : (tensor<3x2xf32>) -> tensor<1x2xf32>
              %3 = mhlo.slice %x [1:2:2, 0:2] : (tensor<3x2xf32>) -> tensor<1x2xf32>
              %4 = mhlo.subtract %2, %3 : tensor<1x2xf32>
              %5 = mhlo.subtract %4, %1 : tensor<1x2xf32>
              %6 = mhlo.reshape %5 : (tensor<1x2xf32>) -> tensor<2xf32>
              %7 = mhlo.subtract %0, %6 : tensor<2xf32>
              return %7 : tensor<2xf32>
            }
        """,
    )


def test_a_window_of_any_size_becomes_runs_that_double() -> None:
    check_pass(
        ExpandBodies(),
        before="""
            func.func @f(%x: tensor<9xf32>, %i: tensor<f32>) -> tensor<5xf32> {
              %0 = "mhlo.reduce_window"(%x, %i) <{window_dimensions = array<i64: 5>}> ({
              ^bb0(%a: tensor<f32>, %b: tensor<f32>):
                %1 = mhlo.power %a, %b : tensor<f32>
                mhlo.return %1 : tensor<f32>
              }) : (tensor<9xf32>, tensor<f32>) -> tensor<5xf32>
              return %0 : tensor<5xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<9xf32>, %i: tensor<f32>) -> tensor<5xf32> {
              %0 = mhlo.broadcast_in_dim %i, dims = [] : (tensor<f32>) -> tensor<5xf32>
              %1 = mhlo.slice %x [0:8] : (tensor<9xf32>) -> tensor<8xf32>
              %2 = mhlo.slice %x [1:9] : (tensor<9xf32>) -> tensor<8xf32>
              %3 = mhlo.power %1, %2 : tensor<8xf32>
              %4 = mhlo.slice %3 [0:6] : (tensor<8xf32>) -> tensor<6xf32>
              %5 = mhlo.slice %3 [2:8] : (tensor<8xf32>) -> tensor<6xf32>
              %6 = mhlo.power %4, %5 : tensor<6xf32>
              %7 = mhlo.slice %6 [0:5] : (tensor<6xf32>) -> tensor<5xf32>
              %8 = mhlo.slice %x [4:9] : (tensor<9xf32>) -> tensor<5xf32>
              %9 = mhlo.power %7, %8 : tensor<5xf32>
              %10 = mhlo.power %0, %9 : tensor<5xf32>
              return %10 : tensor<5xf32>
            }
        """,
    )


_SCATTER = """func.func @f(%x: tensor<3x4xf32>, %i: tensor<{count}xi32>, %u: tensor<{count}x2xf32>)
    -> tensor<3x4xf32> {{
  %0 = "mhlo.scatter"(%x, %i, %u) <{{scatter_dimension_numbers = #mhlo.scatter<update_window_dims = [1],
    inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>{more}}}> ({{
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %1 = mhlo.subtract %a, %b : tensor<f32>
    mhlo.return %1 : tensor<f32>
  }}) : (tensor<3x4xf32>, tensor<{count}xi32>, tensor<{count}x2xf32>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}}"""


def test_a_scatter_by_any_body_gathers_and_puts_back() -> None:
    check_pass(
        ExpandBodies(),
        before=_SCATTER.format(count=300, more=", unique_indices = true"),
        after="""
            func.func @f(%x: tensor<3x4xf32>, %i: tensor<300xi32>, %u: tensor<300x2xf32>) -> tensor<3x4xf32> {
              %0 = mhlo.reshape %i : (tensor<300xi32>) -> tensor<300x1xi32>
              %1 = mhlo.convert %0 : (tensor<300x1xi32>) -> tensor<300x1xi64>
              %2 = mhlo.reshape %1 : (tensor<300x1xi64>) -> tensor<300xi64>
              %3 = mhlo.constant dense<-4> : tensor<i64>
              %4 = mhlo.broadcast_in_dim %3, dims = [] : (tensor<i64>) -> tensor<300xi64>
              %5 = mhlo.constant dense<4> : tensor<i64>
              %6 = mhlo.broadcast_in_dim %5, dims = [] : (tensor<i64>) -> tensor<300xi64>
              %7 = mhlo.clamp %4, %2, %6 : tensor<300xi64>
              %8 = mhlo.convert %7 : (tensor<300xi64>) -> tensor<300xi32>
              %9 = mhlo.broadcast_in_dim %8, dims = [0] : (tensor<300xi32>) -> tensor<300x2xi32>
              %10 = mhlo.constant dense<0> : tensor<i32>
              %11 = mhlo.broadcast_in_dim %10, dims = [] : (tensor<i32>) -> tensor<300x2xi32>
              %12 = mhlo.add %11, %9 : tensor<300x2xi32>
              %13 = mhlo.compare GE, %12, %11 : (tensor<300x2xi32>, tensor<300x2xi32>) -> tensor<300x2xi1>
              %14 = mhlo.constant dense<3> : tensor<i32>
              %15 = mhlo.broadcast_in_dim %14, dims = [] : (tensor<i32>) -> tensor<300x2xi32>
              %16 = mhlo.compare LT, %12, %15 : (tensor<300x2xi32>, tensor<300x2xi32>) -> tensor<300x2xi1>
              %17 = mhlo.and %13, %16 : tensor<300x2xi1>
              %18 = mhlo.constant dense<4> : tensor<i32>
              %19 = mhlo.broadcast_in_dim %18, dims = [] : (tensor<i32>) -> tensor<300x2xi32>
              %20 = mhlo.multiply %12, %19 : tensor<300x2xi32>
              %21 = mhlo.add %11, %20 : tensor<300x2xi32>
              %22 = mhlo.iota dim = 1 : tensor<300x2xi32>
              %23 = mhlo.compare GE, %22, %11 : (tensor<300x2xi32>, tensor<300x2xi32>) -> tensor<300x2xi1>
              %24 = mhlo.compare LT, %22, %19 : (tensor<300x2xi32>, tensor<300x2xi32>) -> tensor<300x2xi1>
              %25 = mhlo.and %23, %24 : tensor<300x2xi1>
              %26 = mhlo.and %17, %25 : tensor<300x2xi1>
              %27 = mhlo.constant dense<1> : tensor<i32>
              %28 = mhlo.broadcast_in_dim %27, dims = [] : (tensor<i32>) -> tensor<300x2xi32>
              %29 = mhlo.multiply %22, %28 : tensor<300x2xi32>
              %30 = mhlo.add %21, %29 : tensor<300x2xi32>
              %31 = mhlo.constant dense<-1> : tensor<i32>
              %32 = mhlo.broadcast_in_dim %31, dims = [] : (tensor<i32>) -> tensor<300x2xi32>
              %33 = mhlo.select %26, %30, %32 : tensor<300x2xi1>, tensor<300x2xi32>
              %34 = mhlo.reshape %x : (tensor<3x4xf32>) -> tensor<12xf32>
              %35 = mhlo.reshape %33 : (tensor<300x2xi32>) -> tensor<600xi32>
              %36 = mhlo.reshape %u : (tensor<300x2xf32>) -> tensor<600xf32>
              %37 = "mhlo.gather"(%34, %35) <{dimension_numbers = #mhlo.gather<collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1>}> : (tensor<12xf32>, tensor<600xi32>) -> tensor<600xf32>
              %38 = mhlo.subtract %37, %36 : tensor<600xf32>
              %39 = "mhlo.scatter"(%34, %35, %38) <{scatter_dimension_numbers = #mhlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
              ^bb0(%arg3: tensor<f32>, %arg4: tensor<f32>):
                mhlo.return %arg4 : tensor<f32>
              }) : (tensor<12xf32>, tensor<600xi32>, tensor<600xf32>) -> tensor<12xf32>
              %40 = mhlo.reshape %39 : (tensor<12xf32>) -> tensor<3x4xf32>
              return %40 : tensor<3x4xf32>
            }
        """,  # noqa: E501
    )


def test_a_scatter_of_very_many_updates_that_may_meet_is_refused() -> None:
    message = r"^m.mlir:3:8: mhlo.scatter: combines 300 updates by this body, which may be for one place; 128 can be"
    with pytest.raises(CompileError, match=message):
        run_passes(parse(_SCATTER.format(count=300, more=""), "m.mlir"), [ExpandBodies()])


def test_what_has_an_instruction_stays() -> None:
    text = """
        func.func @f(%x: tensor<3x2xf32>, %i: tensor<f32>) -> tensor<2xf32> {
          %0 = mhlo.reduce(%x init: %i) applies mhlo.add across dimensions = [0] : (tensor<3x2xf32>, tensor<f32>) -> tensor<2xf32>
          return %0 : tensor<2xf32>
        }
    """  # noqa: E501
    check_pass(ExpandBodies(), before=text, after=text)


def test_a_body_that_is_not_elementwise_is_refused() -> None:
    text = """func.func @f(%x: tensor<4xf32>, %i: tensor<f32>) {
      %0 = mhlo.reduce(%x init: %i) across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
       reducer(%a: tensor<f32>, %b: tensor<f32>) {
        %1 = mhlo.reshape %b : (tensor<f32>) -> tensor<1xf32>
        %2 = mhlo.reshape %1 : (tensor<1xf32>) -> tensor<f32>
        mhlo.return %2 : tensor<f32>
      }
      return
    }"""
    message = r"^m.mlir:4:14: mhlo.reshape: cannot stand in the body of another op; elementwise ops"
    with pytest.raises(CompileError, match=message):
        run_passes(parse(text, "m.mlir"), [ExpandBodies()])
