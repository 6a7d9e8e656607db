"""Parts of complex numbers, bits, and bits of precision."""

import math

import jax
import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stnp

from iree.hal.interpreter.tensor_type import TensorType
from iree.hal.interpreter.testing.evaluate import evaluate, type_of
from iree.hal.status import DataLoss
from iree.schemas.element_types import ELEMENT_TYPES, ElementType, from_name

INTEGERS = [from_name(f"{sign}{bits}") for sign in ("i", "ui") for bits in (2, 4, 8, 16, 32, 64)]


def test_parts() -> None:
    x = np.array([[1 + 2j, complex(-0.0, math.nan)], [complex(math.inf, -0.0), -3j]], np.complex64)
    for name, part in (("real", x.real), ("imag", x.imag)):
        assert evaluate(name, [x], "2x2xf32").tobytes() == np.ascontiguousarray(part).tobytes()
    real, imaginary = (np.ascontiguousarray(part) for part in (x.real, x.imag))
    assert evaluate("complex", [real, imaginary], "2x2xcomplex<f32>").tobytes() == x.tobytes()


def test_parts_of_wrong_types_are_refused() -> None:
    f32, f64, c64 = np.ones(2, np.float32), np.ones(2), np.ones(2, np.complex64)
    with pytest.raises(DataLoss, match="real is for complex numbers, not 2xf32"):
        evaluate("real", [f32], "2xf32")
    with pytest.raises(DataLoss, match="imag of 2xcomplex<f32> is no 2xf64"):
        evaluate("imag", [c64], "2xf64")
    with pytest.raises(DataLoss, match="complex of 2xf32 and 2xf64 is no 2xcomplex<f32>"):
        evaluate("complex", [f32, f64], "2xcomplex<f32>")


def number_of(array: np.ndarray, bits: int) -> list[int]:
    """Elements along the last dimension as one number, the first one lowest."""
    flat = array.reshape(-1, array.shape[-1]).astype(object)
    return [sum((int(value) & ((1 << bits) - 1)) << (bits * index) for index, value in enumerate(row)) for row in flat]


@pytest.mark.parametrize("wide", INTEGERS, ids=str)
@pytest.mark.parametrize("narrow", INTEGERS, ids=str)
def test_integers_are_cut_up_and_joined(wide: ElementType, narrow: ElementType) -> None:
    if wide.bit_width < narrow.bit_width:
        wide, narrow = narrow, wide
    count, mask = wide.bit_width // narrow.bit_width, (1 << wide.bit_width) - 1
    rng = np.random.default_rng(wide.number + 32 * narrow.number)
    x = np.frombuffer(rng.bytes(6 * wide.byte_width), f"i{wide.byte_width}").astype(wide.dtype).reshape(2, 3)
    shape = (2, 3, count) if count > 1 else (2, 3)
    cut = evaluate("bitcast_convert", [x], TensorType(narrow, shape))
    assert number_of(cut.reshape(2, 3, count), narrow.bit_width) == [int(value) & mask for value in x.reshape(-1)]
    assert evaluate("bitcast_convert", [cut], type_of(x)).tobytes() == x.tobytes()


@pytest.mark.parametrize("element", [t for t in ELEMENT_TYPES if t.kind == "float"], ids=str)
def test_floats_keep_their_bits(element: ElementType) -> None:
    raw = np.random.default_rng(0).integers(0, 256, (8, element.byte_width), np.uint8)
    x = raw.view(element.dtype).reshape(8)
    bits = from_name(f"ui{element.bit_width}")
    got = evaluate("bitcast_convert", [x], TensorType(bits, (8,)))
    assert got.tobytes() == x.tobytes()
    assert evaluate("bitcast_convert", [got], type_of(x)).tobytes() == x.tobytes()


def test_views_and_nothing() -> None:
    assert evaluate("bitcast_convert", [np.zeros((0, 4), np.int8)], "0xi32").shape == (0,)
    assert evaluate("bitcast_convert", [np.array(1.0, np.float32)], "4xui8").tolist() == [0, 0, 0x80, 0x3F]
    z = np.array([1 + 2j], np.complex64)
    assert evaluate("bitcast_convert", [z], "1xcomplex<f32>").tolist() == z.tolist()


@pytest.mark.parametrize(
    ("value", "output", "text"),
    [
        (np.zeros(8, np.bool_), "i8", "bitcast_convert of 8xi1 and i8 has i1"),
        (np.zeros(8, np.int8), "8xi16", "bitcast_convert of 8xi8 is not 8xi16: they differ in bits"),
        (np.zeros(8, np.int16), "4xi32", "bitcast_convert of 8xi16 is not 4xi32"),
    ],
)
def test_other_numbers_of_bits_are_refused(value: np.ndarray, output: str, text: str) -> None:
    with pytest.raises(DataLoss, match=text):
        evaluate("bitcast_convert", [value], output)


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float32, np.float64])
@pytest.mark.parametrize(("exponent", "mantissa"), [(5, 10), (8, 7), (4, 3), (5, 2), (2, 0), (11, 52), (8, 23)])
@settings(deadline=None, max_examples=5)
@given(st.data())
def test_precision_is_reduced_as_in_jax(dtype: type, exponent: int, mantissa: int, data: st.DataObject) -> None:
    word = f"u{np.dtype(dtype).itemsize}"
    drawn = data.draw(stnp.arrays(np.dtype(word), 8)).view(dtype)
    edges = np.array([0.0, -0.0, 1, -1.5, math.inf, -math.inf, math.nan, 15.5, 16, 0.06, 1e-7, 240, 250, 65520, 1e30])
    with np.errstate(all="ignore"):
        x = np.concatenate([edges.astype(dtype), drawn])
    got = evaluate("reduce_precision", [x], type_of(x), (exponent, mantissa)).astype(np.float64)
    with jax.enable_x64(True):
        wanted = np.asarray(jax.lax.reduce_precision(x, exponent, mantissa)).astype(np.float64)
    np.testing.assert_array_equal(got, wanted)
    np.testing.assert_array_equal(np.signbit(got[got == 0]), np.signbit(wanted[wanted == 0]))


def test_precision_of_a_scalar() -> None:
    assert evaluate("reduce_precision", [np.array(1.0009765625, np.float32)], "f32", (8, 7)) == 1


def test_precision_of_other_elements_is_refused() -> None:
    with pytest.raises(DataLoss, match="reduce_precision is for floats, not 2xi32"):
        evaluate("reduce_precision", [np.zeros(2, np.int32)], "2xi32", (5, 10))
    with pytest.raises(DataLoss, match=r"takes bits of exponent, at least 1, and of mantissa, not \[0, 3\]"):
        evaluate("reduce_precision", [np.zeros(2, np.float32)], "2xf32", (0, 3))
