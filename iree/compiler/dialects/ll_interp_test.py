"""iree_ll_interp: one op for each instruction, and each rule broken once."""

import pytest

from iree.compiler.dialects import ll_interp
from iree.compiler.ir.diagnostics import CompileError
from iree.schemas.interpreter_bytecode import INTERPRETER
from iree.testing.ir import check_round_trip, parse


def test_every_instruction_has_an_op():
    names = {f"iree_ll_interp.{name}" for name in INTERPRETER.by_name} - {"iree_ll_interp.return"}
    assert {op.name for op in ll_interp.DIALECT.operations} == names


def test_every_integer_list_has_a_name():
    for instruction in INTERPRETER.by_name.values():
        if instruction.name in ll_interp.COMPUTE:
            assert len(ll_interp.attribute_names(instruction)) == instruction.operands.count("I"), instruction


def test_round_trip():
    check_round_trip("""
        func.func @fn(%a: memref<2x3xf32>, %out: memref<2xi1>) {
          %0 = "iree_ll_interp.constant"() {value = dense<0> : tensor<1xi32>} : () -> memref<1xi32>
          %1 = "iree_ll_interp.alloc_heap"() : () -> memref<2x3xf32>
          "iree_ll_interp.mul_f"(%a, %a, %1) : (memref<2x3xf32>, memref<2x3xf32>, memref<2x3xf32>) -> ()
          %2 = "iree_ll_interp.reshape"(%1) : (memref<2x3xf32>) -> memref<6xf32>
          %3 = "iree_ll_interp.alloc_heap"() : () -> memref<2xi1>
          "iree_ll_interp.dynamic_copy"(%3, %0, %out, %0, %0)
            : (memref<2xi1>, memref<1xi32>, memref<2xi1>, memref<1xi32>, memref<1xi32>) -> ()
          iree.return
        }
    """)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            '%0 = "iree_ll_interp.alloc_heap"() : () -> memref<?xf32>',
            "iree_ll_interp.alloc_heap C1: memref<?xf32> has a dynamic size",
        ),
        (
            '%0 = "iree_ll_interp.constant"() {value = dense<1> : tensor<2xi32>} : () -> memref<3xi32>',
            "iree_ll_interp.constant C1: the result is memref<3xi32>, the value memref<2xi32>",
        ),
        (
            '%0 = "iree_ll_interp.sizes"() {sizes = #iree.size_list<[[d0], 1]>} : () -> memref<3xi32>',
            "iree_ll_interp.sizes C1: 2 sizes for memref<3xi32>",
        ),
        (
            '"iree_ll_interp.dynamic_copy"(%a, %i, %j, %i, %i) : '
            "(memref<4xf32>, memref<1xi32>, memref<4xi32>, memref<1xi32>, memref<1xi32>) -> ()",
            "iree_ll_interp.dynamic_copy C1: copies f32 into i32",
        ),
        (
            '%0 = "iree_ll_interp.reshape"(%a) : (memref<4xf32>) -> memref<3xf32>',
            "iree_ll_interp.reshape C1: memref<4xf32> does not hold what memref<3xf32> holds",
        ),
        (
            '"iree_ll_interp.mul_f"(%a, %a) : (memref<4xf32>, memref<4xf32>) -> ()',
            "iree_ll_interp.mul_f C1: 2 operands for sso",
        ),
        (
            '"iree_ll_interp.transpose"(%a, %a) : (memref<4xf32>, memref<4xf32>) -> ()',
            "iree_ll_interp.transpose C2: no attribute 'permutation'",
        ),
        (
            '"iree_ll_interp.cmp_f"(%a, %a, %a) : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()',
            "iree_ll_interp.cmp_f C2: no attribute 'predicate'",
        ),
    ],
)
def test_broken_rules(text, error):
    with pytest.raises(CompileError) as raised:
        parse(f"func.func @fn(%a: memref<4xf32>, %i: memref<1xi32>, %j: memref<4xi32>) {{\n{text}\niree.return\n}}")
    assert error in str(raised.value)
