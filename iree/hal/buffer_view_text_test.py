"""Arrays as text and back."""

import math

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stnp

from iree.hal.buffer_view_text import format_shaped_array, parse_shaped_array
from iree.hal.status import InvalidArgument


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("4xf32=1 2 3 4", np.array([1, 2, 3, 4], np.float32)),
        ("2x2xi32=[1 2][3 4]", np.array([[1, 2], [3, 4]], np.int32)),
        ("f32=2", np.array(2, np.float32)),
        ("2x2xf32", np.zeros((2, 2), np.float32)),
        ("1x2x3xi8=[[0 1 2][3 4 5]]", np.arange(6, dtype=np.int8).reshape(1, 2, 3)),
        ("4xi16=[[0][ 1 ][2]][3]", np.arange(4, dtype=np.int16)),
        ("4xf32=1,2, 3 ,4", np.array([1, 2, 3, 4], np.float32)),
        ("2x2xf32=7", np.full((2, 2), 7, np.float32)),
        ("0x3xf32=", np.zeros((0, 3), np.float32)),
        ("0xf32", np.zeros(0, np.float32)),
        ("4x1=00,010203", np.arange(4, dtype=np.uint8)),
        ("2x2=0100 ffff", np.array([1, 65535], np.uint16)),
        ("4=01000000", np.array(1, np.uint32)),
        ("2x8", np.zeros(2, np.uint64)),
        ("i16=65535", np.array(-1, np.int16)),
        ("u16=-2", np.array(65534, np.uint16)),
        ("ui64=18446744073709551615", np.array(2**64 - 1, np.uint64)),
        ("i64=-9223372036854775808", np.array(-(2**63), np.int64)),
        ("4xi1=0 1 true False", np.array([False, True, True, False])),
        ("3xf16=nan inf -inf", np.array([math.nan, math.inf, -math.inf], np.float16)),
        ("bf16=1e-3", np.array(1e-3).astype(ml_dtypes.bfloat16)),
        ("f64=0.1", np.array(0.1)),
        ("3xi4=-8 7 15", np.array([-8, 7, -1]).astype(ml_dtypes.int4)),
        ("2xui2=3 0", np.array([3, 0]).astype(ml_dtypes.uint2)),
        ("2xf8E4M3FN=0.3 -448", np.array([0.3125, -448]).astype(ml_dtypes.float8_e4m3fn)),
        ("3xcomplex<f32>=1+2j, -1j 3", np.array([1 + 2j, -1j, 3], np.complex64)),
        ("complex<f64>=1e3-infj", np.array(complex(1000, -math.inf))),
    ],
)
def test_parse(text: str, wanted: np.ndarray) -> None:
    array = parse_shaped_array(text)
    assert array.dtype == wanted.dtype
    assert array.flags.writeable
    np.testing.assert_array_equal(array, wanted)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("4xf32=1 2 3", '"4xf32=1 2 3" has 3 elements, 4 are needed'),
        ("2xf32=1 2 3", "has 3 elements, 2 are needed"),
        ("2xf32=", "has 0 elements, 2 are needed"),
        ("2xf32=1 b", '"b" is not a f32'),
        ("2xi32=1 2.5", '"2.5" is not a i32'),
        ("2xi1=1 2", '"2" is not a i1'),
        ("?xf32=1", r'"\?xf32" is not a type like 4xf32'),
        ("-4xf32=1", "is not a type like"),
        ("4x", 'no element type "": there are i1, i8,'),
        ("4xfoo=1", 'no element type "foo": there are .*bf16.*, u8,'),
        ("complex<f32>=1+2i", r'"1\+2i" is not a complex<f32>'),
        ("complex<f16>=1", 'no element type "complex<f16>"'),
        ("complex<f32>=1e39", "1e39 is larger than any complex<f32>"),
        ("i4=16", "16 does not fit into 4 bits"),
        ("f8E4M3FN=1e3", "1e3 is larger than any f8E4M3FN"),
        ("f8E4M3FN=inf", "inf is larger than any f8E4M3FN"),
        ("i8=256", "256 does not fit into 8 bits"),
        ("i8=-129", "-129 does not fit into 8 bits"),
        ("f16=1e9", "1e9 is larger than any f16"),
        ("4x1=0g", "the data is not elements of 1 bytes in hex"),
        ("2x2=010203", "the data is not elements of 2 bytes in hex"),
        ("", 'no element type ""'),
    ],
)
def test_what_is_wrong_is_said(text: str, complaint: str) -> None:
    with pytest.raises(InvalidArgument, match=complaint):
        parse_shaped_array(text)


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.array([1, 2.5, -0.0, 1e10], np.float32), "4xf32=1 2.5 -0 1e+10"),
        (np.arange(6, dtype=np.int32).reshape(2, 3), "2x3xi32=[0 1 2][3 4 5]"),
        (np.arange(6, dtype=np.int8).reshape(1, 2, 3), "1x2x3xi8=[[0 1 2][3 4 5]]"),
        (np.array(2, np.float32), "f32=2"),
        (np.array([0.1, 1 / 3, 16777216], np.float32), "3xf32=0.1 0.33333334 16777216"),
        (np.array([0.1]).astype(ml_dtypes.bfloat16), "1xbf16=0.1"),
        (np.array([math.nan, math.inf, -math.inf], np.float16), "3xf16=nan inf -inf"),
        (np.array([True, False]), "2xi1=1 0"),
        (np.zeros((0, 3), np.float32), "0x3xf32="),
        (np.zeros((2, 0), np.float32), "2x0xf32=[][]"),
        (np.array([255], np.uint8), "1xui8=255"),
        (np.array([-8, 7]).astype(ml_dtypes.int4), "2xi4=-8 7"),
        (np.array([0.3, np.nan]).astype(ml_dtypes.float8_e5m2), "2xf8E5M2=0.3 nan"),
        (np.array([1 + 0.1j, complex(-0.0, -math.inf)], np.complex64), "2xcomplex<f32>=1+0.1j -0-infj"),
    ],
)
def test_format(array: np.ndarray, text: str) -> None:
    assert format_shaped_array(array) == text


def test_long_arrays_are_cut() -> None:
    assert format_shaped_array(np.arange(5, dtype=np.int8), 3) == "5xi8=0 1 2 ..."
    assert format_shaped_array(np.zeros((3, 2), np.int8), 3) == "3x2xi8=[0 0][0 ...]..."
    assert format_shaped_array(np.zeros(2000, np.int8)).count("0 ") == 1024


@settings(deadline=None)
@given(
    stnp.arrays(
        st.sampled_from([np.float16, np.float32, np.float64, np.int8, np.uint32, np.int64, np.bool_, np.complex64]),
        stnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3),
    )
)
def test_format_is_parsed_back(array: np.ndarray) -> None:
    back = parse_shaped_array(format_shaped_array(array))
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)
