import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.transforms.input.call_decompositions import CallDecompositions
from iree.testing.ir import check_pass, check_round_trip, parse

_FUNCTION = """
            func.func private @gelu(%arg0: tensor<4xf32>) -> tensor<4xf32> {
              return %arg0 : tensor<4xf32>
            }"""


def test_a_composite_is_a_call() -> None:
    check_pass(
        CallDecompositions(),
        before=_FUNCTION
        + """
            func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
              %0 = stablehlo.composite "vendor.gelu" %x {composite_attributes = {n = 1 : i64}, decomposition = @gelu}
                 : (tensor<4xf32>) -> tensor<4xf32>
              return %0 : tensor<4xf32>
            }
        """,
        after=_FUNCTION
        + """
            func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
              %0 = call @gelu(%x) : (tensor<4xf32>) -> tensor<4xf32>
              return %0 : tensor<4xf32>
            }
        """,
    )


def test_a_composite_is_read_and_printed() -> None:
    check_round_trip(
        _FUNCTION
        + """
            func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
              %0 = stablehlo.composite "vendor.gelu" %x {decomposition = @gelu, version = 1 : i32}
                 : (tensor<4xf32>) -> tensor<4xf32>
              %1 = "stablehlo.composite"(%0) <{name = "vendor.gelu", decomposition = @gelu}>
                 : (tensor<4xf32>) -> tensor<4xf32>
              return %1 : tensor<4xf32>
            }
    """
    )


def test_a_decomposition_that_is_not_there_is_refused() -> None:
    text = """
        func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
          %0 = stablehlo.composite "vendor.gelu" %x {decomposition = @gelu} : (tensor<4xf32>) -> tensor<4xf32>
          return %0 : tensor<4xf32>
        }
    """
    with pytest.raises(CompileError, match=r"test.mlir:3:8: mhlo.composite: there is no @gelu"):
        parse(text)
