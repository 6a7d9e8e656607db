"""Quantized tensors on every driver, against the same numbers computed by NumPy as StableHLO says they are."""

import numpy as np
import pytest

import iree.compiler
import iree.runtime
from test.e2e.programs import DRIVERS

F32 = np.float32


class Quantized:
    """A quantized type: integers between limits, a scale and a zero point, or one of each along an axis."""

    def __init__(self, text, dtype, scale, zero, limits, axis=None):
        self.text, self.dtype, self.limits, self.axis = f"!quant.uniform<{text}>", dtype, limits, axis
        self.scale, self.zero = np.array(scale, F32), np.array(zero, F32)

    def _along(self, numbers, rank):
        shape = [-1 if dim == self.axis else 1 for dim in range(rank)]
        return numbers if self.axis is None else numbers.reshape(shape)

    def quantize(self, x):
        shifted = np.rint(F32(x) / self._along(self.scale, x.ndim)) + self._along(self.zero, x.ndim)
        return np.clip(shifted, *self.limits).astype(self.dtype)

    def dequantize(self, q):
        return (q.astype(F32) - self._along(self.zero, q.ndim)) * self._along(self.scale, q.ndim)


SIGNED = Quantized("i8:f32, 0.5:3", np.int8, 0.5, 3, (-128, 127))
NARROW = Quantized("i8<-127:127>:f32, 0.1", np.int8, 0.1, 0, (-127, 127))
UNSIGNED = Quantized("u8:f32, 0.25:128", np.uint8, 0.25, 128, (0, 255))
BY_COLUMN = Quantized("i8:f32:1, {0.5, 0.125:1, 0.3:-7}", np.int8, [0.5, 0.125, 0.3], [0, 1, -7], (-128, 127), axis=1)
TYPES = (SIGNED, NARROW, UNSIGNED, BY_COLUMN)


def loaded(text):
    module = iree.compiler.compile_str(text)
    return [iree.runtime.load_vm_flatbuffer(module, driver=driver) for driver in DRIVERS]


@pytest.mark.parametrize("type_", TYPES, ids=lambda type_: type_.text)
def test_numbers_become_integers_and_numbers_again(type_):
    x = np.random.default_rng(1).normal(scale=30, size=(6, 3)).astype(F32)
    x[0] = [0.25, 0.75, 1.25]
    x[1] = [np.inf, -np.inf, 1e30]
    q = f"tensor<6x3x{type_.text}>"
    modules = loaded(f"""func.func @f(%x: tensor<6x3xf32>) -> ({q}, tensor<6x3xf32>) {{
      %0 = stablehlo.uniform_quantize %x : (tensor<6x3xf32>) -> {q}
      %1 = stablehlo.uniform_dequantize %0 : ({q}) -> tensor<6x3xf32>
      return %0, %1 : {q}, tensor<6x3xf32>
    }}""")
    held = type_.quantize(x)
    for module in modules:
        integers, numbers = module.f(x)
        np.testing.assert_array_equal(integers, held)
        np.testing.assert_array_equal(numbers, type_.dequantize(held))


def test_ops_compute_with_the_numbers_that_integers_stand_for():
    generator = np.random.default_rng(2)
    a, b = generator.integers(-128, 128, (6, 3)).astype(np.int8), generator.integers(0, 256, (6, 3)).astype(np.uint8)
    weights = generator.integers(-128, 128, (6, 3)).astype(np.int8)
    s, u, w = (f"tensor<6x3x{type_.text}>" for type_ in (SIGNED, UNSIGNED, BY_COLUMN))
    modules = loaded(f"""func.func @f(%a: {s}, %b: {u}, %w: {w}, %x: tensor<5x6xf32>) -> ({s}, tensor<5x3xf32>) {{
      %0 = "stablehlo.multiply"(%a, %b) : ({s}, {u}) -> {s}
      %1 = "stablehlo.maximum"(%0, %a) : ({s}, {s}) -> {s}
      %2 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<5x6xf32>, {w}) -> tensor<5x3xf32>
      return %1, %2 : {s}, tensor<5x3xf32>
    }}""")
    x = generator.normal(size=(5, 6)).astype(F32)
    product = SIGNED.quantize(SIGNED.dequantize(a) * UNSIGNED.dequantize(b))
    expected = SIGNED.quantize(np.maximum(SIGNED.dequantize(product), SIGNED.dequantize(a)))
    for module in modules:
        integers, sums = module.f(a, b, weights, x)
        np.testing.assert_array_equal(integers, expected)
        np.testing.assert_allclose(sums, x @ BY_COLUMN.dequantize(weights), rtol=1e-5, atol=1e-4)
