import pytest

from iree.compiler.transforms.dispatch_regions.pad_convolutions import PadConvolutions
from iree.testing.ir import check_pass


def convolution(pad: str, features: int = 16, groups: int = 1, dilate: int = 1) -> str:
    image, kernel, result = f"1x8x9x{features}", f"3x3x{features // groups}x8", "1x8x9x8"
    return f"""
        func.func @f(%x: tensor<{image}xf32>, %k: tensor<{kernel}xf32>) -> tensor<{result}xf32> {{
          %0 = mhlo.convolution(%x, %k) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {{pad = {pad}, lhs_dilate = [{dilate}, 1]}} {{batch_group_count = 1 : i64, feature_group_count = {groups} : i64}} : (tensor<{image}xf32>, tensor<{kernel}xf32>) -> tensor<{result}xf32>
          return %0 : tensor<{result}xf32>
        }}
    """  # noqa: E501


def test_padding_comes_before() -> None:
    check_pass(
        PadConvolutions(),
        before=convolution("[[2, 0], [1, 1]]"),
        after="""
            func.func @f(%x: tensor<1x8x9x16xf32>, %k: tensor<3x3x16x8xf32>) -> tensor<1x8x9x8xf32> {
              %0 = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %1 = mhlo.pad %x, %0, low = [0, 2, 1, 0], high = [0, 0, 1, 0], interior = [0, 0, 0, 0] : (tensor<1x8x9x16xf32>, tensor<f32>) -> tensor<1x10x11x16xf32>
              %2 = mhlo.convolution(%1, %k) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {pad = [[0, 0], [0, 0]], lhs_dilate = [1, 1]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x10x11x16xf32>, tensor<3x3x16x8xf32>) -> tensor<1x8x9x8xf32>
              return %2 : tensor<1x8x9x8xf32>
            }
        """,  # noqa: E501
    )


@pytest.mark.parametrize(
    "text",
    [
        convolution("[[1, 1], [1, 1]]", features=8, groups=8),
        convolution("[[3, -1], [1, 1]]"),
        convolution("[[0, -5], [1, 1]]", dilate=2),
    ],
    ids=["depthwise", "cut", "dilated"],
)
def test_what_would_not_gain_stays(text: str) -> None:
    check_pass(PadConvolutions(), before=text, after=text.replace("window = {pad = [[", "window = {pad = [["))
