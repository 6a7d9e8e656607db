"""while, if and case: read as MLIR reads them, printed so that MLIR reads them, each rule broken once."""

import re

import pytest

from iree.compiler.dialects.mhlo.reference_parser import judge
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.printer import print_module
from iree.testing.ir import check_round_trip, parse

PROGRAM = """
func.func @f(%n: tensor<i32>, %x: tensor<4xf32>, %p: tensor<i1>) -> (tensor<i32>, tensor<4xf32>) {
  %c = stablehlo.constant dense<1> : tensor<i32>
  %0:2 = stablehlo.while(%iterArg = %n, %iterArg_0 = %x) : tensor<i32>, tensor<4xf32>
  cond {
    %3 = stablehlo.compare LT, %iterArg, %c : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %3 : tensor<i1>
  } do {
    %3 = stablehlo.add %iterArg, %c : tensor<i32>
    stablehlo.return %3, %iterArg_0 : tensor<i32>, tensor<4xf32>
  }
  %1 = "stablehlo.if"(%p) ({
    stablehlo.return %x : tensor<4xf32>
  }, {
    stablehlo.return %0#1 : tensor<4xf32>
  }) : (tensor<i1>) -> tensor<4xf32>
  %2 = "stablehlo.case"(%n) ({
    stablehlo.return %x : tensor<4xf32>
  }, {
    stablehlo.return %1 : tensor<4xf32>
  }) : (tensor<i32>) -> tensor<4xf32>
  stablehlo.while() cond {
    stablehlo.return %p : tensor<i1>
  } do {
    stablehlo.return
  }
  func.return %0#0, %2 : tensor<i32>, tensor<4xf32>
}
"""


def test_text_means_to_us_what_it_means_to_mlir() -> None:
    printed = print_module(check_round_trip(PROGRAM))
    theirs, ours = judge([PROGRAM, re.sub(r"\bmhlo\.", "stablehlo.", printed)])
    assert theirs[1] is None
    assert ours == theirs


TUPLES = """
func.func @f(%x: tensor<4xf32>, %t: tuple<tensor<i32>, tuple<>>) -> (tensor<i32>, tuple<tensor<4xf32>, tensor<i32>>) {
  %0 = stablehlo.get_tuple_element %t[0] : (tuple<tensor<i32>, tuple<>>) -> tensor<i32>
  %1 = stablehlo.tuple %x, %0 : tuple<tensor<4xf32>, tensor<i32>>
  %2 = "stablehlo.tuple"() : () -> tuple<>
  func.return %0, %1 : tensor<i32>, tuple<tensor<4xf32>, tensor<i32>>
}
"""


def test_tuples_mean_to_us_what_they_mean_to_mlir() -> None:
    printed = print_module(check_round_trip(TUPLES))
    theirs, ours = judge([TUPLES, re.sub(r"\bmhlo\.", "stablehlo.", printed)])
    assert theirs[1] is None
    assert ours == theirs


def test_a_trip_count_is_kept() -> None:
    text = PROGRAM.replace(
        "%iterArg_0 = %x) : tensor<i32>, tensor<4xf32>",
        "%iterArg_0 = %x) : tensor<i32>, tensor<4xf32> attributes {trip_count = 3 : i64}",
    )
    assert "attributes {trip_count = 3 : i64}" in print_module(check_round_trip(text))


def _while(
    takes: str = "tensor<i32>", asked: str = "%p : tensor<i1>", returned: str = "%n : tensor<i32>", gives: str = "i32"
) -> str:
    return f""""mhlo.while"(%n) ({{
  ^bb0(%i: {takes}):
    mhlo.return {asked}
  }}, {{
  ^bb0(%i: {takes}):
    mhlo.return {returned}
  }}) : (tensor<i32>) -> tensor<{gives}>"""


def _branches(op: str, operand: str, *bodies: str) -> str:
    regions = ", ".join(f"{{\n{body}\n}}" for body in bodies)
    return f'"mhlo.{op}"({operand}) ({regions}) : (tensor<{"i1" if operand == "%p" else "i32"}>) -> tensor<i32>'


GOOD, BAD = "mhlo.return %n : tensor<i32>", "mhlo.return %p : tensor<i1>"

BROKEN = [
    ("while C1: the condition takes tensor<f32>", _while(takes="tensor<f32>")),
    ("while C2: the condition returns tensor<i32>", _while(asked="%n : tensor<i32>")),
    ("while C3: the body returns tensor<i1>", _while(returned="%p : tensor<i1>")),
    ("while C4: the results are tensor<i1>", _while(gives="i1")),
    ("if C1: the predicate is tensor<i32>", _branches("if", "%n", GOOD, GOOD)),
    ("if C2: a region returns tensor<i1>", _branches("if", "%p", GOOD, BAD)),
    ("if C2: a region takes 1 arguments", _branches("if", "%p", f"^bb0(%q: tensor<i32>):\n{GOOD}", GOOD)),
    ("case C1: the index is tensor<i1>", _branches("case", "%p", GOOD)),
    ("case C2: it has no region", '"mhlo.case"(%n) : (tensor<i32>) -> tensor<i32>'),
    ("case C3: a region returns tensor<i1>", _branches("case", "%n", GOOD, BAD)),
]


@pytest.mark.parametrize(("error", "op"), BROKEN)
def test_a_broken_rule_is_named(error: str, op: str) -> None:
    with pytest.raises(CompileError) as raised:
        parse(f"func.func @f(%n: tensor<i32>, %p: tensor<i1>) {{\n%0 = {op}\nreturn\n}}", "model.mlir")
    assert str(raised.value).startswith(f"model.mlir:2:6: mhlo.{error}")
