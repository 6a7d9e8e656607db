from iree.compiler.dialects import mhlo
from iree.compiler.transforms.input.expand.expand_special_functions import (
    FUNCTIONS,
    FUNCTIONS_OF_COMPLEX,
    ExpandSpecialFunctions,
)
from iree.testing.ir import check_pass


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


def test_functions_of_complex_numbers_are_made_of_their_parts() -> None:
    check_pass(
        ExpandSpecialFunctions(),
        before="""
            func.func @f(%x: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> {
              %0 = chlo.atanh %x : tensor<4xcomplex<f32>> -> tensor<4xcomplex<f32>>
              return %0 : tensor<4xcomplex<f32>>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> {
              %0 = mhlo.real %x : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
              %1 = mhlo.imag %x : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
              %2 = mhlo.abs %0 : tensor<4xf32>
              %3 = mhlo.multiply %1, %1 : tensor<4xf32>
              %4 = mhlo.constant dense<1.000000e+00> : tensor<f32>
              %5 = mhlo.broadcast_in_dim %4, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %6 = mhlo.subtract %5, %2 : tensor<4xf32>
              %7 = mhlo.sign %0 : tensor<4xf32>
              %8 = mhlo.constant dense<4.000000e+00> : tensor<f32>
              %9 = mhlo.broadcast_in_dim %8, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %10 = mhlo.multiply %9, %2 : tensor<4xf32>
              %11 = mhlo.multiply %6, %6 : tensor<4xf32>
              %12 = mhlo.add %11, %3 : tensor<4xf32>
              %13 = mhlo.divide %10, %12 : tensor<4xf32>
              %14 = mhlo.log_plus_one %13 : tensor<4xf32>
              %15 = mhlo.multiply %7, %14 : tensor<4xf32>
              %16 = mhlo.constant dense<2.500000e-01> : tensor<f32>
              %17 = mhlo.broadcast_in_dim %16, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %18 = mhlo.multiply %15, %17 : tensor<4xf32>
              %19 = mhlo.constant dense<2.000000e+00> : tensor<f32>
              %20 = mhlo.broadcast_in_dim %19, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %21 = mhlo.multiply %20, %1 : tensor<4xf32>
              %22 = mhlo.add %5, %2 : tensor<4xf32>
              %23 = mhlo.multiply %6, %22 : tensor<4xf32>
              %24 = mhlo.subtract %23, %3 : tensor<4xf32>
              %25 = mhlo.atan2 %21, %24 : tensor<4xf32>
              %26 = mhlo.constant dense<5.000000e-01> : tensor<f32>
              %27 = mhlo.broadcast_in_dim %26, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %28 = mhlo.multiply %25, %27 : tensor<4xf32>
              %29 = mhlo.complex %18, %28 : tensor<4xcomplex<f32>>
              return %29 : tensor<4xcomplex<f32>>
            }
        """,
    )


def test_every_function_has_an_expansion() -> None:
    functions = {op for op in mhlo.SPECIAL if op is not mhlo.ConstantLike}
    assert functions == set(FUNCTIONS)
    assert {op for op in functions if mhlo.Elements.COMPLEX in op.ACCEPTS} == set(FUNCTIONS_OF_COMPLEX)
