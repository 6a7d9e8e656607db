"""Borders: between them no position asks for edges in some steps only, and each is as short as that allows."""

from collections.abc import Callable, Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from xdsl.ir import SSAValue

from iree.compiler.dialects import iree
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.kernels import loop_borders, nests
from iree.compiler.kernels.axes import Axes
from iree.compiler.kernels.fuse_producers import FuseProducers
from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.testing.ir import parse
from iree.testing.windows import Window


@st.composite
def windows(draw: Callable[[st.SearchStrategy[int]], int]) -> Window:
    """Windows, some of which stop where they see no element."""
    size, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 2))
    edge = st.integers(0, (size - 1) * dilation + 3)
    return Window(size, draw(st.integers(1, 3)), dilation, draw(edge), draw(edge))


def value_of(text: str) -> SSAValue:
    """What a kernel stores, as nests."""
    module = parse(text)
    run_passes(module, [LowerToLinalg(), FuseProducers()])
    (store,) = [op for op in module.walk() if isinstance(op, iree.StoreOutput)]
    return store.value


def pooled(sizes: Sequence[int], along: Sequence[Window]) -> SSAValue:
    """The greatest number in each window."""
    source = "x".join(map(str, sizes))
    result = "x".join(str(window.stops(size)) for size, window in zip(sizes, along, strict=True))

    def numbers(name: str) -> str:
        return f"{name} = array<i64: {', '.join(str(getattr(window, name_of[name])) for window in along)}>"

    name_of = {"window_dimensions": "size", "window_strides": "stride", "window_dilations": "dilation"}
    padding = [[window.low, window.high] for window in along]
    return value_of(f"""
    func.func @f(%arg0: memref<{source}xi32>, %arg1: memref<{result}xi32>) {{
      %0 = iree.load_input(%arg0 : memref<{source}xi32>) : tensor<{source}xi32>
      %1 = arith.constant dense<-7> : tensor<i32>
      %2 = "mhlo.reduce_window"(%0, %1) <{{{", ".join(map(numbers, name_of))},
          padding = dense<{padding}> : tensor<{len(along)}x2xi64>}}> ({{
      ^bb0(%a: tensor<i32>, %b: tensor<i32>):
        %3 = mhlo.maximum %a, %b : tensor<i32>
        mhlo.return %3 : tensor<i32>
      }}) : (tensor<{source}xi32>, tensor<i32>) -> tensor<{result}xi32>
      iree.store_output(%2 : tensor<{result}xi32>, %arg1 : memref<{result}xi32>)
      iree.return
    }}
    """)


def borders_of(value: SSAValue) -> list[tuple[int, int]]:
    """Along each dimension of a value."""
    axes, shape = Axes(), nests.shape_of(value)
    place = tuple(axes.add(size) for size in shape)
    return [loop_borders.borders(axes, value, place, axis, size) for axis, size in zip(place, shape, strict=True)]


def expected(window: Window, size: int) -> tuple[int, int]:
    """By looking at every stop: a test that holds in some steps and not in others is what a border is there for."""
    seen, low, high = window.positions(size), 0, 0
    for test in (seen < 0, seen >= size):
        mixed = np.flatnonzero(test.any(axis=1) & ~test.all(axis=1))
        if mixed.size and mixed[0] == 0:
            low = max(low, int(mixed[-1]) + 1)
        elif mixed.size and mixed[-1] == len(seen) - 1:
            high = max(high, len(seen) - int(mixed[0]))
    return low, high


@given(st.lists(st.tuples(windows(), st.integers(1, 12)), min_size=1, max_size=2))
@settings(max_examples=100, deadline=None)
def test_borders_are_where_a_window_is_partly_outside(drawn: list[tuple[Window, int]]) -> None:
    drawn = [(window, size) for window, size in drawn if window.stops(size) > 1]
    sizes, along = [size for _, size in drawn], [window for window, _ in drawn]
    if drawn:
        found = borders_of(pooled(sizes, along))
        assert found == [expected(window, size) for window, size in drawn]


def test_what_is_read_through_other_nests_counts() -> None:
    window = Window(3, 1, 1, 1, 1)
    assert borders_of(pooled([14, 9], [window, Window(1, 1, 1, 0, 0)])) == [(1, 1), (0, 0)]
    value = value_of("""
    func.func @f(%arg0: memref<14xf32>, %arg1: memref<14xf32>) {
      %0 = iree.load_input(%arg0 : memref<14xf32>) : tensor<14xf32>
      %1 = arith.constant dense<0.0> : tensor<f32>
      %2 = "mhlo.reduce_window"(%0, %1) <{window_dimensions = array<i64: 4>, window_strides = array<i64: 1>,
          padding = dense<[[2, 1]]> : tensor<1x2xi64>}> ({
      ^bb0(%a: tensor<f32>, %b: tensor<f32>):
        %3 = mhlo.add %a, %b : tensor<f32>
        mhlo.return %3 : tensor<f32>
      }) : (tensor<14xf32>, tensor<f32>) -> tensor<14xf32>
      %4 = math.absf %2 : tensor<14xf32>
      iree.store_output(%4 : tensor<14xf32>, %arg1 : memref<14xf32>)
      iree.return
    }
    """)
    assert borders_of(value) == [(2, 1)]


def test_nothing_is_asked_where_nothing_is_padded() -> None:
    assert borders_of(pooled([14], [Window(3, 2, 1, 0, 0)])) == [(0, 0)]
    value = value_of("""
    func.func @f(%arg0: memref<4xf32>, %arg1: memref<4xf32>) {
      %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
      iree.store_output(%0 : tensor<4xf32>, %arg1 : memref<4xf32>)
      iree.return
    }
    """)
    assert borders_of(value) == [(0, 0)]
