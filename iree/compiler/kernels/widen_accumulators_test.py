"""Sums of small floats are those of f32, rounded once."""

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import DTypeLike

from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.compiler.kernels.widen_accumulators import WidenAccumulators
from iree.testing.ir import check_pass
from iree.testing.kernel_stages import check_kernel, shaped

HALVES = (np.float16, ml_dtypes.bfloat16)


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
    a, one = (
        np.array([[2.0, 2.0**120, 2.0**-120, 1.5]] if dtype != np.float16 else [[2.0, 3e4, 1e-4, 1.5]], dtype),
        np.ones((), dtype),
    )
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


def test_a_square(dtype: DTypeLike = np.float16) -> None:
    """One operand read twice."""
    a = np.arange(25).reshape(5, 5).astype(dtype)
    exact = (a.astype(np.float32) @ a.astype(np.float32)).astype(dtype)
    check_kernel(
        f'%1 = "mhlo.dot"(%0, %0) : (tensor<{shaped(a)}>, tensor<{shaped(a)}>) -> tensor<{shaped(a)}>',
        [a],
        {"%1": exact},
    )


def test_what_is_not_accumulated_stays_as_it_is() -> None:
    text = f"""
        func.func @f(%a: memref<2x3xf16>, %i: memref<f16>, %b: memref<2xf16>) {{
          %0 = iree.load_input(%a : memref<2x3xf16>) : tensor<2x3xf16>
          %1 = iree.load_input(%i : memref<f16>) : tensor<f16>
          {reduction("maximum", "f16", 2, 3)}
          iree.store_output(%2 : tensor<2xf16>, %b : memref<2xf16>)
          iree.return
        }}
    """
    check_pass([LowerToLinalg(), WidenAccumulators()], before=text, after=lowered(text))


def lowered(text: str) -> str:
    from iree.compiler.ir.pass_manager import run_passes
    from iree.testing.ir import parse, text_of

    module = parse(text)
    run_passes(module, [LowerToLinalg()])
    return text_of(module)
