import json
from pathlib import Path

import flatbuffers
import numpy as np
import pytest

from iree.compiler.module.module_writer import Constant, Executable, Module, Variable, save
from iree.schemas import spirv_executable_def_generated as fb
from iree.schemas.file_format import TRAILER_SIZE, ExecutableFormat, Trailer
from iree.testing.hand_built import EMPTY_KERNEL, simple_mul
from iree.testing.run_tool import run_tool

TEXT = """\
module math: format 3, made by iree-compiler
  file 836 bytes: definition 608, executables 192, constants 0

export @simple_mul(a: 4xf32, b: 4xf32) -> (4xf32)
      0  alloc_heap 4xf32 -> %2                                           // math.mlir:2:3
     14  static_dispatch @ex_mul_f::mul_f, [4, 1, 1], (%0, %1), out (%2)  // math.mlir:3:8
     57  return (%2)                                                      // math.mlir:3:8

executable @ex_mul_f: mul_f
  IREE, 192 bytes
    @mul_f(%0: 4xf32, %1: 4xf32, %2: 4xf32)
          0  mul_f %0, %1, out %2
          7  return
"""


def spirv() -> bytes:
    entry, definition = fb.SpirvEntryPointDefT(), fb.SpirvExecutableDefT()
    entry.name, entry.bindingCount, entry.workgroupSize, entry.workgroupTile = "main", 3, [32, 1, 1], [64, 1, 1]
    definition.entryPoints, definition.code, definition.version = [entry], list(EMPTY_KERNEL), 0x00010300
    definition.capabilities, definition.extensions, definition.subgroupSize = ["Shader"], [], 8
    builder = flatbuffers.Builder()
    builder.Finish(definition.Pack(builder), file_identifier=b"SPVE")
    return bytes(builder.Output())


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    """A module with what simple_mul's does not have."""
    variants = [(ExecutableFormat.SPIRV, spirv()), (ExecutableFormat.INTERP, b"junk"), (0x41424344, b"1234")]
    executables = [*simple_mul().executables, Executable("all", ["main"], variants)]
    constants = [Constant(np.zeros((2, 3), np.int8))]
    variables = [Variable("count", 0)]
    save(Module("m", simple_mul().functions, executables, constants, variables=variables), tmp_path / "m.emod")
    return tmp_path / "m.emod"


def test_text(tmp_path: Path) -> None:
    save(simple_mul(), tmp_path / "math.emod")
    assert run_tool("dump_module", "math.emod", cwd=tmp_path) == (0, TEXT, "")


def test_text_of_everything(everything: Path) -> None:
    _, out, _ = run_tool("dump_module", str(everything))
    lines = [line.strip() for line in out.splitlines()]
    for line in (
        "constant 0: 2x3xi8, 6 bytes",
        "variable @count: 2x3xi8, starts as constant 0",
        "executable @all: main",
        "needs SPIR-V 1.3",
        "needs capabilities Shader",
        "needs extensions none",
        "needs subgroup size 8",
        "@main: 3 bindings, workgroups of 32x1x1 for 64x1x1 elements, 0 bytes shared",
        "OpCapability Shader",
        "ABCD, 4 bytes",
        "cannot be read: not a InterpExecutableDef: b'' stands where b'IREE' should",
    ):
        assert line in lines


def test_json(everything: Path) -> None:
    code, out, _ = run_tool("dump_module", "--json", str(everything))
    assert code == 0
    module = json.loads(out)
    assert module["bytes"]["file"] == everything.stat().st_size
    (function,) = module["functions"]
    assert function["arguments"] == [{"name": "a", "type": "4xf32"}, {"name": "b", "type": "4xf32"}]
    assert function["instructions"][0] == {
        "offset": 0,
        "text": "alloc_heap 4xf32 -> %2",
        "location": "math.mlir:2:3",
    }
    assert module["constants"] == [{"type": "2x3xi8", "bytes": 6}]
    assert [variant["format"] for variant in module["executables"][1]["variants"]] == ["SPVE", "IREE", "ABCD"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "dump_module: name one module file: dump_module math.emod\n"),
        (["none.emod"], "dump_module: none.emod: cannot be read: No such file or directory\n"),
        (["text.mlir"], "dump_module: text.mlir: not a module file: it looks like a program's text; compile it first"),
    ],
)
def test_failures(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "text.mlir").write_text("func.func @f() {\n}\n")
    code, out, err = run_tool("dump_module", *arguments, cwd=tmp_path)
    assert (code, out) == (1, "")
    assert err.startswith(message)


def test_large_files_can_be_dumped_unchecked(everything: Path) -> None:
    data = bytearray(everything.read_bytes())
    data[-TRAILER_SIZE - 1] ^= 1
    everything.write_bytes(data)
    assert "constant 0 is damaged" in run_tool("dump_module", str(everything))[2]
    assert run_tool("dump_module", "--noverify", str(everything))[0] == 0


def test_a_damaged_executable_can_be_dumped_unchecked(everything: Path) -> None:
    data = bytearray(everything.read_bytes())
    trailer = Trailer.unpack(bytes(data[-TRAILER_SIZE:]))
    assert trailer is not None
    data[trailer.executables_offset] ^= 1
    everything.write_bytes(data)
    code, out, _ = run_tool("dump_module", "--noverify", str(everything))
    assert code == 0
    assert "cannot be read" in out
    assert "is damaged: checksum" in out
