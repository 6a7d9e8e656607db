"""Sums of small floats are those of f32, rounded once."""

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import DTypeLike

from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.compiler.kernels.widen_accumulators import WidenAccumulators
from iree.testing.ir import check_pass, parse, text_of
from iree.testing.kernel_stages import check_kernel, shaped

HALVES = (np.float16, ml_dtypes.bfloat16)
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def reduction(kind: str, element: str, rows: int, columns: int) -> str:
    return f"""
      %2 = mhlo.reduce(%0 init: %1) across dimensions = [1] : (tensor<{rows}x{columns}x{element}>, tensor<{element}>)
        -> tensor<{rows}x{element}>
      reducer(%x: tensor<{element}>, %y: tensor<{element}>) {{
        %3 = mhlo.{kind} %x, %y : tensor<{element}>
        mhlo.return %3 : tensor<{element}>
      }}
    """


@pytest.mark.parametrize("dtype", HALVES)
def test_a_long_sum(dtype: DTypeLike) -> None:
    """4,000 ones: rounded at each step there would be 2,048 or 256."""
    a, zero = np.ones((2, 4000), dtype), np.zeros((), dtype)
    element = shaped(zero)
    check_kernel(reduction("add", element, 2, 4000), [a, zero], {"%2": np.full(2, 4000, dtype)})


@pytest.mark.parametrize("dtype", HALVES)
def test_a_product_whose_parts_overflow(dtype: DTypeLike) -> None:
    large = 3e4 if dtype == np.float16 else 2.0**127
    a, one = np.array([[2.0, large, 1 / large, 1.5]], dtype), np.ones((), dtype)
    exact = a.astype(np.float32).prod(1, dtype=np.float32).astype(dtype)
    check_kernel(reduction("multiply", shaped(one), 1, 4), [a, one], {"%2": exact})


@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("depth", [0, 1, 5, 300])
def test_a_contraction(dtype: DTypeLike, depth: int) -> None:
    """Whole numbers, whose sums in f32 are exact in any order."""
    generator = np.random.default_rng(depth)
    a = generator.integers(-9, 9, (3, depth)).astype(dtype)
    b = generator.integers(-9, 9, (depth, 4)).astype(dtype)
    exact = (a.astype(np.float32) @ b.astype(np.float32)).astype(dtype)
    body = f'%2 = "mhlo.dot"(%0, %1) : (tensor<{shaped(a)}>, tensor<{shaped(b)}>) -> tensor<{shaped(exact)}>'
    check_kernel(body, [a, b], {"%2": exact})


def test_a_square() -> None:
    """One operand read twice."""
    a = np.arange(25).reshape(5, 5).astype(np.float16)
    exact = (a.astype(np.float32) @ a.astype(np.float32)).astype(np.float16)
    check_kernel(
        f'%1 = "mhlo.dot"(%0, %0) : (tensor<{shaped(a)}>, tensor<{shaped(a)}>) -> tensor<{shaped(a)}>',
        [a],
        {"%1": exact},
    )


def test_what_is_not_accumulated_stays_as_it_is() -> None:
    module = parse(f"""
        func.func @f(%a: memref<2x3xf16>, %i: memref<f16>, %b: memref<2xf16>) {{
          %0 = iree.load_input(%a : memref<2x3xf16>) : tensor<2x3xf16>
          %1 = iree.load_input(%i : memref<f16>) : tensor<f16>
          {reduction("maximum", "f16", 2, 3)}
          iree.store_output(%2 : tensor<2xf16>, %b : memref<2xf16>)
          iree.return
        }}
    """)
    run_passes(module, [LowerToLinalg()])
    before = text_of(module)
    run_passes(module, [WidenAccumulators()])
    assert text_of(module) == before


def test_whole_text() -> None:
    check_pass(
        WidenAccumulators(),
        before="""
            func.func @f(%a: memref<3xf16>, %i: memref<f16>, %b: memref<f16>) {
              %0 = iree.load_input(%a : memref<3xf16>) : tensor<3xf16>
              %1 = iree.load_input(%i : memref<f16>) : tensor<f16>
              %2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%0 : tensor<3xf16>) outs(%1 : tensor<f16>) {
              ^bb0(%x: f16, %sum: f16):
                %3 = arith.addf %sum, %x : f16
                linalg.yield %3 : f16
              } -> tensor<f16>
              iree.store_output(%2 : tensor<f16>, %b : memref<f16>)
              iree.return
            }
        """,  # noqa: E501
        after="""
            func.func @f(%a: memref<3xf16>, %i: memref<f16>, %b: memref<f16>) {
              %0 = iree.load_input(%a : memref<3xf16>) : tensor<3xf16>
              %1 = iree.load_input(%i : memref<f16>) : tensor<f16>
              %2 = tensor.empty() : tensor<f32>
              %3 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%1 : tensor<f16>) outs(%2 : tensor<f32>) {
              ^bb0(%arg3: f16, %arg4: f32):
                %7 = arith.extf %arg3 : f16 to f32
                linalg.yield %7 : f32
              } -> tensor<f32>
              %4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%0 : tensor<3xf16>) outs(%3 : tensor<f32>) {
              ^bb0(%arg3: f16, %arg4: f32):
                %7 = arith.extf %arg3 : f16 to f32
                %8 = arith.addf %arg4, %7 : f32
                linalg.yield %8 : f32
              } -> tensor<f32>
              %5 = tensor.empty() : tensor<f16>
              %6 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%4 : tensor<f32>) outs(%5 : tensor<f16>) {
              ^bb0(%arg3: f32, %arg4: f16):
                %7 = arith.truncf %arg3 : f32 to f16
                linalg.yield %7 : f16
              } -> tensor<f16>
              iree.store_output(%6 : tensor<f16>, %b : memref<f16>)
              iree.return
            }
        """,  # noqa: E501
    )
