import numpy as np
import pytest
from xdsl.dialects.builtin import FloatAttr, IntegerAttr, IntegerType, VectorType, f16, f32, f64, i1, i32, i64

from iree.compiler.dialects.spirv.types import STORAGE_BUFFER, PointerType, buffer_type
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.targets.spirv.binary import Binary, Section, instruction, string_words
from iree.compiler.targets.spirv.opcodes import Op


def test_the_header() -> None:
    binary = Binary()
    binary.new_id()
    assert binary.words(0x00010300).tolist() == [0x07230203, 0x00010300, 0, 2, 0]


def test_sections_come_in_order_however_they_are_written() -> None:
    binary = Binary()
    binary.emit(Section.FUNCTIONS, Op.FUNCTION_END)
    binary.emit(Section.CAPABILITIES, Op.CAPABILITY, 1)
    assert binary.words(0x00010000)[5:].tolist() == [2 << 16 | 17, 1, 1 << 16 | 56]


@pytest.mark.parametrize("text", ["", "abc", "abcd", "été", "GLSL.std.450"])
def test_strings_end_in_zero_and_fill_words(text: str) -> None:
    data = np.array(string_words(text), "<u4").tobytes()
    assert data.rstrip(b"\0").decode() == text
    assert len(text.encode()) < len(data) <= len(text.encode()) + 4


def test_an_instruction_has_65535_words_at_most() -> None:
    assert instruction(Op.NAME, [0] * 65534)[0] == 65535 << 16 | 5
    with pytest.raises(CompileError, match="an instruction of 65536 words; the format allows 65535"):
        instruction(Op.NAME, [0] * 65535)


def test_equal_types_are_one() -> None:
    binary = Binary()
    types = [f32, f64, i32, i64, i1, VectorType(i32, [3]), PointerType.of(f32, STORAGE_BUFFER), buffer_type(4, f32, 4)]
    ids = [binary.type_id(type_) for type_ in types]
    assert len(set(ids)) == len(types)
    assert [binary.type_id(type_) for type_ in types] == ids
    assert binary.void_function_type_id() == binary.void_function_type_id()


def test_equal_bits_of_one_type_are_one_constant() -> None:
    binary = Binary()
    constants = [
        FloatAttr(0.0, f32),
        FloatAttr(-0.0, f32),
        FloatAttr(float("nan"), f32),
        IntegerAttr(0, i32),
        IntegerAttr(-1, i32),
        IntegerAttr(1, i1),
        IntegerAttr(0, i1),
        FloatAttr(0.0, f64),
        IntegerAttr(-1, i64),
    ]
    ids = [binary.constant_id(constant) for constant in constants]
    assert len(set(ids)) == len(constants)
    assert binary.constant_id(FloatAttr(-0.0, f32)) == ids[1]
    assert binary.constant_id(IntegerAttr(0xFFFFFFFF, i32)) == ids[4]


def test_a_constant_of_64_bits_has_its_lower_word_first() -> None:
    binary = Binary()
    binary.constant_id(IntegerAttr(0x123456789ABCDEF0, i64))
    assert binary.words(0x00010000).tolist()[-2:] == [0x9ABCDEF0, 0x12345678]


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(CompileError, match="no words for type f16"):
        Binary().type_id(f16)


@pytest.mark.parametrize("value", [FloatAttr(1.0, f16), IntegerAttr(1, IntegerType(16))])
def test_an_unknown_constant_is_refused(value: FloatAttr | IntegerAttr) -> None:
    with pytest.raises(CompileError, match=r"no words for the constant 1.*; it has i1, i32, i64, f32 and f64"):
        Binary().constant_id(value)
