"""Ops that move elements, on ranks 0 to 6 with odd sizes and size 0, against TensorFlow on every driver."""

from typing import Any, NamedTuple

import numpy as np
import pytest
import tensorflow as tf

from test.e2e.programs import DRIVERS, check_text, function_text, tensor_type


class Case(NamedTuple):
    """One op on one shape, and what TensorFlow makes of the same operands."""

    name: str
    op: str
    shapes: tuple[tuple[int, ...], ...]
    attributes: str
    oracle: Any


def ints(*values: int) -> str:
    return f"array<i64{': ' + ', '.join(map(str, values)) if values else ''}>"


def broadcast(shape: tuple[int, ...], dims: tuple[int, ...], target: tuple[int, ...]) -> Case:
    def oracle(x: Any) -> Any:
        aligned = [1] * len(target)
        for size, dim in zip(shape, dims, strict=True):
            aligned[dim] = size
        return tf.broadcast_to(tf.reshape(x, aligned), target)

    attributes = f"{{broadcast_dimensions = {ints(*dims)}}}"
    return Case(f"{shape}{dims}{target}", "broadcast_in_dim", (shape,), attributes, oracle)


def transpose(shape: tuple[int, ...], permutation: tuple[int, ...]) -> Case:
    attributes = f"{{permutation = {ints(*permutation)}}}"
    return Case(f"{shape}{permutation}", "transpose", (shape,), attributes, lambda x: tf.transpose(x, permutation))


def reshape(shape: tuple[int, ...], target: tuple[int, ...]) -> Case:
    return Case(f"{shape}{target}", "reshape", (shape,), "", lambda x: tf.reshape(x, target))


def slice_(shape: tuple[int, ...], starts: tuple[int, ...], limits: tuple[int, ...], strides: tuple[int, ...]) -> Case:
    attributes = f"{{start_indices = {ints(*starts)}, limit_indices = {ints(*limits)}, strides = {ints(*strides)}}}"
    name = f"{shape}{starts}{limits}{strides}"
    return Case(name, "slice", (shape,), attributes, lambda x: tf.strided_slice(x, starts, limits, strides))


def concatenate(dimension: int, *shapes: tuple[int, ...]) -> Case:
    attributes = f"{{dimension = {dimension} : i64}}"
    return Case(f"{dimension}{shapes}", "concatenate", shapes, attributes, lambda *x: tf.concat(x, dimension))


def reverse(shape: tuple[int, ...], dims: tuple[int, ...]) -> Case:
    attributes = f"{{dimensions = {ints(*dims)}}}"
    return Case(f"{shape}{dims}", "reverse", (shape,), attributes, lambda x: tf.reverse(x, dims))


def pad(shape: tuple[int, ...], low: tuple[int, ...], high: tuple[int, ...], interior: tuple[int, ...]) -> Case:
    def oracle(x: Any, value: Any) -> Any:
        for axis, (lo, hi, gap) in enumerate(zip(low, high, interior, strict=True)):
            pieces = tf.split(x, x.shape[axis], axis) if x.shape[axis] else []
            filler = list(x.shape)
            filler[axis] = gap
            gaps = [tf.fill(filler, value)] * len(pieces)
            spread = [item for pair in zip(pieces, gaps, strict=True) for item in pair][:-1]
            x = tf.concat(spread, axis) if spread else x
            for amount, at_end in ((lo, False), (hi, True)):
                filler = list(x.shape)
                if amount >= 0:
                    filler[axis] = amount
                    x = tf.concat([x, tf.fill(filler, value)] if at_end else [tf.fill(filler, value), x], axis)
                else:
                    keep = tf.range(x.shape[axis])[:amount] if at_end else tf.range(x.shape[axis])[-amount:]
                    x = tf.gather(x, keep, axis=axis)
        return x

    lists = f"edge_padding_low = {ints(*low)}, edge_padding_high = {ints(*high)}, interior_padding = {ints(*interior)}"
    return Case(f"{shape}{low}{high}{interior}", "pad", (shape, ()), f"{{{lists}}}", oracle)


CASES = (
    broadcast((), (), (3, 4)),
    broadcast((), (), ()),
    broadcast((3,), (0,), (3, 4)),
    broadcast((3,), (1,), (4, 3)),
    broadcast((1, 3), (0, 2), (5, 2, 3)),
    broadcast((2, 3), (0, 2), (2, 4, 3)),
    broadcast((0,), (1,), (3, 0)),
    broadcast((2, 1, 3), (1, 3, 5), (2, 2, 1, 5, 1, 3)),
    transpose((), ()),
    transpose((7,), (0,)),
    transpose((3, 5), (1, 0)),
    transpose((2, 0, 3), (2, 0, 1)),
    transpose((2, 3, 4), (1, 2, 0)),
    transpose((2, 3, 1, 5, 2, 3), (5, 1, 3, 0, 2, 4)),
    reshape((), (1, 1)),
    reshape((6,), (2, 3)),
    reshape((2, 3, 5), (5, 6)),
    reshape((4, 0), (0, 7)),
    reshape((2, 3, 1, 5, 2, 3), (9, 20)),
    slice_((7,), (2,), (7,), (2,)),
    slice_((5, 7), (1, 0), (4, 7), (1, 3)),
    slice_((5, 7), (2, 2), (2, 5), (1, 1)),
    slice_((2, 3, 4, 5), (0, 1, 0, 2), (2, 3, 4, 5), (1, 1, 2, 2)),
    slice_((2, 2, 3, 2, 3, 5), (0, 1, 0, 0, 1, 1), (2, 2, 3, 2, 3, 5), (1, 1, 2, 1, 1, 3)),
    concatenate(0, (3,), (5,), (1,)),
    concatenate(1, (2, 3), (2, 0), (2, 4)),
    concatenate(2, (2, 3, 1, 2), (2, 3, 5, 2)),
    concatenate(5, (1, 2, 1, 2, 1, 3), (1, 2, 1, 2, 1, 4)),
    reverse((7,), (0,)),
    reverse((3, 5), (0, 1)),
    reverse((2, 0, 3), (2,)),
    reverse((2, 3, 2, 2, 3, 2), (1, 4, 5)),
    pad((), (), (), ()),
    pad((5,), (2,), (3,), (0,)),
    pad((5,), (-1,), (-2,), (0,)),
    pad((4,), (1,), (2,), (2,)),
    pad((3, 4), (1, -1), (-1, 2), (1, 0)),
    pad((0, 3), (1, 0), (2, 0), (0, 0)),
    pad((2, 3, 2, 3, 1, 2), (0, 1, 0, 2, 0, 1), (1, 0, 0, -1, 2, 0), (0, 1, 0, 0, 0, 2)),
)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("dtype", [np.float32, np.int32, np.bool_], ids=["f32", "i32", "i1"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.op}-{case.name}")
def test_layout(case, dtype, driver):
    generator = np.random.default_rng(7)
    arrays = [np.asarray(generator.integers(-99, 99, size=shape)).astype(dtype) for shape in case.shapes]
    expected = np.asarray(case.oracle(*(tf.constant(array) for array in arrays)))
    text = function_text("f", f"stablehlo.{case.op}", arrays, expected, case.attributes)
    check_text(text, "f", arrays, expected, driver)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("dtype", [np.float32, np.int32], ids=["f32", "i32"])
@pytest.mark.parametrize(
    ("shape", "dimension"), [((7,), 0), ((0,), 0), ((3, 5), 0), ((3, 5), 1), ((1, 2, 3, 1, 5, 2), 4)]
)
def test_iota(shape, dimension, dtype, driver):
    aligned = [size if d == dimension else 1 for d, size in enumerate(shape)]
    expected = tf.cast(tf.broadcast_to(tf.reshape(tf.range(shape[dimension]), aligned), shape), tf.as_dtype(dtype))
    attributes = f"{{iota_dimension = {dimension} : i64}}"
    check_text(function_text("f", "stablehlo.iota", [], expected.numpy(), attributes), "f", [], expected, driver)


@pytest.mark.parametrize("driver", DRIVERS)
def test_rows_of_a_flattened_tensor_from_the_last_to_the_first(driver):
    """Which row an element comes from takes a division of an index that counts down."""
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    text = """
        func.func @f(%x: tensor<2x3xf32>) -> tensor<12xf32> {
          %0 = stablehlo.concatenate %x, %x, dim = 0 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
          %1 = stablehlo.reshape %0 : (tensor<4x3xf32>) -> tensor<12xf32>
          %2 = stablehlo.reverse %1, dims = [0] : tensor<12xf32>
          return %2 : tensor<12xf32>
        }
    """
    check_text(text, "f", [x], np.concatenate([x, x]).reshape(12)[::-1], driver)


@pytest.mark.parametrize("driver", DRIVERS)
def test_more_parts_than_a_dispatch_has_buffers(driver):
    parts = [np.arange(count % 5, dtype=np.float32)[None] + count for count in range(70)]
    arguments = ", ".join(f"%{number}: {tensor_type(part)}" for number, part in enumerate(parts))
    operands = ", ".join(f"%{number}" for number in range(len(parts)))
    types = ", ".join(map(tensor_type, parts))
    expected = np.concatenate(parts, 1)
    text = f"""
        func.func @f({arguments}) -> {tensor_type(expected)} {{
          %all = stablehlo.concatenate {operands}, dim = 1 : ({types}) -> {tensor_type(expected)}
          return %all : {tensor_type(expected)}
        }}
    """
    check_text(text, "f", parts, expected, driver)
