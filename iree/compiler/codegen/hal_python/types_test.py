"""Buffer types in Python source."""

import pytest
from xdsl.dialects.builtin import ComplexType, MemRefType, f32, i1

from iree.compiler.codegen.hal.types import people_text
from iree.compiler.codegen.hal_python.types import (
    array_hint,
    element_name,
    length_text,
    shape_text,
    size_text,
)
from iree.compiler.ir.sizes import parse


@pytest.mark.parametrize(
    ("size", "text"),
    [
        ("7", "7"),
        ("d0", "self.d0"),
        ("2*d0*d1+3", "2 * self.d0 * self.d1 + 3"),
        ("d1-d0-1", "-self.d0 + self.d1 - 1"),
    ],
)
def test_sizes(size: str, text: str) -> None:
    assert size_text(parse(size)) == text


def test_buffers() -> None:
    vector, scalar = MemRefType(f32, [4]), MemRefType(i1, [])
    assert (shape_text(vector), shape_text(scalar)) == ("(4,)", "()")
    assert (length_text(vector), length_text(MemRefType(f32, [parse("d0"), 3]))) == ("16", "12 * self.d0")
    assert element_name(MemRefType(ComplexType(f32), [])) == "COMPLEX_F32"
    assert (array_hint(vector), array_hint(scalar)) == ("npt.NDArray[np.float32]", "npt.NDArray[np.bool]")
    assert (people_text(MemRefType(f32, [parse("d0"), 3])), people_text(scalar)) == ("[d0]x3xf32", "i1")
