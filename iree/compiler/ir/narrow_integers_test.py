import ml_dtypes
import numpy as np
import pytest
from xdsl.dialects.builtin import IntegerType, Signedness, f32, i1, i8

from iree.compiler.ir.constants import array_of, dense
from iree.compiler.ir.narrow_integers import (
    array_from,
    attribute_bytes,
    attribute_bytes_of_hex,
    hex_bytes_of_attribute,
    narrow_dtype,
)

INT4, UINT4, INT2 = (np.dtype(t) for t in (ml_dtypes.int4, ml_dtypes.uint4, ml_dtypes.int2))


def test_only_two_and_four_bits_are_narrow() -> None:
    assert narrow_dtype(IntegerType(4)) == narrow_dtype(IntegerType(4, Signedness.SIGNED)) == INT4
    assert narrow_dtype(IntegerType(4, Signedness.UNSIGNED)) == UINT4
    assert narrow_dtype(IntegerType(2)) == INT2
    assert narrow_dtype(i1) is narrow_dtype(i8) is narrow_dtype(IntegerType(3)) is narrow_dtype(f32) is None


@pytest.mark.parametrize(
    ("dtype", "values", "attribute", "hexadecimal"),
    [
        (INT4, [1, -1, -8, 7], "01fff807", "010f0807"),
        (UINT4, [1, 15, 8, 7], "010f0807", "010f0807"),
        (INT2, [1, -1, -2, 0], "01fffe00", "01030200"),
    ],
)
def test_the_sign_is_in_the_high_bits(dtype, values, attribute, hexadecimal) -> None:
    array = np.array(values).astype(dtype)
    data = attribute_bytes(array, dtype)
    assert data.hex() == attribute
    np.testing.assert_array_equal(array_from(data, dtype), array)
    assert hex_bytes_of_attribute(data, dtype).hex() == hexadecimal
    assert attribute_bytes_of_hex(bytes.fromhex(hexadecimal), dtype) == data
    assert attribute_bytes_of_hex(data, dtype) == data  # high bits say nothing in a text
    assert dense(array).data.data == data
    np.testing.assert_array_equal(array_of(dense(array)), array)
