"""Boards that QEMU emulates: C programs linked for a small memory as samples/embedded shows it, run and measured."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from iree.testing.c_programs import STRICT

EMBEDDED = Path(__file__).absolute().parents[2] / "samples" / "embedded"
FLASH_BYTES, RAM_BYTES = 64 << 10, 16 << 10
_SECTIONS = {".text", ".data", ".bss", ".stack"}
_COUNTED_IN_BSS = ".tbss"
_SIZE = re.compile(r"^(\S+) +(\d+) +(\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Memory:
    """Bytes: of flash all that a program is; of RAM its data, arena included, and the stack that it used."""

    flash: int
    ram: int
    stack: int


@dataclass(frozen=True)
class Board:
    """How programs are compiled and run. `tools`: what the names of the compiler and its kin begin with."""

    name: str
    tools: str
    flags: Sequence[str]
    emulator: Sequence[str]

    def link(self, folder: Path, sources: Sequence[str], flags: Sequence[str] = ("-Os",)) -> Path:
        """The program of C files in a folder. AssertionError: it cannot be linked, and why."""
        ours = [str(EMBEDDED / "start.c"), str(EMBEDDED / f"{self.name}.c")]
        script = [f"-L{EMBEDDED}", "-I.", f"-I{EMBEDDED}", f"-T{self.name}.ld", "-nostartfiles"]
        program = folder / f"{self.name}.elf"
        inputs = [*script, *sources, *ours, "-lm"]
        command = [f"{self.tools}gcc", *self.flags, *STRICT, *flags, *inputs, "-o", str(program)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return program

    def run(self, program: Path) -> tuple[int, str]:
        """Runs a program in its folder: its exit status and what it printed."""
        command = [*self.emulator, str(program)]
        done = subprocess.run(
            command,
            cwd=program.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout

    def memory(self, program: Path, stack: int) -> Memory:
        """What a program takes that used so much of the stack."""
        listed = subprocess.run([f"{self.tools}size", "-A", str(program)], check=True, capture_output=True, text=True)
        rows = [(name, int(size), int(address)) for name, size, address in _SIZE.findall(listed.stdout)]
        loaded = [(name, size) for name, size, address in rows if address or name in _SECTIONS]
        sizes = {name: size for name, size in loaded if name != _COUNTED_IN_BSS}
        assert set(sizes) == _SECTIONS, listed.stdout
        return Memory(sizes[".text"] + sizes[".data"], sizes[".data"] + sizes[".bss"] + stack, stack)


CORTEX_M4 = Board(
    "cortex_m4",
    "arm-none-eabi-",
    ["-mcpu=cortex-m4", "-mfloat-abi=hard", "--specs=nano.specs"],
    ["qemu-system-arm", "-machine", "mps2-an386", "-nographic", "-semihosting", "-kernel"],
)
RISCV64 = Board("riscv64", "riscv64-linux-gnu-", ["-static", "-fno-pie"], ["qemu-riscv64"])
BOARDS = (CORTEX_M4, RISCV64)
