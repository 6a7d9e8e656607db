"""opt: passes by name, dumps, times, and errors."""

import json
from pathlib import Path

import pytest

from iree.testing.run_tool import run_tool

PROGRAM = """
func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> {
  %0 = mhlo.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %1 = mhlo.add %a, %0 : tensor<4xf32>
  return %1 : tensor<4xf32>
}
"""


def test_passes_of_the_pipeline_and_of_targets_can_be_named() -> None:
    code, out, _ = run_tool("opt", "--passes=legalize-to-std,identify-dispatch-regions", stdin=PROGRAM)
    assert code == 0
    assert "iree.dispatch_region" in out
    assert "arith.addf" in out
    code, out, _ = run_tool("opt", "--list_passes")
    assert code == 0
    assert "lower-to-ll-interp" in out
    assert "schedule-kernels" in out


def test_forms_of_printing() -> None:
    _, out, _ = run_tool("opt", "--locations", "--elide=2", stdin=PROGRAM)
    assert 'loc("<stdin>":4:8)' in out
    assert "dense<...>" in out
    _, out, _ = run_tool("opt", "--generic", stdin=PROGRAM)
    assert '"builtin.module"' in out


def test_dumps_and_times_go_to_standard_error(tmp_path: Path) -> None:
    arguments = ["--passes=cse,dce", "--print-ir-after=dce", "--timing", "-o", "out.mlir"]
    code, out, err = run_tool("opt", *arguments, cwd=tmp_path, stdin=PROGRAM)
    assert (code, out) == (0, "")
    assert "mhlo.add" in (tmp_path / "out.mlir").read_text()
    assert "IR after dce" in err
    assert "IR after cse" not in err
    assert "%  cse" in err
    _, _, err = run_tool("opt", "--passes=cse", "--json", stdin=PROGRAM)
    assert json.loads(err)["passes"]["cse"] >= 0


@pytest.mark.parametrize(
    ("arguments", "text", "error"),
    [
        ([], "func.func @f(", "<stdin>:1:"),
        (["--passes=lagalize-to-std"], PROGRAM, "there is no pass lagalize-to-std (did you mean 'legalize-to-std'?)"),
        (["missing.mlir"], None, "missing.mlir"),
        (["a.mlir", "b.mlir"], None, "give one file of MLIR text, or -, not 2"),
    ],
)
def test_errors(arguments: list[str], text: str | None, error: str) -> None:
    code, out, err = run_tool("opt", *arguments, stdin=text)
    assert (code, out) == (1, "")
    assert err.startswith("opt: ")
    assert error in err
    assert "Traceback" not in err
