import pytest

from iree.schemas.instruction import BytecodeError
from iree.schemas.interpreter_bytecode import INTERPRETER
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.testing.hand_built import EMPTY_KERNEL
from iree.tools.disassembler import Line, disassemble, disassemble_spirv


def test_every_kind_of_operand_of_the_sequencer() -> None:
    code = [
        SEQUENCER.encode("constant", 3, 1),
        SEQUENCER.encode("call", 2, (0, 1), (2, 3)),
        SEQUENCER.encode("static_dispatch", (1, 0), (4, 1, 1), (0,), (2,)),
        SEQUENCER.encode("alloc_heap", 12, (2, 3), 4),
        SEQUENCER.encode("static_copy", 0, (4,), 4, (0,), (8,)),
        SEQUENCER.encode("return", (4,)),
    ]
    assert [line.text for line in disassemble(SEQUENCER, b"".join(code))] == [
        "constant constant 3 -> %1",
        "call function 2, (%0, %1) -> (%2, %3)",
        "static_dispatch executable 1.0, [4, 1, 1], (%0), out (%2)",
        "alloc_heap 2x3xf32 -> %4",
        "static_copy %0, [4], out %4, [0], [8]",
        "return (%4)",
    ]


def test_names_from_outside() -> None:
    code = SEQUENCER.encode("call", 2, (), ())
    assert disassemble(SEQUENCER, code, {"f": lambda value: f"@fn{value!r}"}) == [Line(0, "call @fn2, () -> ()")]


def test_operands_of_the_interpreter() -> None:
    code = INTERPRETER.encode("cmp_f", 2, 0, 1, 3) + INTERPRETER.encode("constant", 4, (8,), bytes(range(32)), 1)
    code += INTERPRETER.encode("cmp_f", 77, 0, 1, 3) + INTERPRETER.encode("return")
    assert [line.text for line in disassemble(INTERPRETER, code)] == [
        "cmp_f lt, %0, %1, out %3",
        "constant 8xi32, 0x000102030405060708090a0b0c0d0e0f... (32 bytes) -> %1",
        "cmp_f predicate 77, %0, %1, out %3",
        "return",
    ]


def test_bytes_that_are_no_code() -> None:
    with pytest.raises(BytecodeError, match="no opcode 0x99"):
        disassemble(SEQUENCER, b"\x99")


def test_spirv() -> None:
    code = b"".join(word.to_bytes(4, "little") for word in EMPTY_KERNEL)
    text = disassemble_spirv(code)
    assert text is not None
    assert "OpCapability Shader" in text
    assert "OpMemoryModel Logical GLSL450" in text


def test_spirv_that_is_none() -> None:
    text = disassemble_spirv(b"junk")
    assert text is not None
    assert text.startswith("spirv-dis: ")


def test_without_spirv_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert disassemble_spirv(b"") is None
