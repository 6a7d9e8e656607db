import pytest
from xdsl.dialects.func import FuncOp

from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.common.dce import Dce
from iree.compiler.transforms.input.fold_trivial_ops import FoldTrivialOps
from iree.testing.ir import check_pass, parse

_X = "tensor<4x5xf32>"


@pytest.mark.parametrize(
    "op",
    [
        f"mhlo.reshape %x : ({_X}) -> {_X}",
        f"mhlo.convert %x : ({_X}) -> {_X}",
        f"mhlo.transpose %x, dims = [0, 1] : ({_X}) -> {_X}",
        f"mhlo.broadcast_in_dim %x, dims = [0, 1] : ({_X}) -> {_X}",
        f"mhlo.slice %x [0:4, 0:5] : ({_X}) -> {_X}",
        f"mhlo.pad %x, %c, low = [0, 0], high = [0, 0], interior = [0, 0] : ({_X}, tensor<f32>) -> {_X}",
        f"mhlo.reverse %x, dims = [] : {_X}",
        f"mhlo.concatenate %x, dim = 1 : ({_X}) -> {_X}",
    ],
)
def test_what_changes_nothing_goes(op: str) -> None:
    text = (
        "func.func @f(%x: tensor<4x5xf32>, %c: tensor<f32>) -> tensor<4x5xf32> {{\n{}  return %{} : tensor<4x5xf32>\n}}"
    )
    check_pass(FoldTrivialOps(), before=text.format(f"  %0 = {op}\n", 0), after=text.format("", "x"))


@pytest.mark.parametrize(
    "op",
    [
        "mhlo.transpose %x, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>",
        "mhlo.broadcast_in_dim %x, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>",
        "mhlo.pad %x, %c, low = [1, 0], high = [-1, 0], interior = [0, 0]"
        " : (tensor<4x4xf32>, tensor<f32>) -> tensor<4x4xf32>",
        "mhlo.reverse %x, dims = [1] : tensor<4x4xf32>",
        "mhlo.concatenate %x, %e, dim = 1 : (tensor<4x4xf32>, tensor<4x0xf32>) -> tensor<4x4xf32>",
        "mhlo.abs %x : tensor<4x4xf32>",
    ],
)
def test_what_changes_something_stays(op: str) -> None:
    text = (
        "func.func @f(%x: tensor<4x4xf32>, %c: tensor<f32>, %e: tensor<4x0xf32>) -> tensor<4x4xf32> {\n"
        f"  %0 = {op}\n  return %0 : tensor<4x4xf32>\n}}"
    )
    check_pass(FoldTrivialOps(), before=text, after=text)


def test_reshapes_become_one_or_none() -> None:
    check_pass(
        [FoldTrivialOps(), Dce()],
        before="""
            func.func @f(%x: tensor<4x5xf32>) -> (tensor<4x5xf32>, tensor<20xf32>) {
              %0 = mhlo.reshape %x : (tensor<4x5xf32>) -> tensor<2x10xf32>
              %1 = mhlo.reshape %0 : (tensor<2x10xf32>) -> tensor<4x5xf32>
              %2 = mhlo.reshape %0 : (tensor<2x10xf32>) -> tensor<20xf32>
              return %1, %2 : tensor<4x5xf32>, tensor<20xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4x5xf32>) -> (tensor<4x5xf32>, tensor<20xf32>) {
              %0 = mhlo.reshape %x : (tensor<4x5xf32>) -> tensor<20xf32>
              return %x, %0 : tensor<4x5xf32>, tensor<20xf32>
            }
        """,
    )


def test_nothing_that_was_folded_counts_as_a_use() -> None:
    module = parse("""
        func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
          %0 = mhlo.reshape %x : (tensor<4xf32>) -> tensor<2x2xf32>
          %1 = mhlo.reshape %0 : (tensor<2x2xf32>) -> tensor<4xf32>
          return %1 : tensor<4xf32>
        }
    """)
    run_passes(module, [FoldTrivialOps(), Dce()])
    (function,) = ops_of(module, FuncOp)
    assert [use.operation.name for use in function.body.block.args[0].uses] == ["func.return"]
