"""Ops that read or write at places that are data, against JAX and NumPy: no start leads out of bounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iree.testing.gathers import Gather, gathers
from iree.testing.kernel_stages import check_kernel, shaped

ZERO = np.zeros((), np.int32)


def gather_text(case: Gather) -> str:
    types = f"(tensor<{shaped(case.operand)}>, tensor<{shaped(case.starts)}>) -> tensor<{shaped(case.expected())}>"
    return f'%2 = "mhlo.gather"(%0, %1) <{{{case.attributes}}}> : {types}'


@given(gathers())
@settings(max_examples=40, deadline=None)
def test_gather(case: Gather) -> None:
    check_kernel(gather_text(case), [case.operand, case.starts], {"%2": case.expected()})


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(-3, 6)), max_size=4))
@settings(max_examples=30, deadline=None)
def test_dynamic_slices(dims: list[tuple[int, int, int]]) -> None:
    sizes = [min(size, part) for size, part, _ in dims]
    shape = [size for size, _, _ in dims]
    x = np.arange(int(np.prod(shape, dtype=int)), dtype=np.int32).reshape(shape)
    starts = [np.array(start, np.int32) for _, _, start in dims]
    clamped = [min(max(start, 0), size - part) for (size, _, start), part in zip(dims, sizes, strict=True)]
    place = tuple(slice(start, start + size) for start, size in zip(clamped, sizes, strict=True))
    part = x[place].copy()
    names = "".join(f", %{number}" for number in range(1, len(dims) + 1))
    types = f"tensor<{shaped(x)}>" + ", tensor<i32>" * len(dims)
    text = f"%r = mhlo.dynamic_slice %0{names}, sizes = {sizes} : ({types}) -> tensor<{shaped(part)}>"
    check_kernel(text, [x, *starts], {"%r": part})
    expected, update = x.copy(), -1 - part
    expected[place] = update
    names = "".join(f", %{number}" for number in range(1, len(dims) + 2))
    types = f"tensor<{shaped(x)}>, tensor<{shaped(update)}>" + ", tensor<i32>" * len(dims)
    text = f"%r = mhlo.dynamic_update_slice %0{names} : ({types}) -> tensor<{shaped(x)}>"
    check_kernel(text, [x, update, *starts], {"%r": expected})


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint32, np.int64, np.uint64])
def test_starts_of_any_integer_type_are_clamped(dtype: type[np.integer]) -> None:
    limits = np.iinfo(dtype)
    starts = np.array([limits.min, 0, 7, limits.max], dtype)
    x = np.arange(600, dtype=np.int32).reshape(300, 2)
    expected = x[[min(max(int(start), 0), 299) for start in starts]]
    element = f"{'ui' if limits.min == 0 else 'i'}{limits.bits}"
    text = f"""%2 = "mhlo.gather"(%0, %1) <{{dimension_numbers = #mhlo.gather<offset_dims = [1],
      collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, 2>}}>
      : (tensor<300x2xi32>, tensor<4x{element}>) -> tensor<4x2xi32>"""
    check_kernel(text, [x, starts], {"%2": expected})


def test_producers_are_computed_at_the_places_that_are_read() -> None:
    x, i = np.arange(12, dtype=np.int32).reshape(4, 3), np.array([[3], [-7], [1]], np.int32)
    body = """
    %2 = arith.addi %0, %0 : tensor<4x3xi32>
    %one = arith.constant dense<1> : tensor<3x1xi32>
    %3 = arith.addi %1, %one : tensor<3x1xi32>
    %4 = "mhlo.gather"(%2, %3) <{dimension_numbers = #mhlo.gather<offset_dims = [0], collapsed_slice_dims = [0],
      start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, 3>}>
      : (tensor<4x3xi32>, tensor<3x1xi32>) -> tensor<3x3xi32>
    %5 = arith.muli %4, %4 : tensor<3x3xi32>
    """
    check_kernel(body, [x, i], {"%5": ((2 * x[[3, 0, 2]]) ** 2).T.copy()})


def test_numbers_are_gathered_and_indices_may_be_numbers() -> None:
    body = """
    %c = arith.constant dense<7> : tensor<5xi32>
    %1 = mhlo.dynamic_slice %c, %0, sizes = [2] : (tensor<5xi32>, tensor<i32>) -> tensor<2xi32>
    %two = arith.constant dense<2> : tensor<i32>
    %2 = mhlo.dynamic_update_slice %c, %1, %two : (tensor<5xi32>, tensor<2xi32>, tensor<i32>) -> tensor<5xi32>
    """
    check_kernel(body, [ZERO], {"%2": np.full(5, 7, np.int32)})
