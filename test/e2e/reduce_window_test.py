"""reduce_window by each body, with every stride, dilation and padding, against JAX on every driver."""

from dataclasses import dataclass

import numpy as np
import pytest
from jax import lax

from test.e2e.programs import DRIVERS, check_text, tensor_type

Ints = tuple[int, ...]
BODIES = {
    "add": (lax.add, 0),
    "multiply": (lax.mul, 1),
    "maximum": (lax.max, -(2**31)),
    "minimum": (lax.min, 2**31 - 1),
}


@dataclass(frozen=True)
class Case:
    """A window over an operand of this shape."""

    shape: Ints
    sizes: Ints
    strides: Ints
    padding: tuple[tuple[int, int], ...] = ()
    base_dilations: Ints = ()
    window_dilations: Ints = ()

    def lists(self):
        """All lists, those that are not given filled in."""
        ones = (1,) * len(self.shape)
        return (
            self.sizes, self.strides, self.padding or ((0, 0),) * len(ones), self.base_dilations or ones,
            self.window_dilations or ones,
        )  # fmt: skip

    def text(self, body, init, x, out):
        """A function of the one op."""
        sizes, strides, padding, base, window = self.lists()
        named = {"dimensions": sizes, "strides": strides, "dilations": window}
        arrays = [f"window_{name} = array<i64: {', '.join(map(str, values))}>" for name, values in named.items()]
        arrays.append(f"base_dilations = array<i64: {', '.join(map(str, base))}>")
        element = tensor_type(np.zeros((), x.dtype))
        return f"""func.func @f(%x: {tensor_type(x)}) -> {tensor_type(out)} {{
          %init = stablehlo.constant dense<{init}> : {element}
          %0 = "stablehlo.reduce_window"(%x, %init) <{{{", ".join(arrays)},
            padding = dense<{[list(pair) for pair in padding]}> : tensor<{len(padding)}x2xi64>}}> ({{
          ^bb0(%a: {element}, %b: {element}):
            %1 = stablehlo.{body} %a, %b : {element}
            stablehlo.return %1 : {element}
          }}) : ({tensor_type(x)}, {element}) -> {tensor_type(out)}
          return %0 : {tensor_type(out)}
        }}"""


CASES = {
    "pool": Case((1, 7, 9, 3), (1, 2, 2, 1), (1, 2, 2, 1)),
    "pool, padded": Case((2, 7, 9, 3), (1, 3, 3, 1), (1, 2, 2, 1), ((0, 0), (1, 1), (0, 2), (0, 0))),
    "over all": Case((1, 7, 7, 5), (1, 7, 7, 1), (1, 1, 1, 1)),
    "sums so far": Case((13,), (13,), (1,), ((12, 0),)),
    "dilated": Case((7, 6), (3, 2), (2, 1), ((2, 1), (1, 3)), (2, 3), (2, 1)),
    "cut off": Case((9, 8), (3, 2), (1, 2), ((-1, 2), (1, -2))),
    "nothing is left": Case((2, 3), (3, 3), (1, 1)),
    "nothing but padding": Case((0, 3), (2, 2), (1, 1), ((2, 2), (0, 0))),
    "each alone": Case((4, 5), (1, 1), (2, 3)),
}


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("dtype", [np.float32, np.int32], ids=["f32", "i32"])
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("name", CASES)
def test_reduce_window(name, body, dtype, driver):
    case, (computation, init) = CASES[name], BODIES[body]
    x = (np.random.default_rng(3).normal(size=case.shape) * 4).astype(dtype)
    if dtype == np.float32 and abs(init) > 1:
        init = np.copysign(np.inf, init)
    expected = np.asarray(lax.reduce_window(x, dtype(init), computation, *case.lists()))
    spelled = {np.inf: "0x7F800000", -np.inf: "0xFF800000"}.get(init, f"{dtype(init)}")
    tolerance = {"rtol": 1e-5, "atol": 1e-5} if dtype == np.float32 else {}
    check_text(case.text(body, spelled, x, expected), "f", [x], expected, driver, **tolerance)


@pytest.mark.parametrize("driver", DRIVERS)
def test_padding_holds_the_initial_value(driver):
    """As the StableHLO specification has it: 1 for the padding and 1 to start from."""
    case = Case((3,), (2,), (1,), ((1, 0),))
    expected = np.array([1 + 1 + 5, 1 + 5 + 6, 1 + 6 + 7], np.int32)
    x = np.array([5, 6, 7], np.int32)
    check_text(case.text("add", "1", x, expected), "f", [x], expected, driver)


@pytest.mark.parametrize("driver", DRIVERS)
def test_nan_wins_and_minus_zero_is_less(driver):
    case = Case((4,), (2,), (1,))
    x = np.array([np.nan, 1, -0.0, 0.0], np.float32)
    expected = np.array([np.nan, 1, 0.0], np.float32)
    check_text(case.text("maximum", "0xFF800000", x, expected), "f", [x], expected, driver)
    flipped = np.array([np.nan, -0.0, -0.0], np.float32)
    text = case.text("minimum", "0x7F800000", x, flipped)
    check_text(text, "f", [x], flipped, driver)
