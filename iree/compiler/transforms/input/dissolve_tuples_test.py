"""Tuples go, and what was in them stays where the user put it."""
# ruff: noqa: E501 (types are long)

import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.transforms.input.dissolve_tuples import DissolveTuples
from iree.testing.ir import check_pass, parse


def test_tuples_of_a_signature() -> None:
    check_pass(
        DissolveTuples(),
        before="""
        func.func @f(%x: tensor<i32>, %t: tuple<tensor<4xf32>, tuple<tensor<i32>, tuple<>>>, %y: tensor<f32>) -> (tuple<tensor<f32>, tuple<tensor<i32>>>, tensor<i32>) {
          %0 = mhlo.get_tuple_element %t[1] : (tuple<tensor<4xf32>, tuple<tensor<i32>, tuple<>>>) -> tuple<tensor<i32>, tuple<>>
          %1 = mhlo.get_tuple_element %0[0] : (tuple<tensor<i32>, tuple<>>) -> tensor<i32>
          %2 = mhlo.add %x, %1 : tensor<i32>
          %3 = mhlo.tuple %2 : tuple<tensor<i32>>
          %4 = mhlo.tuple %y, %3 : tuple<tensor<f32>, tuple<tensor<i32>>>
          return %4, %1 : tuple<tensor<f32>, tuple<tensor<i32>>>, tensor<i32>
        }
        """,
        after=r"""
        func.func @f(%x: tensor<i32>, %t_0: tensor<4xf32>, %t_1_0: tensor<i32>, %y: tensor<f32>) -> (tensor<f32>, tensor<i32>, tensor<i32>) attributes {iree.abi = "{\22arguments\22: {\22x\22: 0, \22t\22: {\22tuple\22: [1, {\22tuple\22: [2, {\22tuple\22: []}]}]}, \22y\22: 3}, \22results\22: {\22tuple\22: [{\22tuple\22: [0, {\22tuple\22: [1]}]}, 2]}}"} {
          %0 = mhlo.add %x, %t_1_0 : tensor<i32>
          return %y, %0, %t_1_0 : tensor<f32>, tensor<i32>, tensor<i32>
        }
        """,
    )


def test_one_tuple_is_what_a_call_returns() -> None:
    check_pass(
        DissolveTuples(),
        before="""
        func.func @f(%x: tensor<i32>) -> tuple<tensor<i32>, tensor<i32>> {
          %0 = mhlo.tuple %x, %x : tuple<tensor<i32>, tensor<i32>>
          return %0 : tuple<tensor<i32>, tensor<i32>>
        }
        """,
        after=r"""
        func.func @f(%x: tensor<i32>) -> (tensor<i32>, tensor<i32>) attributes {iree.abi = "{\22arguments\22: {\22x\22: 0}, \22results\22: {\22tuple\22: [0, 1]}}"} {
          return %x, %x : tensor<i32>, tensor<i32>
        }
        """,
    )


def test_a_tuple_that_cannot_be_taken_apart() -> None:
    module = parse("""
        func.func @f(%x: tensor<i32>) -> tensor<i32> {
          %0 = builtin.unrealized_conversion_cast %x : tensor<i32> to tuple<tensor<i32>>
          %1 = mhlo.get_tuple_element %0[0] : (tuple<tensor<i32>>) -> tensor<i32>
          return %1 : tensor<i32>
        }
    """)
    with pytest.raises(CompileError, match=r"no mhlo\.tuple but comes from builtin\.unrealized_conversion_cast"):
        run_passes(module, [DissolveTuples()])


def test_a_function_that_has_an_abi() -> None:
    module = parse('func.func @f(%t: tuple<>) attributes {iree.abi = "{}"} {\n  return\n}')
    with pytest.raises(CompileError, match=r"@f has an iree\.abi"):
        run_passes(module, [DissolveTuples()])
