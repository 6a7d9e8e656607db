import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.transforms.input.isolate_bodies import IsolateBodies
from iree.testing.ir import check_pass, parse


def test_constants_move_in_and_other_values_become_operands() -> None:
    check_pass(
        IsolateBodies(),
        before="""
            func.func @f(%x: tensor<4xf32>, %i: tensor<f32>, %s: tensor<f32>) -> tensor<f32> {
              %c = mhlo.constant dense<2.0> : tensor<f32>
              %0 = mhlo.reduce(%x init: %i) across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
               reducer(%a: tensor<f32>, %b: tensor<f32>) {
                %1 = mhlo.multiply %b, %c : tensor<f32>
                %2 = mhlo.add %1, %s : tensor<f32>
                %3 = mhlo.add %a, %2 : tensor<f32>
                mhlo.return %3 : tensor<f32>
              }
              return %0 : tensor<f32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xf32>, %i: tensor<f32>, %s: tensor<f32>) -> tensor<f32> {
              %c = mhlo.constant dense<2.000000e+00> : tensor<f32>
              %0 = mhlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %1:2 = mhlo.reduce(%x init: %i), (%0 init: %s) across dimensions = [0] : (tensor<4xf32>, tensor<4xf32>, tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
               reducer(%a: tensor<f32>, %b: tensor<f32>) (%s_0: tensor<f32>, %arg6: tensor<f32>) {
                %c_0 = mhlo.constant dense<2.000000e+00> : tensor<f32>
                %2 = mhlo.multiply %b, %c_0 : tensor<f32>
                %3 = mhlo.add %2, %s_0 : tensor<f32>
                %4 = mhlo.add %a, %3 : tensor<f32>
                mhlo.return %4, %s_0 : tensor<f32>, tensor<f32>
              }
              return %1#0 : tensor<f32>
            }
        """,  # noqa: E501
    )


def test_updates_are_given_what_their_body_uses() -> None:
    check_pass(
        IsolateBodies(),
        before="""
            func.func @f(%x: tensor<4xf32>, %i: tensor<3x1xi32>, %u: tensor<3xf32>, %s: tensor<f32>) -> tensor<4xf32> {
              %0 = "mhlo.scatter"(%x, %i, %u) <{scatter_dimension_numbers = #mhlo.scatter<inserted_window_dims = [0],
                scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
              ^bb0(%a: tensor<f32>, %b: tensor<f32>):
                %1 = mhlo.multiply %b, %s : tensor<f32>
                mhlo.return %1 : tensor<f32>
              }) : (tensor<4xf32>, tensor<3x1xi32>, tensor<3xf32>) -> tensor<4xf32>
              return %0 : tensor<4xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xf32>, %i: tensor<3x1xi32>, %u: tensor<3xf32>, %s: tensor<f32>) -> tensor<4xf32> {
              %0 = mhlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %1 = mhlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<3xf32>
              %2:2 = "mhlo.scatter"(%x, %0, %i, %u, %1) <{scatter_dimension_numbers = #mhlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
              ^bb0(%a: tensor<f32>, %s_0: tensor<f32>, %b: tensor<f32>, %arg7: tensor<f32>):
                %3 = mhlo.multiply %b, %s_0 : tensor<f32>
                mhlo.return %3, %s_0 : tensor<f32>, tensor<f32>
              }) : (tensor<4xf32>, tensor<4xf32>, tensor<3x1xi32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<4xf32>, tensor<4xf32>)
              return %2#0 : tensor<4xf32>
            }
        """,  # noqa: E501
    )


def test_a_comparator_and_a_map_are_given_what_they_use() -> None:
    check_pass(
        IsolateBodies(),
        before="""
            func.func @f(%x: tensor<4xf32>, %s: tensor<f32>) -> (tensor<4xf32>, tensor<4xf32>) {
              %0 = "mhlo.sort"(%x) <{dimension = 0 : i64}> ({
              ^bb0(%a: tensor<f32>, %b: tensor<f32>):
                %2 = mhlo.subtract %b, %s : tensor<f32>
                %3 = mhlo.compare LT, %a, %2 : (tensor<f32>, tensor<f32>) -> tensor<i1>
                mhlo.return %3 : tensor<i1>
              }) : (tensor<4xf32>) -> tensor<4xf32>
              %1 = "mhlo.map"(%x) <{dimensions = array<i64: 0>}> ({
              ^bb0(%a: tensor<f32>):
                %2 = mhlo.add %a, %s : tensor<f32>
                mhlo.return %2 : tensor<f32>
              }) : (tensor<4xf32>) -> tensor<4xf32>
              return %0, %1 : tensor<4xf32>, tensor<4xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xf32>, %s: tensor<f32>) -> (tensor<4xf32>, tensor<4xf32>) {
              %0 = mhlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %1:2 = "mhlo.sort"(%x, %0) <{dimension = 0 : i64}> ({
              ^bb0(%a: tensor<f32>, %b: tensor<f32>, %s_0: tensor<f32>, %arg5: tensor<f32>):
                %4 = mhlo.subtract %b, %s_0 : tensor<f32>
                %5 = mhlo.compare LT, %a, %4 : (tensor<f32>, tensor<f32>) -> tensor<i1>
                mhlo.return %5 : tensor<i1>
              }) : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
              %2 = mhlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %3 = "mhlo.map"(%x, %2) <{dimensions = array<i64: 0>}> ({
              ^bb0(%a: tensor<f32>, %s_0: tensor<f32>):
                %4 = mhlo.add %a, %s_0 : tensor<f32>
                mhlo.return %4 : tensor<f32>
              }) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
              return %1#0, %3 : tensor<4xf32>, tensor<4xf32>
            }
        """,
    )


def test_a_selection_uses_nothing_but_constants() -> None:
    text = """func.func @f(%x: tensor<4xf32>, %u: tensor<2xf32>, %i: tensor<f32>, %p: tensor<i1>) {
      %0 = "mhlo.select_and_scatter"(%x, %u, %i) <{window_dimensions = array<i64: 2>,
             window_strides = array<i64: 2>}> ({
      ^bb0(%a: tensor<f32>, %b: tensor<f32>):
        mhlo.return %p : tensor<i1>
      }, {
      ^bb0(%a: tensor<f32>, %b: tensor<f32>):
        mhlo.return %a : tensor<f32>
      }) : (tensor<4xf32>, tensor<2xf32>, tensor<f32>) -> tensor<4xf32>
      return
    }"""
    message = r"^m.mlir:2:12: mhlo.select_and_scatter: its body uses a tensor<i1> from outside; make it a constant"
    with pytest.raises(CompileError, match=message):
        run_passes(parse(text, "m.mlir"), [IsolateBodies()])


def test_a_value_with_dimensions_is_refused() -> None:
    text = """func.func @f(%x: tensor<4xf32>, %i: tensor<f32>, %s: tensor<1xf32>) {
      %0 = mhlo.reduce(%x init: %i) across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
       reducer(%a: tensor<f32>, %b: tensor<f32>) {
        %1 = mhlo.reshape %s : (tensor<1xf32>) -> tensor<f32>
        mhlo.return %1 : tensor<f32>
      }
      return
    }"""
    with pytest.raises(CompileError, match=r"^m.mlir:2:12: mhlo.reduce: its body uses a tensor<1xf32> from outside;"):
        run_passes(parse(text, "m.mlir"), [IsolateBodies()])
