"""run_mlir: every driver side by side, and its errors."""

from pathlib import Path

import pytest

from iree.testing.run_tool import run_tool

PROGRAM = """
func.func @simple_mul(%left: tensor<4xf32>, %right: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.multiply %left, %right : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""
CONSTANTS = """
func.func @one() -> tensor<2xi32> {
  %0 = stablehlo.constant dense<[1, 2]> : tensor<2xi32>
  %1 = stablehlo.add %0, %0 : tensor<2xi32>
  return %1 : tensor<2xi32>
}
func.func @two() -> tensor<f32> {
  %0 = stablehlo.constant dense<7.5> : tensor<f32>
  return %0 : tensor<f32>
}
"""
INPUTS = ("--input=4xf32=1 2 3 4", "--input=4xf32=5,6,7,8")


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "mul.mlir"
    path.write_text(PROGRAM)
    return str(path)


def test_every_driver(program: str) -> None:
    code, out, _ = run_tool("run_mlir", program, *INPUTS)
    assert code == 0
    assert out == ("interpreter EXEC @simple_mul\n4xf32=5 12 21 32\nvulkan EXEC @simple_mul\n4xf32=5 12 21 32\n")


def test_all_functions_from_standard_input() -> None:
    code, out, _ = run_tool("run_mlir", "-", "--drivers=interpreter", stdin=CONSTANTS)
    assert (code, out) == (0, "interpreter EXEC @one\n2xi32=2 4\ninterpreter EXEC @two\nf32=7.5\n")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ([], "give one file of MLIR text, or -, not 0"),
        (["FILE", "--drivers=cuda"], "--drivers=cuda: there are interpreter, vulkan"),
        (["FILE", "--drivers=interpreter"], "left"),
        (["FILE", "--drivers=interpreter", "--function=nope", *INPUTS], "simple_mul"),
        (["missing.mlir"], "missing.mlir"),
    ],
)
def test_errors_are_one_line(program: str, arguments: list[str], error: str) -> None:
    given = [program if argument == "FILE" else argument for argument in arguments]
    code, out, err = run_tool("run_mlir", *given)
    assert (code, out) == (1, "")
    assert err.startswith("run_mlir: ")
    assert error in err
    assert "Traceback" not in err


def test_a_syntax_error_names_its_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.mlir"
    path.write_text("func.func @f() -> tensor<2xi32> {\n  return %nope : tensor<2xi32>\n}\n")
    code, _, err = run_tool("run_mlir", str(path))
    assert code == 1
    assert f"{path}:2:" in err
    assert "%nope" in err
