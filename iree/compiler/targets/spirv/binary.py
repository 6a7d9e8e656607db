"""A SPIR-V binary while it is put together: sections in the specified order, ids, types and constants once each.

    binary = Binary()
    float_id = binary.type_id(f32)      # OpTypeFloat 32, made on first use
    words = binary.words(version)       # header, then every section

Knows nothing of functions: write_function.py.
"""

import enum
import struct
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from xdsl.dialects.builtin import Float32Type, Float64Type, FloatAttr, IntegerAttr, IntegerType, VectorType, i1, i32
from xdsl.ir import Attribute

from iree.compiler.dialects.spirv.types import STORAGE_CLASSES, ArrayType, PointerType, RuntimeArrayType, StructType
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.targets.spirv.opcodes import Decoration, Op

MAGIC = 0x07230203
_LARGEST_INSTRUCTION = 0xFFFF  # words; the count has 16 bits


class Section(enum.IntEnum):
    """Where an instruction belongs; the specification fixes the order."""

    CAPABILITIES = 0
    EXTENSIONS = 1
    IMPORTS = 2
    MEMORY_MODEL = 3
    ENTRY_POINTS = 4
    EXECUTION_MODES = 5
    STRINGS = 6
    NAMES = 7
    DECORATIONS = 8
    GLOBALS = 9
    FUNCTIONS = 10


class Binary:
    """The parts of one module. Ids count from 1."""

    def __init__(self) -> None:
        self._sections: list[list[int]] = [[] for _ in Section]
        self._last_id = 0
        self._types: dict[Attribute, int] = {}
        self._constants: dict[tuple[int, int], int] = {}
        self._void = 0
        self._glsl = 0

    def new_id(self) -> int:
        """An id that nothing has yet."""
        self._last_id += 1
        return self._last_id

    def emit(self, section: Section, op: Op, *operands: int) -> None:
        """Puts one instruction at the end of a section."""
        self._sections[section].extend(instruction(op, operands))

    def append(self, section: Section, words: Iterable[int]) -> None:
        """Puts instructions that are words already at the end of a section."""
        self._sections[section].extend(words)

    def decorate(self, target: int, decoration: Decoration, *operands: int) -> None:
        """Says something of an id."""
        self.emit(Section.DECORATIONS, Op.DECORATE, target, decoration, *operands)

    def name(self, target: int, name: str) -> None:
        """The name of an id, for people who read a disassembly."""
        self.emit(Section.NAMES, Op.NAME, target, *string_words(name))

    def glsl_id(self) -> int:
        """The extended instruction set GLSL.std.450."""
        if not self._glsl:
            self._glsl = self.new_id()
            self.emit(Section.IMPORTS, Op.EXT_INST_IMPORT, self._glsl, *string_words("GLSL.std.450"))
        return self._glsl

    def type_id(self, type_: Attribute) -> int:
        """The id of a type."""
        if type_ not in self._types:
            self._types[type_] = self._new_type(type_)
        return self._types[type_]

    def void_function_type_id(self) -> tuple[int, int]:
        """The ids of void and of a function that takes and returns nothing, as every kernel is."""
        if not self._void:
            self._void = self._declare(Op.TYPE_VOID)
            self._declare(Op.TYPE_FUNCTION, self._void)
        return self._void, self._void + 1

    def constant_id(self, value: Attribute) -> int:
        """The id of a constant; equal bits of one type are one constant."""
        type_, bits = _type_and_bits(value)
        type_id = self.type_id(type_)
        key = (type_id, bits)
        if key not in self._constants:
            self._constants[key] = self._new_constant(type_, type_id, bits)
        return self._constants[key]

    def words(self, version: int) -> npt.NDArray[np.uint32]:
        """The whole module."""
        header = [MAGIC, version, 0, self._last_id + 1, 0]
        return np.array(header + [word for section in self._sections for word in section], np.uint32)

    def _declare(self, op: Op, *operands: int) -> int:
        result = self.new_id()
        self.emit(Section.GLOBALS, op, result, *operands)
        return result

    def _new_type(self, type_: Attribute) -> int:
        match type_:
            case IntegerType() if type_ == i1:
                return self._declare(Op.TYPE_BOOL)
            case IntegerType():
                return self._declare(Op.TYPE_INT, type_.width.data, 0)
            case Float32Type() | Float64Type():
                return self._declare(Op.TYPE_FLOAT, type_.bitwidth)
            case VectorType():
                return self._declare(Op.TYPE_VECTOR, self.type_id(type_.element_type), type_.get_shape()[0])
            case PointerType():
                storage_class = STORAGE_CLASSES[type_.storage_class.data]
                return self._declare(Op.TYPE_POINTER, storage_class, self.type_id(type_.pointee))
            case ArrayType():
                length = self.constant_id(IntegerAttr(type_.count.data, i32))
                array = self._declare(Op.TYPE_ARRAY, self.type_id(type_.element), length)
                self.decorate(array, Decoration.ARRAY_STRIDE, type_.stride.data)
                return array
            case RuntimeArrayType():
                array = self._declare(Op.TYPE_RUNTIME_ARRAY, self.type_id(type_.element))
                self.decorate(array, Decoration.ARRAY_STRIDE, type_.stride.data)
                return array
            case StructType():
                return self._new_struct(type_)
        raise CompileError(f"SPIR-V module: no words for type {type_}")

    def _new_struct(self, type_: StructType) -> int:
        struct_id = self._declare(Op.TYPE_STRUCT, *(self.type_id(member) for member in type_.members))
        self.decorate(struct_id, Decoration.BLOCK)
        for number, offset in enumerate(type_.offsets):
            self.emit(Section.DECORATIONS, Op.MEMBER_DECORATE, struct_id, number, Decoration.OFFSET, offset.data)
        return struct_id

    def _new_constant(self, type_: Attribute, type_id: int, bits: int) -> int:
        constant = self.new_id()
        if type_ == i1:
            self.emit(Section.GLOBALS, Op.CONSTANT_TRUE if bits else Op.CONSTANT_FALSE, type_id, constant)
        else:
            self.emit(Section.GLOBALS, Op.CONSTANT, type_id, constant, *_words(bits, type_))
        return constant


def instruction(op: int, operands: Iterable[int]) -> list[int]:
    """The words of one instruction: its length and number, then its operands."""
    listed = list(operands)
    count = len(listed) + 1
    if count > _LARGEST_INSTRUCTION:
        raise CompileError(f"SPIR-V module: an instruction of {count} words; the format allows {_LARGEST_INSTRUCTION}")
    return [count << 16 | op, *listed]


def string_words(text: str) -> list[int]:
    """The text as SPIR-V holds it: UTF-8, ended by a zero, filled up to whole words."""
    data = text.encode() + b"\0"
    data += b"\0" * (-len(data) % 4)
    return list(struct.unpack(f"<{len(data) // 4}I", data))


def _type_and_bits(value: Attribute) -> tuple[Attribute, int]:
    """Keyed by bits, because 0.0 and -0.0 are equal as attributes."""
    match value:
        case IntegerAttr() if value.type == i1:
            return value.type, int(value.value.data != 0)
        case IntegerAttr() if isinstance(value.type, IntegerType) and value.type.bitwidth in (32, 64):
            return value.type, value.value.data & (1 << value.type.bitwidth) - 1
        case FloatAttr() if isinstance(value.type, Float32Type):
            return value.type, int(np.float32(value.value.data).view(np.uint32))
        case FloatAttr() if isinstance(value.type, Float64Type):
            return value.type, int(np.float64(value.value.data).view(np.uint64))
    raise CompileError(f"SPIR-V module: no words for the constant {value}; it has i1, i32, i64, f32 and f64")


def _words(bits: int, type_: Attribute) -> list[int]:
    """A constant's bits, the lower word first."""
    words = [bits & 0xFFFFFFFF]
    return [*words, bits >> 32] if isinstance(type_, IntegerType | Float64Type) and type_.bitwidth == 64 else words
