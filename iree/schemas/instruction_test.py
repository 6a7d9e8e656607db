"""Encoding and decoding of instructions by their letters."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iree.schemas.instruction import BytecodeError, Instruction, InstructionSet, Operand

SET = InstructionSet(
    "test",
    (
        Instruction(0x01, "nothing", ""),
        Instruction(0x02, "everything", "sSorRtpkfdIx"),
        Instruction(0x03, "local", "s"),
    ),
)

U16 = st.integers(0, 0xFFFF)
U32 = st.integers(0, 0xFFFFFFFF)
OPERANDS = st.tuples(
    U16, st.lists(U16, max_size=4).map(tuple), U16, U16, st.lists(U16, max_size=4).map(tuple), st.integers(0, 255),
    st.integers(0, 255), U32, U32, st.tuples(U32, U16),
    st.lists(st.integers(-(2**63), 2**63 - 1), max_size=4).map(tuple), st.binary(max_size=9),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(OPERANDS, max_size=3))
def test_what_is_encoded_is_decoded(instructions: list[tuple[Operand, ...]]) -> None:
    code = b"".join(SET.encode("everything", *operands) for operands in instructions) + SET.encode("nothing")
    decoded = list(SET.decode(code))
    assert [operands for _, _, operands in decoded] == [*instructions, ()]
    assert [instruction.name for _, instruction, _ in decoded] == ["everything"] * len(instructions) + ["nothing"]
    assert decoded[-1][0] == len(code) - 1


def test_bytes_are_little_endian_after_the_opcode() -> None:
    code = SET.encode("everything", 1, (2, 3), 4, 5, (), 6, 7, 8, 9, (10, 11), (-1,), b"ab")
    assert code.hex(" ") == (
        "02 01 00 02 00 02 00 03 00 04 00 05 00 00 00 06 07 08 00 00 00 09 00 00 00 0a 00 00 00 0b 00 "
        "01 00 ff ff ff ff ff ff ff ff 02 00 00 00 61 62"
    )


@pytest.mark.parametrize("value", [-1, 0x10000])
def test_operand_that_does_not_fit_is_refused(value: int) -> None:
    with pytest.raises(BytecodeError, match="local"):
        SET.encode("local", value)


def test_wrong_number_of_operands_is_refused() -> None:
    with pytest.raises(BytecodeError, match="local takes 1 operands, not 2"):
        SET.encode("local", 1, 2)


def test_unknown_opcode_is_refused() -> None:
    with pytest.raises(BytecodeError, match="test bytecode at byte 1: no opcode 0x7f"):
        list(SET.decode(b"\x01\x7f"))


def test_every_cut_is_refused() -> None:
    code = SET.encode("everything", 1, (2, 3), 4, 5, (6,), 6, 7, 8, 9, (10, 11), (-1,), b"ab")
    for length in range(1, len(code)):
        with pytest.raises(BytecodeError, match="test bytecode at byte 0: everything is cut off"):
            list(SET.decode(code[:length]))


@pytest.mark.parametrize("second", [Instruction(1, "b", ""), Instruction(2, "a", "")])
def test_names_and_opcodes_are_each_ones_own(second: Instruction) -> None:
    with pytest.raises(ValueError, match="two instructions share a name or an opcode"):
        InstructionSet("twice", (Instruction(1, "a", ""), second))
