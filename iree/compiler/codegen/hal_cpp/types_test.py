"""Types as hal.h calls them."""

import re
from pathlib import Path

import pytest
from xdsl.dialects.builtin import ComplexType, Float16Type, MemRefType, f32, i1, i64

from iree.compiler.codegen.hal_cpp.types import array_type, braces, constant_name, element_name, length_text, shape_text
from iree.schemas.element_types import ELEMENT_TYPES, from_name

_HEADER = Path(__file__).resolve().parents[3] / "hal" / "c++" / "hal.h"


@pytest.mark.parametrize("of", ELEMENT_TYPES, ids=str)
def test_the_header_has_every_element_type(of) -> None:
    found = re.findall(rf"\b{constant_name(of)}{{\"([^\"]+)\", (\d+)}}", _HEADER.read_text())
    assert found == [(of.name, str(of.byte_width))]


def test_buffers() -> None:
    type_ = MemRefType(f32, [4, 8])
    assert (shape_text(type_), element_name(type_), length_text(type_)) == ("{4, 8}", "kF32", "128")
    assert shape_text(MemRefType(i1, [])) == braces([]) == "{}"


@pytest.mark.parametrize(
    ("element", "name"),
    [(f32, "float"), (i1, "uint8_t"), (i64, "int64_t"), (Float16Type(), "uint16_t"), (ComplexType(f32), "float")],
)
def test_arrays(element, name: str) -> None:
    assert array_type(MemRefType(element, [4])) == name


def test_names() -> None:
    assert [constant_name(from_name(name)) for name in ("complex<f64>", "f8E4M3FN", "ui8")] == [
        "kComplexF64",
        "kF8E4M3FN",
        "kUi8",
    ]
