import numpy as np
import pytest
from xdsl.dialects import arith, func
from xdsl.dialects.builtin import UnknownLoc, f32, i32

from iree.compiler.ir.printer import print_module
from iree.compiler.ir.rewriting import (
    constant_value,
    erase,
    inherit,
    insert_before,
    move_before,
    move_to_front,
    ops_of,
    replace,
)
from iree.compiler.ir.verifier import verify
from iree.testing.ir import parse

TEXT = """
    func.func @f(%x: f32) -> f32 {
      %0 = arith.constant 2.0 : f32
      %1 = arith.mulf %x, %0 : f32
      %2 = arith.addf %1, %x : f32
      return %2 : f32
    }
"""


def test_ops_of_lists_a_class_in_the_order_of_the_text():
    module = parse(TEXT)
    assert [op.name for op in ops_of(module, arith.FloatingPointLikeBinaryOperation)] == ["arith.mulf", "arith.addf"]
    assert ops_of(module, func.CallOp) == []


def test_replace_moves_uses_and_hands_the_location_on():
    module = parse(TEXT)
    (old,) = ops_of(module, arith.MulfOp)
    location = old.location
    negated = arith.NegfOp(old.lhs)
    new = arith.SubfOp(negated.result, old.rhs)
    replace(old, [negated, new])
    verify(module)
    assert negated.location == new.location == location
    assert ops_of(module, arith.AddfOp)[0].lhs is new.result


def test_replace_by_values_alone():
    module = parse(TEXT)
    (old,) = ops_of(module, arith.MulfOp)
    replace(old, [], [old.lhs])
    verify(module)
    assert "arith.mulf" not in print_module(module)


def test_replace_refuses_another_number_of_results():
    module = parse(TEXT)
    (old,) = ops_of(module, arith.MulfOp)
    with pytest.raises(ValueError, match=r"arith.mulf has 1 results, its replacement has 0"):
        replace(old, [])


def test_inherit_fills_in_only_what_has_no_location():
    first, second = ops_of(parse(TEXT), arith.FloatingPointLikeBinaryOperation)
    new = arith.NegfOp(first.lhs)
    assert new.location == UnknownLoc()
    assert inherit(inherit(new, first), second) is new
    assert new.location == first.location


def test_insert_before_needs_a_block():
    constant = arith.ConstantOp.from_int_and_width(1, i32)
    with pytest.raises(ValueError, match="is in no block"):
        insert_before(constant, arith.ConstantOp.from_int_and_width(2, i32))
    with pytest.raises(ValueError, match="is in no block"):
        move_before(constant, arith.ConstantOp.from_int_and_width(2, i32))
    with pytest.raises(ValueError, match="is in no block"):
        move_to_front(constant)


def test_erase_refuses_what_is_used():
    module = parse(TEXT)
    with pytest.raises(ValueError, match=r"arith.mulf cannot be erased: arith.addf uses its result"):
        erase(ops_of(module, arith.MulfOp)[0])


def test_constant_value_is_the_constants_numbers():
    module = parse(TEXT)
    (product,) = ops_of(module, arith.MulfOp)
    value = constant_value(product.rhs)
    assert value is not None
    np.testing.assert_array_equal(value, np.float32(2))
    assert constant_value(product.lhs) is None
    assert constant_value(product.result) is None


def test_constant_value_of_a_tensor():
    module = parse("%0 = arith.constant dense<[1, 2]> : tensor<2xi32>")
    value = constant_value(ops_of(module, arith.ConstantOp)[0].result)
    np.testing.assert_array_equal(value, np.array([1, 2], np.int32))


def test_a_constant_that_holds_no_numbers_has_no_value():
    module = parse(TEXT)
    (constant,) = ops_of(module, arith.ConstantOp)
    constant.properties["value"] = f32
    assert constant_value(constant.result) is None
