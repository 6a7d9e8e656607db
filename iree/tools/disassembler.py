"""Bytecode as text, an instruction a line: of the sequencer, of the interpreter, and SPIR-V through spirv-dis."""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import NamedTuple

from iree.schemas import element_types
from iree.schemas.instruction import InstructionSet, Operand
from iree.schemas.interpreter_bytecode import PREDICATES

Names = Mapping[str, Callable[[Operand], str]]  # how to say an operand of a letter, where it names something outside


class Line(NamedTuple):
    """One instruction: "mul_f %0, %1, out %2"."""

    offset: int
    text: str


def disassemble(instructions: InstructionSet, code: bytes, names: Names | None = None) -> list[Line]:
    """The function, line by line. BytecodeError: the bytes are no instructions."""
    say = {**_WORDS, **(names or {})}
    lines = []
    for offset, instruction, operands in instructions.decode(code):
        letters = instruction.operands
        words = [say[letter](value) for letter, value in zip(letters, operands, strict=True)]
        if letters.startswith("tI"):  # an element type and a shape
            words[:2], letters = [f"{_shape(operands[1])}{words[0]}"], letters[1:]
        inputs = ", ".join(word for letter, word in zip(letters, words, strict=True) if letter not in "rR")
        results = ", ".join(word for letter, word in zip(letters, words, strict=True) if letter in "rR")
        lines.append(Line(offset, " ".join([instruction.name, inputs, *(["->", results] if results else [])]).rstrip()))
    return lines


def disassemble_spirv(code: bytes) -> str | None:
    """What spirv-dis prints for these words; None where it is not installed."""
    if shutil.which("spirv-dis") is None:
        return None
    done = subprocess.run(["spirv-dis", "--no-color", "-"], input=code, capture_output=True, check=False)
    return (done.stdout if done.returncode == 0 else b"spirv-dis: " + done.stderr).decode(errors="replace").rstrip()


def _local(value: Operand) -> str:
    return f"%{value!r}"


def _locals(value: Operand) -> str:
    assert isinstance(value, tuple)
    return f"({', '.join(map(_local, value))})"


def _integers(value: Operand) -> str:
    assert isinstance(value, tuple)
    return f"[{', '.join(map(str, value))}]"


def _shape(value: Operand) -> str:
    assert isinstance(value, tuple)
    return "".join(f"{size}x" for size in value)


def _element_type(value: Operand) -> str:
    assert isinstance(value, int)
    return element_types.from_number(value).name


def _predicate(value: Operand) -> str:
    assert isinstance(value, int)
    return PREDICATES[value] if value < len(PREDICATES) else f"predicate {value}"


def _entry_point(value: Operand) -> str:
    assert isinstance(value, tuple)
    return f"executable {value[0]}.{value[1]}"


def _data(value: Operand) -> str:
    assert isinstance(value, bytes)
    return f"0x{value.hex()}" if len(value) <= 16 else f"0x{value[:16].hex()}... ({len(value)} bytes)"


_WORDS: Names = {
    "s": _local, "S": _locals, "o": lambda value: f"out %{value!r}", "O": lambda value: f"out {_locals(value)}",
    "r": _local, "R": _locals, "t": _element_type,
    "p": _predicate, "k": lambda value: f"constant {value!r}", "f": lambda value: f"function {value!r}",
    "g": lambda value: f"variable {value!r}", "n": lambda value: f"import {value!r}",
    "F": lambda value: f"functions {value!r}", "d": _entry_point, "I": _integers, "x": _data,
}  # fmt: skip
