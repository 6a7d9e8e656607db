"""resolve-sizes: sizes of the caller's choice, what ops say of them, and what cannot be compiled."""

import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.transforms.common.dce import Dce
from iree.compiler.transforms.input.resolve_sizes import ResolveSizes
from iree.testing.ir import check_pass, parse

PASSES = [ResolveSizes(), Dce()]


def test_sizes_that_ops_compute_are_computed_by_the_compiler() -> None:
    check_pass(
        PASSES,
        before="""
            func.func @f(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>) -> tensor<?xf32> {
              %four = mhlo.constant dense<4> : tensor<i32>
              %0 = mhlo.add %x, %y : tensor<?x4xf32>
              %n = mhlo.get_dimension_size %0, dim = 0 : (tensor<?x4xf32>) -> tensor<i32>
              %1 = mhlo.multiply %n, %four : tensor<i32>
              %2 = mhlo.reshape %1 : (tensor<i32>) -> tensor<1xi32>
              %3 = mhlo.dynamic_reshape %0, %2 : (tensor<?x4xf32>, tensor<1xi32>) -> tensor<?xf32>
              return %3 : tensor<?xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<[d0]x4xf32>, %y: tensor<[d0]x4xf32>) -> tensor<[4*d0]xf32> {
              %0 = mhlo.add %x, %y : tensor<[d0]x4xf32>
              %1 = mhlo.reshape %0 : (tensor<[d0]x4xf32>) -> tensor<[4*d0]xf32>
              return %1 : tensor<[4*d0]xf32>
            }
        """,
    )


def test_sizes_that_are_data_stay() -> None:
    check_pass(
        PASSES,
        before="""
            func.func @mean(%x: tensor<2x?xf32>) -> tensor<2xf32> {
              %zero = mhlo.constant dense<0.0> : tensor<f32>
              %0 = mhlo.reduce(%x init: %zero) applies mhlo.add across dimensions = [1]
                : (tensor<2x?xf32>, tensor<f32>) -> tensor<2xf32>
              %n = mhlo.get_dimension_size %x, dim = 1 : (tensor<2x?xf32>) -> tensor<i32>
              %1 = mhlo.convert %n : (tensor<i32>) -> tensor<f32>
              %2 = mhlo.broadcast_in_dim %1, dims = [] : (tensor<f32>) -> tensor<2xf32>
              %3 = mhlo.divide %0, %2 : tensor<2xf32>
              return %3 : tensor<2xf32>
            }
        """,
        after="""
            func.func @mean(%x: tensor<2x[d0]xf32>) -> tensor<2xf32> {
              %zero = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %0 = mhlo.reduce(%x init: %zero) applies mhlo.add across dimensions = [1] : (tensor<2x[d0]xf32>, tensor<f32>) -> tensor<2xf32>
              %n = mhlo.sizes [[d0]] : tensor<i32>
              %1 = mhlo.convert %n : (tensor<i32>) -> tensor<f32>
              %2 = mhlo.broadcast_in_dim %1, dims = [] : (tensor<f32>) -> tensor<2xf32>
              %3 = mhlo.divide %0, %2 : tensor<2xf32>
              return %3 : tensor<2xf32>
            }
        """,  # noqa: E501
    )


def test_what_tensorflow_asks_of_shapes_is_stated_of_sizes() -> None:
    check_pass(
        PASSES,
        before="""
            func.func @f(%x: tensor<?x3xf32>, %y: tensor<?x3xf32>) -> tensor<?x3xf32> {
              %0 = shape.shape_of %x : tensor<?x3xf32> -> tensor<2xindex>
              %1 = shape.shape_of %y : tensor<?x3xf32> -> tensor<2xindex>
              %2 = shape.cstr_broadcastable %0, %1 : tensor<2xindex>, tensor<2xindex>
              %3 = shape.assuming %2 -> (tensor<?x3xf32>) {
                %4 = shape.broadcast %0, %1 : tensor<2xindex>, tensor<2xindex> -> tensor<2xindex>
                %5 = mhlo.dynamic_broadcast_in_dim %x, %4, dims = [0, 1]
                  : (tensor<?x3xf32>, tensor<2xindex>) -> tensor<?x3xf32>
                %6 = mhlo.dynamic_broadcast_in_dim %y, %4, dims = [0, 1]
                  : (tensor<?x3xf32>, tensor<2xindex>) -> tensor<?x3xf32>
                %7 = mhlo.multiply %5, %6 : tensor<?x3xf32>
                shape.assuming_yield %7 : tensor<?x3xf32>
              }
              return %3 : tensor<?x3xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<[d0]x3xf32>, %y: tensor<[d0]x3xf32>) -> tensor<[d0]x3xf32> {
              %0 = mhlo.broadcast_in_dim %x, dims = [0, 1] : (tensor<[d0]x3xf32>) -> tensor<[d0]x3xf32>
              %1 = mhlo.broadcast_in_dim %y, dims = [0, 1] : (tensor<[d0]x3xf32>) -> tensor<[d0]x3xf32>
              %2 = mhlo.multiply %0, %1 : tensor<[d0]x3xf32>
              return %2 : tensor<[d0]x3xf32>
            }
        """,
    )


def test_what_a_slice_needs_is_a_condition_of_each_call() -> None:
    check_pass(
        PASSES,
        before="""
            func.func @f(%x: tensor<?xf32>) -> tensor<2xf32> {
              %0 = mhlo.slice %x [2:4] : (tensor<?xf32>) -> tensor<2xf32>
              return %0 : tensor<2xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<[d0]xf32>) -> tensor<2xf32> attributes {iree.conditions = [[#iree.size_list<[[d0-4]]>, "mhlo.slice at test.mlir:3:8: the elements up to: 4 of [d0]"]]} {
              %0 = mhlo.slice %x [2:4] : (tensor<[d0]xf32>) -> tensor<2xf32>
              return %0 : tensor<2xf32>
            }
        """,  # noqa: E501
    )


def test_the_largest_part_of_a_slice_is_a_size_too() -> None:
    check_pass(
        PASSES,
        before="""
            func.func @f(%x: tensor<?xf32>) -> tensor<?xf32> {
              %c = mhlo.constant dense<2> : tensor<1xi32>
              %one = mhlo.constant dense<1> : tensor<1xi32>
              %n = mhlo.get_dimension_size %x, dim = 0 : (tensor<?xf32>) -> tensor<i32>
              %limit = mhlo.reshape %n : (tensor<i32>) -> tensor<1xi32>
              %0 = mhlo.real_dynamic_slice %x, %c, %limit, %one
                : (tensor<?xf32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<?xf32>
              return %0 : tensor<?xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<[d0]xf32>) -> tensor<[d0-2]xf32> attributes {iree.conditions = [[#iree.size_list<[[d0-2]]>, "mhlo.slice at test.mlir:7:8: the elements from: 2 of [d0]"]]} {
              %0 = mhlo.slice %x [2:[d0]] : (tensor<[d0]xf32>) -> tensor<[d0-2]xf32>
              return %0 : tensor<[d0-2]xf32>
            }
        """,  # noqa: E501
    )


def test_symbols_are_numbered_by_arguments() -> None:
    check_pass(
        PASSES,
        before="""
            func.func @f(%a: tensor<?xf32>, %b: tensor<?xf32>, %c: tensor<?xf32>) -> tensor<?xf32> {
              %0 = mhlo.add %a, %b : tensor<?xf32>
              %1 = mhlo.concatenate %0, %c, dim = 0 : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
              return %1 : tensor<?xf32>
            }
        """,
        after="""
            func.func @f(%a: tensor<[d0]xf32>, %b: tensor<[d0]xf32>, %c: tensor<[d1]xf32>) -> tensor<[d0+d1]xf32> {
              %0 = mhlo.add %a, %b : tensor<[d0]xf32>
              %1 = mhlo.concatenate %0, %c, dim = 0 : (tensor<[d0]xf32>, tensor<[d1]xf32>) -> tensor<[d0+d1]xf32>
              return %1 : tensor<[d0+d1]xf32>
            }
        """,
    )


def test_what_loops_hand_on_unchanged_keeps_its_sizes() -> None:
    check_pass(
        PASSES,
        before="""
            func.func @f(%x: tensor<?xf32>) -> tensor<?xf32> {
              %n = mhlo.get_dimension_size %x, dim = 0 : (tensor<?xf32>) -> tensor<i32>
              %zero = mhlo.constant dense<0> : tensor<i32>
              %0:3 = mhlo.while(%i = %zero, %m = %n, %y = %x) : tensor<i32>, tensor<i32>, tensor<?xf32>
              cond {
                %c = mhlo.compare LT, %i, %m : (tensor<i32>, tensor<i32>) -> tensor<i1>
                mhlo.return %c : tensor<i1>
              } do {
                %s = mhlo.reshape %m : (tensor<i32>) -> tensor<1xi32>
                %w = mhlo.dynamic_reshape %y, %s : (tensor<?xf32>, tensor<1xi32>) -> tensor<?xf32>
                %z = mhlo.add %w, %x : tensor<?xf32>
                %j = mhlo.add %i, %m : tensor<i32>
                mhlo.return %j, %m, %z : tensor<i32>, tensor<i32>, tensor<?xf32>
              }
              return %0#2 : tensor<?xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<[d0]xf32>) -> tensor<[d0]xf32> {
              %n = mhlo.sizes [[d0]] : tensor<i32>
              %zero = mhlo.constant dense<0> : tensor<i32>
              %0:3 = mhlo.while(%i = %zero, %m = %n, %y = %x) : tensor<i32>, tensor<i32>, tensor<[d0]xf32>
              cond {
                %c = mhlo.compare LT, %i, %m : (tensor<i32>, tensor<i32>) -> tensor<i1>
                mhlo.return %c : tensor<i1>
              } do {
                %w = mhlo.reshape %y : (tensor<[d0]xf32>) -> tensor<[d0]xf32>
                %z = mhlo.add %w, %x : tensor<[d0]xf32>
                %j = mhlo.add %i, %m : tensor<i32>
                mhlo.return %j, %m, %z : tensor<i32>, tensor<i32>, tensor<[d0]xf32>
              }
              return %0#2 : tensor<[d0]xf32>
            }
        """,
    )


REFUSED = [
    (
        "%x: tensor<?xf32>, %y: tensor<1xi32>",
        "mhlo.dynamic_reshape %x, %y : (tensor<?xf32>, tensor<1xi32>) -> tensor<?xf32>",
        "a size of its result is data, given by an argument",
    ),
    (
        "%x: tensor<?x4xf32>",
        "mhlo.dynamic_reshape %x, %shape : (tensor<?x4xf32>, tensor<2xi32>) -> tensor<?x2xf32>",
        r"\[\[d0\], 4\] under the shape \[3, 2\]: \[4\*d0\] and 6 are not the same size",
    ),
    (
        "%x: tensor<?x2xf32>",
        "mhlo.concatenate %x, %x, %x, dim = 0 : (tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<4x2xf32>",
        r"the result is tensor<4x2xf32>: \[3\*d0\] and 4 are not the same size",
    ),
    (
        "%x: tensor<?x4xf32>",
        """"mhlo.reduce_window"(%x, %zero)
            <{window_dimensions = array<i64: 2, 1>, window_strides = array<i64: 2, 1>}> ({
          ^bb0(%a: tensor<f32>, %b: tensor<f32>):
            %s = mhlo.add %a, %b : tensor<f32>
            mhlo.return %s : tensor<f32>
          }) : (tensor<?x4xf32>, tensor<f32>) -> tensor<?x4xf32>""",
        "a size of its result is no sum of products",
    ),
]


@pytest.mark.parametrize(("arguments", "op", "error"), REFUSED)
def test_what_depends_on_more_than_sizes_is_refused(arguments: str, op: str, error: str) -> None:
    result = op.rpartition("-> ")[2]
    text = f"""
        func.func @f({arguments}) -> {result} {{
          %zero = mhlo.constant dense<0.0> : tensor<f32>
          %shape = mhlo.constant dense<[3, 2]> : tensor<2xi32>
          %0 = {op}
          return %0 : {result}
        }}
    """
    module = parse(text)
    with pytest.raises(CompileError, match=error):
        run_passes(module, PASSES)


def test_too_many_sizes() -> None:
    arguments = ", ".join(f"%a{number}: tensor<?xf32>" for number in range(9))
    module = parse(f"func.func @f({arguments}) {{ return }}")
    with pytest.raises(CompileError, match=r"@f: a function has 8 sizes of its caller's choice at most"):
        run_passes(module, PASSES)
