"""Reductions over any dimensions, empty ones included, against TensorFlow on every driver."""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from test.e2e.programs import DRIVERS, check_text, tensor_type

SHAPES = (
    ((7,), (0,)),
    ((3, 5), (0,)),
    ((3, 5), (1,)),
    ((3, 5), (0, 1)),
    ((3, 5), ()),
    ((0, 5), (0,)),
    ((3, 0), (1,)),
    ((2, 0, 3), (0,)),
    ((2, 3, 4), (0, 2)),
    ((2, 3, 1, 5, 2, 3), (1, 3, 5)),
    ((2, 3, 1, 5, 2, 3), (0, 1, 2, 3, 4, 5)),
    ((4, 1000), (1,)),
    ((1000, 4), (0,)),
)
KINDS: dict[str, tuple[Any, dict[type, Any]]] = {
    "add": (tf.reduce_sum, {np.float32: 0.0, np.int32: 0}),
    "multiply": (tf.reduce_prod, {np.float32: 1.0, np.int32: 1}),
    "maximum": (tf.reduce_max, {np.float32: -np.inf, np.int32: -(2**31)}),
    "minimum": (tf.reduce_min, {np.float32: np.inf, np.int32: 2**31 - 1}),
    "and": (tf.reduce_all, {np.bool_: True}),
    "or": (tf.reduce_any, {np.bool_: False}),
}


def reduce_text(kind: str, operand: Any, init: Any, dims: tuple[int, ...], result: Any) -> str:
    scalar = tensor_type(init)
    types = f"({tensor_type(operand)}, {scalar}) -> {tensor_type(result)}"
    return (
        f"func.func @f(%x: {tensor_type(operand)}, %init: {scalar}) -> {tensor_type(result)} {{\n"
        f'  %0 = "stablehlo.reduce"(%x, %init) ({{\n'
        f"  ^bb0(%a: {scalar}, %b: {scalar}):\n"
        f"    %1 = stablehlo.{kind} %a, %b : {scalar}\n"
        f"    stablehlo.return %1 : {scalar}\n"
        f"  }}) {{dimensions = array<i64{': ' if dims else ''}{', '.join(map(str, dims))}>}} : {types}\n"
        f"  return %0 : {tensor_type(result)}\n}}\n"
    )


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(("kind", "dtype"), [(k, d) for k, (_, inits) in KINDS.items() for d in inits])
@pytest.mark.parametrize(("shape", "dims"), SHAPES, ids=str)
def test_reduce(shape, dims, kind, dtype, driver):
    oracle, inits = KINDS[kind]
    generator = np.random.default_rng(3)
    scale = 1 if kind == "multiply" else 50
    operand = (generator.normal(size=shape) * scale + (kind == "multiply")).astype(dtype)
    init = np.array(inits[dtype], dtype)
    expected = np.asarray(oracle(operand, axis=dims))
    exact = dtype != np.float32 or kind in ("maximum", "minimum")
    tolerance = {} if exact else {"rtol": 3e-5, "atol": 1e-3 if kind == "add" else 1e-6}
    check_text(reduce_text(kind, operand, init, dims, expected), "f", [operand, init], expected, driver, **tolerance)


@pytest.mark.parametrize("driver", DRIVERS)
def test_the_initial_value_counts_once(driver):
    operand, init = np.arange(24, dtype=np.int32).reshape(2, 3, 4), np.array(100, np.int32)
    expected = operand.sum(axis=(0, 2), dtype=np.int32) + np.int32(100)
    check_text(reduce_text("add", operand, init, (0, 2), expected), "f", [operand, init], expected, driver)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("kind", ["maximum", "minimum"])
def test_nan_is_kept(kind, driver):
    operand = np.array([[1, np.nan, 2], [3, 4, 5], [np.nan, np.nan, np.nan]], np.float32)
    init = np.array(KINDS[kind][1][np.float32], np.float32)
    expected = (np.max if kind == "maximum" else np.min)(operand, axis=1)
    check_text(reduce_text(kind, operand, init, (1,), expected), "f", [operand, init], expected, driver)
