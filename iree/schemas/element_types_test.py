"""Element types: numbers that never change, MLIR's names, NumPy's storage."""

import numpy as np
import pytest

from iree.schemas.element_types import ELEMENT_TYPES, ElementType, from_dtype, from_name, from_number

# What module files hold. A line here may be added, never changed.
NUMBERS = {
    1: ("i1", 1), 2: ("i8", 1), 3: ("i16", 2), 4: ("i32", 4), 5: ("i64", 8), 6: ("ui8", 1), 7: ("ui16", 2),
    8: ("ui32", 4), 9: ("ui64", 8), 10: ("f16", 2), 11: ("bf16", 2), 12: ("f32", 4), 13: ("f64", 8),
    14: ("complex<f32>", 8), 15: ("complex<f64>", 16), 16: ("i2", 1), 17: ("ui2", 1), 18: ("i4", 1), 19: ("ui4", 1),
    20: ("f8E5M2", 1), 21: ("f8E4M3FN", 1), 22: ("f8E4M3", 1), 23: ("f8E3M4", 1), 24: ("f8E5M2FNUZ", 1),
    25: ("f8E4M3FNUZ", 1), 26: ("f8E4M3B11FNUZ", 1),
}  # fmt: skip


def test_numbers_names_and_widths_stay() -> None:
    assert {t.number: (t.name, t.byte_width) for t in ELEMENT_TYPES} == NUMBERS


@pytest.mark.parametrize("element_type", ELEMENT_TYPES, ids=str)
def test_each_is_found_by_number_name_and_dtype(element_type: ElementType) -> None:
    assert from_number(element_type.number) is element_type
    assert from_name(element_type.name) is element_type
    assert from_dtype(element_type.dtype) is element_type
    assert str(element_type) == element_type.name


@pytest.mark.parametrize(
    ("name", "kind", "bits"),
    [
        ("i1", "bool", 1),
        ("i2", "integer", 2),
        ("ui4", "integer", 4),
        ("i64", "integer", 64),
        ("f8E4M3FN", "float", 8),
        ("bf16", "float", 16),
        ("complex<f32>", "complex", 64),
    ],
)
def test_kind_and_bits(name: str, kind: str, bits: int) -> None:
    assert (from_name(name).kind, from_name(name).bit_width) == (kind, bits)


def test_unknown_ones_are_key_errors() -> None:
    with pytest.raises(KeyError):
        from_number(0)
    with pytest.raises(KeyError):
        from_name("f8")
    with pytest.raises(KeyError):
        from_dtype(np.dtype("U1"))
