"""check_module: what it prints of programs that are as expected, that are not, and that cannot be run."""

import json
from pathlib import Path

import pytest

import iree.compiler
from iree.testing.run_tool import run_tool

GOOD = """
func.func @good() {
  %x = util.unfoldable_constant dense<[-1.0, 2.0]> : tensor<2xf32>
  %0 = stablehlo.abs %x : tensor<2xf32>
  check.expect_eq_const(%0, dense<[1.0, 2.0]> : tensor<2xf32>) : tensor<2xf32>
  check.expect_almost_eq %0, %0 : tensor<2xf32>
  return
}
"""
BAD = """func.func @bad() -> tensor<2xi32> {
  %x = util.unfoldable_constant dense<[-1, 2]> : tensor<2xi32>
  %0 = stablehlo.abs %x : tensor<2xi32>
  "stablehlo.custom_call"(%0, %x) <{call_target_name = "check.expect_eq", has_side_effect = true}> : (tensor<2xi32>, tensor<2xi32>) -> ()
  check.expect_eq_const %0, dense<[1, 5]> : tensor<2xi32>
  return %0 : tensor<2xi32>
}
func.func @needs_an_argument(%x: tensor<f32>) -> tensor<f32> {
  return %x : tensor<f32>
}
"""  # noqa: E501
UNREGISTERED = """func.func @f() {
  stablehlo.custom_call @nobody() : () -> ()
  return
}
"""
DIVIDER = "// -----\n"


def written(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def test_a_program_that_is_as_expected(tmp_path: Path) -> None:
    code, out, err = run_tool("check_module", written(tmp_path / "a.mlir", GOOD))
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "PASS interpreter @good (2 checks)",
        "PASS vulkan @good (2 checks)",
        "interpreter: 1 of 1 passed; vulkan: 1 of 1 passed",
    ]


def test_everything_that_is_wrong_is_told(tmp_path: Path) -> None:
    name = written(tmp_path / "a.mlir", GOOD + DIVIDER + BAD + DIVIDER + UNREGISTERED)
    code, out, _ = run_tool("check_module", name, "--device=interpreter")
    assert code == 1
    assert out.splitlines() == [
        "PASS interpreter @good (2 checks)",
        "FAIL interpreter @bad",
        "  a.mlir:13:3: check.expect_eq: 1 of 2 elements is wrong, first [0]: got 1, expected -1; largest error 2",
        "  a.mlir:14:3: check.expect_eq: 1 of 2 elements is wrong, first [1]: got 2, expected 5; largest error 3",
        "FAIL interpreter",
        '  module "module" calls functions that are not registered: nobody. Load it with custom_calls={"nobody": ...}',
        "interpreter: 1 of 3 passed",
    ]


def test_json_and_modules(tmp_path: Path) -> None:
    module = tmp_path / "bad.emod"
    iree.compiler.compile_str(BAD, filename="bad.mlir", target_backends=["vulkan-spirv"], output_file=module)
    code, out, _ = run_tool("check_module", str(module), "--json", "--device=vulkan,interpreter")
    on_vulkan, on_interpreter = json.loads(out)
    assert code == 1
    assert (on_vulkan["device"], on_vulkan["function"], on_vulkan["checks"], on_vulkan["passed"]) == (
        "vulkan", "bad", 2, False
    )  # fmt: skip
    assert on_vulkan["failures"][0] == {
        "check": "check.expect_eq", "location": "bad.mlir:4:3", "place": [0], "got": "1", "expected": "-1",
        "wrong_elements": 1, "elements": 2, "largest_error": 2.0, "settings": {},
    }  # fmt: skip
    assert 'cannot run on driver "interpreter"' in on_interpreter["error"]


def test_calls_that_are_no_checks(tmp_path: Path) -> None:
    text = BAD.replace("(%0, %x)", "(%0)").replace("(tensor<2xi32>, tensor<2xi32>) ->", "(tensor<2xi32>) ->")
    code, out, _ = run_tool("check_module", "-", "--device=interpreter", "--function=bad", stdin=text)
    assert code == 1
    assert "takes 2 tensors of one type and gives none, not (int32[2])" in out


@pytest.mark.parametrize(
    ("content", "arguments", "error"),
    [
        (b"", [], "give one file, of MLIR text or a module, not 0"),
        (BAD[BAD.index("func.func @needs") :].encode(), ["FILE"], "no function without arguments"),
        (b"\xff\xfe", ["FILE"], "is neither MLIR text nor a module"),
    ],
)
def test_errors(tmp_path: Path, content: bytes, arguments: list[str], error: str) -> None:
    path = tmp_path / "a.mlir"
    path.write_bytes(content)
    code, out, err = run_tool("check_module", *[str(path) if a == "FILE" else a for a in arguments])
    assert (code, out) == (1, "")
    assert error in err
