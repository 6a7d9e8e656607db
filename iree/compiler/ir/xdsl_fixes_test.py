import pytest
from xdsl.dialects import arith, test
from xdsl.dialects.builtin import ModuleOp, TensorType, VectorType, f32, i1
from xdsl.utils.exceptions import VerifyException

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.ir.xdsl_fixes import mask_like
from iree.testing.ir import check_round_trip, parse


def test_keep_numbered_names():
    module = parse("func.func @f(%input_1: f32, %input_2: f32) { return }")
    for m in (module, module.clone()):
        (function,) = [op for op in m.walk() if op.name == "func.func"]
        assert [argument.name_hint for argument in function.regions[0].block.args] == ["input_1", "input_2"]


def test_end_strings_in_linear_time():
    with pytest.raises(CompileError, match="before closing string literal"):
        parse('%0 = "' + "a" * 10_000)


def test_allow_numbered_blocks():
    check_round_trip("func.func @f() {\n cf.br ^7\n^7:\n cf.br ^bb9\n^bb9:\n return\n}")


def test_raise_without_the_module():
    module = ModuleOp([arith.AddfOp(*test.TestOp(result_types=[f32, VectorType(f32, [2])]).results)])
    with pytest.raises(VerifyException) as caught:
        module.body.block.first_op.verify()
    assert not getattr(caught.value, "__notes__", [])


def test_compare_elementwise():
    module = check_round_trip("""
        func.func @f(%a: tensor<4xf32>, %b: tensor<4xi8>, %c: f32) {
          %0 = arith.cmpf olt, %a, %a : tensor<4xf32>
          %1 = arith.cmpi eq, %b, %b : tensor<4xi8>
          %2 = arith.cmpf one, %c, %c : f32
          return
        }
    """)
    types = [op.result.type for op in module.walk() if isinstance(op, arith.CmpfOp | arith.CmpiOp)]
    assert types == [TensorType(i1, [4]), TensorType(i1, [4]), i1]


def test_compare_gives_a_mask_of_the_operands_shape():
    with pytest.raises(CompileError, match="tensor<3xi1> is not the tensor<4xi1> that goes with tensor<4xf32>"):
        parse("""
            func.func @f(%a: tensor<4xf32>) {
              %0 = "arith.cmpf"(%a, %a) <{predicate = 1 : i64}> : (tensor<4xf32>, tensor<4xf32>) -> tensor<3xi1>
              return
            }
        """)


def test_select_elementwise():
    module = check_round_trip("""
        func.func @f(%m: tensor<4xi1>, %one: i1, %a: tensor<4xf32>) {
          %0 = arith.select %m, %a, %a : tensor<4xi1>, tensor<4xf32>
          %1 = arith.select %one, %a, %a {note} : tensor<4xf32>
          return
        }
    """)
    assert [str(op.cond.type) for op in ops_of(module, arith.SelectOp)] == ["tensor<4xi1>", "i1"]
    assert "note" in ops_of(module, arith.SelectOp)[1].attributes


def test_select_needs_a_mask_of_the_values_shape():
    with pytest.raises(CompileError, match="tensor<3xi1> is not the tensor<4xi1>"):
        parse("""
            func.func @f(%m: tensor<3xi1>, %a: tensor<4xf32>) {
              %0 = arith.select %m, %a, %a : tensor<3xi1>, tensor<4xf32>
              return
            }
        """)


def test_the_mask_of_a_vector_is_a_vector():
    assert mask_like(VectorType(f32, [2])) == VectorType(i1, [2])
    assert mask_like(f32) == i1
