"""Where kernels write results that are padded, transposed and reshaped after they are computed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iree.compiler.dialects.iree import StoreOutput
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.compiler.kernels.parameters import KernelParameters
from iree.testing.kernel_stages import check_kernel, kernel_function, kernel_text, parse_kernel

A = np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32)
B = np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
DOT = """
  %dot = mhlo.dot_general %0, %1, contracting_dims = [1] x [0] : (tensor<3x5xf32>, tensor<5x4xf32>) -> tensor<3x4xf32>
  %fill = arith.constant dense<2.5> : tensor<f32>
"""


def padded_transposed_reshaped(low: tuple[int, int], high: tuple[int, int]) -> tuple[str, np.ndarray]:
    """Ops after DOT, and what their last result, %r, is."""
    expected = np.pad(A @ B, tuple(zip(low, high, strict=True)), constant_values=2.5)
    rows, columns = expected.shape
    text = f"""{DOT}
      %p = mhlo.pad %dot, %fill, low = {list(low)}, high = {list(high)}, interior = [0, 0]
        : (tensor<3x4xf32>, tensor<f32>) -> tensor<{rows}x{columns}xf32>
      %t = mhlo.transpose %p, dims = [1, 0] : (tensor<{rows}x{columns}xf32>) -> tensor<{columns}x{rows}xf32>
      %r = mhlo.reshape %t : (tensor<{columns}x{rows}xf32>) -> tensor<{rows * columns}xf32>"""
    return text, expected.T.reshape(-1)


edges = st.tuples(st.integers(0, 3), st.integers(0, 3))


@settings(deadline=None, max_examples=30)
@given(edges, edges, st.tuples(st.integers(1, 4), st.integers(1, 4)), st.sampled_from([0, 32]))
def test_the_contraction_keeps_its_launch(low, high, tile, small_launch) -> None:
    text, expected = padded_transposed_reshaped(low, high)
    parameters = KernelParameters(tile=tile, small_launch=small_launch)
    check_kernel(text, [A, B], {"%r": expected}, workload=(4, 3, 1), parameters=parameters, rtol=1e-5)


def stores(text: str, result: np.ndarray, workload: tuple[int, int, int]) -> list[str]:
    module = parse_kernel(kernel_text(text, [A, B], {"%r": result}, workload))
    run_passes(module, [LowerToLinalg()])
    found = [op for op in kernel_function(module).walk() if isinstance(op, StoreOutput)]
    return [f"{op.value.type} {'' if op.places is None else op.places.data}".strip() for op in found]


def test_padding_is_stored_apart() -> None:
    text, expected = padded_transposed_reshaped((1, 0), (0, 2))
    assert stores(text, expected, (4, 3, 1)) == [
        "tensor<1x6xf32> (d0, d1) -> ((d1 * 4))",
        "tensor<3x2xf32> (d0, d1) -> (((d0 + (d1 * 4)) + 17))",
        "tensor<3x4xf32> (d0, d1) -> (((d0 + (d1 * 4)) + 1))",
    ]


def test_a_workload_of_the_result_computes_the_result() -> None:
    text, expected = padded_transposed_reshaped((1, 0), (0, 2))
    assert stores(text, expected, (24, 1, 1)) == ["tensor<24xf32>"]
    check_kernel(text, [A, B], {"%r": expected}, rtol=1e-5)


@pytest.mark.parametrize(("low", "high", "interior"), [([-1, 0], [0, 0], [0, 0]), ([0, 0], [0, 0], [1, 0])])
def test_what_cuts_or_spreads_is_computed(low, high, interior) -> None:
    fill = np.full(((A @ B).shape[0] + low[0] + 2 * interior[0], 4), 2.5, np.float32)
    fill[:: interior[0] + 1] = (A @ B)[-low[0] :]
    rows = len(fill)
    text = f"""{DOT}
      %r = mhlo.pad %dot, %fill, low = {low}, high = {high}, interior = {interior}
        : (tensor<3x4xf32>, tensor<f32>) -> tensor<{rows}x4xf32>"""
    check_kernel(text, [A, B], {"%r": fill}, rtol=1e-5)
