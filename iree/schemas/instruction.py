"""Bytecode: how a table of instructions turns operands into bytes and back.

Each instruction is one opcode byte, then its operands, little-endian, each encoded as its letter says:

    s  input local      u16        S  input locals     u16 count, u16 each
    o  output local     u16 (a buffer that is written)
                                   O  output locals    u16 count, u16 each
    r  result local     u16 (a local that is defined)  R  result locals    u16 count, u16 each
    t  element type     u8         p  predicate        u8
    k  constant         u32        f  function         u32
    F  functions        u16 count, u32 each
    g  variable         u32
    n  import           u32
    d  entry point      u32 executable, u16 entry point
    I  integers         u16 count, i64 each
    x  data             u32 count, bytes

sequencer_bytecode.py and interpreter_bytecode.py hold the two tables. Compiler and runtime share this file, so that
neither can read what the other did not write.
"""

import dataclasses
import struct
from collections.abc import Iterator, Sequence

Operand = int | tuple[int, ...] | bytes


class BytecodeError(ValueError):
    """Bytes that no encoder of this version wrote, or operands that cannot be encoded."""


@dataclasses.dataclass(frozen=True)
class Instruction:
    """One row of an opcode table: `name` is the op's name without its dialect, `operands` one letter each."""

    opcode: int
    name: str
    operands: str


class InstructionSet:
    """An opcode table with its encoder and decoder."""

    def __init__(self, name: str, instructions: Sequence[Instruction]):
        self.name = name
        self.by_name = {i.name: i for i in instructions}
        self.by_opcode = {i.opcode: i for i in instructions}
        if not len(instructions) == len(self.by_name) == len(self.by_opcode):
            raise ValueError(f"{name}: two instructions share a name or an opcode")

    def encode(self, name: str, *operands: Operand) -> bytes:
        """The bytes of one instruction. BytecodeError: an operand does not fit its letter."""
        instruction = self.by_name[name]
        if len(operands) != len(instruction.operands):
            raise BytecodeError(f"{name} takes {len(instruction.operands)} operands, not {len(operands)}")
        try:
            parts = [_encode(letter, value) for letter, value in zip(instruction.operands, operands, strict=True)]
        except struct.error as error:
            raise BytecodeError(f"{name}{operands}: {error}") from None
        return bytes([instruction.opcode]) + b"".join(parts)

    def decode(self, code: bytes) -> Iterator[tuple[int, Instruction, tuple[Operand, ...]]]:
        """(offset, instruction, operands) one after the other. BytecodeError: unknown opcode, or cut."""
        offset = 0
        while offset < len(code):
            instruction = self.by_opcode.get(code[offset])
            if instruction is None:
                raise BytecodeError(f"{self.name} bytecode at byte {offset}: no opcode 0x{code[offset]:02x}")
            position, operands = offset + 1, []
            try:
                for letter in instruction.operands:
                    value, position = _decode(letter, code, position)
                    operands.append(value)
            except struct.error:
                raise BytecodeError(f"{self.name} bytecode at byte {offset}: {instruction.name} is cut off") from None
            yield offset, instruction, tuple(operands)
            offset = position


_FIXED = {
    "s": "<H", "o": "<H", "r": "<H", "t": "<B", "p": "<B", "k": "<I", "f": "<I", "g": "<I", "n": "<I", "d": "<IH",
}  # fmt: skip
_LISTS = {"S": "H", "O": "H", "R": "H", "I": "q", "F": "I"}


def _encode(letter: str, value: Operand) -> bytes:
    if letter == "x":
        assert isinstance(value, bytes)
        return struct.pack("<I", len(value)) + value
    if letter in _LISTS:
        assert isinstance(value, tuple)
        return struct.pack(f"<H{len(value)}{_LISTS[letter]}", len(value), *value)
    values = value if isinstance(value, tuple) else (value,)
    return struct.pack(_FIXED[letter], *values)


def _decode(letter: str, code: bytes, position: int) -> tuple[Operand, int]:
    if letter == "x":
        (count,) = struct.unpack_from("<I", code, position)
        end = position + 4 + count
        if end > len(code):
            raise struct.error
        return bytes(code[position + 4 : end]), end
    if letter in _LISTS:
        (count,) = struct.unpack_from("<H", code, position)
        layout = f"<{count}{_LISTS[letter]}"
        return struct.unpack_from(layout, code, position + 2), position + 2 + struct.calcsize(layout)
    values = struct.unpack_from(_FIXED[letter], code, position)
    return (values if len(values) > 1 else values[0]), position + struct.calcsize(_FIXED[letter])
