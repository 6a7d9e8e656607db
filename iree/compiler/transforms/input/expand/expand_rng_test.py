from iree.compiler.transforms.input.expand.expand_rng import ExpandRng
from iree.testing.ir import check_pass


def test_numbers_are_drawn_from_a_variable() -> None:
    check_pass(
        ExpandRng(),
        before="""
            func.func @f(%a: tensor<f32>, %b: tensor<f32>, %s: tensor<1xi64>) -> tensor<4xf32> {
              %0 = stablehlo.rng %a, %b, %s, distribution = UNIFORM
                 : (tensor<f32>, tensor<f32>, tensor<1xi64>) -> tensor<4xf32>
              return %0 : tensor<4xf32>
            }
        """,
        after="""
            ml_program.global private mutable @iree.random_state(dense<[2611923443488327891, 0]> : tensor<2xui64>) : tensor<2xui64>
            func.func @f(%a: tensor<f32>, %b: tensor<f32>, %s: tensor<1xi64>) -> tensor<4xf32> {
              %0 = mhlo.broadcast_in_dim %a, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %1 = mhlo.broadcast_in_dim %b, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %2 = ml_program.global_load @iree.random_state : tensor<2xui64>
              %3:2 = mhlo.rng_bit_generator %2, algorithm = THREE_FRY : (tensor<2xui64>) -> (tensor<2xui64>, tensor<4xui32>)
              ml_program.global_store @iree.random_state = %3#0 : tensor<2xui64>
              %4 = mhlo.constant dense<8> : tensor<ui32>
              %5 = mhlo.broadcast_in_dim %4, dims = [] : (tensor<ui32>) -> tensor<4xui32>
              %6 = mhlo.shift_right_logical %3#1, %5 : tensor<4xui32>
              %7 = mhlo.convert %6 : (tensor<4xui32>) -> tensor<4xf32>
              %8 = mhlo.constant dense<5.96046448E-8> : tensor<f32>
              %9 = mhlo.broadcast_in_dim %8, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %10 = mhlo.multiply %7, %9 : tensor<4xf32>
              %11 = mhlo.subtract %1, %0 : tensor<4xf32>
              %12 = mhlo.multiply %10, %11 : tensor<4xf32>
              %13 = mhlo.add %0, %12 : tensor<4xf32>
              %14 = mhlo.broadcast_in_dim %b, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %15 = mhlo.compare LT, %13, %14 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
              %16 = mhlo.broadcast_in_dim %a, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %17 = mhlo.select %15, %13, %16 : tensor<4xi1>, tensor<4xf32>
              return %17 : tensor<4xf32>
            }
        """,  # noqa: E501
    )


def test_a_program_without_them_has_no_variable() -> None:
    text = """
        func.func @f(%a: tensor<f32>) -> tensor<f32> {
          return %a : tensor<f32>
        }
    """
    check_pass(ExpandRng(), before=text, after=text)
