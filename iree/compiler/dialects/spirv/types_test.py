import pytest
from xdsl.dialects.builtin import ArrayAttr, IntAttr, f32
from xdsl.utils.exceptions import VerifyException

from iree.compiler.dialects.registry import make_context
from iree.compiler.dialects.spirv.types import ArrayType, PointerType, StructType, buffer_type
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.parser import parse_attribute


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("!spirv.ptr<f32, StorageBuffer>", "!spirv.ptr<f32, StorageBuffer>"),
        ("!spv.ptr<vector<3xi32>, Input>", "!spirv.ptr<vector<3xi32>, Input>"),
        ("!spirv.array<4 x f32, stride=4>", "!spirv.array<4 x f32, stride=4>"),
        ("!spv.array<4 x f32 [4]>", "!spirv.array<4 x f32, stride=4>"),
        ("!spirv.struct<(f32 [0], i32 [4])>", "!spirv.struct<(f32 [0], i32 [4])>"),
        ("!spv.struct<!spv.array<4 x f32 [4]> [0]>", "!spirv.struct<(!spirv.array<4 x f32, stride=4> [0])>"),
    ],
)
def test_both_spellings_are_read_and_todays_is_printed(text: str, printed: str) -> None:
    type_ = parse_attribute(text, make_context())
    assert str(type_) == printed
    assert parse_attribute(printed, make_context()) == type_


def test_a_buffer_is_a_pointer_to_a_struct_of_one_array() -> None:
    text = "!spirv.ptr<!spirv.struct<(!spirv.array<6 x f32, stride=4> [0])>, StorageBuffer>"
    assert str(buffer_type(6, f32, 4)) == text


def test_an_unknown_storage_class_is_refused() -> None:
    with pytest.raises(CompileError, match="Output; there are Input, Function, PushConstant, StorageBuffer"):
        parse_attribute("!spirv.ptr<f32, Output>", make_context())
    with pytest.raises(VerifyException, match="unknown storage class"):
        PointerType.of(f32, "Output")


def test_an_array_of_nothing_is_refused() -> None:
    with pytest.raises(VerifyException, match="no array of zero elements"):
        ArrayType.of(0, f32, 4)


def test_each_member_has_an_offset() -> None:
    with pytest.raises(VerifyException, match="2 members have 1 offsets"):
        StructType(ArrayAttr([f32, f32]), ArrayAttr([IntAttr(0)]))
