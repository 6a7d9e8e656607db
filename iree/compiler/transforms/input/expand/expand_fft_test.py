from iree.compiler.transforms.input.expand.expand_fft import ExpandFft
from iree.testing.ir import check_pass


def test_a_short_transform_is_a_product_with_a_matrix() -> None:
    check_pass(
        ExpandFft(),
        before="""
            func.func @f(%x: tensor<2xf32>) -> tensor<2xcomplex<f32>> {
              %0 = stablehlo.fft %x, type = RFFT, length = [2] : (tensor<2xf32>) -> tensor<2xcomplex<f32>>
              return %0 : tensor<2xcomplex<f32>>
            }
        """,
        after="""
            func.func @f(%x: tensor<2xf32>) -> tensor<2xcomplex<f32>> {
              %0 = mhlo.constant dense<[[1.000000e+00, 1.000000e+00, 0.000000e+00, 0.000000e+00], [1.000000e+00, -1.000000e+00, 0.000000e+00, 0.000000e+00]]> : tensor<2x4xf32>
              %1 = mhlo.dot_general %x, %0, contracting_dims = [0] x [0] : (tensor<2xf32>, tensor<2x4xf32>) -> tensor<4xf32>
              %2 = mhlo.slice %1 [0:2] : (tensor<4xf32>) -> tensor<2xf32>
              %3 = mhlo.slice %1 [2:4] : (tensor<4xf32>) -> tensor<2xf32>
              %4 = mhlo.complex %2, %3 : tensor<2xcomplex<f32>>
              return %4 : tensor<2xcomplex<f32>>
            }
        """,  # noqa: E501
    )


def test_of_real_numbers_half_the_transform_says_all() -> None:
    check_pass(
        ExpandFft(),
        before="""
            func.func @f(%x: tensor<2xcomplex<f32>>) -> tensor<3xf32> {
              %0 = stablehlo.fft %x, type = IRFFT, length = [3] : (tensor<2xcomplex<f32>>) -> tensor<3xf32>
              return %0 : tensor<3xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<2xcomplex<f32>>) -> tensor<3xf32> {
              %0 = mhlo.real %x : (tensor<2xcomplex<f32>>) -> tensor<2xf32>
              %1 = mhlo.imag %x : (tensor<2xcomplex<f32>>) -> tensor<2xf32>
              %2 = mhlo.slice %0 [1:2] : (tensor<2xf32>) -> tensor<1xf32>
              %3 = mhlo.reverse %2, dims = [0] : tensor<1xf32>
              %4 = mhlo.slice %1 [1:2] : (tensor<2xf32>) -> tensor<1xf32>
              %5 = mhlo.reverse %4, dims = [0] : tensor<1xf32>
              %6 = mhlo.concatenate %0, %3, dim = 0 : (tensor<2xf32>, tensor<1xf32>) -> tensor<3xf32>
              %7 = mhlo.negate %5 : tensor<1xf32>
              %8 = mhlo.concatenate %1, %7, dim = 0 : (tensor<2xf32>, tensor<1xf32>) -> tensor<3xf32>
              %9 = mhlo.concatenate %6, %8, dim = 0 : (tensor<3xf32>, tensor<3xf32>) -> tensor<6xf32>
              %10 = mhlo.constant dense<[[1.000000e+00, 1.000000e+00, 1.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00], [1.000000e+00, -5.000000e-01, -5.000000e-01, 0.000000e+00, 0.866025388, -0.866025388], [1.000000e+00, -5.000000e-01, -5.000000e-01, 0.000000e+00, -0.866025388, 0.866025388], [-0.000000e+00, -0.000000e+00, -0.000000e+00, 1.000000e+00, 1.000000e+00, 1.000000e+00], [-0.000000e+00, -0.866025388, 0.866025388, 1.000000e+00, -5.000000e-01, -5.000000e-01], [-0.000000e+00, 0.866025388, -0.866025388, 1.000000e+00, -5.000000e-01, -5.000000e-01]]> : tensor<6x6xf32>
              %11 = mhlo.dot_general %9, %10, contracting_dims = [0] x [0] : (tensor<6xf32>, tensor<6x6xf32>) -> tensor<6xf32>
              %12 = mhlo.slice %11 [0:3] : (tensor<6xf32>) -> tensor<3xf32>
              %13 = mhlo.slice %11 [3:6] : (tensor<6xf32>) -> tensor<3xf32>
              %14 = mhlo.constant dense<0.333333343> : tensor<f32>
              %15 = mhlo.broadcast_in_dim %14, dims = [] : (tensor<f32>) -> tensor<3xf32>
              %16 = mhlo.multiply %12, %15 : tensor<3xf32>
              %17 = mhlo.multiply %13, %15 : tensor<3xf32>
              return %16 : tensor<3xf32>
            }
        """,  # noqa: E501
    )


def test_a_transform_of_nothing_is_nothing() -> None:
    check_pass(
        ExpandFft(),
        before="""
            func.func @f(%x: tensor<0xcomplex<f32>>) -> tensor<0xcomplex<f32>> {
              %0 = stablehlo.fft %x, type = FFT, length = [0] : (tensor<0xcomplex<f32>>) -> tensor<0xcomplex<f32>>
              return %0 : tensor<0xcomplex<f32>>
            }
        """,
        after="""
            func.func @f(%x: tensor<0xcomplex<f32>>) -> tensor<0xcomplex<f32>> {
              %0 = mhlo.constant dense<(0.000000e+00,0.000000e+00)> : tensor<complex<f32>>
              %1 = mhlo.broadcast_in_dim %0, dims = [] : (tensor<complex<f32>>) -> tensor<0xcomplex<f32>>
              return %1 : tensor<0xcomplex<f32>>
            }
        """,
    )
