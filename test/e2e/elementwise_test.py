"""Elementwise ops of every rank from 0 to 6, odd sizes and size 0 among them, against TensorFlow on every driver."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest
import tensorflow as tf

from test.e2e.programs import DRIVERS, check_text, function_text, identifier

SHAPES = ((), (1,), (7,), (0,), (33,), (3, 5), (2, 0, 3), (2, 3, 4), (5, 1, 3, 2), (2, 1, 3, 1, 5), (1, 2, 1, 3, 2, 3))

F32, I32, I1 = np.float32, np.int32, np.bool_

EDGES = {
    F32: [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 3e38, -3e38, np.inf, -np.inf, np.nan, 1e-30, 100.0, -100.0],
    I32: [0, 1, -1, 2, -2, 7, -7, 2**31 - 1, -(2**31), 31, 32, 33, 1000],
    I1: [False, True],
}


FLUSHED = float(np.finfo(F32).tiny)  # TensorFlow and Vulkan may flush smaller results to zero


class Case(NamedTuple):
    """One op on operands of one type. Without tolerance the results are TensorFlow's to the bit, or flushed to zero."""

    op: str
    dtype: Any
    arity: int
    oracle: Callable[..., Any]
    rtol: float = 0.0
    atol: float = FLUSHED
    legal: Callable[[Any], Any] = lambda x: x  # maps drawn values to those the oracle is defined for


def positive(x: Any) -> Any:
    return np.abs(x)


def wide(oracle: Callable[..., Any]) -> Callable[..., Any]:
    """TensorFlow's function in f64, rounded once: what a good f32 function comes within a few ulp of."""
    return lambda *x: tf.cast(oracle(*(tf.cast(value, tf.float64) for value in x)), tf.float32)


def leading_zeros(x: Any) -> Any:
    """Zero bits above the highest one: 32 where there is none."""
    return np.array([32 - int(word).bit_length() for word in x.astype(np.uint32).flat], I32).reshape(x.shape)


CASES = (
    Case("abs", F32, 1, tf.abs),
    Case("abs", I32, 1, tf.abs),
    Case("add", F32, 2, tf.add),
    Case("add", I32, 2, tf.add),
    Case("add", I1, 2, tf.logical_or),
    Case("and", I32, 2, tf.bitwise.bitwise_and),
    Case("and", I1, 2, tf.logical_and),
    Case("atan2", F32, 2, wide(tf.atan2), rtol=5e-7),
    Case("cbrt", F32, 1, lambda x: np.cbrt(x.astype(np.float64)).astype(F32), rtol=5e-7),
    Case("ceil", F32, 1, tf.math.ceil),
    Case("cosine", F32, 1, wide(tf.cos), rtol=5e-7),
    Case("count_leading_zeros", I32, 1, leading_zeros),
    Case("divide", F32, 2, tf.divide),
    Case("divide", I32, 2, lambda x, y: tf.constant(divide(x, y))),
    Case("exponential", F32, 1, wide(tf.exp), rtol=5e-7),
    Case("exponential_minus_one", F32, 1, wide(tf.math.expm1), rtol=5e-7),
    Case("floor", F32, 1, tf.floor),
    Case("log", F32, 1, wide(tf.math.log), rtol=5e-7),
    Case("logistic", F32, 1, wide(tf.sigmoid), rtol=5e-7),
    Case("log_plus_one", F32, 1, wide(tf.math.log1p), rtol=5e-7),
    Case("maximum", F32, 2, tf.maximum),
    Case("maximum", I32, 2, tf.maximum),
    Case("minimum", F32, 2, tf.minimum),
    Case("minimum", I32, 2, tf.minimum),
    Case("multiply", F32, 2, tf.multiply),
    Case("multiply", I32, 2, tf.multiply),
    Case("negate", F32, 1, tf.negative),
    Case("negate", I32, 1, tf.negative),
    Case("not", I32, 1, tf.bitwise.invert),
    Case("not", I1, 1, tf.logical_not),
    Case("or", I32, 2, tf.bitwise.bitwise_or),
    Case("or", I1, 2, tf.logical_or),
    Case("popcnt", I32, 1, lambda x: tf.cast(tf.raw_ops.PopulationCount(x=x), tf.int32)),
    Case("power", F32, 2, wide(tf.pow), rtol=5e-7),
    Case("remainder", F32, 2, tf.truncatemod),
    Case("remainder", I32, 2, lambda x, y: tf.constant(remainder(x, y))),
    Case("round_nearest_afz", F32, 1, lambda x: np.copysign(np.floor(np.abs(x) + F32(0.5)), x)),
    Case("round_nearest_even", F32, 1, tf.round),
    Case("rsqrt", F32, 1, wide(tf.math.rsqrt), rtol=5e-7, legal=positive),
    Case("shift_left", I32, 2, lambda x, n: shift(x, n, lambda x, n: x << n, 0)),
    Case("shift_right_arithmetic", I32, 2, lambda x, n: shift(x, n, lambda x, n: x >> n, x >> 31)),
    Case("shift_right_logical", I32, 2, lambda x, n: shift(x, n, lambda x, n: (x.view(np.uint32) >> n).view(I32), 0)),
    Case("sign", F32, 1, tf.sign),
    Case("sign", I32, 1, tf.sign),
    Case("sine", F32, 1, wide(tf.sin), rtol=5e-7),
    Case("sqrt", F32, 1, wide(tf.sqrt), rtol=2e-7),
    Case("subtract", F32, 2, tf.subtract),
    Case("subtract", I32, 2, tf.subtract),
    Case("tan", F32, 1, wide(tf.tan), rtol=5e-7),
    Case("tanh", F32, 1, wide(tf.tanh), rtol=5e-7),
    Case("xor", I32, 2, tf.bitwise.bitwise_xor),
    Case("xor", I1, 2, tf.math.logical_xor),
)


def divide(x: Any, y: Any) -> Any:
    """StableHLO's integer division: towards zero, -1 by zero. TensorFlow refuses the latter."""
    wide = np.where(y == 0, -1, np.trunc(np.divide(x, y, where=y != 0, out=np.full(x.shape, -1.0), dtype=np.float64)))
    return wide.astype(np.int64).astype(np.int32)


def remainder(x: Any, y: Any) -> Any:
    """StableHLO's integer remainder: with the dividend's sign, the dividend by zero."""
    divisor = np.where(y == 0, 1, y).astype(np.int64)
    return np.where(y == 0, x, np.fmod(x.astype(np.int64), divisor)).astype(np.int32)


def shift(x: Any, amount: Any, oracle: Callable[[Any, Any], Any], beyond: Any) -> Any:
    """StableHLO's shifts: by the width or more (or by a negative number) everything is shifted out."""
    inside = (amount >= 0) & (amount < 32)
    shifted = oracle(x, np.where(inside, amount, 0).astype(np.uint32))
    return np.where(inside, shifted, beyond).astype(I32)


def operands(case: Case, shape: Sequence[int]) -> list[Any]:
    """Edge values first, then drawn ones; the second operand's edges meet all of the first's in the larger shapes."""
    generator = np.random.default_rng([len(shape), int(np.prod(shape))])
    edges = np.array(EDGES[case.dtype], case.dtype)
    arrays = []
    for _ in range(case.arity):
        array = generator.choice(edges, size=shape)
        drawn = generator.normal(scale=20, size=shape)
        use_edge = generator.random(shape) < 0.6
        arrays.append(case.legal(np.where(use_edge, array, drawn.astype(case.dtype)).astype(case.dtype)))
    return arrays


def name_of(case: Case, shape: Sequence[int]) -> str:
    return identifier(f"f_{'x'.join(map(str, shape))}")


def program(case: Case) -> str:
    """A function for each shape."""
    texts = []
    for shape in SHAPES:
        arrays = operands(case, shape)
        texts.append(function_text(name_of(case, shape), f"stablehlo.{case.op}", arrays, arrays[0]))
    return "".join(texts)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.op}-{np.dtype(case.dtype)}")
def test_elementwise(case, driver):
    text = program(case)
    for shape in SHAPES:
        arrays = operands(case, shape)
        with np.errstate(all="ignore"):
            expected = np.asarray(case.oracle(*arrays))
        check_text(text, name_of(case, shape), arrays, expected, driver, rtol=case.rtol, atol=case.atol)
