"""What the parser reads: spellings, names, locations, aliases. Its errors: syntax_errors_test.py."""

import pytest
from xdsl.dialects import arith, func
from xdsl.dialects.builtin import ModuleOp, NameLoc, f32

from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.location import location_text
from iree.compiler.ir.parser import parse_attribute, parse_module
from iree.compiler.ir.printer import print_module
from iree.compiler.ir.rewriting import ops_of
from iree.testing.ir import check_round_trip, parse


def names_in(module):
    return [op.name for op in module.walk()][1:]


def test_operations_of_old_need_no_prefix():
    module = parse("""
        func @f(%a: tensor<4xf32>, %i: i32) -> tensor<4xf32>
        attributes { iree.module.export } {
          %0 = constant dense<1.0> : tensor<4xf32>
          %1 = mulf %a, %0 : tensor<4xf32>
          %2 = cmpf "olt", %1, %a : tensor<4xf32>
          %3 = select %2, %0, %1 : tensor<4xi1>, tensor<4xf32>
          %4 = cmpi "slt", %i, %i : i32
          %5 = remi_signed %i, %i : i32
          %6 = exp %3 : tensor<4xf32>
          call @g() : () -> ()
          return %6 : tensor<4xf32>
        }
        func private @g()
    """)
    assert names_in(module) == [
        "func.func",
        *("arith.constant", "arith.mulf", "arith.cmpf", "arith.select", "arith.cmpi", "arith.remsi", "math.exp"),
        *("func.call", "func.return", "func.func"),
    ]
    assert "iree.module.export" in ops_of(module, func.FuncOp)[0].attributes


@pytest.mark.parametrize("locations", [False, True])
def test_arguments_and_results_may_have_attributes(locations):
    module = check_round_trip("""
        func.func public @f(%a: f32 {x.y = 1 : i32}, %b: f32) -> (f32 {jax.result_info = "r"}, f32) attributes {z} {
          return %a, %b : f32, f32
        }
        func.func private @g(f32) -> f32
        func.func private @h(f32, f32)
    """)
    text = print_module(module, locations=locations)
    assert "{x.y = 1 : i32}" in text
    assert 'f32 {jax.result_info = "r"}' in text
    assert print_module(parse_module(text, "m.mlir", make_context()), locations=locations) == text


def test_a_module_may_be_nested_and_have_attributes():
    module = parse("module attributes  {a,b = 1 : i32} { module @inner { } }")
    (inner,) = [op for op in module.body.block.ops if isinstance(op, ModuleOp)]
    assert module.attributes.keys() == {"a", "b"}
    assert inner.sym_name.data == "inner"


def test_names_of_outer_values_may_be_used_again_where_values_are_isolated():
    check_round_trip("""
        func.func @f(%a: f32) {
          %x = arith.addf %a, %a : f32
          module {
            func.func @g(%a: i32) {
              %x = arith.addi %a, %a : i32
              return
            }
          }
          return
        }
    """)


def test_a_value_may_be_used_before_its_definition():
    module = parse_module("%0 = arith.addf %1, %1 : f32\n%1 = arith.constant 1.0 : f32", "m.mlir", make_context())
    add, constant = module.body.block.ops
    assert add.operands[0] is constant.results[0]


def test_results_of_one_operation_share_a_name():
    module = check_round_trip("""
        func.func @f(%a: i32) -> i1 {
          %0:2 = arith.addui_extended %a, %a : i32, i1
          return %0#1 : i1
        }
    """)
    assert "return %0#1 : i1" in print_module(module)


def test_argument_names_are_kept_except_the_default():
    (function,) = ops_of(parse("func.func @f(%arg0: f32, %x: f32, %arg7: f32) { return }"), func.FuncOp)
    assert [argument.name_hint for argument in function.args] == [None, "x", "arg7"]


def test_every_operation_has_its_place_in_the_text():
    module = parse_module("func.func @f(%a: f32) {\n  %0 = addf %a,\n %a : f32\n  return\n}", "m.mlir", make_context())
    places = [location_text(op.location) for op in module.walk()]
    assert places == ["m.mlir:1:1", "m.mlir:1:1", "m.mlir:2:8", "m.mlir:4:3"]
    assert location_text(ops_of(module, func.FuncOp)[0].args[0].location) == "m.mlir:1:14"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ('loc("net.py":3:7)', "net.py:3:7"),
        ('loc("net.py":3)', "net.py:3:1"),
        ('loc("net.py":3:7 to 4:9)', "net.py:3:7"),
        ('loc("net.py":3:7 to :9)', "net.py:3:7"),
        ('loc("mul")', "mul"),
        ('loc("mul"("net.py":3:7))', "net.py:3:7"),
        ('loc(callsite("lib.py":1:1 at "net.py":3:7))', "lib.py:1:1"),
        ('loc(fused["a", "net.py":3:7])', "a"),
        ('loc(fused<"cse">[unknown, "net.py":3:7])', "net.py:3:7"),
        ("loc(unknown)", "m.mlir:1:6"),
        ("loc(#place)", "net.py:3:7"),
        ('loc("mul"(#place))', "net.py:3:7"),
    ],
)
def test_a_location_in_the_text_wins(location, expected):
    text = f'%0 = arith.constant 1.0 : f32 {location}\n#place = loc("net.py":3:7)'
    module = parse_module(text, "m.mlir", make_context())
    assert location_text(module.body.block.first_op.location) == expected
    printed = print_module(module, locations=True)
    assert print_module(parse_module(printed, "other.mlir", make_context()), locations=True) == printed


def test_aliases_may_stand_after_their_use_and_use_each_other():
    module = parse_module(
        """
        func.func @f(%x: f32 loc("x"(#loc2))) {
          return loc(#loc3)
        } loc(#loc)
        #loc = loc(unknown)
        #loc3 = loc("ret"(#loc2))
        #loc2 = loc("net.py":1:2)
        """,
        "m.mlir",
        make_context(),
    )
    (function,) = ops_of(module, func.FuncOp)
    (ret,) = ops_of(module, func.ReturnOp)
    assert isinstance(ret.location, NameLoc)
    assert location_text(ret.location) == location_text(function.args[0].location) == "net.py:1:2"


def test_aliases_of_types_and_attributes():
    module = parse("""
        !vec = tensor<4xf32>
        #one = dense<1.0> : !vec
        %0 = arith.constant #one
    """)
    assert str(ops_of(module, arith.ConstantOp)[0].result.type) == "tensor<4xf32>"


def test_an_alias_of_itself_is_refused():
    with pytest.raises(CompileError, match="the alias #a is defined by itself"):
        parse("module { } loc(#a)\n#a = loc(#b)\n#b = loc(#a)")


def test_an_alias_defined_twice_is_refused():
    with pytest.raises(CompileError, match="re-declaration of alias '#a'"):
        parse("#a = 1 : i32\n#a = 2 : i32\nmodule { }")


def test_an_attribute_alone_can_be_read():
    assert parse_attribute("f32", make_context()) == f32
    with pytest.raises(CompileError, match="the attribute ends before this"):
        parse_attribute("f32 f32", make_context())


def test_other_dialects_spellings_are_read_as_ours():
    text = """
        func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> {
          %0 = stablehlo.add %a, %a : tensor<4xf32>
          %1 = mhlo.multiply(%0, %a) : tensor<4xf32>
          return %1 : tensor<4xf32>
        }
    """
    assert names_in(parse(text)) == ["func.func", "mhlo.add", "mhlo.multiply", "func.return"]
