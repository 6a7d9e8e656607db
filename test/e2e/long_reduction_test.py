"""Reductions and contractions of very many elements, which are split in two, against NumPy on every driver."""

import ml_dtypes
import numpy as np
import pytest

from test.e2e.programs import DRIVERS, check_text, tensor_type
from test.e2e.reduction_test import reduce_text

CASES = [
    ("add", np.float32, (2**17 + 1,), (0,), 1e-5),
    ("add", np.int32, (3, 300, 400), (1, 2), 0),
    ("add", ml_dtypes.bfloat16, (2, 100_000), (1,), 0.01),
    ("add", np.int16, (2, 256, 3, 512), (1, 3), 0),
    ("maximum", np.float32, (99_991,), (0,), 0),
    ("minimum", np.uint8, (70_000, 3), (0,), 0),
    ("multiply", np.int64, (80_000,), (0,), 0),
    ("and", np.bool_, (100_003,), (0,), 0),
    ("or", np.int32, (100_003,), (0,), 0),
]
REDUCTIONS = {
    "add": np.add,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "multiply": np.multiply,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
}
INITS = {"maximum": -1, "minimum": 200, "multiply": 3, "and": True}


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(("kind", "dtype", "shape", "dims", "rtol"), CASES)
def test_long_reduction(kind, dtype, shape, dims, rtol, driver):
    generator = np.random.default_rng(1)
    operand = (generator.integers(0, 1000, shape) * 2 + 1).astype(dtype)
    init = np.array(INITS.get(kind, 7), dtype)
    wide = np.float64 if rtol else dtype
    expected = REDUCTIONS[kind](REDUCTIONS[kind].reduce(operand.astype(wide), axis=dims), init.astype(wide)).astype(
        dtype
    )
    text = reduce_text(kind, operand, init, dims, expected)
    check_text(text, "f", [operand, init], expected, driver, rtol=rtol)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("depth", [2**17, 99_991])
def test_long_contraction(depth, driver):
    generator = np.random.default_rng(2)
    a, b = (generator.integers(-9, 9, shape).astype(np.float32) for shape in ((2, depth), (depth, 3)))
    expected = a @ b
    text = (
        f"func.func @f(%a: {tensor_type(a)}, %b: {tensor_type(b)}) -> {tensor_type(expected)} {{\n"
        f"  %0 = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0]"
        f" : ({tensor_type(a)}, {tensor_type(b)}) -> {tensor_type(expected)}\n"
        f"  return %0 : {tensor_type(expected)}\n}}\n"
    )
    check_text(text, "f", [a, b], expected, driver)
