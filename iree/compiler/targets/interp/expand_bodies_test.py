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
