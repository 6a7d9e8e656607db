"""Commands as text."""

from pathlib import Path

from iree.compiler.compile import compile_file
from iree.testing.run_tool import run_tool

PRODUCTS = """
func.func @f(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %0 = stablehlo.dot %a, %b : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  %1 = stablehlo.dot %0, %b : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  %2 = stablehlo.dot %1, %0 : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  return %2 : tensor<8x8xf32>
}
"""
TEXT = """\
commands of @f
  run
    dispatch @f_ex_dispatch_0::f_rgn_dispatch_0 [8, 8, 1]
      reads argument 0 [0, 256), argument 1 [0, 256); writes stack [0, 256)
    barrier
    dispatch @f_ex_dispatch_0::f_rgn_dispatch_0 [8, 8, 1]
      reads stack [0, 256), argument 1 [0, 256); writes stack [256, 512)
    barrier
    dispatch @f_ex_dispatch_0::f_rgn_dispatch_0 [8, 8, 1]
      reads stack [256, 512), stack [0, 256); writes result 0 [0, 256)
"""
CONTROL = """
func.func @f(%n: tensor<i32>, %x: tensor<4xf32>, %c: tensor<i1>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0:2 = stablehlo.while(%i = %n, %v = %x) : tensor<i32>, tensor<4xf32>
  cond {
    %zero = stablehlo.constant dense<0> : tensor<i32>
    %go = stablehlo.compare GT, %i, %zero : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %go : tensor<i1>
  } do {
    %one = stablehlo.constant dense<1> : tensor<i32>
    %less = stablehlo.subtract %i, %one : tensor<i32>
    %twice = stablehlo.add %v, %v : tensor<4xf32>
    stablehlo.return %less, %twice : tensor<i32>, tensor<4xf32>
  }
  %1 = "stablehlo.if"(%c) ({
    stablehlo.return %x : tensor<4xf32>
  }, {
    %called = stablehlo.custom_call @mine(%0#1) : (tensor<4xf32>) -> tensor<4xf32>
    stablehlo.return %called : tensor<4xf32>
  }) : (tensor<i1>) -> tensor<4xf32>
  return %0#1, %1 : tensor<4xf32>, tensor<4xf32>
}
"""


def dump(folder: Path, program: str, *flags: str) -> str:
    (folder / "f.mlir").write_text(program)
    compile_file(folder / "f.mlir", output_file=folder / "f.emod", target_backends=["interpreter-bytecode"])
    code, out, err = run_tool("dump_module", "--commands", *flags, "f.emod", cwd=folder)
    assert (code, err) == (0, "")
    return out


def test_bytes_and_barriers(tmp_path: Path) -> None:
    assert dump(tmp_path, PRODUCTS) == TEXT


def test_control_flow(tmp_path: Path) -> None:
    text = dump(tmp_path, CONTROL)
    for line in ("  while transient", "    iteration 1", "    if iteration 0 was the last", "  case argument 2 [0, 1)"):
        assert f"\n{line}" in text
    assert "    branch 0\n      host call @mine\n        reads result 0 [0, 16); writes result 1 [0, 16)\n" in text
    assert "    branch 1\n      run\n        barrier\n        copy argument 1 [0, 16) to result 1 [0, 16)\n" in text


def test_a_loop_of_known_length(tmp_path: Path) -> None:
    counted = CONTROL.replace("while(%i = %n", "while(%i = %five").replace(
        "%0:2", "%five = stablehlo.constant dense<5> : tensor<i32>\n  %0:2", 1
    )
    assert "\n  repeat 5 times\n" in dump(tmp_path, counted)


def test_sizes_that_a_call_chooses(tmp_path: Path) -> None:
    dynamic = PRODUCTS.replace("%a: tensor<8x8xf32>", "%a: tensor<?x8xf32>")
    dynamic = dynamic.replace("%2 = stablehlo.dot %1, %0", "%2 = stablehlo.dot %1, %b")
    dynamic = dynamic.replace("(tensor<8x8xf32>,", "(tensor<?x8xf32>,").replace("-> tensor<8x8", "-> tensor<?x8")
    dynamic = dynamic.replace("%2 : tensor<8x8", "%2 : tensor<?x8")
    assert "commands of @f: they depend on sizes; give them: --sizes=4" in dump(tmp_path, dynamic)
    assert "reads argument 0 [0, 96), " in dump(tmp_path, dynamic, "--sizes=3")
    code, _, err = run_tool("dump_module", "--commands", "--sizes=x", "f.emod", cwd=tmp_path)
    assert code == 1
    assert "--sizes=x are not sizes" in err
