"""Whole files, as they are generated: testdata/*.txt. IREE_UPDATE_EXPECTED=1 writes them anew.

The checksum of constants is 0 in the texts.
"""

import difflib
import os
import re
from pathlib import Path

import pytest

from iree.compiler.codegen.hal_cpp.generator import HalCpp
from iree.compiler.dialects.registry import make_context
from iree.compiler.importers.mlir_text import import_text
from iree.compiler.ir.diagnostics import CompileError
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
  func.func @sum(%n: tensor<i32>, %x: tensor<4xf32>, %turn: tensor<i1>) -> (tensor<4xf32>, tensor<i32>) {
    %zero = stablehlo.constant dense<0> : tensor<i32>
    %one = stablehlo.constant dense<1> : tensor<i32>
    %0:2 = stablehlo.while(%i = %zero, %y = %x) : tensor<i32>, tensor<4xf32>
     cond {
      %1 = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %1 = stablehlo.add %i, %one : tensor<i32>
      %2 = stablehlo.add %y, %x : tensor<4xf32>
      stablehlo.return %1, %2 : tensor<i32>, tensor<4xf32>
    }
    %3 = "stablehlo.if"(%turn) ({
      %4 = stablehlo.reverse %0#1, dims = [0] : tensor<4xf32>
      %k = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
      %5 = stablehlo.dot_general %4, %k, contracting_dims = [] x [] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4x4xf32>
      %6 = stablehlo.slice %5 [0:4, 1:2] : (tensor<4x4xf32>) -> tensor<4x1xf32>
      %7 = stablehlo.reshape %6 : (tensor<4x1xf32>) -> tensor<4xf32>
      stablehlo.return %7 : tensor<4xf32>
    }, {
      stablehlo.return %0#1 : tensor<4xf32>
    }) : (tensor<i1>) -> tensor<4xf32>
    %before = ml_program.global_load @count : tensor<i32>
    %after = stablehlo.add %before, %one : tensor<i32>
    ml_program.global_store @count = %after : tensor<i32>
    return %3, %before : tensor<4xf32>, tensor<i32>
  }
}
""",
}


def generate(text: str, output: Path, *backends: str) -> dict[str, str]:
    """The files, by the end of their names."""
    chosen = Options(target_backends=backends or ("interpreter-bytecode", "vulkan-spirv"))
    HalCpp().write(import_text(text, "model.mlir", make_context()), chosen, output, "model.mlir")
    names = [path for path in output.parent.iterdir() if path.name.startswith(output.stem)]
    return {path.name.removeprefix(output.stem): path.read_text(encoding="utf-8", errors="replace") for path in names}


@pytest.mark.parametrize("suffix", [".h", ".cc", "_cpu.c"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_whole_texts(name: str, suffix: str, tmp_path: Path) -> None:
    got = re.sub(r"0x[0-9a-f]{8}u", "0u", generate(PROGRAMS[name], tmp_path / f"{name}.cc")[suffix])
    kept = Path(__file__).parent.resolve() / "testdata" / f"{name}{suffix}.txt"
    if os.environ.get("IREE_UPDATE_EXPECTED") == "1":
        kept.write_text(got, encoding="utf-8")
    lines = difflib.unified_diff(kept.read_text(encoding="utf-8").splitlines(), got.splitlines(), lineterm="")
    assert not (difference := "\n".join(lines)), difference


def test_a_class_that_fits_on_a_page(tmp_path: Path) -> None:
    files = generate(PROGRAMS["simple_mul"], tmp_path / "simple_mul.cc")
    assert len(files[".h"].splitlines()) < 50
    assert len(files[".cc"].splitlines()) < 65


def test_only_what_is_needed_is_written(tmp_path: Path) -> None:
    assert set(generate(PROGRAMS["simple_mul"], tmp_path / "a.cc", "interpreter-bytecode")) == {".h", ".cc", "_cpu.c"}
    files = generate(PROGRAMS["control_flow"], tmp_path / "b.cc", "vulkan-spirv")
    assert set(files) == {".h", ".cc", "_cpu.c", "_vulkan.cc", ".weights"}


def test_functions_of_the_host_are_refused(tmp_path: Path) -> None:
    text = """func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> {
      %0 = stablehlo.custom_call @mine(%a) {api_version = 2 : i32} : (tensor<4xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    }"""
    with pytest.raises(CompileError, match=r"model.mlir:2:12: .*calls @mine of the host.*use --to=hal-python"):
        generate(text, tmp_path / "f.cc")
    assert not list(tmp_path.iterdir())


def test_sizes_that_only_a_call_knows_are_refused(tmp_path: Path) -> None:
    text = """func.func @f(%a: tensor<?xf32>) -> tensor<?xf32> {
      %0 = stablehlo.negate %a : tensor<?xf32>
      return %0 : tensor<?xf32>
    }"""
    with pytest.raises(CompileError, match=r"model.mlir:1:1: .*a size that only a call knows; .*give the arguments"):
        generate(text, tmp_path / "f.cc")
    assert not list(tmp_path.iterdir())
