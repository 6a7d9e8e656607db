import pytest
from xdsl.dialects import arith, func
from xdsl.dialects.builtin import FloatAttr, ModuleOp, f32
from xdsl.ir import Block, Region

from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.location import file_location
from iree.compiler.ir.parser import parse_module
from iree.compiler.ir.verifier import verify
from iree.testing.ir import parse


def error_of(text):
    with pytest.raises(CompileError) as caught:
        verify(parse_module(text, "m.mlir", make_context()))
    return str(caught.value)


def test_a_broken_rule_of_xdsl_has_place_and_operation():
    error = error_of("func.func @f(%x: f32) -> i32 {\n  return %x : f32\n}")
    assert error.startswith("m.mlir:2:3: func.return: Expected arguments to have the same types")


def test_a_broken_rule_of_ours_has_its_label():
    error = error_of('%0 = "iree_hl_seq.alloc_heap"() : () -> memref<?xf32>')
    assert error == "m.mlir:1:6: iree_hl_seq.alloc_heap C1: memref<?xf32> has a dynamic size"


def test_a_rule_that_fails_in_another_way_is_an_error_of_the_operation():
    module = parse_module("func.func @f() {\n return\n}", "m.mlir", make_context())
    ret = next(op for op in module.walk() if isinstance(op, func.ReturnOp))
    ret.detach()
    wrapper = ModuleOp([ret])
    with pytest.raises(CompileError, match=r"m.mlir:2:2: func.return: "):
        verify(wrapper)


def test_an_empty_body_needs_a_terminator():
    function = func.FuncOp("f", ([], []), Region(Block()))
    function.location = file_location("m.mlir", 1, 1)
    with pytest.raises(CompileError, match=r"m.mlir:1:1: func.func: its body is empty, but needs a terminator"):
        verify(ModuleOp([function]))


def test_a_use_before_the_definition_is_refused():
    error = error_of("module {\n%0 = arith.negf %y : f32\n%y = arith.constant 1.0 : f32\n}")
    assert error == (
        "m.mlir:2:6: arith.negf: uses %y of arith.constant at m.mlir:3:6, "
        "which is not defined before it on every way here"
    )


def test_an_operation_cannot_use_its_own_result():
    assert "m.mlir:1:6: arith.negf: uses" in error_of("%0 = arith.negf %0 : f32")


def test_a_region_cannot_use_the_result_of_its_operation():
    error = error_of("""
        func.func @f(%c: i1, %x: f32) {
          %0 = scf.if %c -> (f32) {
            %1 = arith.negf %0 : f32
            scf.yield %1 : f32
          } else {
            scf.yield %x : f32
          }
          return
        }
    """)
    assert "arith.negf: uses a value of scf.if" in error


def test_a_value_of_a_region_cannot_be_used_outside():
    module = parse("""
        func.func @f(%c: i1, %x: f32) {
          scf.if %c {
            %1 = arith.negf %x : f32
          }
          %2 = arith.negf %x : f32
          return
        }
    """)
    inner, outer = [op for op in module.walk() if isinstance(op, arith.NegfOp)]
    outer.operands[0] = inner.result
    with pytest.raises(CompileError, match=r"uses a value of arith.negf at test.mlir:4:10, which is not defined"):
        verify(module)


DIAMOND = """
    func.func @f(%c: i1, %x: f32) -> f32 {{
      %top = arith.negf %x : f32
      cf.cond_br %c, ^left, ^right
    ^left:
      %l = arith.negf %top : f32
      cf.br ^join
    ^right:
      cf.br ^join
    ^join:
      return {0} : f32
    ^nowhere:
      %n = arith.negf %l : f32
      cf.br ^join
    }}
"""


def test_a_value_defined_on_every_way_may_be_used():
    parse(DIAMOND.format("%top"))


def test_a_value_defined_on_one_way_only_is_refused():
    assert "func.return: uses %l of arith.negf at m.mlir:6:12" in error_of(DIAMOND.format("%l"))


def test_an_argument_of_another_block_is_refused():
    error = error_of("""
        func.func @f(%c: i1, %x: f32) -> f32 {
          cf.cond_br %c, ^a(%x : f32), ^b
        ^a(%y: f32):
          cf.br ^b
        ^b:
          return %y : f32
        }
    """)
    assert "func.return: uses %y, an argument of a block that does not lead here" in error


def test_loops_of_blocks_are_understood():
    parse("""
        func.func @f(%c: i1, %x: f32) -> f32 {
          cf.br ^head(%x : f32)
        ^head(%y: f32):
          %0 = arith.negf %y : f32
          cf.cond_br %c, ^head(%0 : f32), ^done
        ^done:
          return %0 : f32
        }
    """)


def test_a_value_of_another_module_is_refused():
    in_no_module = arith.ConstantOp(FloatAttr(1.0, f32))
    in_another = parse("%0 = arith.constant 1.0 : f32").body.block.first_op
    for constant in (in_no_module, in_another):
        with pytest.raises(CompileError, match="defined out of its IsolatedFromAbove parent"):
            verify(ModuleOp([arith.NegfOp(constant)]))


def test_isolated_operations_use_nothing_from_outside():
    module = parse(
        "func.func @f(%x: f32) {\n module {\n %0 = arith.constant 1.0 : f32\n %1 = arith.negf %0 : f32 }\n return }"
    )
    negf = next(op for op in module.walk() if isinstance(op, arith.NegfOp))
    function = next(op for op in module.walk() if isinstance(op, func.FuncOp))
    negf.operands[0] = function.args[0]
    with pytest.raises(CompileError, match=r"builtin.module: Operation using value defined out of its"):
        verify(module)


def test_a_symbol_must_exist():
    text = "module {\n  module attributes {to = [{x = @gone}]} { }\n  func.func @gane() { return }\n}"
    assert error_of(text) == "m.mlir:2:3: builtin.module: there is no @gone (did you mean 'gane'?)"


def test_a_symbol_in_a_symbol_must_exist():
    text = "module attributes {{to = @a::@{0}}} {{ }}\nmodule @a {{ module {{ func.func @b() {{ return }} }} }}"
    parse(text.format("b"))
    assert "there is no @c in @a" in error_of(text.format("c"))


def test_symbols_are_looked_up_outwards():
    parse("func.func @g() { return }\nmodule { module attributes {to = @g} { } }")


def test_a_symbol_defined_twice_is_refused():
    assert 'Redefinition of symbol "g"' in error_of("func.func @g() { return }\nfunc.func @g() { return }")
