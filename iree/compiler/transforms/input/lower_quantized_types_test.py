import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.transforms.input.lower_quantized_types import LowerQuantizedTypes
from iree.testing.ir import check_pass, parse

Q, R = "!quant.uniform<i8:f32, 0.5:3>", "!quant.uniform<u8:f32:0, {0.5, 0.25:128}>"


def test_an_op_computes_in_floats() -> None:
    check_pass(
        LowerQuantizedTypes(),
        before=f"""
            func.func @f(%a: tensor<2x{Q}>) -> tensor<2x{R}> {{
              %0 = "stablehlo.abs"(%a) : (tensor<2x{Q}>) -> tensor<2x{R}>
              return %0 : tensor<2x{R}>
            }}
        """,
        after="""
            func.func @f(%a: tensor<2xi8>) -> tensor<2xui8> {
              %0 = mhlo.convert %a : (tensor<2xi8>) -> tensor<2xf32>
              %1 = mhlo.constant dense<3.000000e+00> : tensor<f32>
              %2 = mhlo.broadcast_in_dim %1, dims = [] : (tensor<f32>) -> tensor<2xf32>
              %3 = mhlo.subtract %0, %2 : tensor<2xf32>
              %4 = mhlo.constant dense<5.000000e-01> : tensor<f32>
              %5 = mhlo.broadcast_in_dim %4, dims = [] : (tensor<f32>) -> tensor<2xf32>
              %6 = mhlo.multiply %3, %5 : tensor<2xf32>
              %7 = mhlo.abs %6 : tensor<2xf32>
              %8 = mhlo.constant dense<[5.000000e-01, 2.500000e-01]> : tensor<2xf32>
              %9 = mhlo.divide %7, %8 : tensor<2xf32>
              %10 = mhlo.round_nearest_even %9 : tensor<2xf32>
              %11 = mhlo.constant dense<[0.000000e+00, 1.280000e+02]> : tensor<2xf32>
              %12 = mhlo.add %10, %11 : tensor<2xf32>
              %13 = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %14 = mhlo.broadcast_in_dim %13, dims = [] : (tensor<f32>) -> tensor<2xf32>
              %15 = mhlo.constant dense<2.550000e+02> : tensor<f32>
              %16 = mhlo.broadcast_in_dim %15, dims = [] : (tensor<f32>) -> tensor<2xf32>
              %17 = mhlo.clamp %14, %12, %16 : tensor<2xf32>
              %18 = mhlo.convert %17 : (tensor<2xf32>) -> tensor<2xui8>
              return %18 : tensor<2xui8>
            }
        """,
    )


def test_integers_are_moved_as_they_are() -> None:
    check_pass(
        LowerQuantizedTypes(),
        before=f"""
            func.func @f(%a: tensor<2x3x{Q}>, %p: tensor<i1>) -> tensor<3x2x{Q}> {{
              %0 = stablehlo.transpose %a, dims = [1, 0] : (tensor<2x3x{Q}>) -> tensor<3x2x{Q}>
              %1 = "stablehlo.constant"() <{{value = dense<7> : tensor<3x2xi8>}}> : () -> tensor<3x2x{Q}>
              %2 = "stablehlo.select"(%p, %0, %1) : (tensor<i1>, tensor<3x2x{Q}>, tensor<3x2x{Q}>) -> tensor<3x2x{Q}>
              return %2 : tensor<3x2x{Q}>
            }}
        """,
        after="""
            func.func @f(%a: tensor<2x3xi8>, %p: tensor<i1>) -> tensor<3x2xi8> {
              %0 = mhlo.transpose %a, dims = [1, 0] : (tensor<2x3xi8>) -> tensor<3x2xi8>
              %1 = mhlo.constant dense<7> : tensor<3x2xi8>
              %2 = mhlo.select %p, %0, %1 : tensor<i1>, tensor<3x2xi8>
              return %2 : tensor<3x2xi8>
            }
        """,
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            f"""
            func.func @f() -> tensor<2x{Q}> {{
              %0 = "stablehlo.constant"() <{{value = dense<7> : tensor<2xi32>}}> : () -> tensor<2x{Q}>
              return %0 : tensor<2x{Q}>
            }}""",
            "mhlo.constant: write the integers that hold it: dense<..> of i8",
        ),
        (
            f"""
            func.func @f(%a: tensor<3xf32>) -> tensor<3x{R}> {{
              %0 = stablehlo.uniform_quantize %a : (tensor<3xf32>) -> tensor<3x{R}>
              return %0 : tensor<3x{R}>
            }}""",
            "mhlo.uniform_quantize: there are 2 scales for dimension 0 of tensor<3xf32>",
        ),
        (
            f"""
            func.func @f(%a: tensor<3x{Q}>, %i: tensor<{Q}>) -> tensor<{Q}> {{
              %0 = "stablehlo.reduce"(%a, %i) <{{dimensions = array<i64: 0>}}> ({{
              ^bb0(%x: tensor<{Q}>, %y: tensor<{Q}>):
                %1 = "stablehlo.add"(%x, %y) : (tensor<{Q}>, tensor<{Q}>) -> tensor<{Q}>
                "stablehlo.return"(%1) : (tensor<{Q}>) -> ()
              }}) : (tensor<3x{Q}>, tensor<{Q}>) -> tensor<{Q}>
              return %0 : tensor<{Q}>
            }}""",
            "mhlo.reduce: is not supported of quantized tensors; dequantize its operands",
        ),
        (
            f"""
            func.func @f(%a: tensor<3x{Q}>, %b: tensor<4x{Q}>) -> tensor<3x{Q}> {{
              %0 = "stablehlo.add"(%a, %b) : (tensor<3x{Q}>, tensor<4x{Q}>) -> tensor<3x{Q}>
              return %0 : tensor<3x{Q}>
            }}""",
            "mhlo.add C2: the operands are tensor<3xf32> and tensor<4xf32>",
        ),
    ],
)
def test_what_has_no_meaning_is_refused(text: str, reason: str) -> None:
    with pytest.raises(CompileError) as error:
        run_passes(parse(text), [LowerQuantizedTypes()])
    assert reason in str(error.value)
