"""Whole files, as they are generated: testdata/*.py.txt. IREE_UPDATE_EXPECTED=1 writes them anew.

Where things lie in the module file, and its checksum, are 0 in the texts: they change with the compiler. mypy reads the
texts too, in mypy_test of build_tools/checks/.
"""

import difflib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from iree.compiler.codegen.hal.module_contents import ModuleContents
from iree.compiler.codegen.hal.program import Program
from iree.compiler.codegen.hal_python.generator import HalPython
from iree.compiler.codegen.hal_python.module_class import write_module
from iree.compiler.codegen.hal_python.spelling import PythonSpelling
from iree.compiler.dialects.registry import make_context
from iree.compiler.importers.mlir_text import import_text
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.module.module_writer import Module, to_bytes
from iree.compiler.pipeline import Options

PROGRAMS = {
    "simple_mul": """
module @simple_mul {
  func.func @simple_mul(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
    %0 = stablehlo.multiply %a, %b : tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}
""",
    "control_flow": """
module @control_flow {
  ml_program.global private mutable @count(dense<0> : tensor<i32>) : tensor<i32>
  func.func @sum(%n: tensor<i32>, %x: tensor<4xf32>) -> (tensor<4xf32>, tensor<i32>) {
    %zero = stablehlo.constant dense<0> : tensor<i32>
    %one = stablehlo.constant dense<1> : tensor<i32>
    %0:2 = stablehlo.while(%i = %zero, %y = %x) : tensor<i32>, tensor<4xf32>
     cond {
      %1 = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %1 = stablehlo.add %i, %one : tensor<i32>
      %2 = stablehlo.custom_call @my_double(%y) {backend_config = "by=2"} : (tensor<4xf32>) -> tensor<4xf32>
      stablehlo.return %1, %2 : tensor<i32>, tensor<4xf32>
    }
    %before = ml_program.global_load @count : tensor<i32>
    %after = stablehlo.add %before, %one : tensor<i32>
    ml_program.global_store @count = %after : tensor<i32>
    return %0#1, %before : tensor<4xf32>, tensor<i32>
  }
}
""",
    "dynamic": """
func.func @predict(%x: tensor<?x8xf32>, %w: tensor<8x3xf32>) -> tensor<?x3xf32> {
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0]
    : (tensor<?x8xf32>, tensor<8x3xf32>) -> tensor<?x3xf32>
  %1 = stablehlo.tanh %0 : tensor<?x3xf32>
  %2 = stablehlo.dot_general %1, %w, contracting_dims = [1] x [1]
    : (tensor<?x3xf32>, tensor<8x3xf32>) -> tensor<?x8xf32>
  %3 = stablehlo.dot_general %2, %w, contracting_dims = [1] x [0]
    : (tensor<?x8xf32>, tensor<8x3xf32>) -> tensor<?x3xf32>
  return %3 : tensor<?x3xf32>
}
""",
}


def generate(text: str, output: Path, **options: str) -> str:
    chosen = Options(target_backends=("interpreter-bytecode",), **options)
    HalPython().write(import_text(text, "model.mlir", make_context()), chosen, output, "model.mlir")
    return output.read_text(encoding="utf-8")


def without_places(source: str) -> str:
    return re.sub(r"contents\[\d+:\d+\]", "contents[0:0]", re.sub(r"(crc32\(.*\) != )\d+", r"\g<1>0", source))


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("generated")
    for name, text in PROGRAMS.items():
        generate(text, folder / f"{name}.py")
    return {name: folder / f"{name}.py" for name in PROGRAMS}


@pytest.mark.parametrize("name", PROGRAMS)
def test_whole_texts(name: str, sources: dict[str, Path]) -> None:
    got = without_places(sources[name].read_text(encoding="utf-8"))
    kept = Path(__file__).parent.resolve() / "testdata" / f"{name}.py.txt"
    if os.environ.get("IREE_UPDATE_EXPECTED") == "1":
        kept.write_text(got, encoding="utf-8")
    lines = difflib.unified_diff(kept.read_text(encoding="utf-8").splitlines(), got.splitlines(), lineterm="")
    assert not (difference := "\n".join(lines)), difference


def test_a_class_that_fits_on_a_page(sources: dict[str, Path]) -> None:
    _, _, cls = sources["simple_mul"].read_text(encoding="utf-8").partition("\nclass ")
    assert len(cls.splitlines()) < 80


@pytest.mark.parametrize("arguments", [("ruff", "check", "--no-cache"), ("ruff", "format", "--diff", "--no-cache")])
def test_what_is_generated_passes_our_own_checks(arguments: tuple[str, ...], sources: dict[str, Path]) -> None:
    settings = Path("pyproject.toml").resolve()
    for source in sources.values():
        command = [sys.executable, "-m", *arguments, f"--config={settings}", str(source)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr


def test_an_op_that_cannot_be_said_is_refused() -> None:
    text = "func.func @f(%x: memref<4xf32>) -> memref<4xf32> attributes {iree.module.export} {\n  "
    text += '%0 = "iree_hl_seq.alloc_heap"() : () -> memref<4xf32>\n  iree_ll_seq.return %0 : memref<4xf32>\n}'
    module = import_text(text, "model.mlir", make_context())
    with pytest.raises(CompileError, match=r"model.mlir:2:8: iree_hl_seq.alloc_heap: .*leave out --to=hal-python"):
        write_module(Program(module, ModuleContents(_empty()), "m", PythonSpelling()), "model.mlir")


def test_a_size_that_no_argument_has_is_refused() -> None:
    text = "func.func @f(%x: memref<[2*d0]xf32>) -> memref<[2*d0]xf32> attributes {iree.module.export} {\n  "
    text += "iree_ll_seq.return %x : memref<[2*d0]xf32>\n}"
    module = import_text(text, "model.mlir", make_context())
    with pytest.raises(CompileError, match=r"model.mlir:1:.*no argument has d0 as a size of its own"):
        write_module(Program(module, ModuleContents(_empty()), "m", PythonSpelling()), "model.mlir")


def _empty() -> bytes:
    return to_bytes(Module("m", []))
