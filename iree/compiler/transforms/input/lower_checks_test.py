from iree.compiler.transforms.input.lower_checks import LowerChecks
from iree.testing.ir import check_pass


def test_checks_become_calls() -> None:
    check_pass(
        LowerChecks(),
        before="""
            func.func @f(%a: tensor<2xf32>, %c: tensor<i1>) {
              check.expect_eq(%a, %a) : tensor<2xf32>
              check.expect_true(%c) : tensor<i1>
              check.expect_almost_eq_const(%a, dense<1.0> : tensor<2xf32>, tolerance 0.5, rtol 0.25) : tensor<2xf32>
              check.expect_close(%a, %a, max_ulp_difference 1) : tensor<2xf32>
              return
            }
        """,
        after="""
            func.func @f(%a: tensor<2xf32>, %c: tensor<i1>) {
              mhlo.custom_call @check.expect_eq(%a, %a) : (tensor<2xf32>, tensor<2xf32>) -> ()
              mhlo.custom_call @check.expect_true(%c) : (tensor<i1>) -> ()
              %0 = mhlo.constant dense<1.000000e+00> : tensor<2xf32>
              mhlo.custom_call @check.expect_almost_eq(%a, %0) {backend_config = "{\\22rtol\\22: 0.25, \\22atol\\22: 0.5}"} : (tensor<2xf32>, tensor<2xf32>) -> ()
              mhlo.custom_call @check.expect_close(%a, %a) {backend_config = "{\\22max_ulp\\22: 1}"} : (tensor<2xf32>, tensor<2xf32>) -> ()
              return
            }
        """,  # noqa: E501
    )
