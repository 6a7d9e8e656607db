from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.ir.printer import print_module
from iree.compiler.transforms.input.expand.expand_lapack_calls import FUNCTIONS, ExpandLapackCalls
from iree.testing.ir import check_pass, parse


def test_calls_of_lapack_are_ops() -> None:
    check_pass(
        ExpandLapackCalls(),
        before="""
            func.func @f(%a: tensor<2x2xf32>, %b: tensor<2x3xf32>) -> (tensor<2x2xf32>, tensor<i32>, tensor<2x3xf32>) {
              %0:2 = stablehlo.custom_call @lapack_spotrf_ffi(%a) {mhlo.backend_config = {uplo = 76 : ui8},
                output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [0], operand_index = 0,
                operand_tuple_indices = []>]} : (tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<i32>)
              %1 = stablehlo.custom_call @lapack_strsm_ffi(%0#0, %b)
                {mhlo.backend_config = {diag = 78 : ui8, side = 76 : ui8, trans_x = 84 : ui8, uplo = 76 : ui8}}
                : (tensor<2x2xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
              return %0#0, %0#1, %1 : tensor<2x2xf32>, tensor<i32>, tensor<2x3xf32>
            }
        """,
        after="""
            func.func @f(%a: tensor<2x2xf32>, %b: tensor<2x3xf32>) -> (tensor<2x2xf32>, tensor<i32>, tensor<2x3xf32>) {
              %0 = mhlo.cholesky %a, lower = true : tensor<2x2xf32>
              %1 = mhlo.iota dim = 0 : tensor<2x2xi32>
              %2 = mhlo.iota dim = 1 : tensor<2x2xi32>
              %3 = mhlo.compare EQ, %1, %2 : (tensor<2x2xi32>, tensor<2x2xi32>) -> tensor<2x2xi1>
              %4 = mhlo.compare NE, %0, %0 : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xi1>
              %5 = mhlo.and %3, %4 : tensor<2x2xi1>
              %6 = mhlo.constant dense<1> : tensor<i32>
              %7 = mhlo.broadcast_in_dim %6, dims = [] : (tensor<i32>) -> tensor<2x2xi32>
              %8 = mhlo.constant dense<0> : tensor<i32>
              %9 = mhlo.broadcast_in_dim %8, dims = [] : (tensor<i32>) -> tensor<2x2xi32>
              %10 = mhlo.select %5, %7, %9 : tensor<2x2xi1>, tensor<2x2xi32>
              %11 = mhlo.constant dense<-2147483648> : tensor<i32>
              %12 = mhlo.reduce(%10 init: %11) applies mhlo.maximum across dimensions = [0, 1] : (tensor<2x2xi32>, tensor<i32>) -> tensor<i32>
              %13 = "mhlo.triangular_solve"(%0, %b) <{left_side = true, lower = true, unit_diagonal = false, transpose_a = #mhlo<transpose TRANSPOSE>}> : (tensor<2x2xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
              return %0, %12, %13 : tensor<2x2xf32>, tensor<i32>, tensor<2x3xf32>
            }
        """,  # noqa: E501
    )


def test_other_calls_stay() -> None:
    text = """
        func.func @f(%a: tensor<2xf32>) -> tensor<2xf32> {
          %0 = mhlo.custom_call @lapack_something(%a) : (tensor<2xf32>) -> tensor<2xf32>
          return %0 : tensor<2xf32>
        }
    """
    check_pass(ExpandLapackCalls(), before=text, after=text)


def test_factors_of_matrices_need_no_calls() -> None:
    module = parse("""
        func.func @f(%a: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
          %0:3 = stablehlo.custom_call @lapack_sgetrf_ffi(%a)
            : (tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<2xi32>, tensor<i32>)
          %1:2 = stablehlo.custom_call @lapack_sgeqrf_ffi(%a) : (tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<2xf32>)
          %2 = stablehlo.custom_call @lapack_sorgqr_ffi(%1#0, %1#1) : (tensor<3x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
          return %0#0, %2 : tensor<3x2xf32>, tensor<3x2xf32>
        }
    """)  # noqa: E501
    run_passes(module, [ExpandLapackCalls()])
    assert "custom_call" not in print_module(module)
    assert len(FUNCTIONS) == 14
