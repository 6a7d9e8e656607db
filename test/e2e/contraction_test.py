"""dot and dot_general of every batching and contracting, against TensorFlow on every driver."""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from test.e2e.programs import DRIVERS, check_text, function_text, tensor_type

# lhs and rhs as einsum spells them, their sizes, and what comes out: batch, free of lhs, free of rhs.
EINSUMS = (
    ("mk,kn->mn", {"m": 3, "k": 5, "n": 7}),
    ("mk,kn->mn", {"m": 1, "k": 64, "n": 10}),
    ("mk,kn->mn", {"m": 33, "k": 17, "n": 65}),
    ("mk,kn->mn", {"m": 64, "k": 64, "n": 64}),
    ("mk,kn->mn", {"m": 0, "k": 5, "n": 7}),
    ("mk,kn->mn", {"m": 3, "k": 0, "n": 7}),
    ("mk,nk->mn", {"m": 3, "k": 5, "n": 7}),
    ("km,kn->mn", {"m": 3, "k": 5, "n": 7}),
    ("k,k->", {"k": 9}),
    ("mk,k->m", {"m": 4, "k": 9}),
    ("k,kn->n", {"k": 9, "n": 4}),
    ("m,n->mn", {"m": 4, "n": 3}),
    ("bmk,bkn->bmn", {"b": 3, "m": 4, "k": 5, "n": 2}),
    ("mbk,knb->bmn", {"b": 3, "m": 4, "k": 5, "n": 2}),
    ("mkl,lkn->mn", {"m": 4, "k": 5, "l": 3, "n": 2}),
    ("abmk,abkn->abmn", {"a": 2, "b": 3, "m": 4, "k": 5, "n": 2}),
    ("abmkpq,abkqn->abmpn", {"a": 2, "b": 1, "m": 3, "k": 2, "p": 2, "q": 3, "n": 2}),
)


def dimension_numbers(equation: str) -> str:
    """The dot dimension numbers of an einsum."""
    lhs, rhs, out = equation.replace("->", ",").split(",")
    batch = [c for c in lhs if c in rhs and c in out]
    contracted = [c for c in lhs if c in rhs and c not in out]
    lists = {
        "lhs_batching_dimensions": [lhs.index(c) for c in batch],
        "rhs_batching_dimensions": [rhs.index(c) for c in batch],
        "lhs_contracting_dimensions": [lhs.index(c) for c in contracted],
        "rhs_contracting_dimensions": [rhs.index(c) for c in contracted],
    }
    return ", ".join(f"{name} = {dims}" for name, dims in lists.items() if dims)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("dtype", [np.float32, np.int32], ids=["f32", "i32"])
@pytest.mark.parametrize(("equation", "sizes"), EINSUMS, ids=str)
def test_dot_general(equation, sizes, dtype, driver):
    lhs, rhs, _ = equation.replace("->", ",").split(",")
    generator = np.random.default_rng(5)
    arrays: list[Any] = [(generator.normal(size=[sizes[c] for c in term]) * 9).astype(dtype) for term in (lhs, rhs)]
    expected = np.asarray(tf.einsum(equation, *arrays))
    attributes = f"{{dot_dimension_numbers = #stablehlo.dot<{dimension_numbers(equation)}>}}"
    text = function_text("f", "stablehlo.dot_general", arrays, expected, attributes)
    tolerance = {"rtol": 2e-5, "atol": 1e-3} if dtype == np.float32 else {}
    check_text(text, "f", arrays, expected, driver, **tolerance)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_sum_of_booleans_is_an_or(driver):
    lhs, rhs = (np.random.default_rng(7).integers(0, 2, size).astype(np.bool_) for size in [(5, 6), (6, 7)])
    check_text(function_text("f", "stablehlo.dot", [lhs, rhs], lhs @ rhs), "f", [lhs, rhs], lhs @ rhs, driver)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(("lhs", "rhs"), [((3, 5), (5, 7)), ((3, 5), (5,)), ((5,), (5, 7)), ((5,), (5,))])
def test_dot(lhs, rhs, driver):
    generator = np.random.default_rng(6)
    arrays: list[Any] = [generator.normal(size=shape).astype(np.float32) for shape in (lhs, rhs)]
    expected = np.asarray(tf.tensordot(*arrays, axes=1))
    text = function_text("f", "mhlo.dot", arrays, expected)
    check_text(text, "f", arrays, expected, driver, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_dense_layer_is_one_dispatch(driver):
    generator = np.random.default_rng(8)
    x, w, b = (generator.normal(size=s).astype(np.float32) for s in [(9, 17), (17, 13), (13,)])
    text = f"""
    func.func @f(%x: {tensor_type(x)}, %w: {tensor_type(w)}, %b: {tensor_type(b)}) -> tensor<9x13xf32> {{
      %zero = stablehlo.constant dense<0.0> : tensor<9x13xf32>
      %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0]
        : ({tensor_type(x)}, {tensor_type(w)}) -> tensor<9x13xf32>
      %1 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<13xf32>) -> tensor<9x13xf32>
      %2 = stablehlo.add %0, %1 : tensor<9x13xf32>
      %3 = stablehlo.maximum %2, %zero : tensor<9x13xf32>
      return %3 : tensor<9x13xf32>
    }}
    """
    check_text(text, "f", [x, w, b], tf.nn.relu(x @ w + b), driver, rtol=1e-5, atol=1e-5)
