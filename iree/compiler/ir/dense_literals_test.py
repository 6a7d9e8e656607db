import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr

from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.parser import parse_attribute


def read(text):
    return array_of(parse_attribute(text, make_context()))


def raw(text):
    attribute = parse_attribute(text, make_context())
    assert isinstance(attribute, DenseIntOrFPElementsAttr)
    return attribute.data.data


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dense<1.5> : tensor<f32>", np.float32(1.5)),
        ("dense<[1.0, -2.5]> : tensor<2xf64>", np.array([1.0, -2.5])),
        ("dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>", np.array([[1, 2], [3, 4]], np.int32)),
        ("dense<7> : tensor<2x3xi8>", np.full((2, 3), 7, np.int8)),
        ("dense<[255, -1]> : tensor<2xi8>", np.array([-1, -1], np.int8)),
        ("dense<[255, 0]> : tensor<2xui8>", np.array([255, 0], np.uint8)),
        ("dense<18446744073709551615> : tensor<ui64>", np.uint64(2**64 - 1)),
        ("dense<0x7F> : tensor<2xi8>", np.array([127, 127], np.int8)),
        ("dense<[true, false]> : tensor<2xi1>", np.array([True, False])),
        ("dense<[[true], [false]]> : tensor<2x1xi1>", np.array([[True], [False]])),
        ("dense<true> : tensor<3xi1>", np.ones(3, np.bool_)),
        ("dense<[(1.0, 2.0), (0.0, -1.0)]> : tensor<2xcomplex<f32>>", np.array([1 + 2j, -1j], np.complex64)),
        ("dense<(1.0, 2.0)> : tensor<2xcomplex<f64>>", np.array([1 + 2j, 1 + 2j])),
        ("dense<> : tensor<0xf32>", np.zeros(0, np.float32)),
        ("dense<> : tensor<0x3xf32>", np.zeros((0, 3), np.float32)),
        ("dense<1.0> : tensor<0xf32>", np.zeros(0, np.float32)),
        ("dense<[1, 2]> : vector<2xindex>", np.array([1, 2])),
        ('dense<"0x0000803F00000040"> : tensor<2xf32>', np.array([1, 2], np.float32)),
        ('dense<"0x0000803F"> : tensor<2xf32>', np.ones(2, np.float32)),
        ("dense<[1.0, // a comment\n 2.0]> : tensor<2xf32>", np.array([1, 2], np.float32)),
    ],
)
def test_constants_have_the_values_written(text, expected):
    array = read(text)
    np.testing.assert_array_equal(array, expected)
    assert array.dtype == expected.dtype
    assert array.shape == expected.shape


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("dense<0xFF800000> : tensor<f32>", "000080FF"),
        ("dense<[0x7FC00001, 1.0]> : tensor<2xf32>", "0100C07F0000803F"),
        ("dense<0xFC00> : tensor<f16>", "00FC"),
        ("dense<0x7F80> : tensor<bf16>", "807F"),
        ("dense<0x7FF0000000000000> : tensor<f64>", "000000000000F07F"),
        ("dense<(0xFF800000, 0.0)> : tensor<complex<f32>>", "000080FF00000000"),
        ("dense<(1.0, 0x7FC00000)> : tensor<complex<f32>>", "0000803F0000C07F"),
    ],
)
def test_floats_in_hexadecimal_are_bits(text, bits):
    assert raw(text) == bytes.fromhex(bits)


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20))
def test_any_bits_are_kept(words):
    text = f"dense<[{', '.join(f'0x{word:08X}' for word in words)}]> : tensor<{len(words)}xf32>"
    assert raw(text) == np.array(words, "<u4").tobytes()


@given(st.lists(st.booleans(), min_size=9, max_size=40))
def test_i1_in_hexadecimal_is_a_bit_or_a_byte_each(values):
    expected = np.array(values)
    packed = np.packbits(expected, bitorder="little").tobytes().hex()
    assert raw(f'dense<"0x{packed}"> : tensor<{len(values)}xi1>') == (expected * np.uint8(255)).tobytes()
    whole = expected.astype(np.uint8).tobytes().hex()
    np.testing.assert_array_equal(read(f'dense<"0x{whole}"> : tensor<{len(values)}xi1>'), expected)


@pytest.mark.parametrize(
    ("byte", "count", "value"), [("00", 4, False), ("FF", 4, True), ("01", 1, True), ("01", 9, True)]
)
def test_one_byte_may_stand_for_all_i1(byte, count, value):
    np.testing.assert_array_equal(read(f'dense<"0x{byte}"> : tensor<{count}xi1>'), np.full(count, value))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dense 1 : tensor<f32>", "expected '<' after dense"),
        ("dense<[1, 2]> : tensor<3xi32>", "the constant's shape is [2], but its type is tensor<3xi32>"),
        ("dense<[[1, 2], [3]]> : tensor<2x2xi32>", "the lists of this constant differ in length"),
        ("dense<[[1, 2], 3]> : tensor<2x2xi32>", "the lists of this constant differ in length"),
        ("dense<[1, [2, 3]]> : tensor<2x2xi32>", "the lists of this constant differ in depth"),
        ("dense<> : tensor<2xi32>", "the constant's shape is [0], but its type is tensor<2xi32>"),
        ("dense<1.5> : tensor<i32>", "a number with a fraction is no i32"),
        ("dense<[1.5, 2.5]> : tensor<2xi32>", "a number with a fraction is no i32"),
        ("dense<256> : tensor<i8>", "Integer value 256 is out of range for type i8"),
        ("dense<-1> : tensor<ui8>", "Integer value -1 is out of range for type ui8"),
        ("dense<true> : tensor<i8>", "true is no i8"),
        ("dense<[true, false]> : tensor<2xf32>", "true is no f32"),
        ("dense<1.0e39> : tensor<f32>", "1e+39 does not fit f32"),
        ("dense<[1.0, 1.0e39]> : tensor<2xf32>", "1e+39 does not fit f32"),
        ("dense<1.0e999> : tensor<f64>", "the number is too large"),
        ("dense<0x1FF800000> : tensor<f32>", "f32 has 32 bits"),
        ("dense<1.0> : tensor<complex<f32>>", "complex<f32> is written (real, imaginary)"),
        ("dense<[1.0]> : tensor<1xcomplex<f32>>", "complex<f32> is written (real, imaginary)"),
        ("dense<(1.0, 2.0)> : tensor<f32>", "(real, imaginary) is no f32"),
        ("dense<x> : tensor<f32>", "expected a number, true or false"),
        ("dense<...> : tensor<f32>", "left out when the text was printed"),
        ("dense<1> : i32", "a constant cannot be a i32"),
        ("dense<1> : tensor<?xi32>", "a constant needs a static shape"),
        ("dense<1> : tensor<4x!spirv.nothing>", "spirv"),
        ("dense<1> : tensor<4xtensor<2xi32>>", "a constant holds numbers, not tensor<2xi32>"),
        ("dense<1.0> : tensor<f80>", "constants of f80 cannot be read"),
        ("dense<1.0> : tensor<1000000x1000000xf32>", "is too large; broadcast a smaller one"),
        ('dense<"0x0"> : tensor<f32>', "with an even number of digits"),
        ('dense<"00"> : tensor<i8>', 'written "0x0123..."'),
        ('dense<"0x0000"> : tensor<3xi8>', "2 bytes are no tensor<3xi8>, which takes 3"),
        ('dense<"0x05"> : tensor<4xi1>', "may be a bit for each i1 or one byte for all"),
        ('dense<"0x0505"> : tensor<4xi1>', "2 bytes are no 4 elements of i1"),
        ("dense<[1, 2> : tensor<2xi32>", "expected"),
    ],
)
def test_a_wrong_constant_is_refused_with_its_place(text, message):
    with pytest.raises(CompileError) as caught:
        parse_attribute(text, make_context())
    assert message.lower() in caught.value.message.lower()
    assert caught.value.location.startswith("attribute:1:")
