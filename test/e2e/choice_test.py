"""compare, select, clamp and convert, against TensorFlow on every driver."""

import operator

import numpy as np
import pytest
import tensorflow as tf

from test.e2e.programs import DRIVERS, check_text, function_text

SHAPES = ((), (0,), (7,), (3, 5), (2, 3, 1, 5), (1, 2, 1, 3, 2, 3))
EDGES = {
    np.float32: np.array([0, -0.0, 1, -1, 2.5, -2.5, np.inf, -np.inf, np.nan, 1e9, -3e9, 0.5], np.float32),
    np.int32: np.array([0, 1, -1, 7, 2**31 - 1, -(2**31), 2**24 + 1, -(2**24) - 1], np.int32),
    np.bool_: np.array([False, True]),
}
DIRECTIONS = {
    "EQ": tf.equal,
    "NE": tf.not_equal,
    "LT": tf.less,
    "LE": tf.less_equal,
    "GT": tf.greater,
    "GE": tf.greater_equal,
}


def draw(dtype, shape, seed=0):
    return np.random.default_rng([seed, len(shape)]).choice(EDGES[dtype], size=shape).astype(dtype)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("dtype", [np.float32, np.int32], ids=["f32", "i32"])
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_compare(direction, dtype, driver):
    attributes = f"{{comparison_direction = #stablehlo<comparison_direction {direction}>}}"
    arrays = {shape: [draw(dtype, shape, 1), draw(dtype, shape, 2)] for shape in SHAPES}
    text = "".join(
        function_text(f"f{len(s)}_{np.prod(s, dtype=int)}", "stablehlo.compare", a, np.zeros(s, bool), attributes)
        for s, a in arrays.items()
    )
    for shape, operands in arrays.items():
        expected = DIRECTIONS[direction](*operands)
        check_text(text, f"f{len(shape)}_{np.prod(shape, dtype=int)}", operands, expected, driver)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("equal", [True, False], ids=["EQ", "NE"])
def test_compare_booleans(equal, driver):
    direction = "EQ" if equal else "NE"
    operands = [np.array([False, False, True, True]), np.array([False, True, False, True])]
    attributes = f"{{comparison_direction = #stablehlo<comparison_direction {direction}>}}"
    text = function_text("f", "stablehlo.compare", operands, operands[0], attributes)
    check_text(text, "f", operands, DIRECTIONS[direction](*operands), driver)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("dtype", [np.float32, np.int32, np.bool_], ids=["f32", "i32", "i1"])
@pytest.mark.parametrize("scalar", [False, True], ids=["elements", "whole"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_select(shape, scalar, dtype, driver):
    predicate = draw(np.bool_, () if scalar else shape)
    operands = [predicate, draw(dtype, shape, 1), draw(dtype, shape, 2)]
    text = function_text("f", "stablehlo.select", operands, operands[1])
    check_text(text, "f", operands, tf.where(*operands), driver)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("dtype", [np.float32, np.int32], ids=["f32", "i32"])
@pytest.mark.parametrize("scalar", [False, True], ids=["elements", "whole"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_clamp(shape, scalar, dtype, driver):
    bounds = () if scalar else shape
    operands = [np.full(bounds, -2, dtype), draw(dtype, shape), np.full(bounds, 2, dtype)]
    text = function_text("f", "stablehlo.clamp", operands, operands[1])
    check_text(text, "f", operands, tf.minimum(tf.maximum(operands[1], operands[0]), operands[2]), driver)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("source", [np.float32, np.int32, np.bool_], ids=["f32", "i32", "i1"])
@pytest.mark.parametrize("target", [np.float32, np.int32, np.bool_], ids=["f32", "i32", "i1"])
def test_convert(source, target, driver):
    operand = EDGES[source]
    text = function_text("f", "stablehlo.convert", [operand], operand.astype(target))
    if source == np.float32 and target == np.int32:  # StableHLO saturates and has NaN give 0; TensorFlow leaves it open
        limits = np.iinfo(np.int32)
        clipped = np.clip(np.nan_to_num(operand.astype(np.float64), nan=0), limits.min, limits.max)
        expected = np.trunc(clipped).astype(np.int32)
    elif target == np.bool_:
        expected = tf.not_equal(operand, np.zeros((), source))
    else:
        expected = tf.cast(operand, tf.as_dtype(target))
    check_text(text, "f", [operand], expected, driver)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("direction", ["LT", "LE", "GT", "GE", "EQ", "NE"])
def test_what_was_widened_is_compared_with_a_constant(direction, driver):
    """As one kernel: a driver that folds the two wrongly would say the same of all."""
    values = np.array([0, 1, 3, 5, -1, -(2**31), 2**31 - 1], np.int32)
    text = f"""func.func @f(%x: tensor<7xi32>) -> tensor<7xi1> {{
      %c = mhlo.constant dense<3> : tensor<7xi64>
      %w = mhlo.convert %x : (tensor<7xi32>) -> tensor<7xi64>
      %p = mhlo.compare {direction}, %w, %c : (tensor<7xi64>, tensor<7xi64>) -> tensor<7xi1>
      return %p : tensor<7xi1>
    }}"""
    compare = getattr(operator, direction.lower())
    check_text(text, "f", [values], compare(values.astype(np.int64), 3), driver)
