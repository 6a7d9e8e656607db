"""opt: passes by name."""

from iree.testing.run_tool import run_tool

PROGRAM = """
func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> {
  %0 = mhlo.add %a, %a : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""


def test_passes_of_the_pipeline_and_of_targets_can_be_named() -> None:
    code, out, _ = run_tool("opt", "--passes=legalize-to-std,identify-dispatch-regions", stdin=PROGRAM)
    assert code == 0 and "iree.dispatch_region" in out and "arith.addf" in out
    code, _, err = run_tool("opt", "--passes=nope", stdin=PROGRAM)
    assert code == 1 and "lower-to-ll-interp" in err and "schedule-kernels" in err


def test_a_syntax_error_names_its_place() -> None:
    code, _, err = run_tool("opt", stdin="func.func @f(")
    assert code == 1 and "<stdin>:1:" in err and "Traceback" not in err
