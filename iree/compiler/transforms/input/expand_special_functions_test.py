import pytest

from iree.compiler.dialects import mhlo
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.transforms.input.expand_special_functions import FUNCTIONS, ExpandSpecialFunctions
from iree.testing.ir import check_pass, parse


def test_a_function_is_written_with_others() -> None:
    check_pass(
        ExpandSpecialFunctions(),
        before="""
            func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
              %0 = chlo.acos %x : tensor<4xf32> -> tensor<4xf32>
              return %0 : tensor<4xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
              %0 = mhlo.constant dense<1.000000e+00> : tensor<f32>
              %1 = mhlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %2 = mhlo.subtract %1, %x : tensor<4xf32>
              %3 = mhlo.add %1, %x : tensor<4xf32>
              %4 = mhlo.multiply %2, %3 : tensor<4xf32>
              %5 = mhlo.sqrt %4 : tensor<4xf32>
              %6 = mhlo.atan2 %5, %x : tensor<4xf32>
              return %6 : tensor<4xf32>
            }
        """,
    )


def test_narrow_floats_are_computed_in_f32() -> None:
    check_pass(
        ExpandSpecialFunctions(),
        before="""
            func.func @f(%x: tensor<4xbf16>) -> (tensor<4xbf16>, tensor<4xi1>) {
              %0 = chlo.atan %x : tensor<4xbf16> -> tensor<4xbf16>
              %1 = chlo.is_inf %x : tensor<4xbf16> -> tensor<4xi1>
              return %0, %1 : tensor<4xbf16>, tensor<4xi1>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xbf16>) -> (tensor<4xbf16>, tensor<4xi1>) {
              %0 = mhlo.convert %x : (tensor<4xbf16>) -> tensor<4xf32>
              %1 = mhlo.constant dense<1.000000e+00> : tensor<f32>
              %2 = mhlo.broadcast_in_dim %1, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %3 = mhlo.atan2 %0, %2 : tensor<4xf32>
              %4 = mhlo.convert %3 : (tensor<4xf32>) -> tensor<4xbf16>
              %5 = mhlo.convert %x : (tensor<4xbf16>) -> tensor<4xf32>
              %6 = mhlo.abs %5 : tensor<4xf32>
              %7 = mhlo.constant dense<0x7F800000> : tensor<f32>
              %8 = mhlo.broadcast_in_dim %7, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %9 = mhlo.compare EQ, %6, %8 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
              return %4, %9 : tensor<4xbf16>, tensor<4xi1>
            }
        """,
    )


def test_constant_like_is_a_constant() -> None:
    check_pass(
        ExpandSpecialFunctions(),
        before="""
            func.func @f(%x: tensor<4x2xf32>) -> tensor<4x2xi32> {
              %0 = "chlo.constant_like"(%x) <{value = 3 : i32}> : (tensor<4x2xf32>) -> tensor<4x2xi32>
              return %0 : tensor<4x2xi32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4x2xf32>) -> tensor<4x2xi32> {
              %0 = mhlo.constant dense<3> : tensor<i32>
              %1 = mhlo.broadcast_in_dim %0, dims = [] : (tensor<i32>) -> tensor<4x2xi32>
              return %1 : tensor<4x2xi32>
            }
        """,
    )


def test_functions_of_complex_numbers_are_refused() -> None:
    module = parse("""
        func.func @f(%x: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> {
          %0 = chlo.asinh %x : tensor<4xcomplex<f32>> -> tensor<4xcomplex<f32>>
          return %0 : tensor<4xcomplex<f32>>
        }
    """)
    with pytest.raises(CompileError, match=r"test.mlir:3:8: mhlo.asinh: is not supported for complex<f32>"):
        run_passes(module, [ExpandSpecialFunctions()])


def test_every_function_has_an_expansion() -> None:
    abstract = (mhlo.ConstantLike,)
    assert {op for op in mhlo.SPECIAL if op not in abstract} == set(FUNCTIONS)
