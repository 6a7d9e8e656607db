"""What long reductions and contractions become; that they compute the same is test/e2e/long_reduction_test.py's."""

import pytest

from iree.compiler.transforms.dispatch_regions.split_reductions import SplitReductions, groups_of
from iree.testing.ir import check_pass


@pytest.mark.parametrize(("size", "groups"), [(2**20, 1024), (1_000_000, 1000), (3 * 2**18, 1024), (99_991, 1024)])
def test_groups(size: int, groups: int) -> None:
    assert groups_of(size) == groups


def test_neighbouring_dimensions_are_cut_as_one() -> None:
    check_pass(
        SplitReductions(),
        before="""
            func.func @f(%x: tensor<2x512x256x3xi32>, %init: tensor<i32>) -> tensor<2x3xi32> {
              %0 = mhlo.reduce(%x init: %init) applies mhlo.minimum across dimensions = [1, 2] : (tensor<2x512x256x3xi32>, tensor<i32>) -> tensor<2x3xi32>
              func.return %0 : tensor<2x3xi32>
            }
        """,  # noqa: E501
        after="""
            func.func @f(%x: tensor<2x512x256x3xi32>, %init: tensor<i32>) -> tensor<2x3xi32> {
              %0 = mhlo.constant dense<2147483647> : tensor<i32>
              %1 = mhlo.reshape %x : (tensor<2x512x256x3xi32>) -> tensor<2x128x1024x3xi32>
              %2 = mhlo.reduce(%1 init: %0) applies mhlo.minimum across dimensions = [1] : (tensor<2x128x1024x3xi32>, tensor<i32>) -> tensor<2x1024x3xi32>
              %3 = mhlo.reduce(%2 init: %init) applies mhlo.minimum across dimensions = [1] : (tensor<2x1024x3xi32>, tensor<i32>) -> tensor<2x3xi32>
              return %3 : tensor<2x3xi32>
            }
        """,  # noqa: E501
    )


def test_a_size_without_divisors_is_padded() -> None:
    check_pass(
        SplitReductions(),
        before="""
            func.func @f(%x: tensor<99991xi32>, %init: tensor<i32>) -> tensor<i32> {
              %0 = mhlo.reduce(%x init: %init) applies mhlo.multiply across dimensions = [0] : (tensor<99991xi32>, tensor<i32>) -> tensor<i32>
              func.return %0 : tensor<i32>
            }
        """,  # noqa: E501
        after="""
            func.func @f(%x: tensor<99991xi32>, %init: tensor<i32>) -> tensor<i32> {
              %0 = mhlo.constant dense<1> : tensor<i32>
              %1 = mhlo.pad %x, %0, low = [0], high = [361], interior = [0] : (tensor<99991xi32>, tensor<i32>) -> tensor<100352xi32>
              %2 = mhlo.reshape %1 : (tensor<100352xi32>) -> tensor<98x1024xi32>
              %3 = mhlo.reduce(%2 init: %0) applies mhlo.multiply across dimensions = [0] : (tensor<98x1024xi32>, tensor<i32>) -> tensor<1024xi32>
              %4 = mhlo.reduce(%3 init: %init) applies mhlo.multiply across dimensions = [0] : (tensor<1024xi32>, tensor<i32>) -> tensor<i32>
              return %4 : tensor<i32>
            }
        """,  # noqa: E501
    )


def test_small_floats_are_summed_in_f32() -> None:
    check_pass(
        SplitReductions(),
        before="""
            func.func @f(%x: tensor<131072xbf16>, %init: tensor<bf16>) -> tensor<bf16> {
              %0 = mhlo.reduce(%x init: %init) applies mhlo.add across dimensions = [0] : (tensor<131072xbf16>, tensor<bf16>) -> tensor<bf16>
              func.return %0 : tensor<bf16>
            }
        """,  # noqa: E501
        after="""
            func.func @f(%x: tensor<131072xbf16>, %init: tensor<bf16>) -> tensor<bf16> {
              %0 = mhlo.convert %x : (tensor<131072xbf16>) -> tensor<131072xf32>
              %1 = mhlo.convert %init : (tensor<bf16>) -> tensor<f32>
              %2 = mhlo.constant dense<-0.000000e+00> : tensor<f32>
              %3 = mhlo.reshape %0 : (tensor<131072xf32>) -> tensor<128x1024xf32>
              %4 = mhlo.reduce(%3 init: %2) applies mhlo.add across dimensions = [0] : (tensor<128x1024xf32>, tensor<f32>) -> tensor<1024xf32>
              %5 = mhlo.reduce(%4 init: %1) applies mhlo.add across dimensions = [0] : (tensor<1024xf32>, tensor<f32>) -> tensor<f32>
              %6 = mhlo.convert %5 : (tensor<f32>) -> tensor<bf16>
              return %6 : tensor<bf16>
            }
        """,  # noqa: E501
    )


def test_the_groups_of_a_contraction_are_a_batch() -> None:
    check_pass(
        SplitReductions(),
        before="""
            func.func @f(%a: tensor<3x131072xf32>, %b: tensor<131072x2xf32>) -> tensor<3x2xf32> {
              %0 = mhlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<3x131072xf32>, tensor<131072x2xf32>) -> tensor<3x2xf32>
              func.return %0 : tensor<3x2xf32>
            }
        """,  # noqa: E501
        after="""
            func.func @f(%a: tensor<3x131072xf32>, %b: tensor<131072x2xf32>) -> tensor<3x2xf32> {
              %0 = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %1 = mhlo.reshape %a : (tensor<3x131072xf32>) -> tensor<3x1024x128xf32>
              %2 = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %3 = mhlo.reshape %b : (tensor<131072x2xf32>) -> tensor<1024x128x2xf32>
              %4 = mhlo.dot_general %1, %3, batching_dims = [1] x [0], contracting_dims = [2] x [1] : (tensor<3x1024x128xf32>, tensor<1024x128x2xf32>) -> tensor<1024x3x2xf32>
              %5 = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %6 = mhlo.reduce(%4 init: %5) applies mhlo.add across dimensions = [0] : (tensor<1024x3x2xf32>, tensor<f32>) -> tensor<3x2xf32>
              return %6 : tensor<3x2xf32>
            }
        """,  # noqa: E501
    )


def test_what_is_short_or_has_many_results_stays() -> None:
    text = """
        func.func @f(%x: tensor<65536xf32>, %y: tensor<100000x300xf32>, %init: tensor<f32>) -> (tensor<f32>, tensor<300xf32>) {
          %0 = mhlo.reduce(%x init: %init) applies mhlo.add across dimensions = [0] : (tensor<65536xf32>, tensor<f32>) -> tensor<f32>
          %1 = mhlo.reduce(%y init: %init) applies mhlo.add across dimensions = [0] : (tensor<100000x300xf32>, tensor<f32>) -> tensor<300xf32>
          return %0, %1 : tensor<f32>, tensor<300xf32>
        }
    """  # noqa: E501
    check_pass(SplitReductions(), before=text, after=text)


def test_what_only_a_call_knows_the_size_of_stays() -> None:
    text = """
        func.func @f(%x: tensor<[d0]x4xi32>, %init: tensor<i32>) -> tensor<4xi32> {
          %0 = mhlo.reduce(%x init: %init) applies mhlo.add across dimensions = [0] : (tensor<[d0]x4xi32>, tensor<i32>) -> tensor<4xi32>
          %1 = mhlo.dot_general %x, %x, contracting_dims = [0] x [0] : (tensor<[d0]x4xi32>, tensor<[d0]x4xi32>) -> tensor<4x4xi32>
          return %0 : tensor<4xi32>
        }
    """  # noqa: E501
    check_pass(SplitReductions(), before=text, after=text)
