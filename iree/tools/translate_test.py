"""translate: every kind of input, every milestone, and errors that teach."""

import json
from pathlib import Path

import pytest

from iree.compiler.pipeline import MILESTONES
from iree.testing.run_tool import run_tool

PROGRAM = """
func.func @simple_mul(%left: tensor<4xf32>, %right: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.multiply %left, %right : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""
GRAPHDEF = """
node { name: "a" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
       attr { key: "shape" value { shape { dim { size: 4 } } } } }
node { name: "b" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
       attr { key: "shape" value { shape { dim { size: 4 } } } } }
node { name: "Mul" op: "Mul" input: "a" input: "b" attr { key: "T" value { type: DT_FLOAT } } }
"""
INTERP = "--target_backends=interpreter-bytecode"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "mul.mlir"
    path.write_text(PROGRAM)
    return path


def test_a_module_that_runs(program: Path) -> None:
    module = program.with_suffix(".emod")
    assert run_tool("translate", str(program), "-o", str(module)) == (0, "", "")
    inputs = ("--input=4xf32=1 2 3 4", "--input=4xf32=5 6 7 8")
    for device in ("interpreter", "vulkan"):
        code, out, _ = run_tool("run_module", f"--module={module}", f"--device={device}", *inputs)
        assert (code, out) == (0, "EXEC @simple_mul\n4xf32=5 12 21 32\n")


def test_milestones_with_dashes_as_mlirs_tools_spell_flags(program: Path) -> None:
    code, out, _ = run_tool("translate", str(program), "--compile-to=hl-seq", "--target-backends=interpreter-bytecode")
    assert code == 0
    assert "iree_hl_seq.dispatch simple_mul_ex_dispatch_0::simple_mul_rgn_dispatch_0" in out
    code, again, _ = run_tool("translate", "-", "--compile-from=hl-seq", "--compile-to=ll-seq", stdin=out)
    assert code == 0
    assert "iree_ll_seq.static_dispatch" in again


def test_a_file_for_each_milestone_where_the_user_is(program: Path) -> None:
    environment = {"BUILD_WORKING_DIRECTORY": str(program.parent)}
    arguments = ["mul.mlir", "--dump_ir_to=stages", "--output=mul.emod", "--json"]
    code, _, err = run_tool("translate", *arguments, env=environment)
    assert code == 0
    assert len(list((program.parent / "stages").iterdir())) == len(MILESTONES) - 1
    report = json.loads(err)
    assert report["bytes"] == (program.parent / "mul.emod").stat().st_size
    assert "identify-dispatch-regions" in report["pass_seconds"]


def test_printing(program: Path) -> None:
    code, _, err = run_tool("translate", str(program), INTERP, "-o", "/dev/null", "--print-ir-after=legalize-to-std")
    assert code == 0
    assert err.count("// ---- IR after legalize-to-std ----") == 1
    code, _, err = run_tool("translate", str(program), INTERP, "--compile_to=mhlo", "--print-ir-after-all", "--timing")
    assert code == 0
    assert "IR after mark-exports" in err
    assert "total" in err


def test_a_pass_that_does_not_run_cannot_be_printed_after(program: Path) -> None:
    passes = "--print-ir-after=legalize-to-std,legalise-to-std"
    code, _, err = run_tool("translate", str(program), "--compile_to=mhlo", passes)
    silent = "legalize-to-std,legalise-to-std"
    assert (code, err) == (1, f"translate: --print_ir_after={silent}: no such pass ran; --timing names those that do\n")


def test_statistics(program: Path) -> None:
    code, _, err = run_tool("translate", str(program), INTERP, "-o", "/dev/null", "--statistics")
    assert code == 0
    assert err.startswith("@simple_mul: 1 dispatches, 0 barriers, 0 copies\n  transients 0 bytes: ")
    code, _, err = run_tool("translate", str(program), INTERP, "-o", "/dev/null", "--statistics", "--json")
    assert code == 0
    assert json.loads(err)["statistics"]["functions"][0]["results"] == 16


def test_an_explanation_of_regions(program: Path) -> None:
    code, _, err = run_tool("translate", str(program), INTERP, "-o", "/dev/null", "--explain=regions")
    assert code == 0
    assert err.startswith("simple_mul, region 1 of 1: arith.mulf at ")
    assert "the region grows from it" in err
    code, _, err = run_tool("translate", str(program), INTERP, "-o", "/dev/null", "--explain=regions", "--json")
    assert code == 0
    assert json.loads(err)["regions"][0]["holds"][0]["op"] == "arith.mulf"


def test_a_bound_on_what_a_dispatch_takes(tmp_path: Path) -> None:
    program, types = tmp_path / "dot.mlir", "(tensor<4x8xf32>, tensor<8x6xf32>) -> tensor<4x6xf32>"
    program.write_text(
        f"func.func @f(%a: tensor<4x8xf32>, %b: tensor<8x6xf32>) -> tensor<4x6xf32> {{\n"
        f"  %0 = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0] : {types}\n"
        "  return %0 : tensor<4x6xf32>\n}"
    )
    to = "--compile_to=dispatch-regions"
    code, out, _ = run_tool("translate", str(program), INTERP, to, "--max_dispatch_flops=200")
    assert code == 0
    assert out.count("mhlo.dot_general") == 2


def test_the_list_of_milestones() -> None:
    code, out, _ = run_tool("translate", "--list_milestones")
    assert code == 0
    assert all(f"{milestone}: " in out for milestone in MILESTONES)


def test_a_graphdef(tmp_path: Path) -> None:
    (tmp_path / "mul.pbtxt").write_text(GRAPHDEF)
    arguments = [
        "mul.pbtxt",
        "--input_arrays=a,b",
        "--output_arrays=Mul",
        "--function_name=f",
        INTERP,
        "--compile_to=mhlo",
    ]
    code, out, _ = run_tool("translate", *arguments, cwd=tmp_path)
    assert code == 0
    assert "func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>)" in out


def test_feeds_missing_from_a_graphdef(tmp_path: Path) -> None:
    (tmp_path / "mul.pbtxt").write_text(GRAPHDEF)
    code, _, err = run_tool("translate", "mul.pbtxt", "--input_arrays=a", "--output_arrays=Mul", cwd=tmp_path)
    assert code == 1
    assert "translate: placeholder b is not fed; give every one: --input_arrays=a,b" in err


@pytest.mark.parametrize(
    ("arguments", "text", "errors"),
    [
        (["-"], PROGRAM.replace("multiply", "mutliply"), ["<stdin>:3:8", "multiply"]),
        (["-"], "func.func @f(", ["<stdin>:1:"]),
        (["-"], "", ["the text holds no operation"]),
        (["-"], PROGRAM.replace("f32", "i128"), ["<stdin>:3:8", "i128", "f32"]),
        (["-", "--target_backends=llvm-cpu"], PROGRAM, ["'llvm-cpu'", "interpreter-bytecode, vulkan-spirv"]),
        (["-", "--compile_from=ll-seq", "--compile_to=mhlo"], PROGRAM, ["'mhlo' comes before 'll-seq'"]),
        (["missing.mlir"], None, ["missing.mlir"]),
        (["a.mlir", "b.mlir"], None, ["give one input, not 2"]),
    ],
)  # fmt: skip
def test_errors(arguments: list[str], text: str | None, errors: list[str]) -> None:
    code, out, err = run_tool("translate", *arguments, stdin=text)
    assert (code, out) == (1, "")
    assert err.startswith("translate: ")
    assert "Traceback" not in err
    assert all(error in err for error in errors), err


def test_nothing_is_written_for_a_program_that_cannot_be_compiled(tmp_path: Path) -> None:
    code, _, _ = run_tool("translate", "-", "-o", "out.emod", cwd=tmp_path, stdin="func.func @f(")
    assert code == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "module.emod").write_bytes(b"\xff\xfe\x00EMOD")
    code, _, err = run_tool("translate", "module.emod", cwd=tmp_path)
    assert code == 1
    assert "is no text" in err


def test_an_input_shape_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "mul.pbtxt").write_text(GRAPHDEF)
    code, _, err = run_tool("translate", "mul.pbtxt", "--input_shapes=a=4xf32", cwd=tmp_path)
    assert code == 1
    assert "--input_shapes=a=4xf32 is not of the form name=2x3" in err


def test_errors_as_json() -> None:
    text = PROGRAM.replace("f32", "i128")
    code, out, err = run_tool("translate", "-", "--json", stdin=text)
    assert (code, out) == (1, "")
    problems = json.loads(err)["problems"]
    assert problems[-1]["op"] == "mhlo.multiply"
    assert problems[-1]["places"] == ["<stdin>:3:8"]


def test_c_without_a_runtime(program: Path) -> None:
    folder = program.parent / "c"
    assert run_tool("translate", str(program), "--to=c", "-o", str(folder)) == (0, "", "")
    assert (
        "void mul_simple_mul(const float *left, const float *right, float *result0);" in (folder / "mul.h").read_text()
    )
    code, _, err = run_tool("translate", str(program), "--to=c", "-o", str(folder / "simple_mul.c"), "--json")
    assert code == 0
    assert json.loads(err)["arena"] == 0
    assert "identify-dispatch-regions" in json.loads(err)["pass_seconds"]
    assert "void simple_mul(" in (folder / "simple_mul.c").read_text()
    assert '#include "simple_mul.h"' in (folder / "simple_mul.c").read_text()


def test_c_over_vulkan(program: Path) -> None:
    folder = program.parent / "c"
    code, _, err = run_tool("translate", str(program), "--to=c-vulkan", "-o", str(folder), "--json")
    assert code == 0
    assert json.loads(err)["device_bytes"] > 0
    assert "mul_create(VkPhysicalDevice physical, VkDevice device, VkQueue queue" in (folder / "mul.h").read_text()
    assert '#include "mul.h"' in (folder / "mul.c").read_text()


def test_c_that_is_given_its_memory(program: Path) -> None:
    assert run_tool("translate", str(program), "--to=c", "--c-arena=external", "-o", str(program.parent)) == (0, "", "")
    header = program.with_suffix(".h").read_text()
    assert "mul_simple_mul(unsigned char *arena, const float *left, const float *right, float *result0);" in header


def test_c_that_is_given_its_weights(program: Path) -> None:
    assert run_tool("translate", str(program), "--to=c", "--c_weights=blob", "-o", str(program.parent)) == (0, "", "")
    header = program.with_suffix(".h").read_text()
    assert "mul_simple_mul(const unsigned char *weights, const float *left, const float *right" in header
    assert program.with_suffix(".weights").read_bytes() == b""
    program.with_suffix(".weights").unlink()
    assert run_tool("translate", str(program), "--to=c-vulkan", "--c_weights=blob", "-o", str(program.parent))[0] == 0
    assert "const unsigned char *weights," in program.with_suffix(".h").read_text()
    assert program.with_suffix(".weights").read_bytes() == b""


def test_c_whose_weights_are_halves(program: Path) -> None:
    assert run_tool("translate", str(program), "--to=c", "--c_float=f16-storage", "-o", str(program.parent))[0] == 0
    assert "Weights are kept as IEEE halves" in program.with_suffix(".h").read_text()


def test_c_without_a_library(program: Path) -> None:
    program.write_text(program.read_text().replace("multiply %left, %right", "power %left, %right"))
    assert run_tool("translate", str(program), "--to=c", "--c_restrict_math", "-o", str(program.parent))[0] == 0
    assert "math.h" not in program.with_suffix(".c").read_text()
    assert " pow_f32(" in program.with_suffix(".c").read_text()


def test_c_needs_a_place_for_two_files(program: Path) -> None:
    code, _, err = run_tool("translate", str(program), "--to=c")
    assert (code, err) == (1, "translate: --to=c writes several files: say where, with -o and a file or a directory\n")


def test_source_code_has_no_statistics(program: Path) -> None:
    code, _, err = run_tool("translate", str(program), "--to=c", "--statistics", "-o", "x.c")
    assert (code, err) == (
        1, "translate: --statistics is for --to=module, not for --to=c\n"
    )  # fmt: skip


def test_what_is_said_of_c_alone(program: Path) -> None:
    for to, flag in (
        ("module", "c_arena=external"),
        ("c-vulkan", "c_arena=external"),
        ("module", "c_float=f32"),
        ("module", "c_restrict_math"),
    ):
        code, _, err = run_tool("translate", str(program), f"--to={to}", f"--{flag}", "-o", "x")
        assert (code, err) == (1, f"translate: --{flag.partition('=')[0]} is for --to=c, not for --to={to}\n")
    code, _, err = run_tool("translate", str(program), "--to=hal-python", "--c_weights=blob", "-o", "x")
    assert (code, err) == (1, "translate: --c_weights is for --to=c and --to=c-vulkan, not for --to=hal-python\n")


SOME = "--target_backends is for --to=module and --to=hal-cpp and --to=hal-python, not for"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--to=c"], f"{SOME} --to=c"),
        (["--to=c-vulkan"], f"{SOME} --to=c-vulkan"),
        (["--compile_to=mhlo", "--statistics"], "--statistics is of the way to ll-seq, which this run does not go"),
        (["--compile_to=mhlo", "--explain=regions"], "--explain is of the way to dispatch-regions"),
        (["--compile_from=ll-seq", "--max_dispatch_flops=9"], "--max_dispatch_flops is of the way to dispatch-regions"),
        (["--tags=serve"], "--tags is for a SavedModel; mul.mlir is MLIR text"),
        (["--exported_names=f"], "--exported_names is for a SavedModel; mul.mlir is MLIR text"),
        (["--input_arrays=a"], "--input_arrays is for a GraphDef; mul.mlir is MLIR text"),
        (["--function_name=f"], "--function_name is for a GraphDef; mul.mlir is MLIR text"),
    ],
)  # fmt: skip
def test_a_flag_that_says_nothing_is_refused(program: Path, arguments: list[str], error: str) -> None:
    code, out, err = run_tool("translate", program.name, INTERP, *arguments, "-o", "x", cwd=program.parent)
    assert (code, out) == (1, "")
    assert err.startswith(f"translate: {error}")
    assert list(program.parent.iterdir()) == [program]


def test_flags_of_a_graphdef_say_nothing_of_a_saved_model(tmp_path: Path) -> None:
    code, _, err = run_tool("translate", str(tmp_path), "--input_shapes=a=4")
    assert (code, err) == (1, f"translate: --input_shapes is for a GraphDef; {tmp_path} is a SavedModel\n")


def test_source_code_is_explained(program: Path) -> None:
    code, _, err = run_tool("translate", str(program), "--to=c", "--explain=regions", "-o", str(program.parent))
    assert code == 0
    assert err.startswith("simple_mul, region 1 of 1: ")


def test_c_is_no_milestone(program: Path) -> None:
    code, _, err = run_tool("translate", str(program), "--to=c", "--compile_to=mhlo", "-o", "x.c")
    assert (code, err) == (1, "translate: --to=c and --compile_to=mhlo are two results; ask for one\n")


@pytest.mark.parametrize("to", ["c", "c-vulkan", "hal-cpp"])
def test_a_header_of_c_is_not_hidden(program: Path, to: str) -> None:
    """Under such a name nothing is written."""
    named = program.rename(program.with_name("math.mlir"))
    said = "translate: math.h would hide a header that C has; choose another name with -o\n"
    assert run_tool("translate", str(named), f"--to={to}", "-o", str(named.parent)) == (1, "", said)
    assert list(named.parent.iterdir()) == [named]
