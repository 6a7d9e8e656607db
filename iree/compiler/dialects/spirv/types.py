"""Types that only SPIR-V has: pointers with a storage class, and the layout of a buffer in memory.

Each also reads the walkthrough's older spelling.
"""

from collections.abc import Sequence

from xdsl.dialects.builtin import ArrayAttr, IntAttr, StringAttr, i32
from xdsl.ir import Attribute, ParametrizedAttribute, TypeAttribute
from xdsl.irdl import irdl_attr_definition
from xdsl.parser import AttrParser
from xdsl.printer import Printer
from xdsl.utils.exceptions import VerifyException

INPUT = "Input"
STORAGE_BUFFER = "StorageBuffer"
FUNCTION = "Function"
PUSH_CONSTANT = "PushConstant"

# Numbers of the SPIR-V specification.
STORAGE_CLASSES = {INPUT: 1, FUNCTION: 7, PUSH_CONSTANT: 9, STORAGE_BUFFER: 12}


@irdl_attr_definition
class PointerType(ParametrizedAttribute, TypeAttribute):
    """Where a value of the pointee type lies, and in which memory.

    !spirv.ptr<f32, StorageBuffer>
    """

    name = "spirv.ptr"
    pointee: Attribute
    storage_class: StringAttr

    @staticmethod
    def of(pointee: Attribute, storage_class: str) -> "PointerType":
        """The pointer to `pointee` in the memory named `storage_class`."""
        return PointerType(pointee, StringAttr(storage_class))

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        with parser.in_angle_brackets():
            pointee = parser.parse_type()
            parser.parse_punctuation(",")
            return pointee, StringAttr(parser.parse_identifier(" for a storage class"))

    def print_parameters(self, printer: Printer) -> None:
        with printer.in_angle_brackets():
            printer.print_attribute(self.pointee)
            printer.print_string(f", {self.storage_class.data}")

    def verify(self) -> None:
        if self.storage_class.data not in STORAGE_CLASSES:
            known = ", ".join(STORAGE_CLASSES)
            raise VerifyException(f"unknown storage class {self.storage_class.data}; there are {known}")


@irdl_attr_definition
class ArrayType(ParametrizedAttribute, TypeAttribute):
    """Elements one after the other, `stride` bytes from each to the next.

        !spirv.array<4 x f32, stride=4>

    The walkthrough writes !spv.array<4 x f32 [4]>.
    """

    name = "spirv.array"
    count: IntAttr
    element: Attribute
    stride: IntAttr

    @staticmethod
    def of(count: int, element: Attribute, stride: int) -> "ArrayType":
        """`count` elements, `stride` bytes apart."""
        return ArrayType(IntAttr(count), element, IntAttr(stride))

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        with parser.in_angle_brackets():
            count = parser.parse_integer(allow_boolean=False, allow_negative=False)
            parser.parse_keyword("x")
            element = parser.parse_type()
            if parser.parse_optional_punctuation(","):
                parser.parse_keyword("stride")
                parser.parse_punctuation("=")
                stride = parser.parse_integer(allow_boolean=False, allow_negative=False)
            else:
                with parser.in_square_brackets():
                    stride = parser.parse_integer(allow_boolean=False, allow_negative=False)
        return IntAttr(count), element, IntAttr(stride)

    def print_parameters(self, printer: Printer) -> None:
        with printer.in_angle_brackets():
            printer.print_string(f"{self.count.data} x ")
            printer.print_attribute(self.element)
            printer.print_string(f", stride={self.stride.data}")

    def verify(self) -> None:
        if self.count.data < 1:
            raise VerifyException("SPIR-V has no array of zero elements")


@irdl_attr_definition
class RuntimeArrayType(ParametrizedAttribute, TypeAttribute):
    """Elements one after the other, as many as the buffer has.

    !spirv.rtarray<f32, stride=4>
    """

    name = "spirv.rtarray"
    element: Attribute
    stride: IntAttr

    @staticmethod
    def of(element: Attribute, stride: int) -> "RuntimeArrayType":
        """Elements `stride` bytes apart."""
        return RuntimeArrayType(element, IntAttr(stride))

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        with parser.in_angle_brackets():
            element = parser.parse_type()
            parser.parse_punctuation(",")
            parser.parse_keyword("stride")
            parser.parse_punctuation("=")
            return element, IntAttr(parser.parse_integer(allow_boolean=False, allow_negative=False))

    def print_parameters(self, printer: Printer) -> None:
        with printer.in_angle_brackets():
            printer.print_attribute(self.element)
            printer.print_string(f", stride={self.stride.data}")


@irdl_attr_definition
class StructType(ParametrizedAttribute, TypeAttribute):
    """Members, each with its offset in bytes.

        !spirv.struct<(!spirv.array<4 x f32, stride=4> [0])>

    The walkthrough writes !spv.struct<!spv.array<4 x f32 [4]> [0]>.
    """

    name = "spirv.struct"
    members: ArrayAttr[Attribute]
    offsets: ArrayAttr[IntAttr]

    @staticmethod
    def of(members: Sequence[tuple[Attribute, int]]) -> "StructType":
        """Each member as (type, offset in bytes)."""
        return StructType(ArrayAttr([m for m, _ in members]), ArrayAttr([IntAttr(offset) for _, offset in members]))

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        def parse_member() -> tuple[Attribute, IntAttr]:
            member = parser.parse_type()
            with parser.in_square_brackets():
                return member, IntAttr(parser.parse_integer(allow_boolean=False, allow_negative=False))

        with parser.in_angle_brackets():
            listed = parser.parse_optional_comma_separated_list(parser.Delimiter.PAREN, parse_member)
            if listed is None:
                listed = parser.parse_comma_separated_list(parser.Delimiter.NONE, parse_member)
        return ArrayAttr([m for m, _ in listed]), ArrayAttr([offset for _, offset in listed])

    def print_parameters(self, printer: Printer) -> None:
        def print_member(member: tuple[Attribute, IntAttr]) -> None:
            printer.print_attribute(member[0])
            printer.print_string(f" [{member[1].data}]")

        with printer.in_angle_brackets(), printer.in_parens():
            printer.print_list(list(zip(self.members, self.offsets, strict=True)), print_member)

    def verify(self) -> None:
        if len(self.members) != len(self.offsets):
            raise VerifyException(f"{len(self.members)} members have {len(self.offsets)} offsets")


def sizes_type(count: int) -> PointerType:
    """The type of what a dispatch says beside its buffers: `count` integers of 32 bits."""
    return PointerType.of(StructType.of([(ArrayType.of(count, i32, 4), 0)]), PUSH_CONSTANT)


def buffer_type(count: int | None, element: Attribute, stride: int) -> PointerType:
    """The type of a storage buffer with `count` elements: a struct whose one member is an array. None: any number."""
    array = RuntimeArrayType.of(element, stride) if count is None else ArrayType.of(count, element, stride)
    return PointerType.of(StructType.of([(array, 0)]), STORAGE_BUFFER)
