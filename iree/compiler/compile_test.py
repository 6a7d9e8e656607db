"""compile_str and compile_file: what they return, write and refuse."""

import pytest

import iree.compiler
from iree.compiler.pipeline import MILESTONES

PROGRAM = """
func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.multiply %a, %b : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""
INTERP = {"target_backends": ["interpreter-bytecode"]}


def test_the_module_is_returned_and_written(tmp_path):
    module = iree.compiler.compile_str(PROGRAM, output_file=tmp_path / "f.emod", **INTERP)
    assert module[4:8] == b"EMOD"
    assert (tmp_path / "f.emod").read_bytes() == module


def test_two_compiles_give_the_same_bytes():
    assert iree.compiler.compile_str(PROGRAM, **INTERP) == iree.compiler.compile_str(PROGRAM, **INTERP)


def test_ir_is_returned_and_written(tmp_path):
    text = iree.compiler.compile_str(PROGRAM, compile_to="hl-seq", output_file=tmp_path / "f.mlir", **INTERP)
    assert b"iree_hl_seq.dispatch" in text
    assert (tmp_path / "f.mlir").read_bytes() == text


def test_compile_file_names_the_file_in_errors(tmp_path):
    path = tmp_path / "model.mlir"
    path.write_text(PROGRAM.replace("multiply", "mutliply"))
    with pytest.raises(iree.compiler.CompileError) as raised:
        iree.compiler.compile_file(path, **INTERP)
    assert f"{path}:3:8" in str(raised.value)
    assert "multiply" in str(raised.value)


def test_one_file_for_each_milestone(tmp_path):
    iree.compiler.compile_str(PROGRAM, dump_ir_to=tmp_path / "stages", **INTERP)
    names = sorted(path.name for path in (tmp_path / "stages").iterdir())
    assert names == [f"{number}-{milestone}.mlir" for number, milestone in enumerate(MILESTONES[:-1])]


def test_nothing_is_written_for_a_program_that_cannot_be_compiled(tmp_path):
    path = tmp_path / "f.emod"
    with pytest.raises(iree.compiler.CompileError):
        iree.compiler.compile_str("func.func @f(", output_file=path, **INTERP)
    assert not path.exists()


def test_one_target_may_be_given_as_it_is():
    module = iree.compiler.compile_str(PROGRAM, target_backends="interpreter-bytecode")
    assert module == iree.compiler.compile_str(PROGRAM, **INTERP)


def test_an_unknown_target_is_refused():
    with pytest.raises(iree.compiler.CompileError, match="no target backend is called 'llvm-gpu'"):
        iree.compiler.compile_str(PROGRAM, target_backends=["llvm-gpu"])


def test_what_is_no_size_is_refused_when_it_is_written_down():
    type_ = "memref<[d0*d0*d0*d0]xf32>"
    text = f"""
        func.func @f(%x: {type_}) -> {type_} attributes {{iree.module.export, iree.ordinal = 0 : i32}} {{
          iree_ll_seq.return %x : {type_}
        }}
    """
    with pytest.raises(iree.compiler.CompileError, match="a size that only a call knows is no sum of products"):
        iree.compiler.compile_str(text, compile_from="final")
