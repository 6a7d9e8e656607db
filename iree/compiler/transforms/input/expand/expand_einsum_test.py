from iree.compiler.transforms.input.expand.expand_einsum import ExpandEinsum
from iree.testing.ir import check_pass


def test_an_einsum_is_a_dot_general_in_the_order_of_its_result() -> None:
    check_pass(
        ExpandEinsum(),
        before="""
            func.func @f(%x: tensor<3x4x5xf32>, %y: tensor<3x5x6xf32>, %z: tensor<5xf32>) -> tensor<6x3x4xf32> {
              %0 = stablehlo.einsum %x, %y, config = "bij,bjk->kbi"
                 : (tensor<3x4x5xf32>, tensor<3x5x6xf32>) -> tensor<6x3x4xf32>
              %1 = stablehlo.einsum %x, %z, config = "...j,j->..." : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4xf32>
              return %0 : tensor<6x3x4xf32>
            }
        """,  # noqa: E501
        after="""
            func.func @f(%x: tensor<3x4x5xf32>, %y: tensor<3x5x6xf32>, %z: tensor<5xf32>) -> tensor<6x3x4xf32> {
              %0 = mhlo.dot_general %x, %y, batching_dims = [0] x [0], contracting_dims = [2] x [1] : (tensor<3x4x5xf32>, tensor<3x5x6xf32>) -> tensor<3x4x6xf32>
              %1 = mhlo.transpose %0, dims = [2, 0, 1] : (tensor<3x4x6xf32>) -> tensor<6x3x4xf32>
              %2 = mhlo.dot_general %x, %z, contracting_dims = [2] x [0] : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4xf32>
              return %1 : tensor<6x3x4xf32>
            }
        """,  # noqa: E501
    )


def test_letters_of_one_operand_alone_are_summed_over_first() -> None:
    check_pass(
        ExpandEinsum(),
        before="""
            func.func @f(%x: tensor<3x4xf32>, %y: tensor<5x6xf32>) -> tensor<5x4xf32> {
              %0 = stablehlo.einsum %x, %y, config = "ab,cd->cb" : (tensor<3x4xf32>, tensor<5x6xf32>) -> tensor<5x4xf32>
              %1 = stablehlo.unary_einsum %0, config = "ab -> b" : (tensor<5x4xf32>) -> tensor<4xf32>
              return %0 : tensor<5x4xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<3x4xf32>, %y: tensor<5x6xf32>) -> tensor<5x4xf32> {
              %0 = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %1 = mhlo.reduce(%x init: %0) applies mhlo.add across dimensions = [0] : (tensor<3x4xf32>, tensor<f32>) -> tensor<4xf32>
              %2 = mhlo.reduce(%y init: %0) applies mhlo.add across dimensions = [1] : (tensor<5x6xf32>, tensor<f32>) -> tensor<5xf32>
              %3 = mhlo.dot_general %1, %2, contracting_dims = [] x [] : (tensor<4xf32>, tensor<5xf32>) -> tensor<4x5xf32>
              %4 = mhlo.transpose %3, dims = [1, 0] : (tensor<4x5xf32>) -> tensor<5x4xf32>
              %5 = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %6 = mhlo.reduce(%4 init: %5) applies mhlo.add across dimensions = [0] : (tensor<5x4xf32>, tensor<f32>) -> tensor<4xf32>
              return %4 : tensor<5x4xf32>
            }
        """,  # noqa: E501
    )
