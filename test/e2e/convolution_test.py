"""convolution of every dimension order, padding, dilation and grouping, against JAX and TensorFlow on every driver."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from jax import lax

import iree.compiler
from test.e2e.programs import DRIVERS, check_text, function_text, spirv_binaries, validated

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Case:
    """Shapes as the layouts spell them: N batch, C feature, I and O the kernel's, digits spatial dimensions."""

    lhs: tuple[int, ...]
    rhs: tuple[int, ...]
    layouts: tuple[str, str, str] = ("N01C", "01IO", "N01C")
    strides: tuple[int, ...] = (1, 1)
    padding: Pairs = ((0, 0), (0, 0))
    lhs_dilation: tuple[int, ...] = (1, 1)
    rhs_dilation: tuple[int, ...] = (1, 1)
    reversal: tuple[bool, ...] = (False, False)
    feature_groups: int = 1
    batch_groups: int = 1

    def expected(self, lhs, rhs):
        """What JAX computes. It has no reversal: the kernel is turned around first."""
        spatial = [self.layouts[1].index(str(dim)) for dim, flag in enumerate(self.reversal) if flag]
        digits = "".join(map(str, range(len(self.strides))))
        named = zip(self.layouts, ("NC", "OI", "NC"), strict=True)
        orders = ([layout.index(letter) for letter in pair + digits] for layout, pair in named)
        numbers = lax.ConvDimensionNumbers(*map(tuple, orders))
        return np.asarray(
            lax.conv_general_dilated(
                lhs, np.flip(rhs, spatial), self.strides, self.padding, self.lhs_dilation, self.rhs_dilation, numbers,
                self.feature_groups, self.batch_groups, precision="highest",
            )
        )  # fmt: skip

    def attributes(self):
        """The op's properties, in generic form."""
        words = {"N": "b", "C": "f", "I": "i", "O": "o"}
        lists = ["[" + ", ".join(words.get(letter, letter) for letter in layout) + "]" for layout in self.layouts]
        lists_of = {"strides": self.strides, "lhs": self.lhs_dilation, "rhs": self.rhs_dilation}
        arrays = {name: f"array<i64: {', '.join(map(str, values))}>" for name, values in lists_of.items()}
        window = (
            f"window_strides = {arrays['strides']}, lhs_dilation = {arrays['lhs']}, rhs_dilation = {arrays['rhs']}, "
            f"padding = dense<{[list(pair) for pair in self.padding]}> : tensor<{len(self.padding)}x2xi64>, "
            f"window_reversal = array<i1: {', '.join(str(flag).lower() for flag in self.reversal)}>, "
        )
        numbers = f"{lists[0]}x{lists[1]}->{lists[2]}"
        return (
            f"{{{window if self.strides else ''}dimension_numbers = #stablehlo.conv<{numbers}>, "
            f"feature_group_count = {self.feature_groups} : i64, batch_group_count = {self.batch_groups} : i64}}"
        )


_ONE = {"strides": (2,), "padding": ((1, 2),), "lhs_dilation": (1,), "rhs_dilation": (2,), "reversal": (False,)}
_THREE = {
    "strides": (1, 2, 1), "padding": ((1, 0), (0, 0), (2, 1)), "lhs_dilation": (1, 1, 2), "rhs_dilation": (1, 1, 1),
    "reversal": (False, True, False),
}  # fmt: skip

CASES = {
    "plain": Case((2, 7, 9, 3), (3, 2, 3, 5)),
    "one by one": Case((2, 5, 7, 9), (1, 1, 9, 4)),
    "one by one, every second": Case((1, 5, 7, 9), (1, 1, 9, 4), strides=(2, 2)),
    "same": Case((1, 7, 9, 3), (3, 3, 3, 4), strides=(2, 2), padding=((1, 1), (1, 1))),
    "cut off": Case((1, 9, 9, 3), (3, 3, 3, 4), padding=((-1, 2), (1, -2))),
    "dilated": Case((2, 5, 7, 3), (3, 2, 3, 5), padding=((2, 1), (1, 3)), lhs_dilation=(2, 3), rhs_dilation=(2, 1)),
    "cut and dilated": Case((1, 5, 6, 2), (2, 2, 2, 3), padding=((-1, -2), (-3, 1)), lhs_dilation=(2, 3)),
    "reversed": Case((2, 7, 6, 3), (3, 2, 3, 5), padding=((1, 1), (0, 1)), reversal=(True, True)),
    "reversed along one": Case((2, 7, 6, 3), (3, 2, 3, 5), reversal=(False, True)),
    "NCHW": Case((2, 3, 7, 6), (5, 3, 3, 2), ("NC01", "OI01", "NC01"), padding=((1, 1), (0, 1))),
    "any order": Case((6, 2, 7, 3), (3, 5, 2, 3), ("1N0C", "IO10", "C1N0"), strides=(1, 2), padding=((0, 2), (1, 0))),
    "depthwise": Case((2, 7, 9, 5), (3, 3, 1, 5), padding=((1, 1), (1, 1)), feature_groups=5),
    "depthwise, two each": Case((2, 7, 9, 5), (3, 2, 1, 10), strides=(2, 1), feature_groups=5),
    "feature groups": Case((2, 7, 9, 6), (3, 2, 2, 9), padding=((1, 0), (0, 0)), feature_groups=3),
    "feature groups, NCHW": Case((2, 6, 7, 9), (9, 2, 3, 2), ("NC01", "OI01", "NC01"), feature_groups=3),
    "batch groups": Case((6, 7, 9, 2), (3, 2, 2, 9), padding=((1, 0), (0, 2)), batch_groups=3),
    "batch groups of one": Case((4, 7, 9, 1), (3, 2, 1, 8), batch_groups=4),
    "one dimension": Case((2, 11, 3), (4, 3, 5), ("N0C", "0IO", "N0C"), **_ONE),  # type: ignore[arg-type]
    "three dimensions": Case((1, 4, 7, 5, 2), (2, 3, 2, 2, 3), ("N012C", "012IO", "N012C"), **_THREE),  # type: ignore[arg-type]
    "no dimensions": Case((3, 4), (4, 5), ("NC", "IO", "NC"), (), (), (), (), ()),
    "larger than the input": Case((1, 2, 3, 2), (3, 3, 2, 4)),
    "nothing but padding": Case((1, 0, 3, 2), (2, 2, 2, 4), padding=((2, 2), (0, 0))),
    "no features": Case((1, 4, 3, 0), (2, 2, 0, 4)),
    "several chunks": Case((3, 33, 65, 32), (3, 3, 32, 8), padding=((1, 1), (1, 1))),
}  # fmt: skip


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("dtype", [np.float32, np.int32], ids=["f32", "i32"])
@pytest.mark.parametrize("name", CASES)
def test_convolution(name, dtype, driver):
    case, generator = CASES[name], np.random.default_rng(5)
    arrays: list[Any] = [(generator.normal(size=shape) * 9).astype(dtype) for shape in (case.lhs, case.rhs)]
    expected = case.expected(*arrays)
    text = function_text("f", "stablehlo.convolution", arrays, expected, case.attributes())
    tolerance = {"rtol": 2e-5, "atol": 1e-2} if dtype == np.float32 else {}
    check_text(text, "f", arrays, expected, driver, **tolerance)


@pytest.mark.parametrize("driver", DRIVERS)
def test_what_follows_is_in_its_dispatch(driver):
    """TensorFlow's layer: convolution, bias and activation, with padding as TensorFlow chooses it, done once before."""
    generator = np.random.default_rng(6)
    x, w, b = (generator.normal(size=s).astype(np.float32) for s in [(1, 9, 11, 3), (3, 3, 3, 4), (4,)])
    text = """
    func.func @f(%x: tensor<1x9x11x3xf32>, %w: tensor<3x3x3x4xf32>, %b: tensor<4xf32>) -> tensor<1x5x6x4xf32> {
      %zero = stablehlo.constant dense<0.0> : tensor<1x5x6x4xf32>
      %0 = mhlo.convolution(%x, %w) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f],
        window = {stride = [2, 2], pad = [[1, 1], [1, 1]], lhs_dilate = [1, 1], rhs_dilate = [1, 1],
        reverse = [false, false]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
        : (tensor<1x9x11x3xf32>, tensor<3x3x3x4xf32>) -> tensor<1x5x6x4xf32>
      %1 = stablehlo.broadcast_in_dim %b, dims = [3] : (tensor<4xf32>) -> tensor<1x5x6x4xf32>
      %2 = stablehlo.add %0, %1 : tensor<1x5x6x4xf32>
      %3 = stablehlo.maximum %2, %zero : tensor<1x5x6x4xf32>
      return %3 : tensor<1x5x6x4xf32>
    }
    """
    expected = tf.nn.relu(tf.nn.conv2d(x, w, 2, "SAME") + b)
    check_text(text, "f", [x, w, b], expected, driver, rtol=1e-5, atol=1e-4)
    assert len(spirv_binaries(validated(iree.compiler.compile_str(text)))) == 2
