import pytest
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.ir.printer import print_module
from iree.compiler.transforms.input.legalize_to_std import TWINS, LegalizeToStd
from iree.testing.ir import check_pass, parse

_ELEMENTS = {mhlo.Elements.FLOAT: "f32", mhlo.Elements.SIGNED: "i32", mhlo.Elements.BOOLEAN: "i1"}


def test_the_walkthroughs_multiplication() -> None:
    check_pass(
        LegalizeToStd(),
        before="""
            func @simple_mul(%arg0: tensor<4xf32>, %arg1: tensor<4xf32>) -> tensor<4xf32>
            attributes { iree.module.export } {
            %0 = mhlo.multiply(%arg0, %arg1) : tensor<4xf32>
            return %0 : tensor<4xf32>
            }
        """,
        after="""
            func.func @simple_mul(%arg0: tensor<4xf32>, %arg1: tensor<4xf32>) -> tensor<4xf32> attributes {iree.module.export} {
              %0 = arith.mulf %arg0, %arg1 : tensor<4xf32>
              return %0 : tensor<4xf32>
            }
        """,  # noqa: E501
    )


@pytest.mark.parametrize(("op", "elements"), TWINS, ids=str)
def test_each_twin_has_the_same_operands_and_type(op: type[mhlo.HloOp], elements: mhlo.Elements) -> None:
    type_ = f"tensor<4x{_ELEMENTS[elements]}>"
    operands = "%x" if issubclass(op, mhlo.Unary) else "%x, %y"
    body = f"%0 = {op.name} {operands} : {type_} return %0 : {type_}"
    module = parse(f"func.func @f(%x: {type_}, %y: {type_}) -> {type_} {{ {body} }}")
    run_passes(module, [LegalizeToStd()])
    twin = next(op for op in module.walk() if isinstance(op, FuncOp)).body.block.first_op
    assert twin is not None
    assert twin.dialect_name() in ("arith", "math")
    assert [value.name_hint for value in twin.operands] == operands.replace("%", "").split(", ")
    assert str(twin.results[0].type) == type_


def test_what_has_no_exact_twin_stays() -> None:
    check_pass(
        LegalizeToStd(),
        before="""
            func.func @f(%x: tensor<4xf32>, %n: tensor<4xi32>, %i: tensor<f32>) -> tensor<f32> {
              %0 = mhlo.divide %n, %n : tensor<4xi32>
              %1 = mhlo.shift_left %n, %n : tensor<4xi32>
              %2 = mhlo.power %x, %x : tensor<4xf32>
              %3 = mhlo.compare LT, %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
              %4 = mhlo.select %3, %x, %x : tensor<4xi1>, tensor<4xf32>
              %5 = mhlo.abs %n : tensor<4xi32>
              %6 = mhlo.constant dense<1.0> : tensor<4xf32>
              %7 = mhlo.reduce(%x init: %i) applies mhlo.add across dimensions = [0]
                 : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
              return %7 : tensor<f32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xf32>, %n: tensor<4xi32>, %i: tensor<f32>) -> tensor<f32> {
              %0 = mhlo.divide %n, %n : tensor<4xi32>
              %1 = mhlo.shift_left %n, %n : tensor<4xi32>
              %2 = mhlo.power %x, %x : tensor<4xf32>
              %3 = mhlo.compare LT, %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
              %4 = mhlo.select %3, %x, %x : tensor<4xi1>, tensor<4xf32>
              %5 = mhlo.abs %n : tensor<4xi32>
              %6 = arith.constant dense<1.000000e+00> : tensor<4xf32>
              %7 = mhlo.reduce(%x init: %i) applies mhlo.add across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
              return %7 : tensor<f32>
            }
        """,  # noqa: E501
    )


def test_locations_are_kept() -> None:
    module = parse("""
        func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
          %0 = mhlo.tanh %x : tensor<4xf32> loc("a.py":1:2)
          return %0 : tensor<4xf32>
        }
    """)
    run_passes(module, [LegalizeToStd()])
    assert 'math.tanh %x : tensor<4xf32> loc("a.py":1:2)' in print_module(module, locations=True)
