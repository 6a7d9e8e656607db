"""What is counted of a module."""

import pytest

from iree.compiler.pipeline import Options, run_pipeline
from iree.compiler.statistics import statistics_of
from iree.testing.ir import parse

INTERP = ("interpreter-bytecode",)
PRODUCTS = """
func.func @f(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = stablehlo.dot %a, %b : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = stablehlo.constant dense<[[1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]> : tensor<4x4xf32>
  %2 = stablehlo.dot %0, %1 : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %2 : tensor<4x4xf32>
}
"""  # noqa: E501


def statistics(text):
    module = parse(text)
    run_pipeline(module, Options(target_backends=INTERP, compile_to="ll-seq"))
    return statistics_of(module)


def test_two_products():
    counted = statistics(PRODUCTS)
    (function,) = counted.functions
    assert (function.name, function.dispatches, function.copies) == ("f", 2, 0)
    assert (function.transients, function.transients_naive, function.transients_at_once) == (64, 64, 64)
    assert (function.two_largest, function.results) == (128, 64)
    assert (counted.executables, counted.constants, counted.constant_bytes) == (1, 1, 64)
    assert counted.text().startswith("@f: 2 dispatches, ")
    assert counted.as_json()["functions"][0]["results"] == 64


def test_what_is_called_counts():
    text = """
    func.func @f(%n: tensor<i32>, %x: tensor<4xf32>) -> tensor<4xf32> {
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
      return %0#1 : tensor<4xf32>
    }
    """
    (function,) = statistics(text).functions
    assert function.dispatches == 3
    assert function.copies == 2  # what the loop begins with: arguments, which their caller keeps
    own = text.replace("%0:2 =", "%doubled = stablehlo.add %x, %x : tensor<4xf32>\n      %0:2 =")
    (function,) = statistics(own.replace("%v = %x", "%v = %doubled")).functions
    assert (function.dispatches, function.copies) == (4, 1)


@pytest.mark.parametrize("name", ["transients", "results"])
def test_sizes_that_only_a_call_knows(name):
    text = PRODUCTS.replace("%a: tensor<4x4xf32>", "%a: tensor<?x4xf32>").replace(
        "(tensor<4x4xf32>,", "(tensor<?x4xf32>,"
    )
    text = text.replace("-> tensor<4x4xf32>", "-> tensor<?x4xf32>").replace(
        "%2 : tensor<4x4xf32>", "%2 : tensor<?x4xf32>"
    )
    assert statistics(text).as_json()["functions"][0][name] == "16*d0"
