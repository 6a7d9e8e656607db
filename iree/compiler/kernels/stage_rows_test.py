"""What stands in the result first, and what must not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xdsl.dialects.builtin import ModuleOp

from iree.compiler.dialects.iree import StoreOutput
from iree.compiler.dialects.workload import workload_of
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.compiler.kernels.parameters import KernelParameters
from iree.compiler.kernels.stage_rows import StageRows
from iree.testing.kernel_stages import check_kernel, kernel_function, kernel_text, parse_kernel


def softmax(shape: tuple[int, ...], *, exp: str = "math.exp", before: str = "") -> str:
    """The last dimension of %0 becomes %r, whose elements add up to 1."""
    wide, narrow = (f"tensor<{''.join(f'{size}x' for size in sizes)}f32>" for sizes in (shape, shape[:-1]))
    dims = list(range(len(shape) - 1))
    return f"""
      %zero = arith.constant dense<0.0> : tensor<f32>
      %low = arith.constant dense<0xFF800000> : tensor<f32>
      %max = mhlo.reduce(%0 init: %low) applies mhlo.maximum across dimensions = [{len(shape) - 1}]
        : ({wide}, tensor<f32>) -> {narrow}
      %wide = mhlo.broadcast_in_dim %max, dims = {dims} : ({narrow}) -> {wide}
      %less = arith.subf %0, %wide : {wide}
      %exp = {exp} %less : {wide}
      {before or f"%summed = mhlo.reshape %exp : ({wide}) -> {wide}"}
      %sum = mhlo.reduce(%summed init: %zero) applies mhlo.add across dimensions = [{len(shape) - 1}]
        : ({wide}, tensor<f32>) -> {narrow}
      %all = mhlo.broadcast_in_dim %sum, dims = {dims} : ({narrow}) -> {wide}
      %r = arith.divf %exp, %all : {wide}"""


def numbers(shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    array = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    exp = np.exp(array - array.max(-1, keepdims=True))
    return array, exp / exp.sum(-1, keepdims=True)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple),
    st.integers(1, 5),
    st.integers(1, 8),
    st.sampled_from([2, 9, 256]),
)
def test_a_softmax(shape, unroll, lanes, sum_block):
    array, expected = numbers(shape)
    workload = workload_of(shape[:-1])
    parameters = KernelParameters(unroll=unroll, lanes=lanes, sum_block=sum_block)
    check_kernel(softmax(shape), [array], {"%r": expected}, workload=workload, parameters=parameters, rtol=1e-5)


def staged(text: str, workload: tuple[int, int, int]) -> ModuleOp:
    array, expected = numbers((3, 4))
    module = parse_kernel(kernel_text(text, [array], {"%r": expected}, workload))
    run_passes(module, [LowerToLinalg(), StageRows()])
    return module


def count_of_stores(module: ModuleOp) -> int:
    return sum(isinstance(op, StoreOutput) for op in kernel_function(module).walk())


@pytest.mark.parametrize(
    ("text", "workload", "stores"),
    [
        (softmax((3, 4)), (3, 1, 1), 2),
        (softmax((3, 4)), (4, 3, 1), 1),  # an invocation computes one element
        (softmax((3, 4), exp="arith.negf"), (3, 1, 1), 1),  # computing it twice is faster
        (softmax((3, 4), before="%summed = mhlo.reverse %exp, dims = [1] : tensor<3x4xf32>"), (3, 1, 1), 2),
        (
            softmax((3, 4), before="%summed = mhlo.reverse %exp, dims = [0] : tensor<3x4xf32>"),
            (3, 1, 1),
            1,
        ),  # of others
    ],
)
def test_what_is_staged(text, workload, stores):
    assert count_of_stores(staged(text, workload)) == stores


def test_rows_that_are_read_backwards():
    array, _ = numbers((3, 4))
    exp = np.exp(array - array.max(-1, keepdims=True))
    for dim in (0, 1):
        text = softmax((3, 4), before=f"%summed = mhlo.reverse %exp, dims = [{dim}] : tensor<3x4xf32>")
        expected = exp / np.flip(exp, dim).sum(-1, keepdims=True)
        check_kernel(text, [array], {"%r": expected}, workload=(3, 1, 1), rtol=1e-5)


def test_another_dimension_than_the_last():
    array = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    text = """
      %zero = arith.constant dense<0.0> : tensor<f32>
      %exp = math.exp %0 : tensor<5x3xf32>
      %sum = mhlo.reduce(%exp init: %zero) applies mhlo.add across dimensions = [0]
        : (tensor<5x3xf32>, tensor<f32>) -> tensor<3xf32>
      %all = mhlo.broadcast_in_dim %sum, dims = [1] : (tensor<3xf32>) -> tensor<5x3xf32>
      %r = arith.divf %exp, %all : tensor<5x3xf32>"""
    expected = np.exp(array) / np.exp(array).sum(0)
    module = check_kernel(text, [array], {"%r": expected}, workload=(3, 1, 1), rtol=1e-5)
    assert "memref.load %1[" in str(module)
