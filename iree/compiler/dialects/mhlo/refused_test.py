"""Every op that StableHLO, MHLO and CHLO have is compiled, or refused with a reason that says what works instead."""

import importlib

import pytest

from iree.compiler.compile import compile_str
from iree.compiler.dialects import mhlo
from iree.compiler.dialects.mhlo.refused import REASONS
from iree.compiler.ir.diagnostics import CompileError
from iree.testing.ir import check_round_trip

# Another name of top_k, which the parser knows.
ALIASES = {"topk"}


def names_of(dialect: str) -> set[str]:
    """The ops of a dialect as jaxlib has it."""
    module = importlib.import_module(f"jaxlib.mlir.dialects._{dialect}_ops_gen")
    names = {cls.OPERATION_NAME for cls in vars(module).values() if hasattr(cls, "OPERATION_NAME")}
    return {name.partition(".")[2] for name in names}


@pytest.mark.parametrize("dialect", ["stablehlo", "mhlo", "chlo"])
def test_every_op_is_known(dialect: str) -> None:
    known = {op.name.partition(".")[2] for op in mhlo.DIALECT.operations}
    assert names_of(dialect) - known <= ALIASES


def test_no_two_ops_share_a_name() -> None:
    names = [op.name for op in mhlo.DIALECT.operations]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", REASONS)
def test_a_refused_op_says_what_works_instead(name: str) -> None:
    assert any(
        word in REASONS[name]
        for word in ("; lower", "; write", "; make", "; give", "; use", "; slice", "; add", "; broadcast")
    )
    with pytest.raises(CompileError) as error:
        compile_str(f"""
            func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {{
              %0 = "mhlo.{name}"(%x) {{any = 1 : i32}} : (tensor<4xf32>) -> tensor<4xf32>
              return %0 : tensor<4xf32>
            }}
        """)
    assert f":3:20: mhlo.{name}: {REASONS[name]}" in str(error.value)


_TEXT = """
func.func @f(%x: tensor<4xf32>, %i: tensor<i32>) -> tensor<4xf32> {
  %0 = "stablehlo.all_reduce"(%x) <{replica_groups = dense<0> : tensor<1x1xi64>,
      channel_handle = #stablehlo.channel_handle<handle = 1, type = 0>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %1 = stablehlo.add %a, %b : tensor<f32>
      stablehlo.return %1 : tensor<f32>
  }) : (tensor<4xf32>) -> tensor<4xf32>
  %4 = stablehlo.partition_id : tensor<ui32>
  %5 = stablehlo.create_token : !stablehlo.token
  %6:2 = "stablehlo.infeed"(%5) <{infeed_config = "", layout = []}>
      : (!stablehlo.token) -> (tensor<4xf32>, !stablehlo.token)
  %7 = "mhlo.async_start"(%x) <{called_computation = @g, execution_thread = "main"}>
      : (tensor<4xf32>) -> !mhlo.async_bundle<tensor<4xf32>, tensor<4xf32>>
  %8 = stablehlo.set_dimension_size %x, %i, dim = 0 : (tensor<4xf32>, tensor<i32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func private @g(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
"""


def test_all_of_them_are_in_one_report() -> None:
    with pytest.raises(CompileError) as error:
        compile_str(_TEXT)
    ops = [line.split(": ")[1] for line in str(error.value).splitlines() if ": mhlo." in line]
    assert ops == [
        f"mhlo.{op}"
        for op in (
            "all_reduce",
            "partition_id",
            "create_token",
            "infeed",
            "async_start",
            "set_dimension_size",
        )
    ]


def test_refused_ops_are_read_and_printed_with_all_they_have() -> None:
    printed = str(check_round_trip(_TEXT))
    assert "replica_groups" in printed
