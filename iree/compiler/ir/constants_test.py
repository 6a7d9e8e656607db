import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as arrays
from xdsl.dialects.builtin import (
    ComplexType,
    DenseIntOrFPElementsAttr,
    FloatAttr,
    IndexType,
    IntegerAttr,
    IntegerType,
    MemRefType,
    Signedness,
    StringAttr,
    TensorType,
    bf16,
    f16,
    f32,
    f64,
    f80,
    f128,
    i1,
    i8,
    i32,
    i64,
)

from iree.compiler.ir.constants import (
    array_of,
    dense,
    dtype_of,
    element_bytes,
    element_type_of,
    is_splat,
    mlir_type_of,
    splat,
    tensor_type,
)
from iree.schemas.element_types import ELEMENT_TYPES, from_name

ui8 = IntegerType(8, Signedness.UNSIGNED)


@pytest.mark.parametrize("element", ELEMENT_TYPES, ids=str)
def test_every_element_type_goes_to_mlir_and_back(element):
    type_ = mlir_type_of(element)
    assert str(type_) == element.name
    assert dtype_of(type_) == element.dtype
    assert element_type_of(TensorType(type_, [2])) == element
    values = np.array([0, 1, 1]).astype(element.dtype)
    attribute = dense(values)
    assert attribute.type == tensor_type((3,), element)
    np.testing.assert_array_equal(array_of(attribute), values)
    assert array_of(attribute).dtype == element.dtype


@pytest.mark.parametrize("element", ELEMENT_TYPES, ids=str)
def test_bytes_are_those_xdsl_makes_of_the_same_numbers(element):
    values = np.array([[0, 1, 0], [1, 1, 0]]).astype(element.dtype)
    numbers = [(float(v.real), 0.0) if element.dtype.kind == "c" else v.item() for v in values.reshape(-1)]
    expected = DenseIntOrFPElementsAttr.from_list(tensor_type((2, 3), element), numbers)
    assert dense(values) == expected


@given(arrays.arrays(np.float32, arrays.array_shapes(min_dims=0, max_dims=3, max_side=4)))
def test_any_float_array_keeps_its_bits(array):
    assert array_of(dense(array)).tobytes() == array.tobytes()
    assert array_of(dense(array)).shape == array.shape


def test_reading_copies_nothing_and_cannot_be_written():
    attribute = dense(np.arange(6, dtype=np.int32).reshape(2, 3))
    array = array_of(attribute)
    assert not array.flags.owndata
    assert not array.flags.writeable
    assert not array_of(dense(np.array([True]))).flags.writeable


def test_big_endian_arrays_are_turned():
    assert dense(np.array([1, 2], ">i4")) == dense(np.array([1, 2], "<i4"))


def test_dense_takes_a_given_type_of_the_same_shape():
    type_ = MemRefType(i32, [2])
    assert dense(np.array([1, 2], np.int32), type_).type == type_
    with pytest.raises(ValueError, match="is no tensor<3xi32>"):
        dense(np.array([1, 2], np.int32), TensorType(i32, [3]))
    with pytest.raises(ValueError, match="is no tensor<2xi32>"):
        dense(np.array([1, 2], np.int64), TensorType(i32, [2]))
    with pytest.raises(TypeError, match="i32 has no shape"):
        dense(np.array(1, np.int32), i32)


def test_types_without_a_twin_are_refused():
    with pytest.raises(TypeError, match="f80 has no NumPy type"):
        dtype_of(f80)
    with pytest.raises(TypeError, match="complex<i8> has no NumPy type"):
        dtype_of(ComplexType(i8))
    with pytest.raises(TypeError, match="index is not an element type"):
        element_type_of(IndexType())
    with pytest.raises(TypeError, match="object has no MLIR type"):
        mlir_type_of(np.dtype(object))
    with pytest.raises(TypeError, match="no constant of numbers"):
        array_of(StringAttr("a"))


def test_signed_integers_are_the_signless_of_the_module_file():
    assert element_type_of(IntegerType(32, Signedness.SIGNED)) == from_name("i32")
    assert dtype_of(IntegerType(8, Signedness.SIGNED)) == np.int8
    assert dtype_of(IndexType()) == np.int64


def test_scalars_are_arrays_of_rank_zero():
    for attribute, expected in [
        (IntegerAttr(7, i32), np.int32(7)),
        (IntegerAttr(1, i1), np.bool_(True)),
        (FloatAttr(1.5, bf16), ml_dtypes.bfloat16(1.5)),
    ]:
        array = array_of(attribute)
        assert array.shape == ()
        assert array.dtype == expected.dtype
        assert array == expected


def test_splats_are_found_by_their_bits():
    assert is_splat(dense(np.full((3, 4), np.nan, np.float32)))
    assert not is_splat(dense(np.array([0.0, -0.0], np.float32)))
    assert not is_splat(dense(np.array([1, 2, 1], np.int32)))
    assert not is_splat(dense(np.zeros((0,), np.int32)))
    assert is_splat(IntegerAttr(1, i64))
    assert not is_splat(StringAttr("a"))


def test_splat_makes_a_constant():
    assert splat(2, TensorType(f32, [2, 2])) == dense(np.full((2, 2), 2, np.float32))
    assert splat(True, TensorType(i1, [3])) == dense(np.ones(3, np.bool_))


def test_numbers_become_the_bytes_of_their_type():
    assert element_bytes(f32, 1.5) == np.float32(1.5).tobytes()
    assert element_bytes(bf16, 1.0) == np.array(1.0, ml_dtypes.bfloat16).tobytes()
    assert element_bytes(i8, 255) == b"\xff"
    assert element_bytes(ComplexType(f64), (1.0, 2.0)) == np.complex128(1 + 2j).tobytes()


@pytest.mark.parametrize(("type_", "value"), [(f16, 65520.0), (f32, 1e39), (ui8, -1), (i8, 256), (f128, 1.0)])
def test_a_number_that_does_not_fit_is_refused(type_, value):
    with pytest.raises(ValueError, match=r"does not fit|out of range"):
        element_bytes(type_, value)
