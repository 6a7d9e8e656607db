from iree.compiler.transforms.common.dce import Dce
from iree.compiler.transforms.input.drop_ordering import DropOrdering
from iree.testing.ir import check_pass, check_round_trip


def test_what_only_orders_is_its_operands() -> None:
    check_pass(
        [DropOrdering(), Dce()],
        before="""
            func.func @f(%a: tensor<4xf32>, %b: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>) {
              %0:2 = stablehlo.optimization_barrier %a, %b : tensor<4xf32>, tensor<4xi32>
              %1 = stablehlo.create_token : !stablehlo.token
              %2 = stablehlo.after_all %1, %1 : !stablehlo.token
              %3 = "mhlo.add_dependency"(%0#0, %2) : (tensor<4xf32>, !mhlo.token) -> tensor<4xf32>
              %4 = mhlo.copy %0#1 : tensor<4xi32>
              return %3, %4 : tensor<4xf32>, tensor<4xi32>
            }
        """,
        after="""
            func.func @f(%a: tensor<4xf32>, %b: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>) {
              return %a, %b : tensor<4xf32>, tensor<4xi32>
            }
        """,
    )


def test_both_forms_are_read_and_printed() -> None:
    check_round_trip("""
        func.func @f(%a: tensor<4xf32>, %t: !stablehlo.token) -> !stablehlo.token {
          %0 = stablehlo.after_all : !stablehlo.token
          %1 = "stablehlo.after_all"(%0, %t) : (!stablehlo.token, !stablehlo.token) -> !stablehlo.token
          %2 = "stablehlo.optimization_barrier"(%a) : (tensor<4xf32>) -> tensor<4xf32>
          return %1 : !stablehlo.token
        }
    """)
